/* NMAC against HMAC, which it is the inside of, and the cascade of SHA-256 against
 * one of AES-128: what it costs that the value of a block is the key of the next. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "base/cpu.h"
#include "bench.h"
#include "prim/block.h"
#include "prim/md.h"

#define LEN   16384
#define BATCH 4096
#define SHORT 100

static uint8_t key_bytes[64], data[BATCH * SHORT];

struct side {
    macaw_key *key;
    size_t len;
    macaw_msg msgs[BATCH];
    uint8_t tags[BATCH * 32];
    int failed;
};

static void run_one(void *arg, size_t n)
{
    struct side *s = arg;
    const macaw_msg m = {.data = data, .len = s->len};

    for (size_t i = 0; i < n; i++) {
        s->failed |= macaw_tag(s->key, &m, s->tags, 32);
    }
}

static void run_many(void *arg, size_t n)
{
    struct side *s = arg;

    for (size_t i = 0; i < n; i++) {
        s->failed |= macaw_tag_many(s->key, s->msgs, BATCH, s->tags, 32);
    }
}

static void run_each(void *arg, size_t n)
{
    struct side *s = arg;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < BATCH; j++) {
            s->failed |= macaw_tag(s->key, &s->msgs[j], s->tags + j * 32, 32);
        }
    }
}

static struct side *side_of(const char *alg, size_t len)
{
    struct side *s = calloc(1, sizeof *s);

    if (s == NULL ||
        macaw_key_new(&s->key, macaw_alg_find(alg), key_bytes, 64, NULL) != MACAW_OK) {
        bench_fail(alg, "no key");
    }
    s->len = len;
    for (size_t i = 0; i < BATCH; i++) {
        s->msgs[i] = (macaw_msg){.data = data + i * SHORT, .len = SHORT};
    }
    return s;
}

static void compare(const char *what, const char *against, struct side *mine, struct side *peer,
                    void (*run_mine)(void *, size_t), void (*run_peer)(void *, size_t), size_t each)
{
    bench_result result;

    bench_compare(&(bench_side){run_mine, mine}, &(bench_side){run_peer, peer}, &result);
    if ((mine->failed | peer->failed) != 0) {
        bench_fail(what, "failed while it was timed");
    }
    result.mine_ns /= (double)each;
    result.peer_ns /= (double)each;
    bench_print(&(bench_row){what, against, 0}, &result);
}

static void nmac_rows(const char *alg)
{
    struct side *a = side_of(alg, SHORT), *b = side_of("hmac-sha256", SHORT);
    char what[96];

    (void)snprintf(what, sizeof what, "%s, one message of %d B", alg, SHORT);
    compare(what, "hmac-sha256", a, b, run_one, run_one, 1);
    (void)snprintf(what, sizeof what, "%s, batch of %d x %d B", alg, BATCH, SHORT);
    compare(what, "macaw_tag, one by one", a, a, run_many, run_each, BATCH);
    a->len = b->len = LEN;
    (void)snprintf(what, sizeof what, "%s, one message of %d B", alg, LEN);
    compare(what, "hmac-sha256", a, b, run_one, run_one, 1);
    macaw_key_free(a->key);
    macaw_key_free(b->key);
    free(a);
    free(b);
}

/* ---- cascades ---- */

static void run_sha(void *arg, size_t n)
{
    const macaw_md_kernel *kernel = macaw_md_pick(&macaw_sha256, NULL, NULL);

    for (size_t i = 0; i < n; i++) {
        kernel->blocks(arg, data, LEN / 64);
    }
}

#ifdef MACAW_X86
#include <immintrin.h>

#define AES __attribute__((target("aes,sse4.1")))

/* The next round key of AES-128 (FIPS 197 section 5.2). */
#define EXPAND(k, rcon)                                                                            \
    (k = next_key(k, _mm_aeskeygenassist_si128(k, rcon)))

AES static inline __m128i next_key(__m128i k, __m128i assist)
{
    k = _mm_xor_si128(k, _mm_slli_si128(k, 4));
    k = _mm_xor_si128(k, _mm_slli_si128(k, 8));
    return _mm_xor_si128(k, _mm_shuffle_epi32(assist, 0xff));
}

/* key becomes AES_key(in), its schedule made between the rounds. */
AES static __m128i aes_step(__m128i k, __m128i in)
{
    __m128i x = _mm_xor_si128(in, k);

    x = _mm_aesenc_si128(x, EXPAND(k, 0x01));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x02));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x04));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x08));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x10));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x20));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x40));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x80));
    x = _mm_aesenc_si128(x, EXPAND(k, 0x1b));
    return _mm_aesenclast_si128(x, EXPAND(k, 0x36));
}

AES static void run_aes(void *arg, size_t n)
{
    __m128i *state = arg, k = _mm_loadu_si128(state);

    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; at < LEN; at += 16) {
            k = aes_step(k, _mm_loadu_si128((const __m128i *)(const void *)(data + at)));
        }
    }
    _mm_storeu_si128(state, k);
}

static void run_cbc(void *arg, size_t n)
{
    static uint8_t chain[16];

    for (size_t i = 0; i < n; i++) {
        macaw_block_chain(arg, chain, data, LEN / 16);
    }
}

/* The step is AES indeed. */
AES static void check_step(void)
{
    macaw_block_key key;
    uint8_t want[16], got[16];

    if (macaw_block_init(&key, &macaw_aes128, key_bytes, NULL) != MACAW_OK) {
        bench_fail("aes128", "no key");
    }
    macaw_block_encrypt(&key, data, want, 1);
    macaw_block_clear(&key);
    _mm_storeu_si128((__m128i *)(void *)got,
                     aes_step(_mm_loadu_si128((const __m128i *)(const void *)key_bytes),
                              _mm_loadu_si128((const __m128i *)(const void *)data)));
    if (memcmp(want, got, 16) != 0) {
        bench_fail("AES cascade", "is not AES");
    }
}

static void cascade_rows(void)
{
    macaw_md_state sha = macaw_sha256.iv;
    _Alignas(16) uint8_t aes[16] = {1};
    macaw_block_key fixed;
    bench_result result;

    if (!macaw_cpu_has_aesni()) {
        bench_print_absent("AES cascade", "this CPU has no AES instructions");
        return;
    }
    check_step();
    bench_compare(&(bench_side){run_sha, &sha}, &(bench_side){run_aes, aes}, &result);
    bench_print(&(bench_row){"SHA-256 cascade, as in NMAC, 16384 B",
                             "AES-128 cascade, a new key for each block", 0}, &result);
    if (macaw_block_init(&fixed, &macaw_aes128, key_bytes, NULL) != MACAW_OK) {
        bench_fail("aes128", "no key");
    }
    bench_compare(&(bench_side){run_cbc, &fixed}, &(bench_side){run_aes, aes}, &result);
    bench_print(&(bench_row){"AES-128 chain with one key, as in CBC-MAC, 16384 B",
                             "AES-128 cascade, a new key for each block", 0}, &result);
    macaw_block_clear(&fixed);
}
#else
static void cascade_rows(void)
{
    bench_print_absent("AES cascade", "measured with the AES instructions of x86-64 only");
}
#endif

int main(void)
{
    bench_pin();
    bench_fill(key_bytes, sizeof key_bytes, 1);
    bench_fill(data, sizeof data, 2);
    nmac_rows("nmac-sha256");
    nmac_rows("nmac-sha256-fixpad");
    cascade_rows();
    return 0;
}

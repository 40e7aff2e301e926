/* AES with the AES instructions, eight blocks at a time (FIPS 197). */
#include "prim/x86/aes_ni.h"

#include <macaw/status.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cpu.h"
#include "base/ct.h"
#include "prim/block_kernels.h"

#define AESNI __attribute__((target("aes,sse4.1,ssse3")))
#define INLINE AESNI static inline __attribute__((always_inline))
#define WAYS 8

_Static_assert(sizeof(macaw_aes_schedule) <= MACAW_SCHEDULE_MAX, "room in macaw_block_key");

INLINE __m128i load(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE void store(uint8_t *p, __m128i x)
{
    _mm_storeu_si128((__m128i *)(void *)p, x);
}

/* ---- key expansion, FIPS 197 section 5.2, a word at a time ---- */

AESNI static uint32_t sub_word(uint32_t w)
{
    return (uint32_t)_mm_cvtsi128_si32(_mm_aeskeygenassist_si128(_mm_set1_epi32((int)w), 0));
}

static uint32_t rot_word(uint32_t w) /* of words loaded little-endian */
{
    return w >> 8 | w << 24;
}

static uint32_t next_rcon(uint32_t r)
{
    return (r << 1 ^ (r >> 7) * 0x11b) & 0xff;
}

AESNI int macaw_aesni_expand(void *schedule, const uint8_t *key, size_t key_len)
{
    macaw_aes_schedule *s = schedule;
    uint32_t w[4 * (MACAW_AES_ROUNDS_MAX + 1)] = {0}, rcon = 1;
    size_t words = key_len / 4, rounds = words + 6;

    for (size_t i = 0; i < words; i++) {
        w[i] = macaw_load_le32(key + 4 * i);
    }
    for (size_t i = words, at = 0; i < 4 * (rounds + 1); i++) { /* at is i modulo words */
        uint32_t t = w[i - 1];
        if (at == 0) {
            t = sub_word(rot_word(t)) ^ rcon;
            rcon = next_rcon(rcon);
        } else if (words == 8 && at == 4) {
            t = sub_word(t);
        }
        w[i] = w[i - words] ^ t;
        at = at + 1 < words ? at + 1 : 0;
    }
    s->rounds = (int)rounds;
    memcpy(s->encrypt, w, 16 * (rounds + 1));
    s->decrypt[0] = s->encrypt[rounds];
    for (size_t i = 1; i < rounds; i++) {
        s->decrypt[i] = _mm_aesimc_si128(s->encrypt[rounds - i]);
    }
    s->decrypt[rounds] = s->encrypt[0];
    macaw_wipe(w, sizeof w);
    return MACAW_OK;
}

/* ---- independent blocks ---- */

/* Encrypt WAYS blocks in registers. */
INLINE void encrypt_ways(const __m128i *k, int rounds, __m128i b[WAYS])
{
    for (int i = 0; i < WAYS; i++) {
        b[i] = _mm_xor_si128(b[i], k[0]);
    }
    for (int r = 1; r < rounds; r++) {
        for (int i = 0; i < WAYS; i++) {
            b[i] = _mm_aesenc_si128(b[i], k[r]);
        }
    }
    for (int i = 0; i < WAYS; i++) {
        b[i] = _mm_aesenclast_si128(b[i], k[rounds]);
    }
}

INLINE __m128i encrypt_one(const __m128i *k, int rounds, __m128i b)
{
    b = _mm_xor_si128(b, k[0]);
    for (int r = 1; r < rounds; r++) {
        b = _mm_aesenc_si128(b, k[r]);
    }
    return _mm_aesenclast_si128(b, k[rounds]);
}

INLINE void encrypt_blocks(const __m128i *k, int rounds, const uint8_t *in, uint8_t *out, size_t n)
{
    for (; n >= WAYS; n -= WAYS, in += 16 * WAYS, out += 16 * WAYS) {
        __m128i b[WAYS];
        for (int i = 0; i < WAYS; i++) {
            b[i] = load(in + 16 * i);
        }
        encrypt_ways(k, rounds, b);
        for (int i = 0; i < WAYS; i++) {
            store(out + 16 * i, b[i]);
        }
    }
    for (; n > 0; n--, in += 16, out += 16) {
        store(out, encrypt_one(k, rounds, load(in)));
    }
}

AESNI void macaw_aesni_encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    const macaw_aes_schedule *s = schedule;

#define CALL(rounds) encrypt_blocks(s->encrypt, rounds, in, out, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
}

/* Only for single blocks: updates of a tag and DES-like last steps. */
AESNI void macaw_aesni_decrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    const macaw_aes_schedule *s = schedule;

    for (; n > 0; n--, in += 16, out += 16) {
        __m128i b = _mm_xor_si128(load(in), s->decrypt[0]);
        for (int r = 1; r < s->rounds; r++) {
            b = _mm_aesdec_si128(b, s->decrypt[r]);
        }
        store(out, _mm_aesdeclast_si128(b, s->decrypt[s->rounds]));
    }
}

/* ---- a chain ---- */

/* The last round key, the first one and the next block are added up beside the
 * chain, so that a block costs its rounds and nothing else. */
INLINE void chain_blocks(const __m128i *k, int rounds, uint8_t *chain, const uint8_t *in, size_t n)
{
    if (n == 0) {
        return;
    }
    __m128i x = _mm_xor_si128(_mm_xor_si128(load(chain), load(in)), k[0]);
    const __m128i ends = _mm_xor_si128(k[0], k[rounds]);
    for (;; in += 16) {
        for (int r = 1; r < rounds; r++) {
            x = _mm_aesenc_si128(x, k[r]);
        }
        if (--n == 0) {
            break;
        }
        x = _mm_aesenclast_si128(x, _mm_xor_si128(ends, load(in + 16)));
    }
    store(chain, _mm_aesenclast_si128(x, k[rounds]));
}

AESNI void macaw_aesni_chain(const void *schedule, uint8_t *chain, const uint8_t *in, size_t n)
{
    const macaw_aes_schedule *s = schedule;

#define CALL(rounds) chain_blocks(s->encrypt, rounds, chain, in, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
}

/* ---- eight chains ---- */

INLINE void chain_ways(const __m128i *k, int rounds, uint8_t (*chains)[MACAW_BLOCK_MAX],
                       const uint8_t *const *in, size_t n)
{
    __m128i b[WAYS];

    for (int i = 0; i < WAYS; i++) {
        b[i] = load(chains[i]);
    }
    for (size_t at = 0; at < 16 * n; at += 16) {
        for (int i = 0; i < WAYS; i++) {
            b[i] = _mm_xor_si128(b[i], load(in[i] + at));
        }
        encrypt_ways(k, rounds, b);
    }
    for (int i = 0; i < WAYS; i++) {
        store(chains[i], b[i]);
    }
}

AESNI static void aesni_chain_many(const void *schedule, uint8_t (*chains)[MACAW_BLOCK_MAX],
                                   const uint8_t **in, size_t n, size_t count)
{
    const macaw_aes_schedule *s = schedule;

    for (; count >= WAYS; count -= WAYS, chains += WAYS, in += WAYS) {
#define CALL(rounds) chain_ways(s->encrypt, rounds, chains, in, n)
        MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
    }
    if (count >= 3) { /* idle ways repeat the first chain and are thrown away */
        uint8_t padded[WAYS][MACAW_BLOCK_MAX];
        const uint8_t *from[WAYS];
        for (size_t i = 0; i < WAYS; i++) {
            memcpy(padded[i], chains[i < count ? i : 0], MACAW_BLOCK_MAX);
            from[i] = in[i < count ? i : 0];
        }
#define CALL(rounds) chain_ways(s->encrypt, rounds, padded, from, n)
        MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
        memcpy(chains, padded, count * MACAW_BLOCK_MAX);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        macaw_aesni_chain(schedule, chains[i], in[i], n);
    }
}

/* ---- a sum of masked blocks ---- */

INLINE void sum_blocks(const __m128i *k, int rounds, uint8_t *sum, const uint8_t *in,
                       const uint8_t *base, const uint8_t *mask, size_t n)
{
    __m128i acc = load(sum), first = load(base);

    for (; n >= WAYS; n -= WAYS, in += 16 * WAYS, mask += 16 * WAYS) {
        __m128i b[WAYS];
        for (int i = 0; i < WAYS; i++) {
            b[i] = _mm_xor_si128(_mm_xor_si128(load(in + 16 * i), load(mask + 16 * i)), first);
        }
        encrypt_ways(k, rounds, b);
        for (int i = 0; i < WAYS; i++) {
            acc = _mm_xor_si128(acc, b[i]);
        }
    }
    for (; n > 0; n--, in += 16, mask += 16) {
        __m128i b = _mm_xor_si128(_mm_xor_si128(load(in), load(mask)), first);
        acc = _mm_xor_si128(acc, encrypt_one(k, rounds, b));
    }
    store(sum, acc);
}

AESNI void macaw_aesni_sum(const void *schedule, uint8_t *sum, const uint8_t *in,
                           const uint8_t *base, const uint8_t *mask, size_t n)
{
    const macaw_aes_schedule *s = schedule;

#define CALL(rounds) sum_blocks(s->encrypt, rounds, sum, in, base, mask, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
}

const macaw_block_kernel macaw_aes_ni = {
    .name = "aesni",
    .usable = macaw_cpu_has_aesni,
    .expand = macaw_aesni_expand,
    .encrypt = macaw_aesni_encrypt,
    .decrypt = macaw_aesni_decrypt,
    .chain = macaw_aesni_chain,
    .lanes = WAYS,
    .chain_many = aesni_chain_many,
    .sum = macaw_aesni_sum,
};

/* The PMACs: published vectors, an independent reference, libtomcrypt, changed
 * blocks, threads, and the field under them. Checklist: D29, D30, D31, D32, D33, D34. */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#ifdef TEST_TOMCRYPT
#include <tomcrypt.h>
#endif

#include "mac/class.h"
#include "prim/gf.h"

#define BIG ((size_t)1 << 20)

static const char *const algs[] = {"pmac-aes128",  "pmac-aes192",  "pmac-aes256",
                                   "pmac1-aes128", "pmac1-aes192", "pmac1-aes256",
                                   "pmac-counter-aes128"};
#define ALGS (sizeof algs / sizeof *algs)

static uint8_t big[BIG + 1];

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof big; i++) {
        big[i] = (uint8_t)(i % 251);
    }
    return 0;
}

/* NULL where this CPU does not have the kernel. */
static macaw_key *key_with(const char *alg, const uint8_t *secret, const char *kernel)
{
    const macaw_alg *a = macaw_alg_find(alg);
    macaw_key_opts opts = {.kernel = kernel};
    macaw_key *key = NULL;

    assert_non_null(a);
    int rc = macaw_key_new(&key, a, secret, a->key_min, &opts);
    assert_true(rc == MACAW_OK || rc == MACAW_EUNAVAILABLE);
    return key;
}

static void check_tag(const char *alg, const uint8_t *secret, const uint8_t *msg, size_t len,
                      const char *tag_hex)
{
    const char *kernel;
    uint8_t want[16], got[16];

    assert_int_equal(unhex(want, sizeof want, tag_hex), 16);
    for (size_t k = 0; (kernel = macaw_alg_kernel(macaw_alg_find(alg), k)) != NULL; k++) {
        macaw_key *key = key_with(alg, secret, kernel);
        if (key != NULL) {
            tag_of(key, msg, len, got);
            assert_bytes(alg, len, want, got, 16);
        }
        macaw_key_free(key);
    }
}

static void published_vectors(void **state)
{
    static uint8_t zero[1000];
    uint8_t count[64];
    char line[256], alg[32], kind[8], tag[40];
    size_t len, n = 0;
    FILE *f = vectors_open("pmac-published.txt");

    (void)state;
    for (size_t i = 0; i < sizeof count; i++) {
        count[i] = (uint8_t)i;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] != '#') {
            assert_int_equal(sscanf(line, "%31s %7s %zu %39s", alg, kind, &len, tag), 4);
            check_tag(alg, count, strcmp(kind, "zero") == 0 ? zero : count, len, tag);
            n++;
        }
    }
    fclose(f);
    assert_int_equal(n, 21);
}

static void reference(void **state)
{
    char line[256], alg[32], tag[40];
    size_t len, n = 0;
    FILE *f = vectors_open("pmac-lengths.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] != '#') {
            assert_int_equal(sscanf(line, "%31s %zu %39s", alg, &len, tag), 3);
            uint8_t *msg = guarded_alloc(len);
            memcpy(msg, big, len);
            check_tag(alg, pattern_key, msg, len, tag);
            guarded_free(msg, len);
            n++;
        }
    }
    fclose(f);
    assert_true(n > 7 * 150);
}

static void random_bytes(uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(rand() >> 7);
    }
}

#ifdef TEST_TOMCRYPT
static void tomcrypt(void **state)
{
    int aes = register_cipher(&aes_desc);

    (void)state;
    assert_true(aes >= 0);
    for (size_t len = 0; len <= 1025; len++) {
        for (size_t a = 0; a < 3; a++) {
            uint8_t secret[32], want[16], got[16];
            unsigned long tag_len = sizeof want;
            random_bytes(secret, sizeof secret);
            macaw_key *key = key_with(algs[a], secret, NULL);
            assert_int_equal(pmac_memory(aes, secret, 16 + 8 * a, big + a, len, want, &tag_len),
                             CRYPT_OK);
            tag_of(key, big + a, len, got);
            assert_bytes(algs[a], len, want, got, 16);
            macaw_key_free(key);
        }
    }
}
#else
static void tomcrypt(void **state)
{
    (void)state;
    print_message("skipped: libtomcrypt was not there when this was built\n");
    skip();
}
#endif

/* ---- changed blocks ---- */

static int change(const macaw_key *key, size_t len, size_t at, const uint8_t *before,
                  const uint8_t *after, const uint8_t *old_tag, uint8_t *new_tag)
{
    macaw_change c = {.msg_len = len, .offset = at, .old_data = before, .new_data = after};

    return macaw_tag_change(key, &c, old_tag, new_tag, 16);
}

/* Every block of a message of len bytes, if it has few, else some of them. */
static void changes_of_length(const macaw_key *key, size_t len)
{
    static uint8_t msg[BIG];
    uint8_t block[16], tag[16], want[16], got[16];
    size_t step = len <= 640 ? 16 : len / 16 / 5 * 16 + 16;

    memcpy(msg, big, len);
    tag_of(key, msg, len, tag);
    for (size_t at = 0; at < len; at += at + step < len || at + 16 >= len ? step : 16) {
        size_t n = len - at < 16 ? len - at : 16;
        random_bytes(block, n);
        assert_int_equal(change(key, len, at, msg + at, block, tag, got), MACAW_OK);
        memcpy(msg + at, block, n);
        tag_of(key, msg, len, want);
        assert_bytes(macaw_key_alg(key)->name, at, want, got, 16);
        memcpy(tag, want, 16);
    }
    assert_int_equal(change(key, len, 0, msg, msg, tag, tag), MACAW_OK); /* in place */
    assert_bytes("nothing changed", len, want, tag, 16);
}

static void every_block_of_short_messages(void **state)
{
    static const size_t border[] = {4080, 4081, 4096, 4097, 4112, 8191, 8208, 65536, 100000};
    const char *kernel;

    (void)state;
    for (size_t a = 0; a < ALGS; a++) {
        for (size_t k = 0; (kernel = macaw_alg_kernel(macaw_alg_find(algs[a]), k)) != NULL; k++) {
            macaw_key *key = key_with(algs[a], pattern_key, kernel);
            for (size_t len = 1; key != NULL && len <= 640; len++) {
                changes_of_length(key, len);
            }
            for (size_t i = 0; key != NULL && i < sizeof border / sizeof *border; i++) {
                changes_of_length(key, border[i]);
            }
            macaw_key_free(key);
        }
    }
}

static void wrong_changes(void **state)
{
    macaw_key *key = key_with("pmac-aes128", pattern_key, NULL);
    macaw_key *hmac = key_of("hmac-sha256", pattern_key, 32, NULL), *cut = NULL;
    macaw_key_opts short_tag = {.tag_len = 12};
    uint8_t tag[16] = {0}, out[16] = {0}, zero[16] = {0};

    (void)state;
    assert_int_equal(change(key, 100, 1, big, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 15, big, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 112, big, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 96, 96, big, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 0, 0, big, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 0, NULL, big, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 0, big, NULL, tag, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 0, big, big, NULL, out), MACAW_EARG);
    assert_int_equal(change(key, 100, 0, big, big, tag, NULL), MACAW_EARG);
    assert_int_equal(macaw_tag_change(key, NULL, tag, out, 16), MACAW_EARG);
    macaw_change c = {.msg_len = 100, .old_data = big, .new_data = big};
    assert_int_equal(macaw_tag_change(key, &c, tag, out, 15), MACAW_EARG);
    assert_int_equal(macaw_tag_change(key, &c, tag, out, 12), MACAW_EARG);
    assert_int_equal(macaw_key_new(&cut, macaw_alg_find("pmac-aes128"), pattern_key, 16,
                                   &short_tag), MACAW_OK);
    assert_int_equal(macaw_tag_change(cut, &c, tag, out, 12), MACAW_EARG);
    assert_int_equal(macaw_tag_change(cut, &c, tag, out, 16), MACAW_EARG);
    assert_int_equal(macaw_tag_change(hmac, &c, tag, out, 32), MACAW_EUNAVAILABLE);
    assert_memory_equal(out, zero, 16);
    assert_int_equal(macaw_tag_change(key, &c, tag, out, 16), MACAW_OK);
    macaw_key_free(key);
    macaw_key_free(cut);
    macaw_key_free(hmac);
}

/* Only the message's own length says which block is the last. */
static void a_wrong_length_gives_a_wrong_tag(void **state)
{
    uint8_t tag[16], want[16], got[16], changed[48];

    (void)state;
    for (size_t a = 0; a < ALGS; a++) {
        macaw_key *key = key_with(algs[a], pattern_key, NULL);
        memcpy(changed, big, sizeof changed);
        changed[32] ^= 1;
        tag_of(key, big, 40, tag);
        tag_of(key, changed, 40, want);
        assert_int_equal(change(key, 56, 32, big + 32, changed + 32, tag, got), MACAW_OK);
        assert_memory_not_equal(got, want, 16);
        macaw_key_free(key);
    }
}

/* ---- threads ---- */

static void parallel_of(const macaw_key *key, size_t len, size_t step)
{
    macaw_msg m = {.data = big, .len = len};
    uint8_t want[16], got[16];

    tag_of(key, big, len, want);
    for (unsigned threads = 1; threads <= 16; threads += (unsigned)step) {
        memset(got, 0, sizeof got);
        assert_int_equal(macaw_tag_parallel(key, &m, threads, got, 16), MACAW_OK);
        assert_bytes(macaw_key_alg(key)->name, len, want, got, 16);
    }
}

static void parallel(void **state)
{
    static const size_t border[] = {0,     1,     15,    16,     17,     4096,   65535,
                                    65536, 65537, 65552, 131072, 131089, 200000, BIG - 16,
                                    BIG - 1, BIG, BIG + 1};
    uint8_t tag[16];
    macaw_msg m = {.data = big, .len = 100}, bad = {.data = NULL, .len = 1};

    (void)state;
    for (size_t a = 0; a < ALGS; a++) {
        macaw_key *key = key_with(algs[a], pattern_key, NULL);
        for (size_t i = 0; i < sizeof border / sizeof *border; i++) {
            parallel_of(key, border[i], border[i] < BIG / 4 || a % 3 == 0 ? 1 : 5);
        }
        uint64_t before = macaw_key_used(key).messages;
        assert_int_equal(macaw_tag_parallel(key, &m, 2, tag, 16), MACAW_OK);
        assert_int_equal(macaw_key_used(key).messages, before + 1);
        assert_int_equal(macaw_tag_parallel(key, &m, 256, tag, 16), MACAW_OK);
        assert_int_equal(macaw_tag_parallel(key, &m, 257, tag, 16), MACAW_EARG);
        assert_int_equal(macaw_tag_parallel(key, &m, 0, tag, 16), MACAW_EARG);
        assert_int_equal(macaw_tag_parallel(key, &bad, 2, tag, 16), MACAW_EARG);
        assert_int_equal(macaw_tag_parallel(key, &m, 2, tag, 15), MACAW_EARG);
        assert_int_equal(macaw_tag_parallel(key, &m, 2, NULL, 16), MACAW_EARG);
        macaw_key_free(key);
    }
}

static void parallel_without_a_sum(void **state)
{
    macaw_key *key = key_of("hmac-sha256", pattern_key, 32, NULL);
    macaw_msg m = {.data = big, .len = BIG};
    uint8_t want[32], got[32];

    (void)state;
    tag_of(key, big, BIG, want);
    assert_int_equal(macaw_tag_parallel(key, &m, 4, got, 32), MACAW_OK);
    assert_memory_equal(want, got, 32);
    macaw_key_free(key);
}

/* Parts of a message added up in any order, from any block on. */
static void sums_of_parts(void **state)
{
    (void)state;
    for (size_t a = 0; a < ALGS; a++) {
        macaw_key *key = key_with(algs[a], pattern_key, NULL);
        const macaw_alg *alg = macaw_key_alg(key);
        const size_t blocks = 1000, len = 16 * blocks + 5;
        uint8_t want[16], got[16];
        tag_of(key, big, len, want);
        for (size_t cut = 0; cut <= blocks; cut += 1 + cut % 7) {
            uint8_t sum[MACAW_TAG_MAX] = {0};
            alg->cls->sum(alg, key->state, cut, big + 16 * cut, blocks - cut, sum);
            alg->cls->sum(alg, key->state, 0, big, cut, sum);
            assert_int_equal(
                alg->cls->sum_end(alg, key->state, sum, big + 16 * blocks, 5, len, got), MACAW_OK);
            assert_bytes(alg->name, cut, want, got, 16);
        }
        macaw_key_free(key);
    }
}

/* Three queries forge the PMAC that masks its last block and encrypts the sum under
 * the key of the blocks: T_a and T_b are then terms of longer messages. */
static void the_drawn_forgery_fails(void **state)
{
    (void)state;
    for (size_t a = 0; a < ALGS; a++) {
        macaw_key *key = key_with(algs[a], pattern_key, NULL);
        uint8_t ta[16], tb[16], t[16], forged[32], tag[16], first[32];
        tag_of(key, big, 16, ta);
        tag_of(key, big + 100, 16, tb);
        memcpy(first, big, 16);
        memcpy(first + 16, big + 200, 16);
        tag_of(key, first, 32, t);
        memcpy(forged, big + 100, 16);
        for (size_t i = 0; i < 16; i++) {
            forged[16 + i] = big[200 + i] ^ ta[i] ^ tb[i];
        }
        tag_of(key, forged, 32, tag);
        assert_memory_not_equal(tag, t, 16);
        macaw_key_free(key);
    }
}

/* ---- the field ---- */

static void assert_gf(macaw_gf128 a, uint64_t hi, uint64_t lo)
{
    assert_int_equal(a.hi, hi);
    assert_int_equal(a.lo, lo);
}

static void field_edges(void **state)
{
    const uint64_t top = UINT64_C(1) << 63;
    const macaw_gf128 some[] = {{0, 1},
                                {top, 0},
                                {0, 0x87},
                                {0, top},
                                {1, 0},
                                {~UINT64_C(0), ~UINT64_C(0)},
                                {0x0123456789abcdef, 0xfedcba9876543210},
                                {top, 1}};

    (void)state;
    assert_gf(macaw_gf128_times_x((macaw_gf128){top, 0}), 0, 0x87);
    assert_gf(macaw_gf128_times_x((macaw_gf128){0, top}), 1, 0);
    assert_gf(macaw_gf128_over_x((macaw_gf128){0, 1}), top, 0x43);
    assert_gf(macaw_gf128_power_of_x(0), 0, 1);
    assert_gf(macaw_gf128_power_of_x(64), 1, 0);
    assert_gf(macaw_gf128_power_of_x(127), top, 0);
    assert_gf(macaw_gf128_power_of_x(128), 0, 0x87);
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) {
        macaw_gf128 a = some[i], x = a;
        macaw_gf128 back = macaw_gf128_over_x(macaw_gf128_times_x(a));
        assert_gf(back, a.hi, a.lo);
        back = macaw_gf128_times_x(macaw_gf128_over_x(a));
        assert_gf(back, a.hi, a.lo);
        for (uint64_t n = 0; n < 300; n++, x = macaw_gf128_times_x(x)) {
            assert_gf(macaw_gf128_times_public(a, macaw_gf128_power_of_x(n)), x.hi, x.lo);
        }
        for (size_t j = 0; j < sizeof some / sizeof *some; j++) {
            macaw_gf128 ab = macaw_gf128_times_public(a, some[j]);
            assert_gf(macaw_gf128_times_public(some[j], a), ab.hi, ab.lo);
        }
    }
}

/* RFC 4493 section 4: L, K1 = x L, K2 = x K1; and the same for blocks of 8 bytes. */
static void doubling_as_in_cmac(void **state)
{
    uint8_t l[16], k1[16], k2[16], got[16];

    (void)state;
    (void)unhex(l, 16, "7df76b0c1ab899b33e42f047b91b546f");
    (void)unhex(k1, 16, "fbeed618357133667c85e08f7236a8de");
    (void)unhex(k2, 16, "f7ddac306ae266ccf90bc11ee46d513b");
    macaw_block_times_x(got, l, 16);
    assert_bytes("x L", 16, k1, got, 16);
    macaw_block_times_x(got, got, 16);
    assert_bytes("x^2 L", 16, k2, got, 16);
    (void)unhex(l, 8, "c00000000000000f");
    (void)unhex(k1, 8, "8000000000000005");
    macaw_block_times_x(got, l, 8);
    assert_bytes("in 64 bits", 8, k1, got, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_edges),
        cmocka_unit_test(doubling_as_in_cmac),
        cmocka_unit_test(published_vectors),
        cmocka_unit_test(reference),
        cmocka_unit_test(tomcrypt),
        cmocka_unit_test(every_block_of_short_messages),
        cmocka_unit_test(wrong_changes),
        cmocka_unit_test(a_wrong_length_gives_a_wrong_tag),
        cmocka_unit_test(parallel),
        cmocka_unit_test(parallel_without_a_sum),
        cmocka_unit_test(sums_of_parts),
        cmocka_unit_test(the_drawn_forgery_fails),
    };

    return cmocka_run_group_tests_name("pmac", tests, fill, NULL);
}

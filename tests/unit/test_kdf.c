/* HKDF and KBKDF: published vectors, the definition around every boundary, limits.
 * Checklist: A17, E13. */
#include "support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <macaw/kdf.h>

#define FIELD_MAX 400

/* A field of a line of vectors. */
typedef struct field {
    uint8_t data[FIELD_MAX];
    size_t len;
} field;

/* The hex fields of a line into ret; returns the algorithm. */
static const macaw_alg *parse(char *line, field *ret, size_t n)
{
    (void)strtok(line, " \n");
    const macaw_alg *alg = macaw_alg_find(strtok(NULL, " \n"));

    assert_non_null(alg);
    for (size_t i = 0; i < n; i++) {
        const char *hex = strtok(NULL, " \n");
        assert_non_null(hex);
        ret[i].len = unhex(ret[i].data, FIELD_MAX, hex);
    }
    return alg;
}

static void check_hkdf(char *line)
{
    field f[5]; /* salt, secret, info, prk, out */
    const macaw_alg *alg = parse(line, f, 5);
    uint8_t prk[MACAW_TAG_MAX], *out = guarded_alloc(f[4].len);

    assert_int_equal(macaw_hkdf_extract(alg, f[0].data, f[0].len, f[1].data, f[1].len, prk),
                     MACAW_OK);
    assert_int_equal(f[3].len, alg->tag_len);
    assert_bytes("PRK", 0, f[3].data, prk, alg->tag_len);
    assert_int_equal(
        macaw_hkdf_expand(alg, prk, alg->tag_len, f[2].data, f[2].len, out, f[4].len), MACAW_OK);
    assert_memory_equal(out, f[4].data, f[4].len);
    guarded_free(out, f[4].len);
}

static void check_kbkdf(char *line)
{
    field f[4]; /* key, label, context, out */
    const macaw_alg *alg = parse(line, f, 4);
    uint8_t *out = guarded_alloc(f[3].len);

    assert_int_equal(macaw_kbkdf_counter(alg, f[0].data, f[0].len, f[1].data, f[1].len, f[2].data,
                                         f[2].len, out, f[3].len),
                     MACAW_OK);
    assert_memory_equal(out, f[3].data, f[3].len);
    guarded_free(out, f[3].len);
}

static size_t each_line(const char *kind, void (*check)(char *line))
{
    char line[2048];
    size_t n = 0;
    FILE *file = vectors_open("kdf.txt");

    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, kind, strlen(kind)) == 0) {
            check(line);
            n++;
        }
    }
    fclose(file);
    return n;
}

static void vectors(void **state)
{
    (void)state;
    assert_int_equal(each_line("hkdf ", check_hkdf), 7 + 7 * 6);
    assert_int_equal(each_line("kbkdf ", check_kbkdf), 7 * 8 + 3 * 4);
}

/* libcrypto's KBKDF as a second opinion. */
static void libcrypto_kbkdf(bool cmac, const char *primitive, size_t key_len, uint8_t *out,
                            size_t len)
{
    char counter[] = "counter", hmac_name[] = "HMAC", cmac_name[] = "CMAC", name[32];
    char label[] = "label", context[] = "context";
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "KBKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);

    (void)snprintf(name, sizeof name, "%s", primitive);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MODE, counter, 0),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_MAC, cmac ? cmac_name : hmac_name, 0),
        OSSL_PARAM_construct_utf8_string(cmac ? OSSL_KDF_PARAM_CIPHER : OSSL_KDF_PARAM_DIGEST, name,
                                         0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, pattern_key, key_len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, label, strlen(label)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, context, strlen(context)),
        OSSL_PARAM_construct_end(),
    };
    assert_int_equal(EVP_KDF_derive(ctx, out, len, params), 1);
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
}

static void kbkdf_is_libcryptos(void **state)
{
    static const struct {
        const char *alg, *primitive;
        bool cmac;
        size_t key_len;
    } rows[] = {{"hmac-sha1", "SHA1", false, 20},         {"hmac-sha256", "SHA256", false, 77},
                {"hmac-sha512", "SHA512", false, 32},     {"hmac-sha3-384", "SHA3-384", false, 48},
                {"cmac-aes128", "AES-128-CBC", true, 16}, {"cmac-aes256", "AES-256-CBC", true, 32},
                {"cmac-des3", "DES-EDE3-CBC", true, 24}};
    uint8_t want[200], got[200];

    (void)state;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        for (size_t len = 1; len <= sizeof want; len++) {
            libcrypto_kbkdf(rows[r].cmac, rows[r].primitive, rows[r].key_len, want, len);
            assert_int_equal(macaw_kbkdf_counter(macaw_alg_find(rows[r].alg), pattern_key,
                                                 rows[r].key_len, "label", 5, "context", 7, got,
                                                 len),
                             MACAW_OK);
            assert_memory_equal(want, got, len);
        }
    }
}

/* Each PRF of the registry, from its tags alone; the others are refused. */
static void kbkdf_over_the_registry(void **state)
{
    uint8_t out[3 * MACAW_TAG_MAX], tag[MACAW_TAG_MAX],
        msg[4 + 5] = {0, 0, 0, 0, 'f', 'i', 'x', 'e', 'd'};
    const macaw_alg *alg;
    size_t prfs = 0;

    (void)state;
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        size_t key_len = alg->key_safe, len = 2 * alg->tag_len + 1u;
        bool usable = (alg->flags & (MACAW_ALG_PRF | MACAW_ALG_FIXED)) == MACAW_ALG_PRF;
        int rc = macaw_kbkdf_counter_raw(alg, pattern_key, key_len, msg + 4, 5, out, len);
        assert_int_equal(rc, usable ? MACAW_OK : MACAW_EARG);
        if (!usable) {
            continue;
        }
        macaw_key *key = key_of(alg->name, pattern_key, key_len, NULL);
        for (size_t n = 0; n < 3; n++) {
            msg[3] = (uint8_t)(n + 1);
            tag_of(key, msg, sizeof msg, tag);
            assert_memory_equal(out + n * alg->tag_len, tag, n < 2 ? alg->tag_len : 1);
        }
        macaw_key_free(key);
        prfs++;
    }
    assert_true(prfs >= 28);
}

/* The key of a purpose says nothing about that of another. */
static void labels_part_keys(void **state)
{
    static const char *const labels[] = {"a", "b", "ab", "a\1"};
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    uint8_t out[4][32], prk[32], again[32];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(macaw_hkdf(alg, "salt", 4, "secret", 6, labels[i], out[i], 32), MACAW_OK);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(out[i], out[j], 32);
        }
    }
    assert_int_equal(macaw_hkdf_extract(alg, "salt", 4, "secret", 6, prk), MACAW_OK);
    assert_int_equal(macaw_hkdf_expand(alg, prk, 32, "a", 1, again, 32), MACAW_OK);
    assert_memory_equal(again, out[0], 32);
    assert_int_equal(macaw_kbkdf_counter(alg, "k", 1, "a", 1, "b", 1, out[0], 32), MACAW_OK);
    assert_int_equal(macaw_kbkdf_counter(alg, "k", 1, "ab", 2, NULL, 0, out[1], 32), MACAW_OK);
    assert_int_equal(macaw_kbkdf_counter(alg, "k", 1, "a", 1, "b", 1, out[2], 31), MACAW_OK);
    assert_memory_not_equal(out[0], out[1], 32);
    assert_memory_not_equal(out[0], out[2], 31); /* the length is part of the input */
}

/* A key that enciphers and tags: E(0) is CMAC's subkey before doubling (SP 800-38B
 * section 6.1), and the tag of the block K1 is E(0) again. Derived keys end that. */
static void one_key_for_two_purposes_forges(void **state)
{
    const macaw_alg *hmac = macaw_alg_find("hmac-sha256");
    uint8_t zero[16] = {0}, l[16], k1[16], tag[16], cipher_key[16], mac_key[16];

    (void)state;
    for (int apart = 0; apart <= 1; apart++) {
        memcpy(cipher_key, pattern_key, 16);
        memcpy(mac_key, pattern_key, 16);
        if (apart) {
            assert_int_equal(macaw_hkdf(hmac, NULL, 0, pattern_key, 16, "enc", cipher_key, 16),
                             MACAW_OK);
            assert_int_equal(macaw_hkdf(hmac, NULL, 0, pattern_key, 16, "mac", mac_key, 16),
                             MACAW_OK);
        }
        macaw_key *cipher = key_of("prf-aes128", cipher_key, 16, NULL);
        macaw_key *cmac = key_of("cmac-aes128", mac_key, 16, NULL);
        tag_of(cipher, zero, 16, l); /* a peer enciphers a block of zeros */
        for (size_t i = 0; i < 16; i++) {
            k1[i] = (uint8_t)(l[i] << 1 | (i < 15 ? l[i + 1] >> 7 : 0));
        }
        k1[15] ^= l[0] & 0x80 ? 0x87 : 0;
        tag_of(cmac, k1, 16, tag);
        assert_int_equal(memcmp(tag, l, 16) == 0, !apart);
        macaw_key_free(cipher);
        macaw_key_free(cmac);
    }
}

static void hkdf_limits(void **state)
{
    static uint8_t out[255 * 32 + 1];
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");

    (void)state;
    memset(out, 0x5a, sizeof out);
    assert_int_equal(macaw_hkdf_expand(alg, "k", 1, NULL, 0, out, sizeof out), MACAW_EARG);
    assert_int_equal(macaw_hkdf_expand(alg, "k", 1, NULL, 0, out, 0), MACAW_EARG);
    assert_int_equal(macaw_hkdf_expand(alg, "k", 1, NULL, 1, out, 8), MACAW_EARG);
    assert_int_equal(macaw_hkdf_expand(alg, "k", 1, NULL, 0, NULL, 8), MACAW_EARG);
    assert_int_equal(macaw_hkdf(alg, NULL, 0, "k", 1, "", out, 8), MACAW_EARG);
    assert_int_equal(macaw_hkdf(alg, NULL, 0, "k", 1, NULL, out, 8), MACAW_EARG);
    assert_int_equal(macaw_hkdf(alg, NULL, 1, "k", 1, "l", out, 8), MACAW_EARG);
    assert_int_equal(macaw_hkdf_extract(alg, NULL, 0, NULL, 1, out), MACAW_EARG);
    assert_int_equal(macaw_hkdf(NULL, NULL, 0, "k", 1, "l", out, 8), MACAW_EARG);
    for (size_t i = 0; i < sizeof out; i++) {
        assert_int_equal(out[i], 0x5a);
    }
    assert_int_equal(macaw_hkdf_expand(alg, "k", 1, NULL, 0, out, sizeof out - 1), MACAW_OK);
    assert_int_equal(out[sizeof out - 1], 0x5a);
}

static void hkdf_takes_keys_of_any_length_only(void **state)
{
    uint8_t out[8];
    const macaw_alg *alg;

    (void)state;
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        bool is_hmac = strncmp(alg->name, "hmac-", 5) == 0;
        int want = is_hmac ? MACAW_OK : MACAW_EARG;
        assert_int_equal(macaw_hkdf(alg, NULL, 0, pattern_key, alg->key_safe, "l", out, 8), want);
        assert_int_equal(macaw_hkdf_expand(alg, pattern_key, alg->key_safe, NULL, 0, out, 8), want);
    }
}

static void kbkdf_limits(void **state)
{
    const macaw_alg *alg = macaw_alg_find("cmac-aes128");
    uint8_t out[8];

    (void)state;
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 16, "l", 0, NULL, 0, out, 8),
                     MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 16, NULL, 1, NULL, 0, out, 8),
                     MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 16, "l", 1, NULL, 1, out, 8),
                     MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 17, "l", 1, NULL, 0, out, 8),
                     MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 16, "l", 1, NULL, 0, out, 0),
                     MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter(alg, pattern_key, 16, "l", 1, NULL, 0, out, 1u << 29),
                     MACAW_EARG);
    assert_int_equal(
        macaw_kbkdf_counter_raw(alg, pattern_key, 16, NULL, 0, out, (size_t)16 * UINT32_MAX + 1),
        MACAW_EARG);
    assert_int_equal(macaw_kbkdf_counter_raw(alg, pattern_key, 16, NULL, 0, out, 8), MACAW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(kbkdf_is_libcryptos),
        cmocka_unit_test(kbkdf_over_the_registry),
        cmocka_unit_test(labels_part_keys),
        cmocka_unit_test(one_key_for_two_purposes_forges),
        cmocka_unit_test(hkdf_limits),
        cmocka_unit_test(hkdf_takes_keys_of_any_length_only),
        cmocka_unit_test(kbkdf_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

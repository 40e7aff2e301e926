/* HMAC_DRBG: vectors, libcrypto's as a second opinion, limits, and whether the
 * output looks random at all. Checklist: A17. */
#include "support.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "key/drbg.h"

#define FIELD_MAX 400

static void check_vector_line(char *line)
{
    uint8_t f[6][FIELD_MAX], got[FIELD_MAX]; /* entropy, nonce, personal, reseed, more, output */
    size_t len[6];
    macaw_drbg *drbg = NULL;

    (void)strtok(line, " \n");
    const macaw_alg *alg = macaw_alg_find(strtok(NULL, " \n"));
    for (size_t i = 0; i < 6; i++) {
        len[i] = unhex(f[i], FIELD_MAX, strtok(NULL, " \n"));
    }
    assert_int_equal(macaw_drbg_new(&drbg, alg, f[0], len[0], f[1], len[1], f[2], len[2]),
                     MACAW_OK);
    if (len[3] > 0) {
        assert_int_equal(macaw_drbg_reseed(drbg, f[3], len[3], f[4], len[4]), MACAW_OK);
    }
    assert_int_equal(macaw_drbg_generate(drbg, got, len[5], f[4], len[4]), MACAW_OK);
    assert_int_equal(macaw_drbg_generate(drbg, got, len[5], f[4], len[4]), MACAW_OK);
    assert_memory_equal(got, f[5], len[5]);
    macaw_drbg_free(drbg);
}

static void vectors(void **state)
{
    char line[2048];
    size_t n = 0;
    FILE *file = vectors_open("kdf.txt");

    (void)state;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "drbg ", 5) == 0) {
            check_vector_line(line);
            n++;
        }
    }
    fclose(file);
    assert_int_equal(n, 1 + 7 * 8);
}

/* ---- libcrypto's HMAC-DRBG, its entropy given by the test ---- */

typedef struct peer {
    EVP_RAND_CTX *source, *drbg;
} peer;

static EVP_RAND_CTX *rand_new(const char *name, EVP_RAND_CTX *parent)
{
    EVP_RAND *rand = EVP_RAND_fetch(NULL, name, NULL);
    EVP_RAND_CTX *ctx = EVP_RAND_CTX_new(rand, parent);

    assert_non_null(ctx);
    EVP_RAND_free(rand);
    return ctx;
}

static void peer_entropy(const peer *p, uint8_t *entropy, size_t len, uint8_t *nonce,
                         size_t nonce_len)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_ENTROPY, entropy, len),
        OSSL_PARAM_construct_octet_string(OSSL_RAND_PARAM_TEST_NONCE, nonce, nonce_len),
        OSSL_PARAM_construct_end(),
    };
    assert_int_equal(EVP_RAND_CTX_set_params(p->source, params), 1);
}

static peer peer_new(const char *digest)
{
    char mac[] = "HMAC", name[32];
    unsigned strength = 256;
    peer p = {.source = rand_new("TEST-RAND", NULL)};
    OSSL_PARAM source[] = {OSSL_PARAM_construct_uint(OSSL_RAND_PARAM_STRENGTH, &strength),
                           OSSL_PARAM_construct_end()};

    (void)snprintf(name, sizeof name, "%s", digest);
    OSSL_PARAM drbg[] = {OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_MAC, mac, 0),
                         OSSL_PARAM_construct_utf8_string(OSSL_DRBG_PARAM_DIGEST, name, 0),
                         OSSL_PARAM_construct_end()};
    assert_int_equal(EVP_RAND_CTX_set_params(p.source, source), 1);
    p.drbg = rand_new("HMAC-DRBG", p.source);
    assert_int_equal(EVP_RAND_CTX_set_params(p.drbg, drbg), 1);
    return p;
}

static void peer_free(peer *p)
{
    EVP_RAND_CTX_free(p->drbg);
    EVP_RAND_CTX_free(p->source);
}

/* Both generators, the same inputs: outputs of every length around blocks. */
static void against_libcrypto(const char *alg, const char *digest)
{
    uint8_t entropy[48], fresh[48], nonce[32], want[300], got[300];
    peer p = peer_new(digest);
    macaw_drbg *drbg = NULL;

    memcpy(entropy, pattern_msg + 17, sizeof entropy);
    memcpy(fresh, pattern_msg + 101, sizeof fresh);
    memcpy(nonce, pattern_msg + 201, sizeof nonce);
    peer_entropy(&p, entropy, sizeof entropy, nonce, sizeof nonce);
    assert_int_equal(EVP_RAND_instantiate(p.drbg, 128, 0, (const uint8_t *)"who", 3, NULL), 1);
    assert_int_equal(macaw_drbg_new(&drbg, macaw_alg_find(alg), entropy, sizeof entropy, nonce,
                                    sizeof nonce, "who", 3),
                     MACAW_OK);
    peer_entropy(&p, fresh, sizeof fresh, nonce, sizeof nonce);
    for (size_t len = 1; len <= sizeof want; len++) {
        const uint8_t *more = len % 3 == 0 ? pattern_key : NULL;
        size_t more_len = len % 3 == 0 ? len % 97 + 1 : 0;
        if (len % 50 == 0) {
            assert_int_equal(EVP_RAND_reseed(p.drbg, 0, NULL, 0, more, more_len), 1);
            assert_int_equal(macaw_drbg_reseed(drbg, fresh, sizeof fresh, more, more_len), MACAW_OK);
        }
        assert_int_equal(EVP_RAND_generate(p.drbg, want, len, 128, 0, more, more_len), 1);
        assert_int_equal(macaw_drbg_generate(drbg, got, len, more, more_len), MACAW_OK);
        assert_memory_equal(want, got, len);
    }
    macaw_drbg_free(drbg);
    peer_free(&p);
}

static void is_libcryptos(void **state)
{
    (void)state;
    against_libcrypto("hmac-sha1", "SHA1");
    against_libcrypto("hmac-sha256", "SHA256");
    against_libcrypto("hmac-sha512", "SHA512");
}

/* ---- limits ---- */

static macaw_drbg *fixed_drbg(void)
{
    macaw_drbg *drbg = NULL;

    assert_int_equal(macaw_drbg_new(&drbg, macaw_alg_find("hmac-sha256"), pattern_key, 32, "nonce",
                                    5, NULL, 0),
                     MACAW_OK);
    return drbg;
}

static void limits(void **state)
{
    static uint8_t out[MACAW_DRBG_REQUEST_MAX + 1];
    macaw_drbg *drbg = fixed_drbg();

    (void)state;
    memset(out, 0x5a, sizeof out);
    assert_int_equal(macaw_drbg_generate(drbg, out, sizeof out, NULL, 0), MACAW_EARG);
    assert_int_equal(macaw_drbg_generate(drbg, NULL, 1, NULL, 0), MACAW_EARG);
    assert_int_equal(macaw_drbg_generate(drbg, out, 1, NULL, 1), MACAW_EARG);
    assert_int_equal(out[0], 0x5a);
    assert_int_equal(macaw_drbg_generate(drbg, out, sizeof out - 1, NULL, 0), MACAW_OK);
    assert_int_equal(out[sizeof out - 1], 0x5a);
    assert_int_equal(macaw_drbg_generate(drbg, NULL, 0, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_drbg_reseed(drbg, NULL, 32, NULL, 0), MACAW_EARG);
    assert_int_equal(macaw_drbg_reseed(drbg, out, 15, NULL, 0), MACAW_EWEAK);
    assert_int_equal(macaw_drbg_reseed(drbg, out, 16, NULL, 1), MACAW_EARG);
    macaw_drbg_free(drbg);
    macaw_drbg_free(NULL);
}

static void a_reseed_falls_due(void **state)
{
    uint8_t out[1] = {0x5a};
    macaw_drbg *drbg = fixed_drbg();

    (void)state;
    drbg->calls = MACAW_DRBG_RESEED_INTERVAL;
    assert_int_equal(macaw_drbg_generate(drbg, out, 1, NULL, 0), MACAW_OK);
    out[0] = 0x5a;
    assert_int_equal(macaw_drbg_generate(drbg, out, 1, NULL, 0), MACAW_ELIMIT);
    assert_int_equal(out[0], 0x5a);
    assert_int_equal(macaw_drbg_reseed(drbg, pattern_key, 32, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_drbg_generate(drbg, out, 1, NULL, 0), MACAW_OK);
    macaw_drbg_free(drbg);
}

static void only_hmac(void **state)
{
    const macaw_alg *alg;

    (void)state;
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        macaw_drbg *drbg = NULL;
        bool is_hmac = strncmp(alg->name, "hmac-", 5) == 0;
        assert_int_equal(macaw_drbg_new(&drbg, alg, pattern_key, 64, NULL, 0, NULL, 0),
                         is_hmac ? MACAW_OK : MACAW_EARG);
        macaw_drbg_free(drbg);
    }
    macaw_drbg *none = NULL;
    const macaw_alg *hmac = macaw_alg_find("hmac-sha256");
    assert_int_equal(macaw_drbg_new(&none, hmac, pattern_key, 15, NULL, 0, NULL, 0), MACAW_EWEAK);
    assert_int_equal(macaw_drbg_new(&none, hmac, NULL, 32, NULL, 0, NULL, 0), MACAW_EARG);
    assert_int_equal(macaw_drbg_new(&none, hmac, pattern_key, 32, NULL, 1, NULL, 0), MACAW_EARG);
    assert_int_equal(macaw_drbg_new(&none, hmac, pattern_key, 32, NULL, 0, NULL, 1), MACAW_EARG);
    assert_null(none);
}

/* ---- a smoke test: a fixed seed, so that it never fails by chance ---- */

#define SAMPLE (1u << 20)

/* Bits, changes between neighbouring bits, and each byte value, over the sample. */
static void count(const uint8_t *p, double *ones, double *runs, double *bytes)
{
    int before = -1;

    for (size_t i = 0; i < SAMPLE; i++) {
        bytes[p[i]]++;
        for (int bit = 7; bit >= 0; bit--) {
            int b = p[i] >> bit & 1;
            *ones += b;
            *runs += b != before;
            before = b;
        }
    }
}

/* Each within 4 standard deviations of what independent fair bits give: SP 800-22
 * sections 2.1 and 2.3, and chi square with 255 degrees of freedom. */
static bool looks_random(const uint8_t *p)
{
    double ones = 0, runs = 0, bytes[256] = {0}, chi = 0, n = 8.0 * SAMPLE, each = SAMPLE / 256.0;

    count(p, &ones, &runs, bytes);
    for (size_t i = 0; i < 256; i++) {
        chi += (bytes[i] - each) * (bytes[i] - each) / each;
    }
    return fabs(ones - n / 2) < 4 * sqrt(n) / 2 && fabs(runs - n / 2) < 4 * sqrt(n) / 2 &&
           fabs(chi - 255) < 4 * sqrt(2.0 * 255);
}

static void output_looks_random(void **state)
{
    static uint8_t sample[SAMPLE];
    static const char *const names[] = {"hmac-sha1", "hmac-sha256", "hmac-sha512", "hmac-sha3-256"};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        macaw_drbg *drbg = NULL;
        assert_int_equal(macaw_drbg_new(&drbg, macaw_alg_find(names[i]), pattern_key, 32, "nonce",
                                        5, NULL, 0),
                         MACAW_OK);
        for (size_t at = 0; at < SAMPLE; at += MACAW_DRBG_REQUEST_MAX) {
            assert_int_equal(
                macaw_drbg_generate(drbg, sample + at, MACAW_DRBG_REQUEST_MAX, NULL, 0), MACAW_OK);
        }
        assert_true(looks_random(sample));
        macaw_drbg_free(drbg);
    }
    for (size_t i = 0; i < SAMPLE; i += 64) { /* the test itself can fail */
        sample[i] &= 0x0f;
    }
    assert_false(looks_random(sample));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors),
        cmocka_unit_test(is_libcryptos),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_reseed_falls_due),
        cmocka_unit_test(only_hmac),
        cmocka_unit_test(output_looks_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

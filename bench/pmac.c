/* PMAC against the cipher under it, against libtomcrypt's PMAC and OpenSSL's CMAC;
 * over threads; and a changed block against a full pass. */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef BENCH_TOMCRYPT
#include <tomcrypt.h>
#endif

#include <macaw/mac.h>

#include "bench.h"
#include "prim/block.h"
#include "prim/gf.h"

#define LEN    ((size_t)16384)
#define BIG    ((size_t)1 << 30)
#define ROUNDS 7
#define KEYS   32

static uint8_t secret[KEYS];
static uint8_t message[LEN], scratch[LEN];

/* ---- the sides ---- */

struct tagging {
    macaw_key *key;
    const uint8_t *msg;
    size_t len;
    unsigned threads;
    uint8_t tag[16];
};

static void run_tag(void *arg, size_t n)
{
    struct tagging *t = arg;
    const macaw_msg m = {.data = t->msg, .len = t->len};

    for (size_t i = 0; i < n; i++) {
        int rc = t->threads > 1 ? macaw_tag_parallel(t->key, &m, t->threads, t->tag, 16)
                                : macaw_tag(t->key, &m, t->tag, 16);
        if (rc != MACAW_OK) {
            bench_fail(macaw_key_alg(t->key)->name, macaw_strerror(rc));
        }
    }
}

static void run_change(void *arg, size_t n)
{
    struct tagging *t = arg;
    const macaw_change c = {.msg_len = t->len, .offset = t->len / 2, .old_data = t->msg,
                            .new_data = t->msg + 16};

    for (size_t i = 0; i < n; i++) {
        if (macaw_tag_change(t->key, &c, t->tag, t->tag, 16) != MACAW_OK) {
            bench_fail(macaw_key_alg(t->key)->name, "macaw_tag_change failed");
        }
    }
}

static void run_evp_ecb(void *arg, size_t n)
{
    int len;

    for (size_t i = 0; i < n; i++) {
        (void)EVP_EncryptUpdate(arg, scratch, &len, message, (int)LEN);
    }
}

static void run_own_ecb(void *arg, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        macaw_block_encrypt(arg, message, scratch, LEN / 16);
    }
}

struct cmac {
    EVP_MAC_CTX *ctx;
    const uint8_t *msg;
    size_t len;
    uint8_t tag[16];
};

static void run_cmac(void *arg, size_t n)
{
    struct cmac *c = arg;
    size_t len;

    for (size_t i = 0; i < n; i++) {
        if (EVP_MAC_init(c->ctx, NULL, 0, NULL) != 1 ||
            EVP_MAC_update(c->ctx, c->msg, c->len) != 1 ||
            EVP_MAC_final(c->ctx, c->tag, &len, sizeof c->tag) != 1) {
            bench_fail("EVP_MAC", "CMAC failed");
        }
    }
}

/* The masks of a message of LEN bytes, each by a product, as P is defined. */
static void run_products(void *arg, size_t n)
{
    macaw_gf128 k1 = macaw_gf128_load(secret), *sum = arg;

    for (size_t i = 0; i < n; i++) {
        for (uint64_t block = 1; block <= LEN / 16; block++) {
            macaw_gf128 p = macaw_gf128_times_public(k1, (macaw_gf128){0, block});
            *sum = macaw_gf128_add(*sum, p);
        }
    }
}

#ifdef BENCH_TOMCRYPT
/* libtomcrypt keys a state for each message; a copy of a keyed one is cheaper. */
struct tomcrypt {
    pmac_state keyed;
    uint8_t tag[16];
};

static void run_tomcrypt(void *arg, size_t n)
{
    struct tomcrypt *t = arg;
    unsigned long len;

    for (size_t i = 0; i < n; i++) {
        pmac_state s = t->keyed;
        len = sizeof t->tag;
        if (pmac_process(&s, message, LEN) != CRYPT_OK || pmac_done(&s, t->tag, &len) != CRYPT_OK) {
            bench_fail("libtomcrypt", "pmac failed");
        }
    }
}
#endif

/* ---- rows ---- */

static macaw_key *open_key(const char *alg, const char *kernel)
{
    const macaw_alg *a = macaw_alg_find(alg);
    const macaw_key_opts opts = {.kernel = kernel};
    macaw_key *key = NULL;

    return macaw_key_new(&key, a, secret, a->key_min, &opts) == MACAW_OK ? key : NULL;
}

static void row(const char *alg, const char *kernel, const char *against, double bar,
                const bench_side *peer)
{
    struct tagging t = {.key = open_key(alg, kernel), .msg = message, .len = LEN};
    char what[96];
    bench_result result;

    if (t.key == NULL) {
        bench_print_absent(kernel, "this CPU does not have it");
        return;
    }
    bench_compare(&(bench_side){run_tag, &t}, peer, &result);
    (void)snprintf(what, sizeof what, "%s, one message of 16 KiB (%s)", alg,
                   macaw_key_kernel(t.key));
    bench_print(&(bench_row){what, against, bar}, &result);
    macaw_key_free(t.key);
}

static void tomcrypt_row(void)
{
#ifdef BENCH_TOMCRYPT
    struct tomcrypt t;
    struct tagging mine = {.key = open_key("pmac-aes128", NULL), .msg = message, .len = LEN};

    if (pmac_init(&t.keyed, register_cipher(&aes_desc), secret, 16) != CRYPT_OK) {
        bench_fail("libtomcrypt", "no key");
    }
    run_tomcrypt(&t, 1);
    run_tag(&mine, 1);
    if (memcmp(t.tag, mine.tag, sizeof t.tag) != 0) {
        bench_fail("libtomcrypt", "does not compute the same tag");
    }
    macaw_key_free(mine.key);
    row("pmac-aes128", NULL, "libtomcrypt " SCRYPT ", keyed state copied", 60,
        &(bench_side){run_tomcrypt, &t});
#else
    bench_print_absent("libtomcrypt", "not installed when this was built");
#endif
}

static void short_rows(void)
{
    static macaw_block_key own;
    char openssl[64];
    EVP_CIPHER_CTX *evp = EVP_CIPHER_CTX_new();

    (void)snprintf(openssl, sizeof openssl, "OpenSSL %s, raw EVP AES-128-ECB",
                   OpenSSL_version(OPENSSL_VERSION_STRING));
    if (EVP_EncryptInit_ex2(evp, EVP_aes_128_ecb(), secret, NULL, NULL) != 1 ||
        macaw_block_init(&own, &macaw_aes128, secret, NULL) != MACAW_OK) {
        bench_fail("AES", "no key");
    }
    bench_side evp_side = {run_evp_ecb, evp}, own_side = {run_own_ecb, &own};
    tomcrypt_row();
    row("pmac-aes128", NULL, openssl, 1.9, &evp_side);
    row("pmac-aes128", NULL, "the same kernel, ECB alone", 0.9, &own_side);
    row("pmac-aes128", "aesni", openssl, 0, &evp_side);
    row("pmac-aes128", "libcrypto", openssl, 0.7, &evp_side);
    row("pmac1-aes128", NULL, "the same kernel, ECB alone", 0, &own_side);
    row("pmac-counter-aes128", NULL, "the same kernel, ECB alone", 0, &own_side);

    macaw_gf128 sum = {0, 0};
    bench_result result;
    bench_compare(&own_side, &(bench_side){run_products, &sum}, &result);
    bench_print(&(bench_row){"pmac-counter-aes128: F, the cipher, on 1024 blocks",
                             "P, 1024 masks by products", 0}, &result);
    macaw_block_clear(&own);
    EVP_CIPHER_CTX_free(evp);
}

static EVP_MAC_CTX *open_cmac(void)
{
    char name[] = "AES-128-CBC";
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(mac);
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, name, 0),
                                 OSSL_PARAM_construct_end()};

    EVP_MAC_free(mac);
    if (EVP_MAC_init(ctx, secret, 16, params) != 1) {
        bench_fail("EVP_MAC", "no CMAC");
    }
    return ctx;
}

static void long_row(const char *what, struct tagging *t, const char *against, double bar,
                     const bench_side *peer)
{
    bench_result result;

    bench_compare_elapsed(&(bench_side){run_tag, t}, peer, ROUNDS, &result);
    bench_print(&(bench_row){what, against, bar}, &result);
}

/* Elapsed time, no pinning: threads want CPUs. */
static void long_rows(void)
{
    uint8_t *big = malloc(BIG);
    char against[64];
    bench_result result;

    if (big == NULL) {
        bench_print_absent("messages of 1 GiB", "no memory for one");
        return;
    }
    bench_fill(big, BIG, 3);
    macaw_key *key = open_key("pmac-aes128", NULL);
    struct tagging one = {.key = key, .msg = big, .len = BIG, .threads = 1}, four = one;
    struct cmac cmac = {.ctx = open_cmac(), .msg = big, .len = BIG};
    four.threads = 4;
    run_tag(&one, 1);
    run_tag(&four, 1);
    if (memcmp(one.tag, four.tag, sizeof one.tag) != 0) {
        bench_fail("macaw_tag_parallel", "does not compute the same tag");
    }
    long_row("pmac-aes128, 1 GiB on 4 threads", &four, "one thread", 3,
             &(bench_side){run_tag, &one});
    (void)snprintf(against, sizeof against, "OpenSSL %s, EVP_MAC CMAC, one thread",
                   OpenSSL_version(OPENSSL_VERSION_STRING));
    long_row("pmac-aes128, 1 GiB on 4 threads", &four, against, 25, &(bench_side){run_cmac, &cmac});
    bench_compare_elapsed(&(bench_side){run_change, &four}, &(bench_side){run_tag, &one}, ROUNDS,
                          &result);
    bench_print(&(bench_row){"pmac-aes128, 1 GiB: macaw_tag_change of one block",
                             "a full pass, one thread", 1000}, &result);
    EVP_MAC_CTX_free(cmac.ctx);
    macaw_key_free(key);
    free(big);
}

int main(void)
{
    bench_fill(secret, sizeof secret, 1);
    bench_fill(message, sizeof message, 2);
    long_rows();
    bench_pin();
    short_rows();
    return 0;
}

/* SipHash, one message and a batch, against libsodium and libcrypto. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <stdio.h>

#include <macaw/mac.h>

#include "bench.h"

#ifdef BENCH_SODIUM
#include <sodium.h>
#endif

#define BATCH   4096
#define LEN_MAX 1024

static uint8_t secret[16], data[BATCH + LEN_MAX];
static macaw_key *key;
static macaw_msg msgs[BATCH];
static uint8_t tags[BATCH * 8], ok[BATCH], out[8];
static EVP_MAC_CTX *evp;
static size_t len;
static int failed;

static void one(void *arg, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        failed |= macaw_tag(key, &msgs[i % BATCH], out, sizeof out);
    }
}

static void tag_many(void *arg, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        failed |= macaw_tag_many(key, msgs, BATCH, tags, sizeof out);
    }
}

static void verify_many(void *arg, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        failed |= macaw_verify_many(key, msgs, BATCH, tags, sizeof out, ok);
    }
}

static void evp_each(void *arg, size_t n)
{
    size_t size;

    (void)arg;
    for (size_t i = 0; i < n; i++) {
        failed |= EVP_MAC_init(evp, secret, sizeof secret, NULL) != 1 ||
                  EVP_MAC_update(evp, msgs[i % BATCH].data, len) != 1 ||
                  EVP_MAC_final(evp, out, &size, sizeof out) != 1;
    }
}

#ifdef BENCH_SODIUM
static void sodium_each(void *arg, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        failed |= crypto_shorthash(out, msgs[i % BATCH].data, len, secret);
    }
}

static void sodium_batch(void *arg, size_t n)
{
    (void)arg;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < BATCH; j++) {
            failed |= crypto_shorthash(tags + 8 * j, msgs[j].data, len, secret);
        }
    }
}
#endif

static void row(const char *what, void (*mine)(void *, size_t), void (*peer)(void *, size_t),
                const char *against, double bar, size_t each)
{
    char text[96];
    bench_result r;

    bench_compare(&(bench_side){mine, NULL}, &(bench_side){peer, NULL}, &r);
    if (failed != 0) {
        bench_fail(what, "failed while it was timed");
    }
    r.mine_ns /= (double)each;
    r.peer_ns /= (double)each;
    (void)snprintf(text, sizeof text, "siphash-2-4, %s, %zu B", what, len);
    bench_print(&(bench_row){text, against, bar}, &r);
}

static void rows(size_t length)
{
    len = length;
    for (size_t i = 0; i < BATCH; i++) {
        msgs[i] = (macaw_msg){.data = data + i, .len = len};
    }
    failed |= macaw_tag_many(key, msgs, BATCH, tags, sizeof out);
    row("one", one, evp_each, "OpenSSL EVP_MAC reused", 0, 1);
#ifdef BENCH_SODIUM
    double bar = len == 16 ? 4 : 0;
    row("one", one, sodium_each, "libsodium crypto_shorthash", len == 16 ? 0.97 : 0, 1);
    row("tag batch", tag_many, sodium_batch, "libsodium, one by one", bar, BATCH);
    row("verify batch", verify_many, sodium_batch, "libsodium, one by one, tags only", bar, BATCH);
#else
    (void)tag_many;
    (void)verify_many;
    bench_print_absent("libsodium", "not installed when this was built");
#endif
}

int main(void)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "SIPHASH", NULL);
    size_t size = sizeof out;
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                 OSSL_PARAM_construct_end()};
    static const size_t lens[] = {8, 16, 64, 1000};

    bench_pin();
    bench_fill(secret, sizeof secret, 1);
    bench_fill(data, sizeof data, 2);
    evp = EVP_MAC_CTX_new(mac);
    if (EVP_MAC_CTX_set_params(evp, params) != 1 ||
        macaw_key_new(&key, macaw_alg_find("siphash-2-4"), secret, sizeof secret, NULL) !=
            MACAW_OK) {
        bench_fail("siphash", "no key");
    }
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        rows(lens[i]);
    }
    EVP_MAC_CTX_free(evp);
    EVP_MAC_free(mac);
    macaw_key_free(key);
    return 0;
}

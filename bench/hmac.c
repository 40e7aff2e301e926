/* HMAC against the HMACs of other libraries, and its kernels against each other. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "hmac_batch.h"
#include "peer_macaw.h"

#define LEN_MAX ((size_t)1 << 20)

/* "Tie": a lead under 3 % is none. */
#define TIE 0.97

static uint8_t key_bytes[BENCH_KEY_LEN];
static uint8_t message[LEN_MAX];

static const bench_mac *const peers[] = {
    &bench_openssl_ctx, &bench_openssl_mac, &bench_openssl_mac_fresh, &bench_openssl_hmac,
#ifdef BENCH_SODIUM
    &bench_sodium,
#endif
#ifdef BENCH_NETTLE
    &bench_nettle,
#endif
#ifdef BENCH_IPSEC
    &bench_ipsec,
#endif
};
#define PEERS (sizeof peers / sizeof peers[0])

/* ---- one message at a time ---- */

struct single {
    const bench_mac *mac;
    void *state;
    size_t len;
    int failed;
    uint8_t tag[MACAW_TAG_MAX];
};

static void run_single(void *arg, size_t n)
{
    struct single *s = arg;

    for (size_t i = 0; i < n; i++) {
        s->failed |= s->mac->tag(s->state, message, s->len, s->tag);
    }
}

/* Two messages, as the timing will be of many: a kept state must come back. */
static void prepare(struct single *s, const bench_mac *mac, void *state, size_t len)
{
    if (state == NULL) {
        bench_fail(mac->name, "no key");
    }
    *s = (struct single){.mac = mac, .state = state, .len = len};
    run_single(s, 2);
}

/* kernel: macaw's, NULL for the best. */
static void compare_single(const char *hash, size_t len, const char *kernel, const bench_mac *peer,
                           double bar)
{
    struct single a, b;
    char what[96], against[96];
    bench_result result;

    if (peer->len_max != 0 && len > peer->len_max) {
        bench_print_absent(peer->name, "takes no message as long as 1 MiB");
        return;
    }
    prepare(&a, &bench_macaw, bench_macaw_open(hash, key_bytes, kernel), len);
    prepare(&b, peer, peer->open(hash, key_bytes), len);
    if (memcmp(a.tag, b.tag, sizeof a.tag) != 0 || a.failed != 0 || b.failed != 0) {
        bench_fail(peer->name, "does not compute the same tag");
    }
    bench_compare(&(bench_side){run_single, &a}, &(bench_side){run_single, &b}, &result);
    if (a.failed != 0 || b.failed != 0) {
        bench_fail(peer->name, "failed while it was timed");
    }
    (void)snprintf(what, sizeof what, "hmac-%s, one message of %zu B (%s)", hash, len,
                   macaw_key_kernel(a.state));
    (void)snprintf(against, sizeof against, "%s, %s", peer->name, peer->version());
    bench_print(&(bench_row){what, against, bar}, &result);
    bench_macaw.close(a.state);
    b.mac->close(b.state);
}

/* The bars for one message with hmac-sha256. */
static double bar_of(size_t len, const bench_mac *peer, bool own_kernel)
{
    if (len == 100 && peer == &bench_openssl_ctx) {
        return own_kernel ? 1.3 : 1.15;
    }
    if (len == 100 && peer == &bench_openssl_mac) {
        return 2.0;
    }
    if (len == LEN_MAX && (peer == &bench_openssl_ctx || peer == &bench_openssl_mac)) {
        return TIE;
    }
    return 0;
}

static void sha256_rows(void)
{
    static const size_t lens[] = {16, 100, 1024, 16384, LEN_MAX};
    macaw_key *key = bench_macaw_open("sha256", key_bytes, NULL);
    bool own_kernel = key != NULL && strcmp(macaw_key_kernel(key), "libcrypto") != 0;

    macaw_key_free(key);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        for (size_t j = 0; j < PEERS; j++) {
            compare_single("sha256", lens[i], NULL, peers[j],
                           bar_of(lens[i], peers[j], own_kernel));
        }
    }
}

static void other_rows(void)
{
    static const char *const hashes[] = {"sha512", "sha1", "md5"};
    static const size_t lens[] = {100, 16384};

    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        for (size_t j = 0; j < sizeof lens / sizeof lens[0]; j++) {
            compare_single(hashes[i], lens[j], NULL, &bench_openssl_ctx, 0);
            compare_single(hashes[i], lens[j], NULL, &bench_openssl_mac, 0);
        }
    }
}

/* Every kernel in turn. The portable one may not lose more than 5 % to the
 * library under it. */
static void kernel_rows(void)
{
    static const char *const hashes[] = {"sha256", "sha512", "sha1", "md5"};
    char alg[32];

    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        (void)snprintf(alg, sizeof alg, "hmac-%s", hashes[i]);
        for (size_t k = 0; macaw_alg_kernel(macaw_alg_find(alg), k) != NULL; k++) {
            const char *kernel = macaw_alg_kernel(macaw_alg_find(alg), k);
            void *key = bench_macaw_open(hashes[i], key_bytes, kernel);
            if (key == NULL) {
                bench_print_absent(kernel, "this CPU does not have it");
                continue;
            }
            macaw_key_free(key);
            double bar = strcmp(kernel, "libcrypto") == 0 ? 0.95 : 0;
            compare_single(hashes[i], 100, kernel, &bench_openssl_ctx, bar);
            compare_single(hashes[i], 16384, kernel, &bench_openssl_ctx, bar);
        }
    }
}

static void say_absent(void)
{
#ifndef BENCH_SODIUM
    bench_print_absent("libsodium", "not installed when this was built");
#endif
#ifndef BENCH_NETTLE
    bench_print_absent("nettle", "not installed when this was built");
#endif
#ifndef BENCH_IPSEC
    bench_print_absent("ipsec-mb", "not installed when this was built");
#endif
}

int main(void)
{
    bench_pin();
    bench_fill(key_bytes, sizeof key_bytes, 1);
    bench_fill(message, sizeof message, 2);
    say_absent();
    sha256_rows();
    bench_hmac_batch(key_bytes, message);
    other_rows();
    kernel_rows();
    return 0;
}

/* HMAC against the HMACs of other libraries, and its kernels against each other. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "base/ct.h"
#include "bench.h"
#include "peers.h"

#define LEN_MAX   ((size_t)1 << 20)
#define BATCH     4096
#define BATCH_LEN 100

/* "Tie": a lead under 3 % is none. */
#define TIE 0.97

static uint8_t key_bytes[BENCH_KEY_LEN];
static uint8_t message[LEN_MAX];

/* ---- macaw as one of the libraries ---- */

static const char *forced_kernel; /* what the next macaw_open asks for */

static void *macaw_open(const char *hash, const uint8_t *key)
{
    char name[32];
    macaw_key *ret = NULL;
    const macaw_key_opts opts = {.kernel = forced_kernel};

    (void)snprintf(name, sizeof name, "hmac-%s", hash);
    int rc = macaw_key_new(&ret, macaw_alg_find(name), key, BENCH_KEY_LEN, &opts);
    return rc == MACAW_OK ? ret : NULL;
}

static int macaw_one(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    const macaw_key *key = state;
    const macaw_msg m = {.data = msg, .len = len};

    return macaw_tag(key, &m, tag, macaw_key_tag_len(key));
}

static void macaw_close(void *state)
{
    macaw_key_free(state);
}

static const bench_mac macaw = {.name = "macaw_tag", .open = macaw_open, .tag = macaw_one,
                                .close = macaw_close};

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

static bool open_single(struct single *s, const bench_mac *mac, const char *hash, size_t len)
{
    *s = (struct single){.mac = mac, .len = len};
    s->state = mac->open(hash, key_bytes);
    if (s->state != NULL) {
        run_single(s, 2); /* twice, as the timing will: a kept state must come back */
    }
    return s->state != NULL;
}

static void compare_single(const char *hash, size_t len, const bench_mac *peer, double bar)
{
    struct single a, b;
    char what[96], against[96];
    bench_result result;

    if (peer->len_max != 0 && len > peer->len_max) {
        bench_print_absent(peer->name, "takes no message as long as 1 MiB");
        return;
    }
    if (!open_single(&b, peer, hash, len)) {
        bench_fail(peer->name, "no state");
    }
    if (!open_single(&a, &macaw, hash, len)) {
        bench_fail(hash, "no key");
    }
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
    a.mac->close(a.state);
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
    void *key = macaw_open("sha256", key_bytes);
    bool own_kernel = key != NULL && strcmp(macaw_key_kernel(key), "libcrypto") != 0;

    macaw_close(key);
    for (size_t i = 0; i < sizeof lens / sizeof lens[0]; i++) {
        for (size_t j = 0; j < PEERS; j++) {
            compare_single("sha256", lens[i], peers[j], bar_of(lens[i], peers[j], own_kernel));
        }
    }
}

static void other_rows(void)
{
    static const char *const hashes[] = {"sha512", "sha1", "md5"};
    static const size_t lens[] = {100, 16384};

    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        for (size_t j = 0; j < sizeof lens / sizeof lens[0]; j++) {
            compare_single(hashes[i], lens[j], &bench_openssl_ctx, 0);
            compare_single(hashes[i], lens[j], &bench_openssl_mac, 0);
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
            forced_kernel = macaw_alg_kernel(macaw_alg_find(alg), k);
            void *key = macaw_open(hashes[i], key_bytes);
            if (key == NULL) {
                bench_print_absent(forced_kernel, "this CPU does not have it");
                continue;
            }
            macaw_close(key);
            double bar = strcmp(forced_kernel, "libcrypto") == 0 ? 0.95 : 0;
            compare_single(hashes[i], 100, &bench_openssl_ctx, bar);
            compare_single(hashes[i], 16384, &bench_openssl_ctx, bar);
        }
    }
    forced_kernel = NULL;
}

/* ---- a batch to verify ---- */

struct batch {
    macaw_key *key;
    void *ipsec;
    macaw_msg msgs[BATCH];
    const uint8_t *data[BATCH];
    uint8_t tags[BATCH * 32];
    uint8_t computed[BATCH * 32];
    uint8_t ok[BATCH];
    int failed;
};

static void run_verify_many(void *arg, size_t n)
{
    struct batch *b = arg;

    for (size_t i = 0; i < n; i++) {
        b->failed |= macaw_verify_many(b->key, b->msgs, BATCH, b->tags, 32, b->ok);
    }
}

static void run_verify_each(void *arg, size_t n)
{
    struct batch *b = arg;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < BATCH; j++) {
            b->failed |= macaw_verify(b->key, &b->msgs[j], b->tags + j * 32, 32);
        }
    }
}

static void batch_row(struct batch *b, void (*run)(void *, size_t), const char *against, double bar)
{
    bench_result result;
    char what[96];

    bench_compare(&(bench_side){run_verify_many, b}, &(bench_side){run, b}, &result);
    if (b->failed != 0) {
        bench_fail(against, "did not verify");
    }
    result.mine_ns /= BATCH;
    result.peer_ns /= BATCH;
    (void)snprintf(what, sizeof what, "hmac-sha256, batch verify of %d x %d B", BATCH, BATCH_LEN);
    bench_print(&(bench_row){what, against, bar}, &result);
}

#ifdef BENCH_IPSEC
static void run_ipsec_many(void *arg, size_t n)
{
    struct batch *b = arg;

    for (size_t i = 0; i < n; i++) {
        b->failed |= bench_ipsec_many(b->ipsec, b->data, BATCH, BATCH_LEN, b->computed);
        for (size_t j = 0; j < BATCH; j++) {
            b->failed |= !macaw_ct_equal(b->computed + j * 32, b->tags + j * 32, 32);
        }
    }
}

static void ipsec_row(struct batch *b)
{
    char against[64];

    b->ipsec = bench_ipsec.open("sha256", key_bytes);
    if (b->ipsec == NULL) {
        bench_fail(bench_ipsec.name, "no state");
    }
    (void)snprintf(against, sizeof against, "ipsec-mb, bursts of 128, %s", bench_ipsec.version());
    batch_row(b, run_ipsec_many, against, 1.7);
    bench_ipsec.close(b->ipsec);
}
#else
static void ipsec_row(struct batch *b)
{
    (void)b;
}
#endif

static void batch_rows(void)
{
    struct batch *b = calloc(1, sizeof *b);

    if (b == NULL) {
        bench_fail("batch", "out of memory");
    }
    b->key = macaw_open("sha256", key_bytes);
    for (size_t i = 0; i < BATCH; i++) {
        b->data[i] = message + i * BATCH_LEN;
        b->msgs[i] = (macaw_msg){.data = b->data[i], .len = BATCH_LEN};
    }
    if (b->key == NULL || macaw_tag_many(b->key, b->msgs, BATCH, b->tags, 32) != MACAW_OK) {
        bench_fail("batch", "no tags");
    }
    ipsec_row(b);
    batch_row(b, run_verify_each, "macaw_verify, one by one", 1.9);
    macaw_close(b->key);
    free(b);
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
    batch_rows();
    other_rows();
    kernel_rows();
    return 0;
}

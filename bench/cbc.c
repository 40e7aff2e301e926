/* The CBC family: single messages and batches, against other libraries. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/mac.h>

#include "bench.h"
#include "peers_cbc.h"

#define SHORT     100
#define LONG      16384
#define BATCH     4096
#define LONG_MSGS 64
#define TIE       0.97

static uint8_t key_bytes[32], data[LONG * LONG_MSGS];

struct side {
    const macaw_key *key;
    const bench_mac *peer;
    void *state;
    size_t len, n;
    macaw_msg msgs[BATCH];
    const uint8_t *at[BATCH];
    uint8_t tags[BATCH * 16];
    int failed;
};

static void run_one(void *arg, size_t n)
{
    struct side *s = arg;
    const macaw_msg m = {.data = data, .len = s->len};

    for (size_t i = 0; i < n; i++) {
        s->failed |= s->peer != NULL ? s->peer->tag(s->state, data, s->len, s->tags)
                                     : macaw_tag(s->key, &m, s->tags, 16);
    }
}

static void run_many(void *arg, size_t n)
{
    struct side *s = arg;

    for (size_t i = 0; i < n; i++) {
        s->failed |= macaw_tag_many(s->key, s->msgs, s->n, s->tags, 16);
    }
}

#ifdef BENCH_IPSEC
static void run_ipsec_many(void *arg, size_t n)
{
    struct side *s = arg;

    for (size_t i = 0; i < n; i++) {
        s->failed |= bench_ipsec_cbc_many(s->state, s->at, s->n, s->len, s->tags);
    }
}
#endif

static macaw_key *key_of(const char *alg)
{
    macaw_key *key = NULL;
    const macaw_alg *a = macaw_alg_find(alg);

    if (macaw_key_new(&key, a, key_bytes, a->key_min, NULL) != MACAW_OK) {
        bench_fail(alg, "no key");
    }
    return key;
}

static struct side *side_of(const char *alg, const bench_mac *peer, size_t len, size_t n)
{
    struct side *s = calloc(1, sizeof *s);

    if (s == NULL) {
        bench_fail("cbc", "out of memory");
    }
    s->len = len;
    s->n = n;
    s->peer = peer;
    s->key = peer == NULL ? key_of(alg) : NULL;
    s->state = peer != NULL ? peer->open(alg, key_bytes) : NULL;
    for (size_t i = 0; i < n; i++) {
        s->at[i] = data + i * len;
        s->msgs[i] = (macaw_msg){.data = s->at[i], .len = len};
    }
    return s;
}

/* Both sides compute the same, then are timed. tag_len: as much as both give. */
static void compare(const char *alg, size_t len, size_t n, void (*run_peer)(void *, size_t),
                    const bench_mac *peer, const char *peer_alg, double bar)
{
    struct side *mine = side_of(alg, NULL, len, n), *theirs = side_of(peer_alg, peer, len, n);
    void (*run_mine)(void *, size_t) = n == 1 ? run_one : run_many;
    char what[96], against[96];
    bench_result result;

    run_mine(mine, 1);
    run_peer(theirs, 1);
    for (size_t i = 0; i < n && strcmp(alg, peer_alg) == 0; i++) {
        if (memcmp(mine->tags + 16 * i, theirs->tags + 16 * i, 12) != 0) {
            bench_fail(peer->name, "does not compute the same tag");
        }
    }
    bench_compare(&(bench_side){run_mine, mine}, &(bench_side){run_peer, theirs}, &result);
    if ((mine->failed | theirs->failed) != 0) {
        bench_fail(peer->name, "failed while it was timed");
    }
    result.mine_ns /= (double)n;
    result.peer_ns /= (double)n;
    (void)snprintf(what, sizeof what, n == 1 ? "%s, one message of %zu B" : "%s, batch of %zu B",
                   alg, len);
    (void)snprintf(against, sizeof against, "%s%s%s, %s", peer->name,
                   strcmp(alg, peer_alg) == 0 ? "" : " ",
                   strcmp(alg, peer_alg) == 0 ? "" : peer_alg, peer->version());
    bench_print(&(bench_row){what, against, bar}, &result);
    peer->close(theirs->state);
    macaw_key_free((macaw_key *)(uintptr_t)mine->key);
    free(mine);
    free(theirs);
}

static void single_rows(void)
{
#ifdef BENCH_GCRYPT
    compare("cmac-aes128", SHORT, 1, run_one, &bench_gcrypt_cmac, "cmac-aes128", 1.2);
    compare("cmac-aes128", LONG, 1, run_one, &bench_gcrypt_cmac, "cmac-aes128", TIE);
    compare("cmac-aes256", SHORT, 1, run_one, &bench_gcrypt_cmac, "cmac-aes256", 0);
#else
    bench_print_absent("libgcrypt", "not installed when this was built");
#endif
    compare("cmac-aes128", SHORT, 1, run_one, &bench_openssl_cmac, "cmac-aes128", 0);
    compare("cmac-aes128", LONG, 1, run_one, &bench_openssl_cmac, "cmac-aes128", 1.7);
}

static void batch_rows(void)
{
#ifdef BENCH_IPSEC
    static const struct {
        const char *alg, *peer_alg; /* ipsec-mb has no ECBC: its CMAC is as much work */
    } rows[] = {{"cmac-aes128", "cmac-aes128"},
                {"xcbc-aes128", "xcbc-aes128"},
                {"ecbc-aes128", "cmac-aes128"}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        compare(rows[i].alg, SHORT, BATCH, run_ipsec_many, &bench_ipsec_cbc, rows[i].peer_alg, 4);
        compare(rows[i].alg, LONG, LONG_MSGS, run_ipsec_many, &bench_ipsec_cbc, rows[i].peer_alg,
                1);
    }
#else
    bench_print_absent("batches of the CBC family", "ipsec-mb was not installed");
#endif
}

int main(void)
{
    bench_pin();
    bench_fill(key_bytes, sizeof key_bytes, 1);
    bench_fill(data, sizeof data, 2);
    single_rows();
    batch_rows();
    return 0;
}

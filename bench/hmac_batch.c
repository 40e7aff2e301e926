#include "hmac_batch.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ct.h"
#include "bench.h"
#include "peer_macaw.h"

#define BATCH     4096
#define BATCH_LEN 100

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

static void ipsec_row(struct batch *b, const uint8_t *key)
{
    char against[64];

    b->ipsec = bench_ipsec.open("sha256", key);
    if (b->ipsec == NULL) {
        bench_fail(bench_ipsec.name, "no state");
    }
    (void)snprintf(against, sizeof against, "ipsec-mb, bursts of 128, %s", bench_ipsec.version());
    batch_row(b, run_ipsec_many, against, 1.7);
    bench_ipsec.close(b->ipsec);
}
#else
static void ipsec_row(struct batch *b, const uint8_t *key)
{
    (void)b;
    (void)key;
}
#endif

void bench_hmac_batch(const uint8_t *key, const uint8_t *data)
{
    struct batch *b = calloc(1, sizeof *b);

    if (b == NULL) {
        bench_fail("batch", "out of memory");
    }
    b->key = bench_macaw_open("sha256", key, NULL);
    for (size_t i = 0; i < BATCH; i++) {
        b->data[i] = data + i * BATCH_LEN;
        b->msgs[i] = (macaw_msg){.data = b->data[i], .len = BATCH_LEN};
    }
    if (b->key == NULL || macaw_tag_many(b->key, b->msgs, BATCH, b->tags, 32) != MACAW_OK) {
        bench_fail("batch", "no tags");
    }
    ipsec_row(b, key);
    batch_row(b, run_verify_each, "macaw_verify, one by one", 1.9);
    macaw_key_free(b->key);
    free(b);
}

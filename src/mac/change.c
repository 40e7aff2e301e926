/* Changing a block of a message, and splitting one over threads. */
#include <pthread.h>
#include <string.h>

#include "mac/front.h"

#define THREADS_MAX 256

int macaw_tag_change(const macaw_key *key, const macaw_change *change, const void *old_tag,
                     void *new_tag, size_t tag_len)
{
    const macaw_alg *alg = key->alg;
    uint8_t full[MACAW_TAG_MAX];

    if (alg->cls->change == NULL) {
        return MACAW_EUNAVAILABLE;
    }
    if (change == NULL || change->old_data == NULL || change->new_data == NULL ||
        old_tag == NULL || new_tag == NULL || tag_len != key->tag_len || tag_len != alg->tag_len ||
        change->offset >= change->msg_len || change->offset % alg->block_len != 0) {
        return MACAW_EARG;
    }
    int rc = macaw_admit_start(key);
    if (rc == MACAW_OK) {
        rc = macaw_admit_end(key, 1, alg->block_len);
    }
    uint64_t rest = change->msg_len - change->offset;
    memcpy(full, old_tag, tag_len);
    if (rc == MACAW_OK) {
        rc = alg->cls->change(alg, key->state, change,
                              rest < alg->block_len ? (size_t)rest : alg->block_len, full);
    }
    if (rc == MACAW_OK) {
        memcpy(new_tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

/* One thread's share of a message. */
struct share {
    const macaw_key *key;
    const uint8_t *blocks;
    uint64_t first;
    size_t n;
    uint8_t sum[MACAW_TAG_MAX];
    pthread_t thread;
    bool started;
};

static void *add_up(void *arg)
{
    struct share *s = arg;

    s->key->alg->cls->sum(s->key->alg, s->key->state, s->first, s->blocks, s->n, s->sum);
    return NULL;
}

/* Sum of n blocks, a share for each thread; the caller's thread takes the last
 * one, and that of every thread that cannot be started. */
static void sum_parallel(const macaw_key *key, const uint8_t *blocks, size_t n, unsigned threads,
                         uint8_t *sum)
{
    struct share share[THREADS_MAX];
    size_t block_len = key->alg->block_len, done = 0;

    for (unsigned i = 0; i < threads; i++) {
        size_t end = n / threads * (i + 1) + (i + 1 == threads ? n % threads : 0);
        share[i] = (struct share){.key = key, .blocks = blocks + done * block_len, .first = done,
                                  .n = end - done};
        done = end;
        share[i].started =
            i + 1 < threads && pthread_create(&share[i].thread, NULL, add_up, &share[i]) == 0;
    }
    for (unsigned i = threads; i-- > 0;) {
        if (share[i].started) {
            (void)pthread_join(share[i].thread, NULL);
        } else {
            (void)add_up(&share[i]);
        }
        for (size_t b = 0; b < MACAW_TAG_MAX; b++) {
            sum[b] ^= share[i].sum[b];
        }
        macaw_wipe(share[i].sum, sizeof share[i].sum);
    }
}

static int parallel_full(const macaw_key *key, const macaw_msg *msg, unsigned threads,
                         uint8_t *full)
{
    const macaw_alg *alg = key->alg;
    const uint8_t *data = msg->len > 0 ? msg->data : (const uint8_t *)"";
    size_t whole = msg->len > 0 ? (msg->len - 1) / alg->block_len : 0;
    uint8_t sum[MACAW_TAG_MAX] = {0};

    if (threads > whole) {
        threads = whole > 0 ? (unsigned)whole : 1;
    }
    sum_parallel(key, data, whole, threads, sum);
    size_t body = whole * alg->block_len;
    int rc = alg->cls->sum_end(alg, key->state, sum, data + body, msg->len - body, msg->len, full);
    macaw_wipe(sum, sizeof sum);
    return rc;
}

int macaw_tag_parallel(const macaw_key *key, const macaw_msg *msg, unsigned threads, void *tag,
                       size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (threads < 1 || threads > THREADS_MAX || !macaw_msg_is_valid(key, msg) || tag == NULL ||
        tag_len != key->tag_len) {
        return MACAW_EARG;
    }
    if (key->alg->cls->sum == NULL || threads == 1) {
        return macaw_tag(key, msg, tag, tag_len);
    }
    int rc = macaw_admit_start(key);
    if (rc == MACAW_OK) {
        rc = macaw_admit_end(key, 1, msg->len);
    }
    if (rc == MACAW_OK) {
        rc = parallel_full(key, msg, threads, full);
    }
    if (rc == MACAW_OK) {
        memcpy(tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

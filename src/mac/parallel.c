/* One message over several threads. */
#include <pthread.h>
#include <string.h>

#include "mac/front.h"

#define THREADS_MAX 256

/* A thread for less than this many bytes costs more than it saves; shares are a
 * multiple of it, so that they begin where tables of masks do. */
#define SHARE_MIN ((size_t)1 << 16)

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

/* Sum of n blocks, a share for each of at most that many threads; the caller's
 * takes the last one, and that of every thread that cannot be started. */
static void sum_parallel(const macaw_key *key, const uint8_t *blocks, size_t n, unsigned threads,
                         uint8_t *sum)
{
    struct share share[THREADS_MAX];
    size_t block_len = key->alg->block_len, least = SHARE_MIN / block_len, used = 0;
    size_t each = (n / threads / least + 1) * least;

    for (size_t done = 0; done < n; done += share[used++].n) {
        size_t rest = n - done;
        share[used] = (struct share){.key = key,
                                     .blocks = blocks + done * block_len,
                                     .first = done,
                                     .n = rest < each ? rest : each};
        share[used].started =
            rest > each && pthread_create(&share[used].thread, NULL, add_up, &share[used]) == 0;
    }
    while (used-- > 0) {
        if (share[used].started) {
            (void)pthread_join(share[used].thread, NULL);
        } else {
            (void)add_up(&share[used]);
        }
        for (size_t b = 0; b < MACAW_TAG_MAX; b++) {
            sum[b] ^= share[used].sum[b];
        }
        macaw_wipe(share[used].sum, sizeof share[used].sum);
    }
}

static int parallel_full(const macaw_key *key, const macaw_msg *msg, unsigned threads,
                         uint8_t *full)
{
    const macaw_alg *alg = key->alg;
    size_t whole = msg->len > 0 ? (msg->len - 1) / alg->block_len : 0;
    size_t body = whole * alg->block_len;
    uint8_t sum[MACAW_TAG_MAX] = {0};

    sum_parallel(key, msg->data, whole, threads, sum);
    const uint8_t *tail = msg->len > 0 ? (const uint8_t *)msg->data + body : sum;
    int rc = alg->cls->sum_end(alg, key->state, sum, tail, msg->len - body, msg->len, full);
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

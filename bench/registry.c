/* Every algorithm of the registry beside hmac-sha256, so that one table shows what
 * they cost relative to each other. One-time keys are made anew for each message,
 * as they must be; the time includes that. */
#include <stdbool.h>
#include <stdio.h>

#include <macaw/mac.h>

#include "bench.h"

static uint8_t secret[512], message[16384];

struct tagging {
    const macaw_alg *alg;
    macaw_key *key; /* NULL: a new one for each message */
    size_t len;
};

static size_t key_len_of(const macaw_alg *alg)
{
    return alg->key_safe < alg->key_min ? alg->key_min : alg->key_safe;
}

static macaw_key *new_key(const macaw_alg *alg)
{
    macaw_key *key = NULL;
    int rc = macaw_key_new(&key, alg, secret, key_len_of(alg), NULL);

    if (rc != MACAW_OK) {
        bench_fail(alg->name, macaw_strerror(rc));
    }
    return key;
}

static void run_tag(void *arg, size_t n)
{
    const struct tagging *t = arg;
    const macaw_msg m = {.nonce = secret, .data = message, .len = t->len};
    uint8_t tag[MACAW_TAG_MAX];

    for (size_t i = 0; i < n; i++) {
        macaw_key *key = t->key != NULL ? t->key : new_key(t->alg);
        if (macaw_tag(key, &m, tag, t->alg->tag_len) != MACAW_OK) {
            bench_fail(t->alg->name, "macaw_tag failed");
        }
        if (t->key == NULL) {
            macaw_key_free(key);
        }
    }
}

static void row(const macaw_alg *alg, size_t len)
{
    const macaw_alg *hmac = macaw_alg_find("hmac-sha256");
    const bool once = (alg->flags & MACAW_ALG_ONE_TIME) != 0;
    struct tagging mine = {alg, once ? NULL : new_key(alg), len}, peer = {hmac, new_key(hmac), len};
    const bench_side sides[2] = {{run_tag, &mine}, {run_tag, &peer}};
    bench_result result;
    char what[80];

    (void)snprintf(what, sizeof what, "%s, %zu B%s", alg->name, len, once ? ", key included" : "");
    bench_compare(&sides[0], &sides[1], &result);
    bench_print(&(bench_row){what, "hmac-sha256", 0}, &result);
    macaw_key_free(mine.key);
    macaw_key_free(peer.key);
}

int main(void)
{
    const macaw_alg *alg;

    bench_pin();
    bench_fill(secret, sizeof secret, 1);
    bench_fill(message, sizeof message, 2);
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        if (alg->msg_len != 0) {
            row(alg, alg->msg_len);
            continue;
        }
        row(alg, 100);
        row(alg, sizeof message);
    }
    return 0;
}

#include "diff.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <macaw/mac.h>

enum { LONGEST = 1025, MESSAGES = LONGEST + 1, KEYS = 2, KEY_MAX = 300, NONCE_MAX = 16 };

/* One key, and a message of each length: beginnings of one text, nonces of their own. */
typedef struct world {
    const diff_peer *peer;
    const macaw_alg *alg;
    uint8_t key[KEY_MAX], text[LONGEST], nonces[MESSAGES][NONCE_MAX];
    size_t key_len;
    macaw_msg msgs[MESSAGES];
    uint8_t want[MESSAGES][MACAW_TAG_MAX], got[MESSAGES * MACAW_TAG_MAX];
} world;

static uint64_t seed, state;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void fill(uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (uint8_t)(draw() >> 56);
    }
}

static bool choose_seed(void)
{
    const char *given = getenv("MACAW_SEED");

    if (given != NULL) {
        seed = strtoull(given, NULL, 10);
    } else if (getrandom(&seed, sizeof seed, 0) != sizeof seed) {
        return false;
    }
    state = seed;
    return true;
}

static int complain(const world *w, const char *what, size_t len)
{
    fprintf(stderr, "%s: %s, key of %zu bytes, message of %zu, MACAW_SEED=%llu\n", w->alg->name,
            what, w->key_len, len, (unsigned long long)seed);
    return 1;
}

static bool takes(const macaw_alg *alg, size_t len)
{
    return alg->msg_len == 0 || alg->msg_len == len;
}

static size_t draw_key_len(const world *w)
{
    size_t low = w->alg->key_min > w->peer->key_min ? w->alg->key_min : w->peer->key_min;
    size_t high = w->alg->key_max < KEY_MAX ? w->alg->key_max : KEY_MAX;

    return low + draw() % (high - low + 1);
}

/* Draw all and let the other library tag it. */
static int make(world *w)
{
    w->key_len = draw_key_len(w);
    fill(w->key, sizeof w->key);
    fill(w->text, sizeof w->text);
    fill(w->nonces[0], sizeof w->nonces);
    for (size_t len = 0; len <= LONGEST; len++) {
        diff_case c = {w->key,  w->key_len, w->nonces[len], w->alg->nonce_len,
                       w->text, len,        w->alg->tag_len};
        w->msgs[len] =
            (macaw_msg){.nonce = c.nonce_len > 0 ? c.nonce : NULL, .data = c.data, .len = len};
        if (takes(w->alg, len) && w->peer->tag(w->peer->theirs, &c, w->want[len]) != 0) {
            return complain(w, "the other library failed", len);
        }
    }
    return 0;
}

static int one_length(const world *w, const macaw_key *key, size_t len)
{
    uint8_t tag[MACAW_TAG_MAX];

    return macaw_tag(key, &w->msgs[len], tag, w->alg->tag_len) == MACAW_OK &&
                   memcmp(tag, w->want[len], w->alg->tag_len) == 0
               ? 0
               : complain(w, macaw_key_kernel(key), len);
}

/* A key of these is for one message, or for one length. */
static int one_by_one(const world *w, const macaw_key_opts *opts)
{
    int bad = 0;

    for (size_t len = 0; len <= LONGEST && bad == 0; len++) {
        macaw_key *key = NULL;
        if (!takes(w->alg, len)) {
            continue;
        }
        bad = macaw_key_new(&key, w->alg, w->key, w->key_len, opts) != MACAW_OK
                  ? complain(w, "no key", len)
                  : one_length(w, key, len);
        macaw_key_free(key);
    }
    return bad;
}

/* Each alone, then all as one batch. */
static int all_with_one_key(world *w, const macaw_key *key)
{
    size_t size = w->alg->tag_len;

    for (size_t len = 0; len <= LONGEST; len++) {
        if (one_length(w, key, len) != 0) {
            return 1;
        }
    }
    if (macaw_tag_many(key, w->msgs, MESSAGES, w->got, size) != MACAW_OK) {
        return complain(w, "no batch", MESSAGES);
    }
    for (size_t len = 0; len <= LONGEST; len++) {
        if (memcmp(w->got + len * size, w->want[len], size) != 0) {
            return complain(w, "in a batch", len);
        }
    }
    return 0;
}

static int one_kernel(world *w, const char *kernel)
{
    const macaw_key_opts opts = {.kernel = kernel};
    macaw_key *key = NULL;
    int rc = macaw_key_new(&key, w->alg, w->key, w->key_len, &opts);

    if (rc == MACAW_EUNAVAILABLE) {
        return 0;
    }
    if (rc != MACAW_OK) {
        return complain(w, "no key", 0);
    }
    rc = (w->alg->flags & (MACAW_ALG_ONE_TIME | MACAW_ALG_FIXED)) != 0 ? one_by_one(w, &opts)
                                                                       : all_with_one_key(w, key);
    macaw_key_free(key);
    return rc;
}

static int one_peer(const diff_peer *peer)
{
    static world w;
    const char *kernel;
    int bad = 0;

    w.peer = peer;
    w.alg = macaw_alg_find(peer->alg);
    if (w.alg == NULL || w.alg->nonce_len > NONCE_MAX) {
        fprintf(stderr, "%s: not an algorithm of macaw\n", peer->alg);
        return 1;
    }
    for (size_t i = 0; i < KEYS && bad == 0; i++) {
        bad = make(&w);
        for (size_t k = 0; bad == 0 && (kernel = macaw_alg_kernel(w.alg, k)) != NULL; k++) {
            bad = one_kernel(&w, kernel);
        }
    }
    return bad;
}

int diff_main(const char *library, const diff_peer *peers, size_t n)
{
    size_t bad = 0;

    if (!choose_seed()) {
        perror("getrandom");
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        bad += (size_t)one_peer(&peers[i]);
    }
    printf("%s: %zu of %zu algorithms equal on lengths 0 to %d, MACAW_SEED=%llu\n", library,
           n - bad, n, LONGEST, (unsigned long long)seed);
    return bad == 0 ? 0 : 1;
}

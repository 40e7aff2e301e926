/* Laws that every algorithm of the registry obeys, under every kernel this CPU
 * has. Checklist: A3, A4, A7, D2, D45. */
#include "support.h"

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#define LEN_MAX 257

/* What a law is tried on. */
typedef struct subject {
    const macaw_alg *alg;
    const char *kernel;
} subject;

static bool has(const macaw_alg *alg, uint32_t flag)
{
    return (alg->flags & flag) != 0;
}

static bool takes_length(const macaw_alg *alg, size_t len)
{
    return alg->msg_len == 0 || alg->msg_len == len;
}

static size_t key_len_of(const macaw_alg *alg)
{
    size_t len = 32;

    len = len < alg->key_min ? alg->key_min : len;
    return len > alg->key_max ? alg->key_max : len;
}

static const uint8_t *nonce_of(const macaw_alg *alg)
{
    return alg->nonce_len > 0 ? pattern_msg + 100 : NULL;
}

static macaw_msg message(const macaw_alg *alg, const void *data, size_t len)
{
    return (macaw_msg){.nonce = nonce_of(alg), .data = data, .len = len};
}

static macaw_key *new_key(subject s)
{
    return key_of(s.alg->name, pattern_key, key_len_of(s.alg), s.kernel);
}

/* The tag of a message by one call, under a key of its own. */
static void tag_with_new_key(subject s, const void *data, size_t len, uint8_t *tag)
{
    macaw_key *key = new_key(s);
    macaw_msg m = message(s.alg, data, len);

    assert_int_equal(macaw_tag(key, &m, tag, s.alg->tag_len), MACAW_OK);
    macaw_key_free(key);
}

static int verify_with_new_key(subject s, const macaw_msg *m, const uint8_t *tag, size_t tag_len)
{
    macaw_key *key = new_key(s);
    int rc = macaw_verify(key, m, tag, tag_len);

    macaw_key_free(key);
    return rc;
}

static void start(macaw_ctx *ctx, const macaw_key *key)
{
    const macaw_alg *alg = macaw_key_alg(key);

    assert_int_equal(macaw_start(ctx, key, nonce_of(alg), alg->nonce_len), MACAW_OK);
}

/* A law for one subject; at least one kernel of each algorithm must be there. */
static void each_subject(void (*law)(subject s))
{
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        subject s = {.alg = macaw_alg_at(a)};
        size_t ran = 0;
        for (size_t k = 0; (s.kernel = macaw_alg_kernel(s.alg, k)) != NULL; k++) {
            macaw_key_opts opts = {.kernel = s.kernel};
            macaw_key *key = NULL;
            int rc = macaw_key_new(&key, s.alg, pattern_key, key_len_of(s.alg), &opts);
            if (rc == MACAW_EUNAVAILABLE) {
                print_message("skipped: %s has no kernel %s here\n", s.alg->name, s.kernel);
                continue;
            }
            assert_int_equal(rc, MACAW_OK);
            assert_string_equal(macaw_key_kernel(key), s.kernel);
            macaw_key_free(key);
            law(s);
            ran++;
        }
        assert_true(ran > 0);
    }
}

#define LAW(name)                                                                                  \
    static void name##_of(subject s);                                                              \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        each_subject(name##_of);                                                                   \
    }                                                                                              \
    static void name##_of(subject s)

/* All kernels agree with the first, which the vectors hold to the standard. */
LAW(kernels_agree)
{
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    const char *portable = NULL;

    for (size_t k = 0; macaw_alg_kernel(s.alg, k) != NULL; k++) {
        portable = macaw_alg_kernel(s.alg, k);
    }
    for (size_t len = 0; len <= sizeof pattern_msg; len += len < 300 ? 1 : 61) {
        if (takes_length(s.alg, len)) {
            uint8_t *flush = guarded_alloc(len);
            memcpy(flush, pattern_msg, len);
            tag_with_new_key((subject){s.alg, portable}, flush, len, want);
            tag_with_new_key(s, flush, len, got);
            assert_bytes(s.alg->name, len, want, got, s.alg->tag_len);
            guarded_free(flush, len);
        }
    }
}

static void streamed(subject s, size_t len, size_t cut, uint8_t *tag)
{
    macaw_key *key = new_key(s);
    macaw_ctx ctx;

    start(&ctx, key);
    assert_int_equal(macaw_update(&ctx, pattern_msg, cut), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, pattern_msg + cut, len - cut), MACAW_OK);
    assert_int_equal(macaw_finish(&ctx, tag, s.alg->tag_len), MACAW_OK);
    macaw_key_free(key);
}

LAW(every_split_is_the_whole)
{
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];

    for (size_t len = 0; len <= LEN_MAX; len += len < 70 ? 1 : 17) {
        if (!takes_length(s.alg, len)) {
            continue;
        }
        tag_with_new_key(s, pattern_msg, len, want);
        for (size_t cut = 0; cut <= len; cut++) {
            streamed(s, len, cut, got);
            assert_bytes(s.alg->name, len, want, got, s.alg->tag_len);
        }
    }
}

LAW(long_streams_in_odd_pieces)
{
    static uint8_t msg[20000];
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    macaw_ctx ctx;

    if (s.alg->msg_len != 0) {
        return;
    }
    for (size_t i = 0; i < sizeof msg; i++) {
        msg[i] = (uint8_t)(i * i >> 3);
    }
    tag_with_new_key(s, msg, sizeof msg, want);
    macaw_key *key = new_key(s);
    start(&ctx, key);
    for (size_t at = 0, piece = 1; at < sizeof msg; piece = piece * 5 % 997 + 1) {
        size_t n = sizeof msg - at < piece ? sizeof msg - at : piece;
        assert_int_equal(macaw_update(&ctx, msg + at, n), MACAW_OK);
        at += n;
    }
    assert_int_equal(macaw_finish(&ctx, got, s.alg->tag_len), MACAW_OK);
    assert_bytes(s.alg->name, sizeof msg, want, got, s.alg->tag_len);
    macaw_key_free(key);
}

/* A clone goes its own way. Both end at the same length here, since a fixed key
 * takes no other. */
LAW(clones_are_independent)
{
    uint8_t want[MACAW_TAG_MAX], one[MACAW_TAG_MAX], two[MACAW_TAG_MAX];
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 150;

    for (size_t at = 0; at <= len; at += 7) {
        macaw_key *key = new_key(s);
        macaw_ctx ctx, twin;
        start(&ctx, key);
        assert_int_equal(macaw_update(&ctx, pattern_msg, at), MACAW_OK);
        if (has(s.alg, MACAW_ALG_ONE_TIME)) {
            assert_int_equal(macaw_ctx_clone(&twin, &ctx), MACAW_ESPENT);
            assert_int_equal(macaw_update(&twin, "x", 1), MACAW_ESTATE);
            macaw_ctx_end(&ctx);
            macaw_key_free(key);
            continue;
        }
        assert_int_equal(macaw_ctx_clone(&twin, &ctx), MACAW_OK);
        assert_int_equal(macaw_update(&twin, pattern_key + at, len - at), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, pattern_msg + at, len - at), MACAW_OK);
        assert_int_equal(macaw_finish(&ctx, one, s.alg->tag_len), MACAW_OK);
        assert_int_equal(macaw_finish(&twin, two, s.alg->tag_len), MACAW_OK);
        macaw_key_free(key);

        uint8_t other[256];
        memcpy(other, pattern_msg, at);
        memcpy(other + at, pattern_key + at, len - at);
        tag_with_new_key(s, pattern_msg, len, want);
        assert_bytes("original", at, want, one, s.alg->tag_len);
        tag_with_new_key(s, other, len, want);
        assert_bytes("clone", at, want, two, s.alg->tag_len);
    }
}

LAW(every_tag_bit_counts)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 77;
    macaw_msg m = message(s.alg, pattern_msg, len);
    uint8_t tag[MACAW_TAG_MAX];

    tag_with_new_key(s, m.data, m.len, tag);
    for (size_t bit = 0; bit < 8 * s.alg->tag_len; bit++) {
        tag[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_equal(verify_with_new_key(s, &m, tag, s.alg->tag_len), MACAW_EFORGED);
        tag[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    assert_int_equal(verify_with_new_key(s, &m, tag, s.alg->tag_len), MACAW_OK);
}

/* The attacker does not choose how much of a tag is compared. */
LAW(tags_have_one_length)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 10;
    macaw_msg m = message(s.alg, pattern_msg, len);
    uint8_t tag[MACAW_TAG_MAX] = {0};

    tag_with_new_key(s, m.data, m.len, tag);
    for (size_t n = 0; n <= MACAW_TAG_MAX; n++) {
        int want = n == s.alg->tag_len ? MACAW_OK : MACAW_EFORGED;
        macaw_ctx ctx;
        assert_int_equal(verify_with_new_key(s, &m, tag, n), want);
        macaw_key *key = new_key(s);
        assert_int_equal(macaw_verify_many(key, &m, 1, tag, n, NULL), want);
        macaw_key_free(key);
        key = new_key(s);
        start(&ctx, key);
        assert_int_equal(macaw_update(&ctx, m.data, m.len), MACAW_OK);
        assert_int_equal(macaw_finish_verify(&ctx, tag, n), want);
        macaw_key_free(key);
    }
}

LAW(truncation_is_the_leftmost_bytes)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 10;
    macaw_msg m = message(s.alg, pattern_msg, len);
    uint8_t full[MACAW_TAG_MAX], cut[MACAW_TAG_MAX];

    tag_with_new_key(s, m.data, m.len, full);
    for (size_t n = 1; n <= (size_t)s.alg->tag_len + 1; n++) {
        macaw_key_opts plain = {.tag_len = n, .kernel = s.kernel};
        macaw_key_opts flagged = {.tag_len = n, .kernel = s.kernel, .flags = MACAW_KEY_SHORT_TAG};
        size_t key_len = key_len_of(s.alg);
        macaw_key *key = NULL;
        int want = n > s.alg->tag_len ? MACAW_EARG : n < s.alg->tag_min ? MACAW_EWEAK : MACAW_OK;
        assert_int_equal(macaw_key_new(&key, s.alg, pattern_key, key_len, &plain), want);
        macaw_key_free(key);
        if (n > s.alg->tag_len) {
            break;
        }
        assert_int_equal(macaw_key_new(&key, s.alg, pattern_key, key_len, &flagged), MACAW_OK);
        assert_int_equal(macaw_key_tag_len(key), n);
        assert_int_equal(macaw_tag(key, &m, cut, n), MACAW_OK);
        assert_bytes("leftmost bytes", n, full, cut, n);
        macaw_key_free(key);
        assert_int_equal(macaw_key_new(&key, s.alg, pattern_key, key_len, &flagged), MACAW_OK);
        assert_int_equal(macaw_verify(key, &m, full, n), MACAW_OK);
        macaw_key_free(key);
    }
}

/* ---- batches ---- */

enum { BATCH = 300 }; /* more than the front door hands on at once */

/* Lengths up to four blocks of SHA-512; one length where a key takes no other. */
static void fill_batch(const macaw_alg *alg, macaw_msg *msgs)
{
    for (size_t i = 0; i < BATCH; i++) {
        size_t len = alg->msg_len != 0           ? alg->msg_len
                     : has(alg, MACAW_ALG_FIXED) ? 48
                                                 : (i * 37) % 520;
        msgs[i] = message(alg, pattern_msg + i, len);
    }
}

static void one_batch(subject s, const macaw_msg *msgs, size_t n)
{
    static uint8_t tags[BATCH * MACAW_TAG_MAX];
    const size_t tag_len = s.alg->tag_len;
    uint8_t want[MACAW_TAG_MAX], ok[BATCH];
    macaw_key *key = new_key(s);

    memset(tags, 0, sizeof tags);
    assert_int_equal(macaw_tag_many(key, msgs, n, tags, tag_len), MACAW_OK);
    for (size_t i = 0; i < n; i++) {
        tag_with_new_key(s, msgs[i].data, msgs[i].len, want);
        assert_bytes(s.alg->name, msgs[i].len, want, tags + i * tag_len, tag_len);
    }
    if (!has(s.alg, MACAW_ALG_ONE_TIME) && n > 0) {
        assert_int_equal(macaw_verify_many(key, msgs, n, tags, tag_len, ok), MACAW_OK);
        tags[(n - 1) * tag_len + tag_len - 1] ^= 1;
        tags[(n / 2) * tag_len] ^= 0x80;
        assert_int_equal(macaw_verify_many(key, msgs, n, tags, tag_len, ok), MACAW_EFORGED);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(ok[i], i != n - 1 && i != n / 2);
        }
        assert_int_equal(macaw_verify_many(key, msgs, n, tags, tag_len, NULL), MACAW_EFORGED);
    }
    macaw_key_free(key);
}

LAW(a_batch_is_its_messages)
{
    macaw_msg msgs[BATCH];

    fill_batch(s.alg, msgs);
    for (size_t n = 0; n <= BATCH; n += n < 40 ? 1 : 26) {
        if (!has(s.alg, MACAW_ALG_ONE_TIME) || n <= 1) {
            one_batch(s, msgs, n);
        }
    }
}

/* ---- states ---- */

LAW(finished_contexts_are_dead)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 14, tag_len = s.alg->tag_len;
    macaw_key *key = new_key(s);
    macaw_ctx ctx, twin;
    uint8_t tag[MACAW_TAG_MAX];
    static const macaw_ctx zero;

    start(&ctx, key);
    assert_int_equal(macaw_update(&ctx, pattern_msg, len), MACAW_OK);
    assert_int_equal(macaw_finish(&ctx, tag, tag_len), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, "x", 1), MACAW_ESTATE);
    assert_int_equal(macaw_finish(&ctx, tag, tag_len), MACAW_ESTATE);
    assert_int_equal(macaw_finish_verify(&ctx, tag, tag_len), MACAW_ESTATE);
    assert_int_equal(macaw_ctx_clone(&twin, &ctx), MACAW_ESTATE);
    macaw_ctx_end(&ctx);
    macaw_key_free(key);

    key = new_key(s);
    memset(&ctx, 0, sizeof ctx);
    start(&ctx, key);
    assert_int_equal(macaw_update(&ctx, "secret message", 14), MACAW_OK);
    macaw_ctx_end(&ctx);
    assert_memory_equal(&ctx, &zero, sizeof ctx);
    assert_int_equal(macaw_update(&ctx, "x", 1), MACAW_ESTATE);
    macaw_key_free(key);
}

LAW(what_a_key_refuses)
{
    const macaw_alg *alg = s.alg;
    uint8_t tag[MACAW_TAG_MAX];
    macaw_key *key = NULL;
    macaw_key_opts unknown = {.kernel = "abacus"};
    macaw_ctx ctx;

    assert_int_equal(macaw_key_new(&key, alg, pattern_key, (size_t)alg->key_max + 1, NULL),
                     MACAW_EARG);
    if (alg->key_min > 0) {
        assert_int_equal(macaw_key_new(&key, alg, pattern_key, alg->key_min - 1, NULL), MACAW_EARG);
    }
    assert_int_equal(macaw_key_new(&key, alg, pattern_key, key_len_of(alg), &unknown),
                     MACAW_ENOTFOUND);
    assert_null(key);
    key = new_key(s);
    assert_int_equal(macaw_start(&ctx, key, pattern_msg, alg->nonce_len + 1), MACAW_EARG);
    if (alg->nonce_len > 0) {
        macaw_msg without = {.nonce = NULL, .data = pattern_msg, .len = 16};
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_EARG);
        assert_int_equal(macaw_tag(key, &without, tag, alg->tag_len), MACAW_EARG);
    }
    macaw_key_free(key);
}

/* A nonce has one length, and every bit of it counts. */
LAW(nonces_count)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 50;
    macaw_msg m = message(s.alg, pattern_msg, len);
    uint8_t tag[MACAW_TAG_MAX], other[64];
    macaw_ctx ctx;

    assert_int_equal(has(s.alg, MACAW_ALG_NONCE), s.alg->nonce_len > 0);
    for (size_t n = 0; n <= sizeof other; n++) {
        macaw_key *key = new_key(s);
        assert_int_equal(macaw_start(&ctx, key, pattern_msg, n),
                         n == s.alg->nonce_len ? MACAW_OK : MACAW_EARG);
        macaw_ctx_end(&ctx);
        macaw_key_free(key);
    }
    tag_with_new_key(s, m.data, m.len, tag);
    memcpy(other, pattern_msg + 100, sizeof other);
    m.nonce = other;
    for (size_t bit = 0; bit < 8 * (size_t)s.alg->nonce_len; bit++) {
        other[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        assert_int_equal(verify_with_new_key(s, &m, tag, s.alg->tag_len), MACAW_EFORGED);
        other[bit / 8] ^= (uint8_t)(1u << (bit % 8));
    }
    assert_int_equal(verify_with_new_key(s, &m, tag, s.alg->tag_len), MACAW_OK);
    m.nonce = NULL;
    assert_int_equal(verify_with_new_key(s, &m, tag, s.alg->tag_len),
                     s.alg->nonce_len > 0 ? MACAW_EARG : MACAW_OK);
}

LAW(one_time_keys_are_spent)
{
    const size_t tag_len = s.alg->tag_len;
    macaw_msg m[2] = {message(s.alg, pattern_msg, 20), message(s.alg, pattern_key, 30)};
    uint8_t tags[2 * MACAW_TAG_MAX];
    macaw_ctx ctx;

    if (!has(s.alg, MACAW_ALG_ONE_TIME)) {
        return;
    }
    macaw_key *key = new_key(s);
    assert_int_equal(macaw_tag(key, &m[0], tags, tag_len), MACAW_OK);
    assert_int_equal(macaw_tag(key, &m[1], tags, tag_len), MACAW_ESPENT);
    assert_int_equal(macaw_verify(key, &m[0], tags, tag_len), MACAW_ESPENT);
    assert_int_equal(macaw_start(&ctx, key, nonce_of(s.alg), s.alg->nonce_len), MACAW_ESPENT);
    assert_int_equal(macaw_tag_many(key, m, 1, tags, tag_len), MACAW_ESPENT);
    assert_int_equal(macaw_verify_many(key, m, 1, tags, tag_len, NULL), MACAW_ESPENT);
    assert_int_equal(macaw_tag_parallel(key, &m[0], 2, tags, tag_len), MACAW_ESPENT);
    macaw_key_free(key);
    key = new_key(s);
    start(&ctx, key);
    macaw_ctx_end(&ctx);
    assert_int_equal(macaw_tag(key, &m[0], tags + tag_len, tag_len), MACAW_ESPENT);
    macaw_key_free(key);
    key = new_key(s);
    assert_int_equal(macaw_tag_many(key, m, 2, tags, tag_len), MACAW_ESPENT);
    macaw_key_free(key);
    key = new_key(s);
    assert_int_equal(macaw_verify(key, &m[0], tags, tag_len), MACAW_OK);
    assert_int_equal(macaw_verify(key, &m[0], tags, tag_len), MACAW_ESPENT);
    macaw_key_free(key);
}

/* ---- threads ---- */

enum { THREADS = 8, ROUNDS = 100 };

struct worker {
    const macaw_key *key;
    macaw_msg msg;
    const uint8_t *want;
    pthread_t thread;
    size_t right, spent;
};

static void *tag_often(void *arg)
{
    struct worker *w = arg;
    const size_t len = macaw_key_tag_len(w->key);
    uint8_t tag[MACAW_TAG_MAX];

    for (size_t i = 0; i < ROUNDS; i++) {
        int rc = macaw_tag(w->key, &w->msg, tag, len);
        w->spent += rc == MACAW_ESPENT;
        w->right += rc == MACAW_OK && memcmp(tag, w->want, len) == 0;
    }
    return NULL;
}

/* A key serves all threads; of a one-time key only one message of one thread is tagged. */
LAW(threads_share_a_key)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 80;
    struct worker workers[THREADS];
    uint8_t want[MACAW_TAG_MAX];
    size_t right = 0, spent = 0;
    macaw_key *key = new_key(s);

    tag_with_new_key(s, pattern_msg, len, want);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] =
            (struct worker){.key = key, .msg = message(s.alg, pattern_msg, len), .want = want};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, tag_often, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        right += workers[i].right;
        spent += workers[i].spent;
    }
    assert_int_equal(right, has(s.alg, MACAW_ALG_ONE_TIME) ? 1 : THREADS * ROUNDS);
    assert_int_equal(right + spent, THREADS * ROUNDS);
    macaw_key_free(key);
}

LAW(fixed_lengths_are_fixed)
{
    const size_t tag_len = s.alg->tag_len, len = s.alg->msg_len != 0 ? s.alg->msg_len : 32;
    macaw_msg right = message(s.alg, pattern_msg, len), longer = message(s.alg, pattern_msg, 48);
    macaw_msg batch[2] = {right, longer};
    uint8_t tags[2 * MACAW_TAG_MAX], ok[2];
    macaw_ctx ctx;

    if (!has(s.alg, MACAW_ALG_FIXED)) {
        macaw_key_opts opts = {.msg_len = 5};
        macaw_key *none = NULL;
        assert_int_equal(macaw_key_new(&none, s.alg, pattern_key, key_len_of(s.alg), &opts),
                         MACAW_EARG);
        return;
    }
    macaw_key *key = new_key(s);
    assert_int_equal(macaw_tag(key, &right, tags, tag_len), MACAW_OK);
    assert_int_equal(macaw_tag(key, &longer, tags + tag_len, tag_len), MACAW_EARG);
    assert_int_equal(macaw_verify(key, &longer, tags, tag_len), MACAW_EFORGED);
    assert_int_equal(macaw_tag_many(key, batch, 2, tags, tag_len), MACAW_EARG);
    assert_int_equal(macaw_verify_many(key, batch, 2, tags, tag_len, ok), MACAW_EFORGED);
    assert_true(ok[0] == 1 && ok[1] == 0);
    start(&ctx, key);
    assert_int_equal(macaw_update(&ctx, pattern_msg, len + 1), MACAW_OK);
    assert_int_equal(macaw_finish(&ctx, tags, tag_len), MACAW_EARG);
    macaw_key_free(key);
}

LAW(deterministic_in_key_and_message)
{
    const size_t len = s.alg->msg_len != 0 ? s.alg->msg_len : 100, tag_len = s.alg->tag_len;
    uint8_t one[MACAW_TAG_MAX], two[MACAW_TAG_MAX];
    macaw_key *other = key_of(s.alg->name, pattern_key + 1, key_len_of(s.alg), s.kernel);
    macaw_msg m = message(s.alg, pattern_msg, len);

    tag_with_new_key(s, pattern_msg, len, one);
    tag_with_new_key(s, pattern_msg, len, two);
    assert_bytes(s.alg->name, len, one, two, tag_len);
    assert_int_equal(macaw_tag(other, &m, two, tag_len), MACAW_OK);
    assert_memory_not_equal(one, two, tag_len);
    macaw_key_free(other);
    tag_with_new_key(s, pattern_key, len, two);
    assert_memory_not_equal(one, two, tag_len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_agree),
        cmocka_unit_test(every_split_is_the_whole),
        cmocka_unit_test(long_streams_in_odd_pieces),
        cmocka_unit_test(clones_are_independent),
        cmocka_unit_test(every_tag_bit_counts),
        cmocka_unit_test(tags_have_one_length),
        cmocka_unit_test(truncation_is_the_leftmost_bytes),
        cmocka_unit_test(a_batch_is_its_messages),
        cmocka_unit_test(finished_contexts_are_dead),
        cmocka_unit_test(what_a_key_refuses),
        cmocka_unit_test(nonces_count),
        cmocka_unit_test(one_time_keys_are_spent),
        cmocka_unit_test(threads_share_a_key),
        cmocka_unit_test(fixed_lengths_are_fixed),
        cmocka_unit_test(deterministic_in_key_and_message),
    };

    return cmocka_run_group_tests_name("laws", tests, NULL, NULL);
}

/* The front door: everything that is the same for every construction. */
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "mac/class.h"

/* A batch is cut into groups, so that verifying needs a fixed room on the stack. */
#define GROUP 64

static struct macaw_ctx_head *head_of(macaw_ctx *ctx)
{
    return (struct macaw_ctx_head *)(void *)ctx->priv;
}

static void *state_of(macaw_ctx *ctx)
{
    return (uint8_t *)ctx->priv + sizeof(struct macaw_ctx_head);
}

static bool valid_msg(const macaw_key *key, const macaw_msg *msg)
{
    return (msg->data != NULL || msg->len == 0) &&
           (msg->nonce != NULL || key->alg->nonce_len == 0);
}

static void count(const macaw_key *key, uint64_t messages, uint64_t bytes)
{
    macaw_key *k = (macaw_key *)(uintptr_t)key; /* the counters are all that changes */

    macaw_use_add(&k->use, messages, bytes);
}

const char *macaw_alg_kernel(const macaw_alg *alg, size_t i)
{
    return alg->cls->kernel(alg, i);
}

static int check_opts(const macaw_alg *alg, const macaw_key_opts *opts, size_t *tag_len)
{
    *tag_len = opts->tag_len != 0 ? opts->tag_len : alg->tag_len;
    if (*tag_len > alg->tag_len) {
        return MACAW_EARG;
    }
    return *tag_len < alg->tag_min && (opts->flags & MACAW_KEY_SHORT_TAG) == 0 ? MACAW_EWEAK
                                                                               : MACAW_OK;
}

int macaw_key_new(macaw_key **ret, const macaw_alg *alg, const void *secret, size_t len,
                  const macaw_key_opts *opts)
{
    static const macaw_key_opts defaults = {0};
    size_t tag_len, size;

    if (ret == NULL || alg == NULL || (secret == NULL && len > 0) || len < alg->key_min ||
        len > alg->key_max) {
        return MACAW_EARG;
    }
    opts = opts != NULL ? opts : &defaults;
    int rc = check_opts(alg, opts, &tag_len);
    if (rc != MACAW_OK) {
        return rc;
    }
    size = sizeof(macaw_key) + alg->cls->key_size;
    size = (size + MACAW_CACHE_LINE - 1) / MACAW_CACHE_LINE * MACAW_CACHE_LINE;
    macaw_key *key = aligned_alloc(MACAW_CACHE_LINE, size);
    if (key == NULL) {
        return MACAW_ENOMEM;
    }
    memset(key, 0, size);
    key->alg = alg;
    key->tag_len = tag_len;
    key->size = size;
    rc = alg->cls->key_init(alg, key->state, secret, len, opts->kernel, &key->kernel);
    if (rc != MACAW_OK) {
        macaw_wipe(key, size);
        free(key);
        return rc;
    }
    *ret = key;
    return MACAW_OK;
}

void macaw_key_free(macaw_key *key)
{
    if (key == NULL) {
        return;
    }
    if (key->alg->cls->key_clear != NULL) {
        key->alg->cls->key_clear(key->alg, key->state);
    }
    macaw_wipe(key, key->size);
    free(key);
}

const macaw_alg *macaw_key_alg(const macaw_key *key)
{
    return key->alg;
}

size_t macaw_key_tag_len(const macaw_key *key)
{
    return key->tag_len;
}

const char *macaw_key_kernel(const macaw_key *key)
{
    return key->kernel;
}

macaw_key_use macaw_key_used(const macaw_key *key)
{
    return macaw_use_sum(&key->use);
}

/* ---- one message in pieces ---- */

int macaw_start(macaw_ctx *ctx, const macaw_key *key, const void *nonce, size_t nonce_len)
{
    struct macaw_ctx_head *head = head_of(ctx);

    if (key == NULL || nonce_len != key->alg->nonce_len || (nonce == NULL && nonce_len > 0)) {
        head->live = 0;
        return MACAW_EARG;
    }
    int rc = key->alg->cls->start(key->alg, key->state, state_of(ctx), nonce);
    head->key = key;
    head->live = rc == MACAW_OK ? MACAW_CTX_LIVE : 0;
    head->bytes = 0;
    return rc;
}

int macaw_update(macaw_ctx *ctx, const void *data, size_t len)
{
    struct macaw_ctx_head *head = head_of(ctx);

    if (head->live != MACAW_CTX_LIVE) {
        return MACAW_ESTATE;
    }
    if (len == 0) {
        return MACAW_OK;
    }
    if (data == NULL) {
        return MACAW_EARG;
    }
    head->bytes += len;
    return head->key->alg->cls->update(head->key->alg, head->key->state, state_of(ctx), data, len);
}

void macaw_ctx_end(macaw_ctx *ctx)
{
    struct macaw_ctx_head *head = head_of(ctx);

    if (head->live != MACAW_CTX_LIVE) {
        return;
    }
    const macaw_class *cls = head->key->alg->cls;
    if (cls->end != NULL) {
        cls->end(state_of(ctx));
    }
    macaw_wipe(ctx, sizeof *head + cls->ctx_size);
}

/* The full tag; ctx is wiped in any case. */
static int finish_full(macaw_ctx *ctx, uint8_t *full)
{
    struct macaw_ctx_head *head = head_of(ctx);
    const macaw_key *key = head->key;
    int rc = key->alg->cls->finish(key->alg, key->state, state_of(ctx), full);

    count(key, 1, head->bytes);
    macaw_ctx_end(ctx);
    return rc;
}

int macaw_finish(macaw_ctx *ctx, void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (head_of(ctx)->live != MACAW_CTX_LIVE) {
        return MACAW_ESTATE;
    }
    if (tag == NULL || tag_len != head_of(ctx)->key->tag_len) {
        macaw_ctx_end(ctx);
        return MACAW_EARG;
    }
    int rc = finish_full(ctx, full);
    if (rc == MACAW_OK) {
        memcpy(tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

/* Compare a right tag with a claimed one of any length. */
static int compare(const macaw_key *key, const uint8_t *full, const void *tag, size_t tag_len)
{
    return tag != NULL && tag_len == key->tag_len && macaw_ct_equal(full, tag, tag_len)
               ? MACAW_OK
               : MACAW_EFORGED;
}

int macaw_finish_verify(macaw_ctx *ctx, const void *tag, size_t tag_len)
{
    const macaw_key *key = head_of(ctx)->key;
    uint8_t full[MACAW_TAG_MAX];

    if (head_of(ctx)->live != MACAW_CTX_LIVE) {
        return MACAW_ESTATE;
    }
    int rc = finish_full(ctx, full);
    if (rc == MACAW_OK) {
        rc = compare(key, full, tag, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

int macaw_ctx_clone(macaw_ctx *dst, const macaw_ctx *src)
{
    const struct macaw_ctx_head *head = (const struct macaw_ctx_head *)(const void *)src->priv;

    if (head->live != MACAW_CTX_LIVE) {
        head_of(dst)->live = 0;
        return MACAW_ESTATE;
    }
    const macaw_class *cls = head->key->alg->cls;
    int rc = MACAW_OK;
    memcpy(dst, src, sizeof *head + cls->ctx_size);
    if (cls->clone != NULL) {
        rc = cls->clone(state_of(dst), (const uint8_t *)src->priv + sizeof *head);
    }
    if (rc != MACAW_OK) {
        macaw_wipe(dst, sizeof *head + cls->ctx_size);
    }
    return rc;
}

/* ---- whole messages ---- */

static int one_in_pieces(const macaw_key *key, const macaw_msg *msg, uint8_t *full)
{
    const macaw_class *cls = key->alg->cls;
    macaw_ctx ctx;
    void *state = state_of(&ctx);
    int rc = cls->start(key->alg, key->state, state, msg->nonce);

    if (rc != MACAW_OK) {
        return rc;
    }
    if (msg->len > 0) {
        rc = cls->update(key->alg, key->state, state, msg->data, msg->len);
    }
    if (rc == MACAW_OK) {
        rc = cls->finish(key->alg, key->state, state, full);
    }
    if (cls->end != NULL) {
        cls->end(state);
    }
    macaw_wipe(state, cls->ctx_size);
    return rc;
}

static int one_full(const macaw_key *key, const macaw_msg *msg, uint8_t *full)
{
    const macaw_class *cls = key->alg->cls;

    return cls->one != NULL
               ? cls->one(key->alg, key->state, msg->nonce, msg->data, msg->len, full)
               : one_in_pieces(key, msg, full);
}

int macaw_tag(const macaw_key *key, const macaw_msg *msg, void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (!valid_msg(key, msg) || tag == NULL || tag_len != key->tag_len) {
        return MACAW_EARG;
    }
    count(key, 1, msg->len);
    if (tag_len == key->alg->tag_len) {
        return one_full(key, msg, tag);
    }
    int rc = one_full(key, msg, full);
    if (rc == MACAW_OK) {
        memcpy(tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

int macaw_verify(const macaw_key *key, const macaw_msg *msg, const void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (!valid_msg(key, msg)) {
        return MACAW_EARG;
    }
    count(key, 1, msg->len);
    int rc = one_full(key, msg, full);
    if (rc == MACAW_OK) {
        rc = compare(key, full, tag, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

/* ---- batches ---- */

static int check_batch(const macaw_key *key, const macaw_msg *msgs, size_t n, uint64_t *bytes)
{
    *bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (!valid_msg(key, &msgs[i])) {
            return MACAW_EARG;
        }
        *bytes += msgs[i].len;
    }
    return MACAW_OK;
}

/* Full tags of at most GROUP messages. */
static int group_full(const macaw_key *key, const macaw_msg *msgs, size_t n,
                      uint8_t full[][MACAW_TAG_MAX])
{
    const macaw_class *cls = key->alg->cls;
    int rc = MACAW_OK;

    if (cls->many != NULL) {
        return cls->many(key->alg, key->state, msgs, n, full[0], MACAW_TAG_MAX);
    }
    for (size_t i = 0; i < n && rc == MACAW_OK; i++) {
        rc = one_full(key, &msgs[i], full[i]);
    }
    return rc;
}

int macaw_tag_many(const macaw_key *key, const macaw_msg *msgs, size_t n, void *tags,
                   size_t tag_len)
{
    uint8_t full[GROUP][MACAW_TAG_MAX], *out = tags;
    uint64_t bytes;
    int rc = tag_len == key->tag_len && (tags != NULL || n == 0)
                 ? check_batch(key, msgs, n, &bytes)
                 : MACAW_EARG;

    if (rc != MACAW_OK || n == 0) {
        return rc;
    }
    count(key, n, bytes);
    for (size_t done = 0; done < n && rc == MACAW_OK; done += GROUP) {
        size_t m = n - done < GROUP ? n - done : GROUP;
        rc = group_full(key, msgs + done, m, full);
        for (size_t i = 0; i < m && rc == MACAW_OK; i++) {
            memcpy(out + (done + i) * tag_len, full[i], tag_len);
        }
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

/* Compare a group; returns whether all are right. */
static bool compare_group(const macaw_key *key, uint8_t full[][MACAW_TAG_MAX], const uint8_t *tags,
                          size_t n, uint8_t *ok)
{
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        bool right = macaw_ct_equal(full[i], tags + i * key->tag_len, key->tag_len);
        all = all && right;
        if (ok != NULL) {
            ok[i] = right;
        }
    }
    return all;
}

int macaw_verify_many(const macaw_key *key, const macaw_msg *msgs, size_t n, const void *tags,
                      size_t tag_len, uint8_t *ok)
{
    uint8_t full[GROUP][MACAW_TAG_MAX];
    const uint8_t *in = tags;
    uint64_t bytes;
    bool all = true;
    int rc = tags != NULL || n == 0 ? check_batch(key, msgs, n, &bytes) : MACAW_EARG;

    if (ok != NULL) {
        memset(ok, 0, n);
    }
    if (rc != MACAW_OK || n == 0) {
        return rc;
    }
    if (tag_len != key->tag_len) {
        return MACAW_EFORGED;
    }
    count(key, n, bytes);
    for (size_t done = 0; done < n && rc == MACAW_OK; done += GROUP) {
        size_t m = n - done < GROUP ? n - done : GROUP;
        rc = group_full(key, msgs + done, m, full);
        if (rc == MACAW_OK) {
            uint8_t *ok_here = ok != NULL ? ok + done : NULL;
            all = compare_group(key, full, in + done * tag_len, m, ok_here) && all;
        }
    }
    macaw_wipe(full, sizeof full);
    return rc != MACAW_OK ? rc : all ? MACAW_OK : MACAW_EFORGED;
}

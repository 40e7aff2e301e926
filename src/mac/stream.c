/* One message in pieces. */
#include <string.h>

#include "mac/front.h"

int macaw_start(macaw_ctx *ctx, const macaw_key *key, const void *nonce, size_t nonce_len)
{
    struct macaw_ctx_head *head = macaw_ctx_head_of(ctx);

    if (key == NULL || nonce_len != key->alg->nonce_len || (nonce == NULL && nonce_len > 0)) {
        head->live = 0;
        return MACAW_EARG;
    }
    int rc = macaw_admit_start(key);
    if (rc == MACAW_OK) {
        rc = key->alg->cls->start(key->alg, key->state, macaw_ctx_state_of(ctx), nonce);
    }
    head->key = key;
    head->live = rc == MACAW_OK ? MACAW_CTX_LIVE : 0;
    head->bytes = 0;
    return rc;
}

int macaw_update(macaw_ctx *ctx, const void *data, size_t len)
{
    struct macaw_ctx_head *head = macaw_ctx_head_of(ctx);

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
    return head->key->alg->cls->update(head->key->alg, head->key->state, macaw_ctx_state_of(ctx),
                                       data, len);
}

void macaw_ctx_end(macaw_ctx *ctx)
{
    struct macaw_ctx_head *head = macaw_ctx_head_of(ctx);

    if (head->live != MACAW_CTX_LIVE) {
        return;
    }
    const macaw_class *cls = head->key->alg->cls;
    if (cls->end != NULL) {
        cls->end(macaw_ctx_state_of(ctx));
    }
    macaw_wipe(ctx, sizeof *head + cls->ctx_size);
}

/* The full tag; ctx is wiped in any case. */
static int finish_full(macaw_ctx *ctx, uint8_t *full)
{
    struct macaw_ctx_head *head = macaw_ctx_head_of(ctx);
    const macaw_key *key = head->key;
    int rc = macaw_admit_end(key, 1, head->bytes);

    if (rc == MACAW_OK) {
        rc = key->alg->cls->finish(key->alg, key->state, macaw_ctx_state_of(ctx), full);
    }
    macaw_ctx_end(ctx);
    return rc;
}

int macaw_finish(macaw_ctx *ctx, void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (macaw_ctx_head_of(ctx)->live != MACAW_CTX_LIVE) {
        return MACAW_ESTATE;
    }
    if (tag == NULL || tag_len != macaw_ctx_head_of(ctx)->key->tag_len) {
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

int macaw_finish_verify(macaw_ctx *ctx, const void *tag, size_t tag_len)
{
    const macaw_key *key = macaw_ctx_head_of(ctx)->key;
    uint8_t full[MACAW_TAG_MAX];

    if (macaw_ctx_head_of(ctx)->live != MACAW_CTX_LIVE) {
        return MACAW_ESTATE;
    }
    int rc = macaw_verify_status(finish_full(ctx, full));
    if (rc == MACAW_OK) {
        rc = macaw_tag_compare(key, full, tag, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

int macaw_ctx_clone(macaw_ctx *dst, const macaw_ctx *src)
{
    const struct macaw_ctx_head *head = (const struct macaw_ctx_head *)(const void *)src->priv;

    if (head->live != MACAW_CTX_LIVE) {
        macaw_ctx_head_of(dst)->live = 0;
        return MACAW_ESTATE;
    }
    if ((head->key->alg->flags & MACAW_ALG_ONE_TIME) != 0) {
        macaw_ctx_head_of(dst)->live = 0;
        return MACAW_ESPENT;
    }
    const macaw_class *cls = head->key->alg->cls;
    int rc = MACAW_OK;
    memcpy(dst, src, sizeof *head + cls->ctx_size);
    if (cls->clone != NULL) {
        rc = cls->clone(macaw_ctx_state_of(dst), (const uint8_t *)src->priv + sizeof *head);
    }
    if (rc != MACAW_OK) {
        macaw_wipe(dst, sizeof *head + cls->ctx_size);
    }
    return rc;
}

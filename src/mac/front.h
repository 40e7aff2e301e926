/* Inside the front door: the layout of a macaw_ctx, and what whole messages and
 * batches share. */
#ifndef MACAW_MAC_FRONT_H
#define MACAW_MAC_FRONT_H

#include "base/ct.h"
#include "mac/admit.h"
#include "mac/class.h"

static inline struct macaw_ctx_head *macaw_ctx_head_of(macaw_ctx *ctx)
{
    return (struct macaw_ctx_head *)(void *)ctx->priv;
}

static inline void *macaw_ctx_state_of(macaw_ctx *ctx)
{
    return (uint8_t *)ctx->priv + sizeof(struct macaw_ctx_head);
}

static inline bool macaw_msg_is_valid(const macaw_key *key, const macaw_msg *msg)
{
    return (msg->data != NULL || msg->len == 0) &&
           (msg->nonce != NULL || key->alg->nonce_len == 0);
}

/* Compare a right tag with a claimed one of any length. */
static inline int macaw_tag_compare(const macaw_key *key, const uint8_t *full, const void *tag,
                                    size_t tag_len)
{
    return tag != NULL && tag_len == key->tag_len && macaw_ct_equal(full, tag, tag_len)
               ? MACAW_OK
               : MACAW_EFORGED;
}

/* A message that the construction cannot have tagged is no authentic one. */
static inline int macaw_verify_status(int rc)
{
    return rc == MACAW_EARG ? MACAW_EFORGED : rc;
}

/* The full tag of a whole message; admission is the caller's. */
int macaw_one_full(const macaw_key *key, const macaw_msg *msg, uint8_t *full) MACAW_MUST_USE;

#endif

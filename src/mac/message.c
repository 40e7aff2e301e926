/* Whole messages, one at a time. */
#include <string.h>

#include "mac/front.h"

static int one_in_pieces(const macaw_key *key, const macaw_msg *msg, uint8_t *full)
{
    const macaw_class *cls = key->alg->cls;
    macaw_ctx ctx;
    void *state = macaw_ctx_state_of(&ctx);
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

int macaw_one_full(const macaw_key *key, const macaw_msg *msg, uint8_t *full)
{
    const macaw_class *cls = key->alg->cls;

    return cls->one != NULL
               ? cls->one(key->alg, key->state, msg->nonce, msg->data, msg->len, full)
               : one_in_pieces(key, msg, full);
}

static int admit(const macaw_key *key, const macaw_msg *msg)
{
    int rc = macaw_admit_start(key);

    return rc == MACAW_OK ? macaw_admit_end(key, 1, msg->len) : rc;
}

int macaw_tag(const macaw_key *key, const macaw_msg *msg, void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (!macaw_msg_is_valid(key, msg) || tag == NULL || tag_len != key->tag_len) {
        return MACAW_EARG;
    }
    int rc = admit(key, msg);
    if (rc != MACAW_OK || tag_len == key->alg->tag_len) {
        return rc != MACAW_OK ? rc : macaw_one_full(key, msg, tag);
    }
    rc = macaw_one_full(key, msg, full);
    if (rc == MACAW_OK) {
        memcpy(tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

int macaw_verify(const macaw_key *key, const macaw_msg *msg, const void *tag, size_t tag_len)
{
    uint8_t full[MACAW_TAG_MAX];

    if (!macaw_msg_is_valid(key, msg)) {
        return MACAW_EARG;
    }
    int rc = admit(key, msg);
    if (rc == MACAW_OK) {
        rc = macaw_one_full(key, msg, full);
    }
    rc = macaw_verify_status(rc);
    if (rc == MACAW_OK) {
        rc = macaw_tag_compare(key, full, tag, tag_len);
    }
    macaw_wipe(full, sizeof full);
    return rc;
}

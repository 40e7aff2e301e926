/* The tag of a message of which one block changes. */
#include <string.h>

#include "mac/front.h"

int macaw_tag_change(const macaw_key *key, const macaw_change *change, const void *old_tag,
                     void *new_tag, size_t tag_len)
{
    const macaw_alg *alg = key->alg;
    uint8_t full[MACAW_TAG_MAX];

    if (alg->cls->change == NULL) {
        return MACAW_EUNAVAILABLE;
    }
    if (change == NULL || change->old_data == NULL || change->new_data == NULL || old_tag == NULL ||
        new_tag == NULL || tag_len != key->tag_len || tag_len != alg->tag_len ||
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

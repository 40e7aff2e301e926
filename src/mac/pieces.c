#include "mac/pieces.h"

#include <string.h>

#include "mac/front.h"

bool macaw_pieces_able(const macaw_key *key)
{
    return key->alg->cls->sum != NULL && key->alg->nonce_len == 0;
}

uint64_t macaw_pieces_body(const macaw_key *key, uint64_t len)
{
    uint64_t block_len = key->alg->block_len;

    return len > 0 ? (len - 1) / block_len * block_len : 0;
}

void macaw_pieces_add(const macaw_key *key, macaw_pieces *pieces, uint64_t offset,
                      const uint8_t *data, size_t n)
{
    const macaw_alg *alg = key->alg;

    alg->cls->sum(alg, key->state, offset / alg->block_len, data, n / alg->block_len, pieces->sum);
}

void macaw_pieces_join(macaw_pieces *sum, macaw_pieces *other)
{
    for (size_t i = 0; i < sizeof sum->sum; i++) {
        sum->sum[i] ^= other->sum[i];
    }
    macaw_wipe(other, sizeof *other);
}

int macaw_pieces_finish(const macaw_key *key, macaw_pieces *pieces, const uint8_t *tail,
                        uint64_t len, uint8_t *tag, size_t tag_len)
{
    const macaw_alg *alg = key->alg;
    size_t tail_len = (size_t)(len - macaw_pieces_body(key, len));
    uint8_t full[MACAW_TAG_MAX];
    int rc = tag_len == key->tag_len ? macaw_admit_start(key) : MACAW_EARG;

    if (rc == MACAW_OK) {
        rc = macaw_admit_end(key, 1, len);
    }
    if (rc == MACAW_OK) {
        rc = alg->cls->sum_end(alg, key->state, pieces->sum, tail, tail_len, len, full);
    }
    if (rc == MACAW_OK) {
        memcpy(tag, full, tag_len);
    }
    macaw_wipe(full, sizeof full);
    macaw_wipe(pieces, sizeof *pieces);
    return rc;
}

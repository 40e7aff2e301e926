#include "key/prf.h"

bool macaw_prf_is_usable(const macaw_alg *alg)
{
    return alg != NULL && (alg->flags & MACAW_ALG_PRF) != 0 && (alg->flags & MACAW_ALG_FIXED) == 0;
}

bool macaw_prf_is_extractor(const macaw_alg *alg)
{
    return macaw_prf_is_usable(alg) && alg->key_min == 0 && alg->key_max >= MACAW_TAG_MAX;
}

int macaw_prf(const macaw_key *key, const macaw_part *parts, size_t n, uint8_t *tag)
{
    macaw_ctx ctx;
    int rc = macaw_start(&ctx, key, NULL, 0);

    if (rc != MACAW_OK) {
        return rc;
    }
    for (size_t i = 0; i < n && rc == MACAW_OK; i++) {
        rc = macaw_update(&ctx, parts[i].data, parts[i].len);
    }
    if (rc != MACAW_OK) {
        macaw_ctx_end(&ctx);
        return rc;
    }
    return macaw_finish(&ctx, tag, macaw_key_tag_len(key));
}

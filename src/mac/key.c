/* Making, asking and ending keys. */
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "mac/class.h"

const char *macaw_alg_kernel(const macaw_alg *alg, size_t i)
{
    return alg->cls->kernel(alg, i);
}

static int check_opts(const macaw_alg *alg, const macaw_key_opts *opts, size_t *tag_len)
{
    *tag_len = opts->tag_len != 0 ? opts->tag_len : alg->tag_len;
    if (*tag_len > alg->tag_len || (opts->msg_len != 0 && (alg->flags & MACAW_ALG_FIXED) == 0)) {
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
    atomic_init(&key->msg_len, opts->msg_len != 0 ? opts->msg_len + 1 : 0);
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

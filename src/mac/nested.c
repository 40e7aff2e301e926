#include "mac/nested.h"

#include <string.h>

_Static_assert(sizeof(macaw_nested_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

void macaw_nested_f(const macaw_nested_key *key, const uint8_t *m, size_t len, uint8_t *digest)
{
    macaw_md_state state = key->inner;

    macaw_md_rest(key->md, key->kernel, &state, key->before, m, len, digest);
}

void macaw_nested_g(const macaw_nested_key *key, const uint8_t *inner_digest, uint8_t *tag)
{
    macaw_md_state state = key->outer;

    macaw_md_finish(key->md, key->kernel, &state, inner_digest, key->md->digest_len,
                    key->before + key->md->digest_len, tag);
}

int macaw_nested_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                     const uint8_t *data, size_t len, uint8_t *tag)
{
    uint8_t digest[MACAW_MD_DIGEST_MAX];

    (void)alg;
    (void)nonce;
    macaw_nested_f(key_state, data, len, digest);
    macaw_nested_g(key_state, digest, tag);
    return MACAW_OK;
}

int macaw_nested_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                       const uint8_t *nonce)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;

    (void)alg;
    (void)nonce;
    c->state = key->inner;
    c->len = 0;
    return MACAW_OK;
}

int macaw_nested_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                        const uint8_t *data, size_t len)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;
    size_t block = key->md->block_len, held = c->len % block;

    (void)alg;
    c->len += len;
    if (held + len < block) {
        memcpy(c->block + held, data, len);
        return MACAW_OK;
    }
    if (held > 0) {
        memcpy(c->block + held, data, block - held);
        key->kernel->blocks(&c->state, c->block, 1);
        data += block - held;
        len -= block - held;
    }
    key->kernel->blocks(&c->state, data, len / block);
    memcpy(c->block, data + len - len % block, len % block);
    return MACAW_OK;
}

int macaw_nested_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;
    uint8_t digest[MACAW_MD_DIGEST_MAX];

    (void)alg;
    macaw_md_finish(key->md, key->kernel, &c->state, c->block, c->len % key->md->block_len,
                    key->before + c->len, digest);
    macaw_nested_g(key, digest, tag);
    return MACAW_OK;
}

const char *macaw_nested_kernel(const macaw_alg *alg, size_t i)
{
    const macaw_md *md = alg->param;
    size_t n = 0;

    while (n < i && md->kernels[n] != NULL) {
        n++;
    }
    return md->kernels[n] != NULL ? md->kernels[n]->name : NULL;
}

int macaw_nested_choose(macaw_nested_key *key, const macaw_md *md, const char *kernel,
                        const char **kernel_name)
{
    bool known;
    const macaw_md_kernel *k = macaw_md_pick(md, kernel, &known);

    if (k == NULL) {
        return known ? MACAW_EUNAVAILABLE : MACAW_ENOTFOUND;
    }
    key->md = md;
    key->kernel = k;
    *kernel_name = k->name;
    return MACAW_OK;
}

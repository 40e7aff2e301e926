/* SHA-256(message || key), as some services sign requests and call it HMAC. Not
 * a sound MAC: a collision of the hash that ends at a block boundary is a
 * forgery under every key (Preneel and van Oorschot, Crypto 1995). It is here to
 * verify what such clients send while they migrate, and only behind a switch
 * that says insecure; macaw_alg_find does not know it. */
#include <string.h>

#include "mac/nested.h"

#define KEY_MAX 1024

/* The key is secret, kept to be appended; inner is the initial value. */
struct suffix_key {
    macaw_nested_key hash;
    size_t len;
    uint8_t secret[KEY_MAX];
};

static int suffix_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret,
                           size_t len, const char *kernel, const char **kernel_name)
{
    struct suffix_key *k = key_state;
    int rc = macaw_nested_choose(&k->hash, alg->param, kernel, kernel_name);

    if (rc != MACAW_OK) {
        return rc;
    }
    k->hash.inner = k->hash.md->iv;
    k->len = len;
    memcpy(k->secret, secret, len);
    return MACAW_OK;
}

static int suffix_finish(const macaw_alg *alg, const void *key_state, void *ctx_state,
                         uint8_t *tag)
{
    const struct suffix_key *k = key_state;
    const macaw_md *md = k->hash.md;
    macaw_nested_ctx *c = ctx_state;
    int rc = macaw_nested_update(alg, &k->hash, c, k->secret, k->len);

    macaw_md_finish(md, k->hash.kernel, &c->state, c->block, c->len % md->block_len, c->len, tag);
    return rc;
}

static const macaw_class suffix_class = {
    .key_size = sizeof(struct suffix_key),
    .ctx_size = sizeof(macaw_nested_ctx),
    .kernel = macaw_nested_kernel,
    .key_init = suffix_key_init,
    .start = macaw_nested_start,
    .update = macaw_nested_update,
    .finish = suffix_finish,
};

const macaw_alg macaw_sha256_suffix = {
    .name = "sha256-suffix",
    .standard = "none",
    .advice = "a hash of message and key is not a MAC; use hmac-sha256",
    .flags = MACAW_ALG_LEGACY | MACAW_ALG_INSECURE,
    .key_min = 1,
    .key_max = KEY_MAX,
    .key_safe = 16,
    .tag_len = 32,
    .tag_min = 8,
    .cls = &suffix_class,
    .param = &macaw_sha256,
};

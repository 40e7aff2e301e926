/* HMAC over hashes whose state libcrypto keeps to itself (SHA-3): the key holds
 * two digest contexts that have absorbed the pads, a message holds one. */
#include <openssl/evp.h>
#include <string.h>

#include "base/ct.h"
#include "mac/class.h"
#include "mac/hmac.h"
#include "mac/hmac_evp.h"

#define BLOCK_MAX 144 /* SHA3-224 */

struct evp_key {
    EVP_MD *md;
    EVP_MD_CTX *inner, *outer;
};

struct evp_ctx {
    EVP_MD_CTX *hash;
};

static const char *evp_kernel(const macaw_alg *alg, size_t i)
{
    (void)alg;
    return i == 0 ? "libcrypto" : NULL;
}

static void evp_key_clear(const macaw_alg *alg, void *key_state)
{
    struct evp_key *k = key_state;

    (void)alg;
    EVP_MD_CTX_free(k->inner);
    EVP_MD_CTX_free(k->outer);
    EVP_MD_free(k->md);
}

static bool absorb_pad(const struct evp_key *k, const macaw_evp_hash *h, const uint8_t *secret,
                       size_t len, uint8_t pad, EVP_MD_CTX *ctx)
{
    uint8_t block[BLOCK_MAX];

    macaw_hmac_pad(block, h->block_len, secret, len, pad);
    bool ok = EVP_DigestInit_ex(ctx, k->md, NULL) == 1 &&
              EVP_DigestUpdate(ctx, block, h->block_len) == 1;
    macaw_wipe(block, sizeof block);
    return ok;
}

static bool expand(struct evp_key *k, const macaw_evp_hash *h, const uint8_t *secret, size_t len)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    bool ok = true;

    if (len > h->block_len) {
        ok = EVP_Digest(secret, len, digest, NULL, k->md, NULL) == 1;
        secret = digest;
        len = h->digest_len;
    }
    ok = ok && absorb_pad(k, h, secret, len, MACAW_HMAC_IPAD, k->inner) &&
         absorb_pad(k, h, secret, len, MACAW_HMAC_OPAD, k->outer);
    macaw_wipe(digest, sizeof digest);
    return ok;
}

static int evp_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                        const char *kernel, const char **kernel_name)
{
    struct evp_key *k = key_state;
    const macaw_evp_hash *h = alg->param;

    if (kernel != NULL && strcmp(kernel, "libcrypto") != 0) {
        return MACAW_ENOTFOUND;
    }
    *kernel_name = "libcrypto";
    k->md = EVP_MD_fetch(NULL, h->name, NULL);
    k->inner = EVP_MD_CTX_new();
    k->outer = EVP_MD_CTX_new();
    if (k->md != NULL && k->inner != NULL && k->outer != NULL && expand(k, h, secret, len)) {
        return MACAW_OK;
    }
    int rc = k->md == NULL ? MACAW_EUNAVAILABLE : MACAW_ECRYPTO;
    evp_key_clear(alg, k);
    return rc;
}

static int copy_of(struct evp_ctx *c, const EVP_MD_CTX *from)
{
    c->hash = EVP_MD_CTX_new();
    if (c->hash == NULL) {
        return MACAW_ENOMEM;
    }
    if (EVP_MD_CTX_copy_ex(c->hash, from) == 1) {
        return MACAW_OK;
    }
    EVP_MD_CTX_free(c->hash);
    return MACAW_ECRYPTO;
}

static int evp_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                     const uint8_t *nonce)
{
    const struct evp_key *k = key_state;

    (void)alg;
    (void)nonce;
    return copy_of(ctx_state, k->inner);
}

static int evp_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                      const uint8_t *data, size_t len)
{
    struct evp_ctx *c = ctx_state;

    (void)alg;
    (void)key_state;
    return EVP_DigestUpdate(c->hash, data, len) == 1 ? MACAW_OK : MACAW_ECRYPTO;
}

static int evp_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    const struct evp_key *k = key_state;
    const macaw_evp_hash *h = alg->param;
    struct evp_ctx *c = ctx_state;
    uint8_t digest[EVP_MAX_MD_SIZE];

    bool ok = EVP_DigestFinal_ex(c->hash, digest, NULL) == 1 &&
              EVP_MD_CTX_copy_ex(c->hash, k->outer) == 1 &&
              EVP_DigestUpdate(c->hash, digest, h->digest_len) == 1 &&
              EVP_DigestFinal_ex(c->hash, tag, NULL) == 1;
    macaw_wipe(digest, sizeof digest);
    return ok ? MACAW_OK : MACAW_ECRYPTO;
}

static int evp_clone(void *dst_state, const void *src_state)
{
    const struct evp_ctx *src = src_state;

    return copy_of(dst_state, src->hash);
}

static void evp_end(void *ctx_state)
{
    struct evp_ctx *c = ctx_state;

    EVP_MD_CTX_free(c->hash);
}

const macaw_class macaw_hmac_evp_class = {
    .key_size = sizeof(struct evp_key),
    .ctx_size = sizeof(struct evp_ctx),
    .kernel = evp_kernel,
    .key_init = evp_key_init,
    .key_clear = evp_key_clear,
    .start = evp_start,
    .update = evp_update,
    .finish = evp_finish,
    .clone = evp_clone,
    .end = evp_end,
};

static const macaw_evp_hash sha3_224 = {"SHA3-224", 144, 28};
static const macaw_evp_hash sha3_256 = {"SHA3-256", 136, 32};
static const macaw_evp_hash sha3_384 = {"SHA3-384", 104, 48};
static const macaw_evp_hash sha3_512 = {"SHA3-512", 72, 64};

/* The sponge hides as many bits as its capacity, twice the digest. */
#define BOUND(n)                                                                                   \
    {.formula = "q^2 l / 2^" #n, .source = "Bertoni, Daemen, Peeters, Van Assche 2008, as HMAC",   \
     .q_exp = 2, .l_exp = 1, .bits = n}
static const macaw_bound bound448 = BOUND(448), bound512 = BOUND(512), bound768 = BOUND(768),
                         bound1024 = BOUND(1024);

#define COMMON                                                                                     \
    .standard = "RFC 2104, FIPS 198-1, FIPS 202", .flags = MACAW_ALG_PRF, .key_min = 0,            \
    .key_max = MACAW_HMAC_KEY_MAX, .key_safe = 16, .tag_min = 8, .cls = &macaw_hmac_evp_class

const macaw_alg macaw_hmac_sha3_224 = {
    .name = "hmac-sha3-224", .tag_len = 28, .param = &sha3_224, .block_len = 144,
    .bound = &bound448, COMMON};
const macaw_alg macaw_hmac_sha3_256 = {
    .name = "hmac-sha3-256", .tag_len = 32, .param = &sha3_256, .block_len = 136,
    .bound = &bound512, COMMON};
const macaw_alg macaw_hmac_sha3_384 = {
    .name = "hmac-sha3-384", .tag_len = 48, .param = &sha3_384, .block_len = 104,
    .bound = &bound768, COMMON};
const macaw_alg macaw_hmac_sha3_512 = {
    .name = "hmac-sha3-512", .tag_len = 64, .param = &sha3_512, .block_len = 72,
    .bound = &bound1024, COMMON};

/* HMAC (RFC 2104, FIPS 198-1) over the Merkle-Damgard hashes: the secret, padded
 * with zeros on the right to one block, is compressed once with each pad when
 * the key is made; after that HMAC is the nested construction. */
#include "mac/hmac.h"

#include "base/ct.h"
#include "mac/nested.h"

void macaw_hmac_pad(uint8_t *block, size_t block_len, const uint8_t *key, size_t len, uint8_t pad)
{
    for (size_t i = 0; i < block_len; i++) {
        block[i] = pad ^ (i < len ? key[i] : 0);
    }
}

static void absorb_pad(const macaw_nested_key *k, const uint8_t *secret, size_t len, uint8_t pad,
                       macaw_md_state *state)
{
    uint8_t block[MACAW_MD_BLOCK_MAX];

    macaw_hmac_pad(block, k->md->block_len, secret, len, pad);
    *state = k->md->iv;
    k->kernel->blocks(state, block, 1);
    macaw_wipe(block, sizeof block);
}

static int hmac_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                         const char *kernel, const char **kernel_name)
{
    macaw_nested_key *k = key_state;
    uint8_t digest[MACAW_MD_DIGEST_MAX];
    int rc = macaw_nested_choose(k, alg->param, kernel, kernel_name);

    if (rc != MACAW_OK) {
        return rc;
    }
    if (len > k->md->block_len) {
        macaw_md_hash(k->md, k->kernel, secret, len, digest);
        secret = digest;
        len = k->md->digest_len;
    }
    absorb_pad(k, secret, len, MACAW_HMAC_IPAD, &k->inner);
    absorb_pad(k, secret, len, MACAW_HMAC_OPAD, &k->outer);
    macaw_nested_pads(k, k->md->block_len, k->md->padding, k->md->padding);
    macaw_wipe(digest, sizeof digest);
    return MACAW_OK;
}

static const macaw_class hmac_class = {
    .key_size = sizeof(macaw_nested_key),
    .ctx_size = sizeof(macaw_nested_ctx),
    .kernel = macaw_nested_kernel,
    .key_init = hmac_key_init,
    .start = macaw_nested_start,
    .update = macaw_nested_update,
    .finish = macaw_nested_finish,
    .one = macaw_nested_one,
    .many = macaw_nested_many,
};

/* A collision of chaining values is a forgery, and likely after 2^(n/2) messages
 * whatever the tag is; the proofs come within a factor of the length. */
#define BOUND(n)                                                                                   \
    {.formula = "q^2 l / 2^" #n,                                                                   \
     .source = "Bellare 2006; Gazi, Pietrzak, Rybar 2014; attack: Preneel, van Oorschot 1995",     \
     .q_exp = 2, .l_exp = 1, .bits = n}
static const macaw_bound bound128 = BOUND(128), bound160 = BOUND(160), bound256 = BOUND(256),
                         bound512 = BOUND(512);

#define COMMON                                                                                     \
    .standard = "RFC 2104, FIPS 198-1", .key_min = 0, .key_max = MACAW_HMAC_KEY_MAX,               \
    .key_safe = 16, .tag_min = 8, .cls = &hmac_class

const macaw_alg macaw_hmac_md5 = {
    .name = "hmac-md5", .tag_len = 16, .flags = MACAW_ALG_PRF | MACAW_ALG_LEGACY,
    .advice = "MD5 collisions are easy; HMAC-MD5 is not broken, but only for old peers (RFC 6151)",
    .block_len = 64, .bound = &bound128, .param = &macaw_md5, COMMON};
const macaw_alg macaw_hmac_sha1 = {
    .name = "hmac-sha1", .tag_len = 20, .flags = MACAW_ALG_PRF | MACAW_ALG_LEGACY,
    .advice = "SHA-1 collisions are known; HMAC-SHA1 is not broken, but only for old peers "
              "(RFC 6194)",
    .block_len = 64, .bound = &bound160, .param = &macaw_sha1, COMMON};
const macaw_alg macaw_hmac_sha224 = {
    .name = "hmac-sha224", .tag_len = 28, .flags = MACAW_ALG_PRF, .param = &macaw_sha224,
    .block_len = 64, .bound = &bound256, COMMON};
const macaw_alg macaw_hmac_sha256 = {
    .name = "hmac-sha256", .tag_len = 32, .flags = MACAW_ALG_PRF, .param = &macaw_sha256,
    .block_len = 64, .bound = &bound256, COMMON};
const macaw_alg macaw_hmac_sha384 = {
    .name = "hmac-sha384", .tag_len = 48, .flags = MACAW_ALG_PRF, .param = &macaw_sha384,
    .block_len = 128, .bound = &bound512, COMMON};
const macaw_alg macaw_hmac_sha512 = {
    .name = "hmac-sha512", .tag_len = 64, .flags = MACAW_ALG_PRF, .param = &macaw_sha512,
    .block_len = 128, .bound = &bound512, COMMON};
const macaw_alg macaw_hmac_sha512_256 = {
    .name = "hmac-sha512-256", .tag_len = 32, .flags = MACAW_ALG_PRF, .param = &macaw_sha512_256,
    .block_len = 128, .bound = &bound512, COMMON};

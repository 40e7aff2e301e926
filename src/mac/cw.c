/* Carter-Wegman MAC over the one-time polynomial MAC:
 *
 *     tag = F(kF, r) xor S(m, kJ)
 *
 * with a nonce r of 16 bytes, new for every message, and the key kF || k1 || k2, 16
 * bytes each, kJ = k1 || k2. The tag has the 17 bytes of S; the receiver needs r too.
 *
 * S takes 129 bits, more than a block of AES, and two blocks of one AES key would
 * have to share the 2^128 inputs that nonces fill already. So kF only makes two more
 * keys, kA = AES_kF(0) and kB = AES_kF(1), and F(kF, r) is the first 17 bytes of
 * AES_kA(r) || AES_kB(r).
 *
 * Why xor is sound although S adds modulo q: with k2 in it, S is a one-time MAC by
 * itself, and under an ideal F each message has a mask that hides its S wholly, so
 * that nothing is known of kJ but by a forgery. Without k2 polynomials modulo q would
 * be universal for the difference modulo q only, and the mask would have to be added.
 *
 * A nonce used twice lays the xor of two values of S open, and then forgeries are
 * easy. Random nonces repeat with probability q^2 / 2^129 in q messages. */
#include "base/ct.h"
#include "mac/class.h"
#include "mac/poly_onetime.h"
#include "prim/block.h"

#define AES_BLOCK 16

typedef struct cw_key {
    macaw_poly_s_key s;
    macaw_block_key a, b; /* F */
} cw_key;

typedef struct cw_ctx {
    macaw_poly_s_ctx s;
    uint8_t mask[MACAW_POLY_S_TAG];
} cw_ctx;

_Static_assert(sizeof(cw_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

static const char *cw_kernel(const macaw_alg *alg, size_t i)
{
    (void)alg;
    return macaw_poly_s_kernel(i);
}

/* The two keys of F. */
static int expand_f(cw_key *k, const uint8_t *k_f)
{
    uint8_t keys[2 * AES_BLOCK] = {[2 * AES_BLOCK - 1] = 1};
    int rc = macaw_block_init(&k->a, &macaw_aes128, k_f, NULL);

    if (rc != MACAW_OK) {
        return rc;
    }
    macaw_block_encrypt(&k->a, keys, keys, 2);
    macaw_block_clear(&k->a);
    rc = macaw_block_init(&k->a, &macaw_aes128, keys, NULL);
    if (rc == MACAW_OK) {
        rc = macaw_block_init(&k->b, &macaw_aes128, keys + AES_BLOCK, NULL);
        if (rc != MACAW_OK) {
            macaw_block_clear(&k->a);
        }
    }
    macaw_wipe(keys, sizeof keys);
    return rc;
}

static int cw_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                       const char *kernel, const char **kernel_name)
{
    cw_key *k = key_state;
    int rc = macaw_poly_s_init(&k->s, secret + AES_BLOCK, kernel, true);

    (void)alg;
    (void)len;
    if (rc == MACAW_OK) {
        *kernel_name = k->s.k1.kernel->name;
        rc = expand_f(k, secret);
    }
    return rc;
}

static void cw_key_clear(const macaw_alg *alg, void *key_state)
{
    cw_key *k = key_state;

    (void)alg;
    macaw_block_clear(&k->a);
    macaw_block_clear(&k->b);
}

/* F(kF, r) */
static void mask_of(const cw_key *k, const uint8_t *nonce, uint8_t *mask)
{
    uint8_t last[AES_BLOCK];

    macaw_block_encrypt(&k->a, nonce, mask, 1);
    macaw_block_encrypt(&k->b, nonce, last, 1);
    mask[AES_BLOCK] = last[0];
    macaw_wipe(last, sizeof last);
}

static void xor_mask(uint8_t *tag, const uint8_t *mask)
{
    for (size_t i = 0; i < MACAW_POLY_S_TAG; i++) {
        tag[i] ^= mask[i];
    }
}

static int cw_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                    const uint8_t *nonce)
{
    cw_ctx *c = ctx_state;

    (void)alg;
    macaw_poly_s_start(&c->s);
    mask_of(key_state, nonce, c->mask);
    return MACAW_OK;
}

static int cw_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                     const uint8_t *data, size_t len)
{
    const cw_key *k = key_state;
    cw_ctx *c = ctx_state;

    (void)alg;
    macaw_poly_s_update(&k->s, &c->s, data, len);
    return MACAW_OK;
}

static int cw_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    const cw_key *k = key_state;
    cw_ctx *c = ctx_state;

    (void)alg;
    macaw_poly_s_finish(&k->s, &c->s, tag);
    xor_mask(tag, c->mask);
    return MACAW_OK;
}

static int cw_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                  const uint8_t *data, size_t len, uint8_t *tag)
{
    const cw_key *k = key_state;
    uint8_t mask[MACAW_POLY_S_TAG];

    (void)alg;
    mask_of(k, nonce, mask);
    macaw_poly_s_one(&k->s, data, len, tag);
    xor_mask(tag, mask);
    macaw_wipe(mask, sizeof mask);
    return MACAW_OK;
}

static const macaw_class cw_class = {
    .key_size = sizeof(cw_key),
    .ctx_size = sizeof(cw_ctx),
    .kernel = cw_kernel,
    .key_init = cw_key_init,
    .key_clear = cw_key_clear,
    .start = cw_start,
    .update = cw_update,
    .finish = cw_finish,
    .one = cw_one,
};

static const macaw_bound cw_bound = {
    .formula = "3 q^2 / 2^129 for random nonces, plus (l + 1) / 2^128 for each forgery tried",
    .source = "a third: two nonces are equal; the rest: AES twice, a permutation as a function; "
              "with a counter as nonce 2 q^2 / 2^129",
    .log2_c = 1.584962500721156,
    .q_exp = 2,
    .bits = 129};

const macaw_alg macaw_cw_aes128 = {
    .name = "cw-aes128",
    .standard = "Wegman and Carter 1981; Boneh, online cryptography course; no standard",
    .flags = MACAW_ALG_NONCE,
    .key_min = AES_BLOCK + MACAW_POLY_S_KEY,
    .key_max = AES_BLOCK + MACAW_POLY_S_KEY,
    .key_safe = AES_BLOCK + MACAW_POLY_S_KEY,
    .nonce_len = 16,
    .tag_len = MACAW_POLY_S_TAG,
    .tag_min = 9,
    .block_len = MACAW_POLY_BLOCK,
    .bound = &cw_bound,
    .cls = &cw_class,
};

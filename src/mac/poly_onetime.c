/* The one-time polynomial MAC modulo the prime q = 2^128 + 51:
 *
 *     S(m, k1, k2) = P(m, k1) + k2 modulo q
 *     P(m, x) = x^(L+1) + m[L] x^L + ... + m[2] x^2 + m[1] x
 *
 * m[1] .. m[L] are the message, one bit 1 and as many bits 0 as fill the last block
 * (a block of its own where the message fills its last one), in blocks of 16 bytes,
 * big-endian. The padding and the leading term make P injective: without the term
 * blocks of zeros at the end would go unseen, and anybody could append them.
 *
 * The tag has 17 bytes, since values reach 2^128 + 50. The key is k1 || k2, 16 bytes
 * each, so of q values the 51 from 2^128 on are never chosen. A forger who saw one tag
 * faces at least 2^128 - 51 (L+1) values of k1 that fit it, and a forgery of at most L
 * blocks is right for at most L+1 of them: (L+1) / (2^128 - 51 (L+1)) instead of
 * (L+1) / q. k1 = 0 is a key like any other: to shut it out gains nothing.
 *
 * One tag only: two under the same key give a polynomial that has k1 as a root. */
#include "mac/poly_onetime.h"

#include <string.h>

#include "base/ct.h"
#include "mac/class.h"

/* What a long update is cut into, in blocks. */
#define WHOLE_MAX ((size_t)1 << 20)

const char *macaw_poly_s_kernel(size_t i)
{
    size_t n = 0;

    while (n < i && macaw_poly_kernels[n] != NULL) {
        n++;
    }
    return macaw_poly_kernels[n] != NULL ? macaw_poly_kernels[n]->name : NULL;
}

int macaw_poly_s_init(macaw_poly_s_key *ret, const uint8_t *key, const char *kernel, bool keep)
{
    memcpy(ret->k2, key + MACAW_POLY_BLOCK, sizeof ret->k2);
    return macaw_poly_init(&ret->k1, key, kernel, keep);
}

void macaw_poly_s_start(macaw_poly_s_ctx *ctx)
{
    ctx->sum = (macaw_poly_value){{0, 0, 0}};
    ctx->power = (macaw_poly_value){{1, 0, 0}};
    ctx->held = 0;
}

/* x + m[L], the two highest terms once divided by x^L. */
static macaw_poly_value highest(const macaw_poly_s_key *key, const uint8_t *tail, size_t len)
{
    uint8_t last[MACAW_POLY_BLOCK] = {0};

    if (len > 0) {
        memcpy(last, tail, len);
    }
    last[len] = 0x80;
    macaw_poly_value h = macaw_poly_begin(&key->k1, last);
    macaw_wipe(last, sizeof last);
    return h;
}

/* n whole blocks: what they are worth by themselves, times the power they go with. */
static void absorb(const macaw_poly_s_key *key, macaw_poly_s_ctx *ctx, const uint8_t *m, size_t n)
{
    macaw_poly_value h = {{0, 0, 0}}, x_n = macaw_poly_power(&key->k1, n);

    macaw_poly_horner(&key->k1, &h, m, n);
    h = macaw_poly_times(&h, &ctx->power);
    ctx->sum = macaw_poly_plus(&ctx->sum, &h);
    ctx->power = macaw_poly_times(&ctx->power, &x_n);
}

void macaw_poly_s_update(const macaw_poly_s_key *key, macaw_poly_s_ctx *ctx, const uint8_t *data,
                         size_t len)
{
    size_t held = (size_t)ctx->held, room = MACAW_POLY_BLOCK - held;

    if (len < room) {
        memcpy(ctx->block + held, data, len);
        ctx->held += len;
        return;
    }
    if (held > 0) {
        memcpy(ctx->block + held, data, room);
        absorb(key, ctx, ctx->block, 1);
        data += room;
        len -= room;
    }
    while (len >= MACAW_POLY_BLOCK) {
        size_t n = len / MACAW_POLY_BLOCK < WHOLE_MAX ? len / MACAW_POLY_BLOCK : WHOLE_MAX;
        absorb(key, ctx, data, n);
        data += n * MACAW_POLY_BLOCK;
        len -= n * MACAW_POLY_BLOCK;
    }
    memcpy(ctx->block, data, len);
    ctx->held = len;
}

void macaw_poly_s_finish(const macaw_poly_s_key *key, macaw_poly_s_ctx *ctx, uint8_t *tag)
{
    macaw_poly_value h = highest(key, ctx->block, (size_t)ctx->held);

    h = macaw_poly_times(&h, &ctx->power);
    h = macaw_poly_plus(&ctx->sum, &h);
    macaw_poly_step(&key->k1, &h, key->k2);
    macaw_poly_residue(&h, tag);
}

void macaw_poly_s_one(const macaw_poly_s_key *key, const uint8_t *data, size_t len, uint8_t *tag)
{
    size_t n = len / MACAW_POLY_BLOCK, tail = len % MACAW_POLY_BLOCK;
    macaw_poly_value h = highest(key, tail > 0 ? data + len - tail : NULL, tail);

    if (n > 0) {
        macaw_poly_horner(&key->k1, &h, data, n);
    }
    macaw_poly_step(&key->k1, &h, key->k2);
    macaw_poly_residue(&h, tag);
}

/* ---- the algorithm ---- */

static const char *kernel_name(const macaw_alg *alg, size_t i)
{
    (void)alg;
    return macaw_poly_s_kernel(i);
}

static int key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                    const char *kernel, const char **name)
{
    macaw_poly_s_key *k = key_state;
    int rc = macaw_poly_s_init(k, secret, kernel, false);

    (void)alg;
    (void)len;
    if (rc == MACAW_OK) {
        *name = k->k1.kernel->name;
    }
    return rc;
}

static int start(const macaw_alg *alg, const void *key_state, void *ctx_state, const uint8_t *nonce)
{
    (void)alg;
    (void)key_state;
    (void)nonce;
    macaw_poly_s_start(ctx_state);
    return MACAW_OK;
}

static int update(const macaw_alg *alg, const void *key_state, void *ctx_state, const uint8_t *data,
                  size_t len)
{
    (void)alg;
    macaw_poly_s_update(key_state, ctx_state, data, len);
    return MACAW_OK;
}

static int finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    (void)alg;
    macaw_poly_s_finish(key_state, ctx_state, tag);
    return MACAW_OK;
}

static int one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
               const uint8_t *data, size_t len, uint8_t *tag)
{
    (void)alg;
    (void)nonce;
    macaw_poly_s_one(key_state, data, len, tag);
    return MACAW_OK;
}

_Static_assert(sizeof(macaw_poly_s_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

static const macaw_class onetime_class = {
    .key_size = sizeof(macaw_poly_s_key),
    .ctx_size = sizeof(macaw_poly_s_ctx),
    .kernel = kernel_name,
    .key_init = key_init,
    .start = start,
    .update = update,
    .finish = finish,
    .one = one,
};

static const macaw_bound onetime_bound = {
    .formula = "(l + 1) / 2^128 for the one message, of l blocks with its padding",
    .source = "a polynomial of degree l + 1 has at most l + 1 roots",
    .l_exp = 1,
    .bits = 128};

const macaw_alg macaw_poly_onetime = {
    .name = "poly-onetime",
    .standard = "Boneh, online cryptography course, one-time MAC; no standard",
    .flags = MACAW_ALG_ONE_TIME,
    .key_min = MACAW_POLY_S_KEY,
    .key_max = MACAW_POLY_S_KEY,
    .key_safe = MACAW_POLY_S_KEY,
    .tag_len = MACAW_POLY_S_TAG,
    .tag_min = MACAW_POLY_S_TAG,
    .block_len = MACAW_POLY_BLOCK,
    .bound = &onetime_bound,
    .cls = &onetime_class,
};

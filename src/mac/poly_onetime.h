/* The one-time MAC S(m, k1, k2) = P(m, k1) + k2 modulo 2^128 + 51, as a part of
 * constructions. */
#ifndef MACAW_MAC_POLY_ONETIME_H
#define MACAW_MAC_POLY_ONETIME_H

#include "prim/poly.h"

#define MACAW_POLY_S_KEY 32 /* bytes: k1 || k2 */
#define MACAW_POLY_S_TAG MACAW_POLY_RESIDUE

typedef struct macaw_poly_s_key {
    macaw_poly_point k1;
    uint8_t k2[MACAW_POLY_BLOCK];
} macaw_poly_s_key;

/* P of the whole blocks so far, and the power that the next block goes with. */
typedef struct macaw_poly_s_ctx {
    macaw_poly_value sum, power;
    uint64_t held;
    uint8_t block[MACAW_POLY_BLOCK];
} macaw_poly_s_ctx;

/* keep: the key is for many messages. MACAW_ENOTFOUND, MACAW_EUNAVAILABLE: kernel. */
int macaw_poly_s_init(macaw_poly_s_key *ret, const uint8_t *key, const char *kernel, bool keep);
void macaw_poly_s_start(macaw_poly_s_ctx *ctx);
void macaw_poly_s_update(const macaw_poly_s_key *key, macaw_poly_s_ctx *ctx, const uint8_t *data,
                         size_t len);
void macaw_poly_s_finish(const macaw_poly_s_key *key, macaw_poly_s_ctx *ctx, uint8_t *tag);
void macaw_poly_s_one(const macaw_poly_s_key *key, const uint8_t *data, size_t len, uint8_t *tag);

/* The i-th kernel's name. */
const char *macaw_poly_s_kernel(size_t i);

#endif

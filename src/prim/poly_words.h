/* Arithmetic modulo q = 2^128 + 51 on 64-bit words, in constant time.
 *
 * 2^128 is -51 modulo q, so the part of a number above 2^128 is taken out by
 * subtracting 51 times it from the part below. That may borrow by a little; the
 * borrow, again a multiple of 2^128 but a negative one, comes back as an addition of
 * 51 times it. So every result is below 2^128 + 2^20, and never negative: its w[2] is
 * 0 or 1. */
#ifndef MACAW_PRIM_POLY_WORDS_H
#define MACAW_PRIM_POLY_WORDS_H

#include "base/bytes.h"
#include "prim/poly.h"

#define MACAW_POLY_EXCESS 51 /* q - 2^128 */

__extension__ typedef unsigned __int128 macaw_u128;

/* lo + 2^128 high modulo q; high[2] < 2^12. */
static inline macaw_poly_value macaw_poly_fold(const uint64_t lo[2], const uint64_t high[3])
{
    macaw_u128 s0 = (macaw_u128)high[0] * MACAW_POLY_EXCESS;
    macaw_u128 s1 = (macaw_u128)high[1] * MACAW_POLY_EXCESS + (uint64_t)(s0 >> 64);
    uint64_t over = high[2] * MACAW_POLY_EXCESS + (uint64_t)(s1 >> 64);
    macaw_u128 d = (macaw_u128)lo[0] - (uint64_t)s0;
    macaw_poly_value r;

    r.w[0] = (uint64_t)d;
    d = (macaw_u128)lo[1] - (uint64_t)s1 - ((uint64_t)(d >> 64) & 1);
    over += (uint64_t)(d >> 64) & 1;
    macaw_u128 t = (macaw_u128)r.w[0] + over * MACAW_POLY_EXCESS;
    r.w[0] = (uint64_t)t;
    t = (macaw_u128)(uint64_t)d + (uint64_t)(t >> 64);
    r.w[1] = (uint64_t)t;
    r.w[2] = (uint64_t)(t >> 64);
    return r;
}

/* A sum of products, up to 2^10 of them, by the word that each half of a product of
 * words goes to: carries are for the end. */
typedef struct macaw_poly_sum {
    macaw_u128 w[4];
    uint64_t w4;
} macaw_poly_sum;

/* sum += a b, b->w[2] at most 1. */
static inline void macaw_poly_add_product(macaw_poly_sum *sum, const macaw_poly_value *a,
                                          const macaw_poly_value *b)
{
    const uint64_t *x = a->w, *y = b->w;
    const uint64_t mask = 0 - y[2];
    const macaw_u128 low = (macaw_u128)x[0] * y[0], top = (macaw_u128)x[1] * y[1];
    const macaw_u128 left = (macaw_u128)x[0] * y[1], right = (macaw_u128)x[1] * y[0];

    sum->w[0] += (uint64_t)low;
    sum->w[1] += (uint64_t)(low >> 64);
    sum->w[1] += (uint64_t)left;
    sum->w[1] += (uint64_t)right;
    sum->w[2] += (uint64_t)(left >> 64);
    sum->w[2] += (uint64_t)(right >> 64);
    sum->w[2] += (uint64_t)top;
    sum->w[2] += x[0] & mask;
    sum->w[2] += (macaw_u128)x[2] * y[0];
    sum->w[3] += (uint64_t)(top >> 64);
    sum->w[3] += x[1] & mask;
    sum->w[3] += (macaw_u128)x[2] * y[1];
    sum->w4 += x[2] & mask;
}

static inline macaw_poly_value macaw_poly_reduce(const macaw_poly_sum *sum)
{
    macaw_u128 w1 = sum->w[1] + (uint64_t)(sum->w[0] >> 64);
    macaw_u128 w2 = sum->w[2] + (uint64_t)(w1 >> 64);
    macaw_u128 w3 = sum->w[3] + (uint64_t)(w2 >> 64);
    const uint64_t lo[2] = {(uint64_t)sum->w[0], (uint64_t)w1};
    const uint64_t high[3] = {(uint64_t)w2, (uint64_t)w3, sum->w4 + (uint64_t)(w3 >> 64)};

    return macaw_poly_fold(lo, high);
}

/* a b, b->w[2] at most 1. */
static inline macaw_poly_value macaw_poly_mul(const macaw_poly_value *a, const macaw_poly_value *b)
{
    macaw_poly_sum sum = {{0, 0, 0, 0}, 0};

    macaw_poly_add_product(&sum, a, b);
    return macaw_poly_reduce(&sum);
}

static inline macaw_poly_value macaw_poly_x(const macaw_poly_point *point)
{
    return (macaw_poly_value){{point->x[0], point->x[1], 0}};
}

/* h += c */
static inline void macaw_poly_add_block(macaw_poly_value *h, const uint8_t *c)
{
    macaw_u128 t = (macaw_u128)h->w[0] + macaw_load_be64(c + 8);

    h->w[0] = (uint64_t)t;
    t = (macaw_u128)h->w[1] + macaw_load_be64(c) + (uint64_t)(t >> 64);
    h->w[1] = (uint64_t)t;
    h->w[2] += (uint64_t)(t >> 64);
}

static inline macaw_poly_value macaw_poly_load_block(const uint8_t *c)
{
    return (macaw_poly_value){{macaw_load_be64(c + 8), macaw_load_be64(c), 0}};
}

/* What the portable kernel does, and any kernel with few blocks. */
void macaw_poly_horner_words(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m,
                             size_t n);

extern const macaw_poly_kernel macaw_poly_portable, macaw_poly_ifma;

#endif

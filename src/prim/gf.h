/* Blocks as elements of a binary field: GF(2^128) modulo x^128 + x^7 + x^2 + x + 1
 * and GF(2^64) modulo x^64 + x^4 + x^3 + x + 1. The first bit of the first byte is
 * the highest coefficient, as CMAC and PMAC have it (SP 800-38B section 5.3); GCM
 * reads the same bits in the other direction. What an operation costs depends on no
 * secret. */
#ifndef MACAW_PRIM_GF_H
#define MACAW_PRIM_GF_H

#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

typedef struct macaw_gf128 {
    uint64_t hi, lo;
} macaw_gf128;

#define MACAW_GF128_POLY UINT64_C(0x87) /* x^7 + x^2 + x + 1 */

static inline macaw_gf128 macaw_gf128_load(const uint8_t *block)
{
    return (macaw_gf128){macaw_load_be64(block), macaw_load_be64(block + 8)};
}

/* By one store of 16 bytes: kernels load the block as a whole, and a load that two
 * stores have to answer waits for both to reach the cache. */
static inline void macaw_gf128_store(uint8_t *block, macaw_gf128 a)
{
    typedef uint64_t whole __attribute__((vector_size(16)));
    const whole v = {MACAW_BE64(a.hi), MACAW_BE64(a.lo)};

    memcpy(block, &v, sizeof v);
}

static inline macaw_gf128 macaw_gf128_add(macaw_gf128 a, macaw_gf128 b)
{
    return (macaw_gf128){a.hi ^ b.hi, a.lo ^ b.lo};
}

static inline macaw_gf128 macaw_gf128_times_x(macaw_gf128 a)
{
    uint64_t carry = -(a.hi >> 63);

    return (macaw_gf128){a.hi << 1 | a.lo >> 63, a.lo << 1 ^ (carry & MACAW_GF128_POLY)};
}

/* The inverse of times_x. */
static inline macaw_gf128 macaw_gf128_over_x(macaw_gf128 a)
{
    uint64_t odd = -(a.lo & 1);

    a.lo ^= odd & MACAW_GF128_POLY;
    return (macaw_gf128){a.hi >> 1 | (odd & UINT64_C(1) << 63), a.lo >> 1 | a.hi << 63};
}

/* The product; only a may be secret. */
macaw_gf128 macaw_gf128_times_public(macaw_gf128 a, macaw_gf128 b);

/* x to a public power. */
macaw_gf128 macaw_gf128_power_of_x(uint64_t n);

/* Times x for blocks of 8 or 16 bytes; out and in may be equal. */
void macaw_block_times_x(uint8_t *out, const uint8_t *in, size_t block_len);

#endif

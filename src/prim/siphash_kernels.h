/* What the kernels share. */
#ifndef MACAW_PRIM_SIPHASH_KERNELS_H
#define MACAW_PRIM_SIPHASH_KERNELS_H

#include "base/bytes.h"
#include "prim/siphash.h"

extern const macaw_siphash_kernel macaw_siphash_portable, macaw_siphash_avx512;

/* n < 8 bytes as the low end of a word. */
static inline uint64_t macaw_siphash_few(const uint8_t *p, size_t n)
{
    uint64_t word = 0;

    for (size_t i = n; i-- > 0;) {
        word = word << 8 | p[i];
    }
    return word;
}

/* The last word of a message of n bytes: those that fill no word, and n. */
static inline uint64_t macaw_siphash_last(const uint8_t *p, size_t n)
{
    unsigned rest = (unsigned)(n % 8);

    if (rest == 0) {
        return (uint64_t)n << 56;
    }
    if (n < 8) {
        return macaw_siphash_few(p, n) | (uint64_t)n << 56;
    }
    return macaw_load_le64(p + n - 8) >> (64 - 8 * rest) | (uint64_t)n << 56;
}

#endif

/* Character classes without branches or tables, for codecs that see secrets. */
#ifndef MACAW_BASE_CT_ASCII_H
#define MACAW_BASE_CT_ASCII_H

#include <stdint.h>

/* All ones if lo <= c <= hi, else 0; all three 0..255. */
static inline uint32_t macaw_in_range(uint32_t c, uint32_t lo, uint32_t hi)
{
    return ~(0u - (((c - lo) | (hi - c)) >> 31));
}

/* v is 0..15. */
static inline char macaw_hex_digit(uint32_t v)
{
    return (char)('0' + v + (macaw_in_range(v, 10, 15) & ('a' - '0' - 10)));
}

#endif

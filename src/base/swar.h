/* Eight bytes at once in a plain 64-bit integer. */
#ifndef MACAW_BASE_SWAR_H
#define MACAW_BASE_SWAR_H

#include <stdint.h>

/* The same byte in all eight places. */
#define MACAW_SWAR(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bit 7 of every byte of the result: whether lo <= byte <= hi, both 1..126.
 * Bytes over 127 are in no range. */
static inline uint64_t macaw_swar_in_range(uint64_t x, uint64_t lo, uint64_t hi)
{
    uint64_t low7 = x & MACAW_SWAR(0x7f);
    uint64_t from = low7 + MACAW_SWAR(0x80 - lo); /* no carry leaves a byte */
    uint64_t past = low7 + MACAW_SWAR(0x7f - hi);

    return from & ~past & ~x & MACAW_SWAR(0x80);
}

#endif

/* Sixteen hexadecimal digits at once, without branches. */
#ifndef MACAW_BASE_HEX_WIDE_H
#define MACAW_BASE_HEX_WIDE_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/swar.h"

#ifdef __SSE2__

#include <emmintrin.h>

/* Bytes of x in lo..hi, both under 128; larger bytes are negative here. */
static inline __m128i macaw_hex_in_range(__m128i x, char lo, char hi)
{
    return _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8((char)(lo - 1))),
                         _mm_cmplt_epi8(x, _mm_set1_epi8((char)(hi + 1))));
}

/* Eight bytes to out; nonzero if a character is no digit. */
static inline uint64_t macaw_hex_decode16(uint8_t *out, const unsigned char *in)
{
    __m128i x = _mm_loadu_si128((const __m128i *)(const void *)in);
    __m128i letter = macaw_hex_in_range(x, 'a', 'f');
    __m128i good = _mm_or_si128(letter, macaw_hex_in_range(x, '0', '9'));
    __m128i v = _mm_add_epi8(_mm_and_si128(x, _mm_set1_epi8(0x0f)),
                             _mm_and_si128(letter, _mm_set1_epi8(9)));
    /* A pair of digits is a 16-bit lane, the first in its low byte. */
    v = _mm_or_si128(_mm_slli_epi16(v, 4), _mm_srli_epi16(v, 8));
    v = _mm_packus_epi16(_mm_and_si128(v, _mm_set1_epi16(0xff)), v);
    _mm_storel_epi64((__m128i *)(void *)out, v);
    return (uint64_t)_mm_movemask_epi8(good) ^ 0xffff;
}

#else

static inline uint64_t macaw_hex_decode8(uint8_t *out, const unsigned char *in)
{
    uint64_t x = macaw_load_le64(in);
    uint64_t digit = macaw_swar_in_range(x, '0', '9');
    uint64_t letter = macaw_swar_in_range(x, 'a', 'f');
    uint64_t v = (x & MACAW_SWAR(0x0f)) + (letter >> 7) * 9;

    v = (v << 4 | v >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
    macaw_store_le32(out, (uint32_t)(v | v >> 16));
    return (digit | letter) ^ MACAW_SWAR(0x80);
}

static inline uint64_t macaw_hex_decode16(uint8_t *out, const unsigned char *in)
{
    return macaw_hex_decode8(out, in) | macaw_hex_decode8(out + 4, in + 8);
}

#endif
#endif

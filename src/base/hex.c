#include "base/codec.h"

#include "base/bytes.h"
#include "base/ct_ascii.h"
#include "base/hex_wide.h"

/* Four bytes into eight digits. */
static void encode4(char *out, const uint8_t *in)
{
    const uint64_t low = UINT64_C(0x000f000f000f000f);
    uint64_t x = macaw_load_le32(in);

    x = (x | x << 16) & UINT64_C(0x0000ffff0000ffff);
    x = (x | x << 8) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x >> 4 & low) | (x & low) << 8;
    uint64_t letter = (x + MACAW_SWAR(6)) >> 4 & MACAW_SWAR(1);
    macaw_store_le64(out, x + MACAW_SWAR('0') + letter * ('a' - '0' - 10));
}

void macaw_hex_encode(char *out, const void *in, size_t n)
{
    const uint8_t *p = in;

    for (; n >= 4; n -= 4, p += 4, out += 8) {
        encode4(out, p);
    }
    for (; n > 0; n--, p++) {
        *out++ = macaw_hex_digit(*p >> 4);
        *out++ = macaw_hex_digit(*p & 15);
    }
}

/* 0..15 for a digit, an integer with bit 8 set for anything else. */
static uint32_t nibble(unsigned char c)
{
    uint32_t digit = macaw_in_range(c, '0', '9');
    uint32_t letter = macaw_in_range(c, 'a', 'f');

    return (digit & (uint32_t)(c - '0')) | (letter & (uint32_t)(c - 'a' + 10)) |
           (~(digit | letter) & 0x100);
}

/* Only a malformed input is searched; its digits are no secret of ours. */
static size_t first_wrong(const unsigned char *p, size_t n)
{
    size_t i = 0;

    while (i < n && nibble(p[i]) < 0x100) {
        i++;
    }
    return i;
}

int macaw_hex_decode(uint8_t *out, const char *in, size_t n, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)in;
    uint64_t wrong = n % 2;
    size_t i = 0;

    for (; n - i >= 16; i += 16) {
        uint8_t eight[8];
        wrong |= macaw_hex_decode16(eight, p + i);
        if (out != NULL) {
            memcpy(out + i / 2, eight, sizeof eight);
        }
    }
    for (; n - i >= 2; i += 2) {
        uint32_t high = nibble(p[i]), low = nibble(p[i + 1]);
        wrong |= (high | low) & 0x100;
        if (out != NULL) {
            out[i / 2] = (uint8_t)(high << 4 | (low & 15));
        }
    }
    if (wrong == 0) {
        return MACAW_OK;
    }
    if (bad != NULL) {
        *bad = first_wrong(p, n);
    }
    return MACAW_EFORMAT;
}

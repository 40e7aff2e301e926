#include "base/codec.h"

#include "base/ct_ascii.h"

void macaw_hex_encode(char *out, const void *in, size_t n)
{
    const uint8_t *p = in;

    for (size_t i = 0; i < n; i++) {
        out[2 * i] = macaw_hex_digit(p[i] >> 4);
        out[2 * i + 1] = macaw_hex_digit(p[i] & 15);
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

int macaw_hex_decode(uint8_t *out, const char *in, size_t n, size_t *bad)
{
    const unsigned char *p = (const unsigned char *)in;
    size_t first_bad = n;
    uint32_t wrong = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t v = nibble(p[i]);
        /* Only a malformed input branches here; its digits are no secret of ours. */
        if ((v & 0x100) != 0 && first_bad == n) {
            first_bad = i;
        }
        wrong |= v;
        if (out != NULL && i / 2 < n / 2) {
            out[i / 2] = (uint8_t)(i % 2 == 0 ? v << 4 : out[i / 2] | (v & 15));
        }
    }
    if ((wrong & 0x100) == 0 && n % 2 == 0) {
        return MACAW_OK;
    }
    if (bad != NULL) {
        *bad = first_bad;
    }
    return MACAW_EFORMAT;
}

#include <stdbool.h>

#include "base/utf8.h"

/* RFC 3629 section 4: what may follow a lead byte. */
static const struct sequence {
    uint8_t lead_min, lead_max;
    uint8_t second_min, second_max;
    uint8_t len;
} sequences[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool fits(const struct sequence *s, const uint8_t *p, size_t left)
{
    if (left < s->len || p[1] < s->second_min || p[1] > s->second_max) {
        return false;
    }
    for (size_t i = 2; i < s->len; i++) {
        if ((p[i] & 0xc0) != 0x80) {
            return false;
        }
    }
    return true;
}

size_t macaw_utf8_length(const char *p, size_t left)
{
    const uint8_t *bytes = (const uint8_t *)p;

    if (bytes[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < sizeof sequences / sizeof *sequences; i++) {
        const struct sequence *s = &sequences[i];
        if (bytes[0] >= s->lead_min && bytes[0] <= s->lead_max) {
            return fits(s, bytes, left) ? s->len : 0;
        }
    }
    return 0;
}

size_t macaw_utf8_write(uint32_t scalar, char out[4])
{
    static const uint8_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; scalar >>= 6) {
        out[i] = (char)(0x80 | (scalar & 0x3f));
    }
    out[0] = (char)(marks[len] | scalar);
    return len;
}

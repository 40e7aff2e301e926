#include <stdbool.h>

#include "base/codec.h"
#include "base/ct_ascii.h"

static bool padded(macaw_base64_kind kind)
{
    return kind == MACAW_BASE64;
}

static uint32_t char62(macaw_base64_kind kind)
{
    return kind == MACAW_BASE64 ? '+' : '-';
}

static uint32_t char63(macaw_base64_kind kind)
{
    return kind == MACAW_BASE64 ? '/' : '_';
}

/* v is 0..63. */
static char encode6(macaw_base64_kind kind, uint32_t v)
{
    return (char)((macaw_in_range(v, 0, 25) & ('A' + v)) |
                  (macaw_in_range(v, 26, 51) & ('a' + v - 26)) |
                  (macaw_in_range(v, 52, 61) & ('0' + v - 52)) |
                  (macaw_in_range(v, 62, 62) & char62(kind)) |
                  (macaw_in_range(v, 63, 63) & char63(kind)));
}

/* 0..63, or an integer with bit 8 set. */
static uint32_t decode6(macaw_base64_kind kind, unsigned char c)
{
    uint32_t upper = macaw_in_range(c, 'A', 'Z');
    uint32_t lower = macaw_in_range(c, 'a', 'z');
    uint32_t digit = macaw_in_range(c, '0', '9');
    uint32_t is62 = macaw_in_range(c, char62(kind), char62(kind));
    uint32_t is63 = macaw_in_range(c, char63(kind), char63(kind));

    return (upper & (uint32_t)(c - 'A')) | (lower & (uint32_t)(c - 'a' + 26)) |
           (digit & (uint32_t)(c - '0' + 52)) | (is62 & 62) | (is63 & 63) |
           (~(upper | lower | digit | is62 | is63) & 0x100);
}

size_t macaw_base64_encode(macaw_base64_kind kind, char *out, const void *in, size_t n)
{
    const uint8_t *p = in;
    char *o = out;
    uint32_t acc = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < n; i++) {
        acc = acc << 8 | p[i];
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            *o++ = encode6(kind, acc >> bits & 63);
        }
    }
    if (bits > 0) {
        *o++ = encode6(kind, acc << (6 - bits) & 63);
    }
    while (padded(kind) && (o - out) % 4 != 0) {
        *o++ = '=';
    }
    return (size_t)(o - out);
}

/* How many characters before the padding; wrong padding is seen by the caller,
 * because "=" is in no alphabet. */
static size_t body_length(macaw_base64_kind kind, const char *in, size_t n)
{
    if (!padded(kind) || n % 4 != 0 || n == 0 || in[n - 1] != '=') {
        return n;
    }
    return in[n - 2] == '=' ? n - 2 : n - 1;
}

/* Only a malformed input is searched; it is no secret of ours. */
static size_t first_wrong(macaw_base64_kind kind, const char *in, size_t n)
{
    size_t i = 0;

    while (i < n && decode6(kind, (unsigned char)in[i]) < 0x100) {
        i++;
    }
    return i;
}

int macaw_base64_decode(macaw_base64_kind kind, uint8_t *out, size_t *out_len, const char *in,
                        size_t n, size_t *bad)
{
    size_t body = body_length(kind, in, n);
    bool length_ok = padded(kind) ? n % 4 == 0 : n % 4 != 1;
    size_t len = 0;
    uint32_t acc = 0, wrong = 0;
    unsigned bits = 0;

    for (size_t i = 0; i < body; i++) {
        uint32_t v = decode6(kind, (unsigned char)in[i]);
        wrong |= v & 0x100;
        acc = acc << 6 | (v & 63);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[len++] = (uint8_t)(acc >> bits);
        }
    }
    wrong |= acc & ((1u << bits) - 1);
    if (length_ok && wrong == 0) {
        *out_len = len;
        return MACAW_OK;
    }
    if (bad != NULL) {
        size_t first = first_wrong(kind, in, body);
        *bad = first < body ? first : length_ok && body > 0 ? body - 1 : n;
    }
    return MACAW_EFORMAT;
}

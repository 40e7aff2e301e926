#include <stdbool.h>

#include "base/bytes.h"
#include "base/codec.h"
#include "base/ct_ascii.h"
#include "base/swar.h"

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

/* Where range has bit 7 set, the byte of x minus from plus to, which is under 64; else 0. */
static uint64_t shift_range(uint64_t x, uint64_t range, uint64_t from, uint64_t to)
{
    uint64_t mask = (range >> 7) * 0xff;

    return (x & mask) - (MACAW_SWAR(from) & mask) + (MACAW_SWAR(to) & mask);
}

/* Eight characters into six bytes; nonzero if one is in no alphabet. */
static uint64_t decode8(macaw_base64_kind kind, uint8_t *out, const char *in)
{
    const uint32_t c62 = char62(kind), c63 = char63(kind);
    uint64_t x = macaw_load_le64(in);
    uint64_t upper = macaw_swar_in_range(x, 'A', 'Z');
    uint64_t lower = macaw_swar_in_range(x, 'a', 'z');
    uint64_t digit = macaw_swar_in_range(x, '0', '9');
    uint64_t is62 = macaw_swar_in_range(x, c62, c62);
    uint64_t is63 = macaw_swar_in_range(x, c63, c63);
    uint64_t v = shift_range(x, upper, 'A', 0) | shift_range(x, lower, 'a', 26) |
                 shift_range(x, digit, '0', 52) | shift_range(x, is62, c62, 62) |
                 shift_range(x, is63, c63, 63);
    uint8_t eight[8];

    /* The first character is the low byte; pairs grow to 12, 24 and 48 bits. */
    v = (v & UINT64_C(0x00ff00ff00ff00ff)) << 6 | (v >> 8 & UINT64_C(0x00ff00ff00ff00ff));
    v = (v & UINT64_C(0x0000ffff0000ffff)) << 12 | (v >> 16 & UINT64_C(0x0000ffff0000ffff));
    v = (v & 0xffffffff) << 24 | v >> 32;
    macaw_store_be64(eight, v << 16);
    memcpy(out, eight, 6);
    return (upper | lower | digit | is62 | is63) ^ MACAW_SWAR(0x80);
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
    size_t i = 0, len = 0;
    uint64_t wrong = 0;
    uint32_t acc = 0;
    unsigned bits = 0;

    for (; body - i >= 8; i += 8, len += 6) {
        wrong |= decode8(kind, out + len, in + i);
    }
    for (; i < body; i++) {
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

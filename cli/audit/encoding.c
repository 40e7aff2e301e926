/* How a tag may be spelled. A cut spelling counts: cut bytes in whole, or cut text. */
#include <string.h>

#include "audit.h"

/* ---- digits ---- */

static const char hex_lower[] = "0123456789abcdef";
static const char hex_upper[] = "0123456789ABCDEF";
static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Digits of bits bits each; what is left under a byte at the end is dropped. */
static bool decode_digits(const char *digits, unsigned bits, const char *text, size_t len,
                          uint8_t *raw, size_t *raw_len)
{
    uint32_t acc = 0;
    unsigned held = 0;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        if (digit == NULL) {
            return false;
        }
        acc = acc << bits | (uint32_t)(digit - digits);
        held += bits;
        if (held >= 8) {
            held -= 8;
            raw[n++] = (uint8_t)(acc >> held);
        }
    }
    *raw_len = n;
    return true;
}

static size_t encode_digits(const char *digits, unsigned bits, const uint8_t *raw, size_t len,
                            char *text)
{
    uint32_t acc = 0;
    unsigned held = 0;
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        acc = acc << 8 | raw[i];
        for (held += 8; held >= bits; n++) {
            held -= bits;
            text[n] = digits[acc >> held & ((1u << bits) - 1)];
        }
    }
    if (held > 0) {
        text[n++] = digits[acc << (bits - held) & ((1u << bits) - 1)];
    }
    return n;
}

static size_t without_padding(const char *text, size_t len)
{
    size_t n = len;

    while (n > 0 && len - n < 2 && text[n - 1] == '=') {
        n--;
    }
    return n;
}

static size_t pad(char *text, size_t n)
{
    while (n % 4 != 0) {
        text[n++] = '=';
    }
    return n;
}

/* ---- the spellings ---- */

static bool decode_lower(const char *text, size_t len, uint8_t *raw, size_t *raw_len)
{
    return decode_digits(hex_lower, 4, text, len, raw, raw_len);
}

static size_t encode_lower(const uint8_t *raw, size_t len, char *text)
{
    return encode_digits(hex_lower, 4, raw, len, text);
}

static bool decode_upper(const char *text, size_t len, uint8_t *raw, size_t *raw_len)
{
    return decode_digits(hex_upper, 4, text, len, raw, raw_len);
}

static size_t encode_upper(const uint8_t *raw, size_t len, char *text)
{
    return encode_digits(hex_upper, 4, raw, len, text);
}

static bool decode_base64(const char *text, size_t len, uint8_t *raw, size_t *raw_len)
{
    return decode_digits(base64, 6, text, without_padding(text, len), raw, raw_len);
}

static size_t encode_base64_bare(const uint8_t *raw, size_t len, char *text)
{
    return encode_digits(base64, 6, raw, len, text);
}

static size_t encode_base64(const uint8_t *raw, size_t len, char *text)
{
    return pad(text, encode_base64_bare(raw, len, text));
}

static bool decode_base64url(const char *text, size_t len, uint8_t *raw, size_t *raw_len)
{
    return decode_digits(base64url, 6, text, without_padding(text, len), raw, raw_len);
}

static size_t encode_base64url_bare(const uint8_t *raw, size_t len, char *text)
{
    return encode_digits(base64url, 6, raw, len, text);
}

static size_t encode_base64url(const uint8_t *raw, size_t len, char *text)
{
    return pad(text, encode_base64url_bare(raw, len, text));
}

/* What a program gets that encodes the printed digest instead of the bytes. */
static bool decode_twice(const char *text, size_t len, uint8_t *raw, size_t *raw_len)
{
    uint8_t inner[AUDIT_TEXT_MAX];
    size_t n;

    return decode_base64(text, len, inner, &n) &&
           decode_lower((const char *)inner, n, raw, raw_len);
}

static size_t encode_twice(const uint8_t *raw, size_t len, char *text)
{
    char inner[2 * MACAW_TAG_MAX];
    size_t n = encode_lower(raw, len, inner);

    return encode_base64((const uint8_t *)inner, n, text);
}

static const audit_encoding encodings[AUDIT_ENCODINGS] = {
    {"hexadecimal, lower case", decode_lower, encode_lower},
    {"hexadecimal, upper case", decode_upper, encode_upper},
    {"base64", decode_base64, encode_base64},
    {"base64 without padding", decode_base64, encode_base64_bare},
    {"base64url", decode_base64url, encode_base64url},
    {"base64url without padding", decode_base64url, encode_base64url_bare},
    {"base64 of the hexadecimal digits", decode_twice, encode_twice},
};

/* ---- reading and comparing ---- */

/* Base64 without a digit outside 0-9a-f is that rare: (16 / 64)^32. */
static bool is_surely_hex(const audit_tag *tag, size_t len)
{
    return len >= 32 && tag->count > 0 && tag->readings[0].len == len / 2;
}

bool audit_tag_read(audit_tag *ret, const char *text, size_t len, size_t raw_min)
{
    *ret = (audit_tag){.text = text, .text_len = len};
    if (len > AUDIT_TEXT_MAX) {
        return false;
    }
    for (size_t i = 0; i < AUDIT_ENCODINGS && encodings[i].name != NULL; i++) {
        audit_reading *reading = &ret->readings[ret->count];
        if (is_surely_hex(ret, len)) {
            break;
        }
        if (encodings[i].decode(text, len, reading->raw, &reading->len) &&
            reading->len >= raw_min && reading->len <= MACAW_TAG_MAX) {
            reading->encoding = &encodings[i];
            ret->count++;
        }
    }
    return ret->count > 0;
}

bool audit_tag_fits(const audit_tag *tag, size_t full, bool cut)
{
    for (size_t i = 0; i < tag->count; i++) {
        if (tag->readings[i].len == full || (cut && tag->readings[i].len < full)) {
            return true;
        }
    }
    return false;
}

/* The bytes agree: is this how the encoding spells them, or, where cut, begins to
 * spell the whole tag? */
static bool spells(const audit_tag *tag, const audit_reading *reading, const uint8_t *full,
                   size_t len, bool cut)
{
    char text[AUDIT_TEXT_MAX];
    size_t n = reading->encoding->encode(full, cut ? len : reading->len, text);

    return (cut ? n >= tag->text_len : n == tag->text_len) &&
           memcmp(text, tag->text, tag->text_len) == 0;
}

static const audit_reading *match(const audit_tag *tag, const uint8_t *full, size_t len, bool cut)
{
    for (size_t i = 0; i < tag->count; i++) {
        const audit_reading *reading = &tag->readings[i];
        if (reading->len <= len && memcmp(reading->raw, full, reading->len) == 0 &&
            spells(tag, reading, full, len, cut)) {
            return reading;
        }
    }
    return NULL;
}

const audit_reading *audit_tag_match(const audit_tag *tag, const uint8_t *full, size_t len)
{
    const audit_reading *whole = match(tag, full, len, false);

    return whole != NULL ? whole : match(tag, full, len, true);
}

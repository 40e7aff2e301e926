/* Strings of JSON (RFC 8259 section 7). */
#include <string.h>

#include "base/utf8.h"
#include "session/json.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four digits at p. */
static bool read_unit(const char *p, const char *end, uint32_t *ret)
{
    uint32_t unit = 0;

    if (end - p < 4) {
        return false;
    }
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_value(p[i]);
        if (digit < 0) {
            return false;
        }
        unit = unit << 4 | (uint32_t)digit;
    }
    *ret = unit;
    return true;
}

/* After the backslash. */
static bool scan_escape(const char **at, const char *end)
{
    uint32_t unit;

    if (*at == end) {
        return false;
    }
    char c = *(*at)++;
    if (c != 'u') {
        return c != '\0' && strchr("\"\\/bfnrt", c) != NULL;
    }
    if (!read_unit(*at, end, &unit)) {
        return false;
    }
    *at += 4;
    return true;
}

bool macaw_json_string(const char **at, const char *end, macaw_str *ret)
{
    const char *p = *at;

    if (p == end || *p++ != '"') {
        return false;
    }
    const char *start = p;
    while (p < end && *p != '"') {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c < 0x7f && c != '\\') {
            p++; /* nearly always */
            continue;
        }
        size_t len = macaw_utf8_length(p, (size_t)(end - p));
        if (c < 0x20 || len == 0) {
            return false;
        }
        p += len;
        if (c == '\\' && !scan_escape(&p, end)) {
            return false;
        }
    }
    if (p == end) {
        return false;
    }
    *ret = (macaw_str){start, (size_t)(p - start)};
    *at = p + 1;
    return true;
}

/* An escape of two surrogates at p, "\uD8xx\uDCxx", or one of another unit. Returns
 * the length as written, 0 for half a pair. */
static size_t unicode_escape(const char *p, const char *end, uint32_t *ret)
{
    uint32_t high = 0, low = 0;

    (void)read_unit(p + 2, end, &high);
    if (high < 0xd800 || high > 0xdfff) {
        *ret = high;
        return 6;
    }
    if (high > 0xdbff || end - p < 12 || p[6] != '\\' || p[7] != 'u' ||
        !read_unit(p + 8, end, &low) || low < 0xdc00 || low > 0xdfff) {
        return 0;
    }
    *ret = 0x10000 + ((high - 0xd800) << 10 | (low - 0xdc00));
    return 12;
}

size_t macaw_json_char(const char **p, const char *end, char out[4])
{
    static const char named[] = "b\bf\fn\nr\rt\t";
    uint32_t scalar;

    if (**p != '\\') {
        size_t len = macaw_utf8_length(*p, (size_t)(end - *p));
        memcpy(out, *p, len);
        *p += len;
        return len;
    }
    char c = (*p)[1];
    if (c == 'u') {
        size_t written = unicode_escape(*p, end, &scalar);
        *p += written;
        return written == 0 ? 0 : macaw_utf8_write(scalar, out);
    }
    const char *name = strchr(named, c);
    out[0] = name != NULL ? name[1] : c;
    *p += 2;
    return 1;
}

int macaw_json_unescape(macaw_str string, char *out, size_t size, size_t *out_len)
{
    const char *p = string.data, *end = p + string.len;
    char one[4];
    size_t n = 0;

    while (p < end) {
        size_t len = macaw_json_char(&p, end, one);
        if (len == 0) {
            return MACAW_EFORMAT;
        }
        if (len > size - n) {
            return MACAW_ELIMIT;
        }
        memcpy(out + n, one, len);
        n += len;
    }
    *out_len = n;
    return MACAW_OK;
}

#include "signing/fields.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/bytes.h"
#include "base/codec.h"
#include "base/swar.h"

/* Upper case to lower case, ASCII only, whatever the locale. */
static uint64_t fold8(uint64_t x)
{
    return x | macaw_swar_in_range(x, 'A', 'Z') >> 2;
}

/* Names mostly come in the one usual spelling, so that is asked first. */
static bool same8(const char *a, const char *b)
{
    uint64_t x = macaw_load_le64(a);
    uint64_t y = macaw_load_le64(b);

    return x == y || fold8(x) == fold8(y);
}

/* Both of length len, at least 8: the last step looks at bytes again. */
static bool same_name(const char *a, const char *b, size_t len)
{
    bool same = same8(a + len - 8, b + len - 8);

    for (size_t i = 0; same && i + 8 < len; i += 8) {
        same = same8(a + i, b + i);
    }
    return same;
}

void macaw_headers_find(macaw_header *wanted, size_t n, const macaw_field *fields, size_t count)
{
    size_t shortest = SIZE_MAX;

    for (size_t j = 0; j < n; j++) {
        shortest = wanted[j].name.len < shortest ? wanted[j].name.len : shortest;
    }
    for (size_t i = 0; i < count; i++) {
        const macaw_field *field = &fields[i];
        /* The names of a scheme are longer than those of most fields. */
        for (size_t j = 0; field->name.len >= shortest && j < n; j++) {
            if (field->name.len == wanted[j].name.len &&
                same_name(field->name.data, wanted[j].name.data, field->name.len)) {
                wanted[j].value = field->value;
                wanted[j].count++;
            }
        }
    }
}

macaw_reason macaw_header_malformed(const macaw_header *header, char *detail, const char *fmt, ...)
{
    int n = snprintf(detail, MACAW_DETAIL_MAX, "%s: ", header->name.data);
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(detail + n, MACAW_DETAIL_MAX - (size_t)n, fmt, ap);
    va_end(ap);
    return MACAW_REASON_MALFORMED;
}

macaw_reason macaw_header_check(const macaw_header *header, char *detail)
{
    if (header->count == 0) {
        return macaw_header_malformed(header, detail, "missing");
    }
    if (header->count == 2) {
        return macaw_header_malformed(header, detail, "twice");
    }
    if (header->count > 2) {
        return macaw_header_malformed(header, detail, "%u times", header->count);
    }
    if (header->value.len == 0) {
        return macaw_header_malformed(header, detail, "empty");
    }
    if (header->value.len > MACAW_SIGNING_HEADER_MAX) {
        return macaw_header_malformed(header, detail, "longer than %d bytes",
                                      MACAW_SIGNING_HEADER_MAX);
    }
    return MACAW_REASON_OK;
}

macaw_reason macaw_header_mac(const macaw_header *header, macaw_credentials *ret, char *detail)
{
    macaw_reason reason = macaw_header_check(header, detail);
    size_t len = header->value.len;
    size_t bad;

    if (reason != MACAW_REASON_OK) {
        return reason;
    }
    if (len > MACAW_HEX_LEN(MACAW_TAG_MAX)) {
        return macaw_header_malformed(header, detail, "longer than %d digits",
                                      MACAW_HEX_LEN(MACAW_TAG_MAX));
    }
    if (macaw_hex_decode(ret->mac, header->value.data, len, &bad) != MACAW_OK) {
        return bad < len ? macaw_header_malformed(header, detail,
                                                  "byte %zu is not a lower-case hex digit", bad)
                         : macaw_header_malformed(header, detail, "odd number of digits");
    }
    ret->mac_len = len / 2;
    return MACAW_REASON_OK;
}

static bool is_kid_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

macaw_reason macaw_header_kid(const macaw_header *header, macaw_credentials *ret, char *detail)
{
    macaw_reason reason = macaw_header_check(header, detail);
    const macaw_str *kid = &header->value;

    if (reason != MACAW_REASON_OK) {
        return reason;
    }
    if (kid->len > MACAW_KID_MAX) {
        return macaw_header_malformed(header, detail, "longer than %d bytes", MACAW_KID_MAX);
    }
    for (size_t i = 0; i < kid->len; i++) {
        if (!is_kid_char(kid->data[i])) {
            return macaw_header_malformed(header, detail, "byte %zu is not of a key id", i);
        }
    }
    ret->kid = *kid;
    return MACAW_REASON_OK;
}

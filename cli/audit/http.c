/* Requests and responses in a text: as a program logs them or a manual prints
 * them, with other lines around. Lenient on purpose: nothing is authenticated here. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "audit.h"
#include "cli.h"

enum { TAG_BYTES_MIN = 16, STAMP_DIGITS_MIN = 9, STAMP_DIGITS_MAX = 16 };

/* The line at *at without its end; *at moves behind it. */
static bool next_line(const char *text, size_t len, size_t *at, audit_str *ret)
{
    if (*at >= len) {
        return false;
    }
    const char *end = memchr(text + *at, '\n', len - *at);
    size_t n = end != NULL ? (size_t)(end - text) - *at : len - *at;
    *ret = (audit_str){text + *at, n};
    *at += n + (end != NULL);
    if (ret->len > 0 && ret->data[ret->len - 1] == '\r') {
        ret->len--;
    }
    return true;
}

/* The characters up to the next space or the end. */
static audit_str next_word(audit_str *line)
{
    const char *space = line->len > 0 ? memchr(line->data, ' ', line->len) : NULL;
    size_t n = space != NULL ? (size_t)(space - line->data) : line->len;
    audit_str word = {line->data, n};

    line->data += n + (space != NULL);
    line->len -= n + (space != NULL);
    return word;
}

static bool is_all(const audit_str *s, size_t min, size_t max, int (*is)(int c))
{
    for (size_t i = 0; i < s->len; i++) {
        if (!is((unsigned char)s->data[i])) {
            return false;
        }
    }
    return s->len >= min && s->len <= max;
}

static bool begins(const audit_str *s, const char *prefix)
{
    return s->len >= strlen(prefix) && memcmp(s->data, prefix, strlen(prefix)) == 0;
}

static bool is_request_line(audit_str line, audit_http *ret)
{
    audit_str method = next_word(&line);
    audit_str target = next_word(&line);

    if (!is_all(&method, 3, 16, isupper) || !(begins(&target, "/") || begins(&target, "http")) ||
        !(line.len == 0 || begins(&line, "HTTP/"))) {
        return false;
    }
    *ret = (audit_http){.method = method, .target = target};
    return true;
}

static bool is_status_line(audit_str line, audit_http *ret)
{
    audit_str version = next_word(&line);
    audit_str status = next_word(&line);

    if (!begins(&version, "HTTP/") || !is_all(&status, 3, 3, isdigit)) {
        return false;
    }
    *ret = (audit_http){.response = true, .status = status};
    return true;
}

static int is_token(int c)
{
    return isalnum(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool add_field(const audit_str *line, audit_http *ret)
{
    const char *colon = line->len > 0 ? memchr(line->data, ':', line->len) : NULL;
    audit_str name = {line->data, colon != NULL ? (size_t)(colon - line->data) : 0};

    if (colon == NULL || !is_all(&name, 1, SIZE_MAX, is_token)) {
        return false;
    }
    if (ret->field_count < AUDIT_FIELDS) {
        audit_str value = {colon + 1, line->len - name.len - 1};
        for (; value.len > 0 && isspace((unsigned char)value.data[0]); value.len--) {
            value.data++;
        }
        for (; value.len > 0 && isspace((unsigned char)value.data[value.len - 1]); value.len--) {
        }
        ret->fields[ret->field_count].name = name;
        ret->fields[ret->field_count++].value = value;
    }
    return true;
}

/* Up to Content-Length; without one a response goes on to the next message or the
 * end of the text, less one newline, and a request has none. */
static void find_body(const char *text, size_t len, size_t *at, audit_http *ret)
{
    const audit_str *length = audit_http_field(ret, "Content-Length");
    audit_http ignored;
    audit_str line;
    size_t start = *at, end = start;

    if (length != NULL && is_all(length, 1, 9, isdigit)) {
        size_t n = strtoul(length->data, NULL, 10);
        *at = end = n < len - start ? start + n : len;
    } else if (ret->response) {
        for (size_t next = start;
             next_line(text, len, &next, &line) && !is_request_line(line, &ignored) &&
             !is_status_line(line, &ignored);
             *at = end = next) {
        }
        end -= end > start && text[end - 1] == '\n';
    }
    ret->body = (audit_str){text + start, end - start};
}

bool audit_http_next(const char *text, size_t len, size_t *at, audit_http *ret)
{
    audit_str line;
    bool found = false;

    while (!found && next_line(text, len, at, &line)) {
        found = is_request_line(line, ret) || is_status_line(line, ret);
    }
    if (!found) {
        return false;
    }
    for (size_t next = *at; next_line(text, len, &next, &line) && add_field(&line, ret);) {
        *at = next;
    }
    if (*at < len) { /* an empty line parts head and body; a manual may have lost it */
        size_t next = *at;
        next_line(text, len, &next, &line);
        *at = line.len == 0 ? next : *at;
    }
    find_body(text, len, at, ret);
    return true;
}

const audit_str *audit_http_field(const audit_http *http, const char *name)
{
    for (size_t i = 0; i < http->field_count; i++) {
        const audit_str *have = &http->fields[i].name;
        if (have->len == strlen(name) && strncasecmp(have->data, name, have->len) == 0) {
            return &http->fields[i].value;
        }
    }
    return NULL;
}

static bool is_mac_name(const audit_str *name)
{
    static const char *const words[] = {"mac",  "sign",  "digest",  "hash",
                                        "auth", "token", "checksum"};

    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        size_t n = strlen(words[w]);
        for (size_t i = 0; i + n <= name->len; i++) {
            if (strncasecmp(name->data + i, words[w], n) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Behind "HMAC " or "sha256=", where a value has such. */
static audit_str tag_of_value(audit_str value)
{
    for (size_t i = value.len; i-- > 0;) {
        bool padding = i + 2 >= value.len;
        if (value.data[i] == ' ' || (value.data[i] == '=' && !padding)) {
            return (audit_str){value.data + i + 1, value.len - i - 1};
        }
    }
    return value;
}

bool audit_http_tag(const audit_http *http, size_t *i, audit_tag *tag)
{
    for (; *i < http->field_count; (*i)++) {
        audit_str value = tag_of_value(http->fields[*i].value);
        if (is_mac_name(&http->fields[*i].name) &&
            audit_tag_read(tag, value.data, value.len, TAG_BYTES_MIN)) {
            return true;
        }
    }
    return false;
}

const audit_str *audit_http_stamp(const audit_http *http)
{
    for (size_t i = 0; i < http->field_count; i++) {
        if (is_all(&http->fields[i].value, STAMP_DIGITS_MIN, STAMP_DIGITS_MAX, isdigit)) {
            return &http->fields[i].value;
        }
    }
    return NULL;
}

/* The query of a command: each parameter at most once, nothing unknown, values
 * percent-encoded as any program does it. */
#include "ngx_http_macaw_session_command.h"

typedef ngx_http_macaw_query_t query_t;

static int digit(u_char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Two hexadecimal digits; false: they are none. */
static bool read_byte(const u_char *p, u_char *ret)
{
    int high = digit(p[0]), low = digit(p[1]);

    if (high < 0 || low < 0) {
        return false;
    }
    *ret = (u_char)(high * 16 + low);
    return true;
}

/* In place; false: "%" without two digits after it. */
static bool decode(ngx_str_t *text)
{
    u_char *to = text->data, *p = text->data, *end = text->data + text->len;

    for (; p < end; to++) {
        if (*p != '%') {
            *to = *p++;
        } else if (end - p >= 3 && read_byte(p + 1, to)) {
            p += 3;
        } else {
            return false;
        }
    }
    text->len = (size_t)(to - text->data);
    return true;
}

static bool read_number(const ngx_str_t *value, int64_t max, int64_t *ret)
{
    ngx_int_t n = value->len <= 18 ? ngx_atoi(value->data, value->len) : NGX_ERROR;

    *ret = n;
    return n >= 0 && n <= max;
}

static bool read_sid(const ngx_str_t *value, query_t *q)
{
    size_t i;

    if (value->len != 2 * sizeof q->entry.sid) {
        return false;
    }
    for (i = 0; i < value->len; i++) {
        if (value->data[i] >= 'A' && value->data[i] <= 'F') {
            return false;
        }
    }
    for (i = 0; i < sizeof q->entry.sid; i++) {
        if (!read_byte(value->data + 2 * i, &q->entry.sid[i])) {
            return false;
        }
    }
    q->entry.kind = MACAW_REVOCATION_SID;
    return true;
}

static bool read_text(const ngx_str_t *value, macaw_revocation_kind kind, size_t max, query_t *q)
{
    if (value->len < 1 || value->len > max) {
        return false;
    }
    q->entry.kind = kind;
    q->entry.text_len = value->len;
    ngx_memcpy(q->entry.text, value->data, value->len);
    return true;
}

static bool read_subject(const ngx_str_t *value, query_t *q)
{
    return read_text(value, MACAW_REVOCATION_SUBJECT, MACAW_REVOCATION_TEXT_MAX, q);
}

static bool read_kid(const ngx_str_t *value, query_t *q)
{
    return memchr(value->data, '\0', value->len) == NULL
           && read_text(value, MACAW_REVOCATION_KEY, MACAW_KID_MAX, q);
}

/* A time to come would lock out who logs in again. */
static bool read_before(const ngx_str_t *value, query_t *q)
{
    return read_number(value, ngx_time(), &q->entry.before) && q->entry.before > 0;
}

static bool read_generation(const ngx_str_t *value, query_t *q)
{
    int64_t n;

    if (!read_number(value, UINT16_MAX, &n) || n < 1) {
        return false;
    }
    q->entry.generation = (uint16_t)n;
    return true;
}

static bool read_kind(const ngx_str_t *value, query_t *q)
{
    unsigned kind;

    for (kind = 0; kind < MACAW_REVOCATION_KINDS; kind++) {
        const char *name = macaw_revocation_kind_name((macaw_revocation_kind)kind);
        if (value->len == ngx_strlen(name) && ngx_strncmp(value->data, name, value->len) == 0) {
            q->kinds = 1u << kind;
            return true;
        }
    }
    return false;
}

static bool read_after(const ngx_str_t *value, query_t *q)
{
    int64_t n;
    bool good = read_number(value, INT64_MAX, &n);

    q->after = (uint64_t)n;
    return good;
}

static bool read_limit(const ngx_str_t *value, query_t *q)
{
    int64_t n;
    bool good = read_number(value, NGX_HTTP_MACAW_LIST_MAX, &n) && n > 0;

    q->limit = (ngx_uint_t)n;
    return good;
}

static const struct parameter {
    ngx_str_t name; /* with "=" */
    bool (*read)(const ngx_str_t *value, query_t *q);
    const char *expected;
} parameters[] = { /* in the order of SEEN_* */
    {ngx_string("sid="), read_sid, "sid is not 24 digits of lower-case hex"},
    {ngx_string("subject="), read_subject, "subject is not 1 to 255 bytes"},
    {ngx_string("kid="), read_kid, "kid is not 1 to 64 bytes"},
    {ngx_string("before="), read_before, "before is not a Unix time up to now"},
    {ngx_string("generation="), read_generation, "generation is not 1 to 65535"},
    {ngx_string("kind="), read_kind, "kind is not sid, subject or kid"},
    {ngx_string("after="), read_after, "after is not the number that an answer gave"},
    {ngx_string("limit="), read_limit, "limit is not 1 to 10000"},
};

/* NULL, or what is wrong. */
static const char *read_member(ngx_str_t member, unsigned allowed, query_t *q)
{
    const struct parameter *known;
    ngx_str_t value;
    ngx_uint_t i;

    for (i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        known = &parameters[i];
        if ((allowed & 1u << i) == 0 || member.len < known->name.len
            || ngx_strncmp(member.data, known->name.data, known->name.len) != 0) {
            continue;
        }
        if ((q->seen & 1u << i) != 0) {
            return "a parameter is there twice";
        }
        q->seen |= 1u << i;
        value.data = member.data + known->name.len;
        value.len = member.len - known->name.len;
        return decode(&value) && known->read(&value, q) ? NULL : known->expected;
    }
    return "unknown parameter";
}

const char *ngx_http_macaw_read_query(ngx_http_request_t *r, unsigned allowed, query_t *q)
{
    u_char *p = ngx_pstrdup(r->pool, &r->args), *end = p + r->args.len, *next;
    const char *wrong = NULL;

    ngx_memzero(q, sizeof *q);
    q->kinds = (1u << MACAW_REVOCATION_KINDS) - 1;
    q->limit = NGX_HTTP_MACAW_LIST_DEFAULT;
    if (p == NULL) {
        return r->args.len > 0 ? "out of memory" : NULL;
    }
    for (; p < end && wrong == NULL; p = next + 1) {
        ngx_str_t member;
        next = ngx_strlchr(p, end, '&');
        next = next != NULL ? next : end;
        member.data = p;
        member.len = (size_t)(next - p);
        wrong = read_member(member, allowed, q);
    }
    return wrong;
}

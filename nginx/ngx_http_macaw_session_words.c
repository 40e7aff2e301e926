/* The value of X-Macaw-Login:
 *
 *     subject=alice; lifetime=12h; idle=30m; generation=2; data=blue
 *
 * Members are separated by "; ", each at most once, subject there and not empty.
 * Texts are visible ASCII without ";", everything else and "%" as %XX in capitals.
 * Times are digits with s, m, h or d. */
#include "ngx_http_macaw_session_answer.h"

typedef ngx_http_macaw_login_t login_t;

static bool read_text(ngx_str_t *text, size_t max, macaw_str *ret)
{
    if (!ngx_http_macaw_percent_decode(text) || text->len == 0 || text->len > max) {
        return false;
    }
    ret->data = (const char *)text->data;
    ret->len = text->len;
    return true;
}

/* Digits without a leading zero, up to nine of them. */
static bool read_number(const u_char *digits, size_t len, ngx_int_t *ret)
{
    if (len == 0 || len > 9 || (digits[0] == '0' && len > 1)) {
        return false;
    }
    *ret = ngx_atoi((u_char *)digits, len);
    return *ret != NGX_ERROR;
}

static bool read_time(const ngx_str_t *text, time_t *ret)
{
    static const char units[] = "smhd";
    static const ngx_int_t seconds[] = {1, 60, 3600, 86400};
    const char *unit;
    ngx_int_t n;

    if (text->len < 2 || !read_number(text->data, text->len - 1, &n)) {
        return false;
    }
    unit = memchr(units, text->data[text->len - 1], sizeof units - 1);
    if (unit == NULL || n < 1 || n > MACAW_SESSION_TTL_MAX / seconds[unit - units]) {
        return false;
    }
    *ret = n * seconds[unit - units];
    return true;
}

static bool read_generation(const ngx_str_t *text, uint16_t *ret)
{
    ngx_int_t n;

    if (!read_number(text->data, text->len, &n) || n > UINT16_MAX) {
        return false;
    }
    *ret = (uint16_t)n;
    return true;
}

enum { SUBJECT, LIFETIME, IDLE, GENERATION, DATA, MEMBERS };

static const struct {
    ngx_str_t name;
    const char *wrong;
} members[MEMBERS] = {
    {ngx_string("subject="), "subject= is not 1 to 255 bytes, percent-encoded"},
    {ngx_string("lifetime="), "lifetime= is not a number from 1 and s, m, h or d, up to 194d"},
    {ngx_string("idle="), "idle= is not a number from 1 and s, m, h or d, up to 194d"},
    {ngx_string("generation="), "generation= is not a number from 0 to 65535"},
    {ngx_string("data="), "data= is not 1 to 65535 bytes, percent-encoded"},
};

static bool read_value(ngx_uint_t which, ngx_str_t *value, login_t *ret)
{
    switch (which) {
    case SUBJECT:
        return read_text(value, MACAW_SESSION_SUBJECT_MAX, &ret->subject);
    case LIFETIME:
        return read_time(value, &ret->lifetime);
    case IDLE:
        return read_time(value, &ret->idle);
    case GENERATION:
        return read_generation(value, &ret->generation);
    default:
        return read_text(value, MACAW_HANDLES_DATA_MAX, &ret->data);
    }
}

/* What is wrong with a member; NULL: nothing. */
static const char *read_member(const ngx_str_t *member, login_t *ret, unsigned *seen)
{
    ngx_str_t value;
    ngx_uint_t i;

    for (i = 0; i < MEMBERS; i++) {
        const ngx_str_t *name = &members[i].name;
        if (member->len < name->len || ngx_strncmp(member->data, name->data, name->len) != 0) {
            continue;
        }
        if ((*seen & (1U << i)) != 0) {
            return "a member stands there twice";
        }
        *seen |= 1U << i;
        value.data = member->data + name->len;
        value.len = member->len - name->len;
        return read_value(i, &value, ret) ? NULL : members[i].wrong;
    }
    return "a member is none of subject=, lifetime=, idle=, generation= and data=";
}

const char *ngx_http_macaw_read_login(ngx_pool_t *pool, const ngx_str_t *value, login_t *ret)
{
    u_char *at = ngx_pnalloc(pool, value->len + 1), *end;
    const char *wrong;
    unsigned seen = 0;
    ngx_str_t member;

    if (at == NULL) {
        return "there is no memory";
    }
    end = at + value->len;
    ngx_memcpy(at, value->data, value->len);
    ngx_memzero(ret, sizeof *ret);
    for (;;) {
        u_char *semicolon = at < end ? memchr(at, ';', (size_t)(end - at)) : NULL;
        member.data = at;
        member.len = (size_t)((semicolon != NULL ? semicolon : end) - at);
        wrong = read_member(&member, ret, &seen);
        if (wrong != NULL) {
            return wrong;
        }
        if (semicolon == NULL) {
            return (seen & (1U << SUBJECT)) != 0 ? NULL : "subject= is missing";
        }
        if (end - semicolon < 2 || semicolon[1] != ' ') {
            return "behind a semicolon there is no blank, or nothing";
        }
        at = semicolon + 2;
    }
}

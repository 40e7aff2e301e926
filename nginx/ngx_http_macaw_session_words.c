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

static bool is_named(const ngx_str_t *member, const char *name, ngx_str_t *value)
{
    size_t len = ngx_strlen(name);

    if (member->len < len || ngx_strncmp(member->data, name, len) != 0) {
        return false;
    }
    value->data = member->data + len;
    value->len = member->len - len;
    return true;
}

static bool read_member(const ngx_str_t *member, login_t *ret, unsigned *seen)
{
    unsigned bit;
    ngx_str_t value;
    bool good;

    if (is_named(member, "subject=", &value)) {
        bit = 1;
        good = read_text(&value, MACAW_SESSION_SUBJECT_MAX, &ret->subject);
    } else if (is_named(member, "lifetime=", &value)) {
        bit = 2;
        good = read_time(&value, &ret->lifetime);
    } else if (is_named(member, "idle=", &value)) {
        bit = 4;
        good = read_time(&value, &ret->idle);
    } else if (is_named(member, "generation=", &value)) {
        bit = 8;
        good = read_generation(&value, &ret->generation);
    } else if (is_named(member, "data=", &value)) {
        bit = 16;
        good = read_text(&value, MACAW_HANDLES_DATA_MAX, &ret->data);
    } else {
        return false;
    }
    good = good && (*seen & bit) == 0;
    *seen |= bit;
    return good;
}

ngx_int_t ngx_http_macaw_read_login(ngx_pool_t *pool, const ngx_str_t *value, login_t *ret)
{
    u_char *at = ngx_pnalloc(pool, value->len + 1), *end;
    unsigned seen = 0;
    ngx_str_t member;

    if (at == NULL) {
        return NGX_ERROR;
    }
    end = at + value->len;
    ngx_memcpy(at, value->data, value->len);
    ngx_memzero(ret, sizeof *ret);
    for (;;) {
        u_char *semicolon = at < end ? memchr(at, ';', (size_t)(end - at)) : NULL;
        member.data = at;
        member.len = (size_t)((semicolon != NULL ? semicolon : end) - at);
        if (!read_member(&member, ret, &seen)) {
            return NGX_ERROR;
        }
        if (semicolon == NULL) {
            return (seen & 1) != 0 ? NGX_OK : NGX_ERROR;
        }
        if (end - semicolon < 2 || semicolon[1] != ' ') {
            return NGX_ERROR;
        }
        at = semicolon + 2;
    }
}

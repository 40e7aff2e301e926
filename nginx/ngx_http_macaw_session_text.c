/* Spellings: subjects in headers and logs, paths to return to. */
#include "ngx_http_macaw_session.h"

static const char digits[] = "0123456789ABCDEF";

static bool is_plain(u_char c)
{
    return c > ' ' && c < 0x7f && c != '%';
}

ngx_int_t ngx_http_macaw_print_hex(ngx_pool_t *pool, const uint8_t *bytes, size_t len,
                                   ngx_str_t *ret)
{
    u_char *p = ngx_pnalloc(pool, 2 * len);

    if (p == NULL) {
        return NGX_ERROR;
    }
    ret->data = p;
    ret->len = (size_t)(ngx_hex_dump(p, (u_char *)bytes, len) - p);
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_percent_encode(ngx_pool_t *pool, macaw_str text, ngx_str_t *ret)
{
    size_t i, coded = 0;
    u_char *p;

    for (i = 0; i < text.len; i++) {
        coded += !is_plain((u_char)text.data[i]);
    }
    p = ngx_pnalloc(pool, text.len + 2 * coded + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }
    ret->data = p;
    for (i = 0; i < text.len; i++) {
        u_char c = (u_char)text.data[i];
        if (is_plain(c)) {
            *p++ = c;
        } else {
            *p++ = '%';
            *p++ = (u_char)digits[c >> 4];
            *p++ = (u_char)digits[c & 15];
        }
    }
    ret->len = (size_t)(p - ret->data);
    return NGX_OK;
}

static int value_of(u_char c)
{
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

bool ngx_http_macaw_percent_decode(ngx_str_t *text)
{
    u_char *to = text->data;
    int high, low;
    size_t i;

    for (i = 0; i < text->len; i++) {
        if (is_plain(text->data[i])) {
            *to++ = text->data[i];
            continue;
        }
        if (text->data[i] != '%' || text->len - i < 3) {
            return false;
        }
        high = value_of(text->data[i + 1]);
        low = value_of(text->data[i + 2]);
        if (high < 0 || low < 0) {
            return false;
        }
        *to++ = (u_char)(high << 4 | low);
        i += 2;
    }
    text->len = (size_t)(to - text->data);
    return true;
}

bool ngx_http_macaw_is_return_path(const ngx_str_t *path)
{
    size_t i;

    if (path->len == 0 || path->len > NGX_HTTP_MACAW_RETURN_MAX || path->data[0] != '/'
        || (path->len > 1 && path->data[1] == '/')) {
        return false;
    }
    for (i = 0; i < path->len; i++) {
        if (path->data[i] <= ' ' || path->data[i] >= 0x7f || path->data[i] == '\\') {
            return false;
        }
    }
    return true;
}

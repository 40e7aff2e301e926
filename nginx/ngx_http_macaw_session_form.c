/* Forms as browsers send them: application/x-www-form-urlencoded, small, of a
 * length that is known before they are read, so that they fit a buffer and no
 * password is ever written to a file. */
#include "ngx_http_macaw_session_login.h"

#include <openssl/crypto.h>

typedef ngx_http_macaw_form_t form_t;

/* ---- before reading ---- */

static bool has_type(ngx_http_request_t *r)
{
    static const char type[] = "application/x-www-form-urlencoded";
    const ngx_table_elt_t *field = r->headers_in.content_type;
    size_t len = sizeof type - 1;

    return field != NULL && field->value.len >= len
           && ngx_strncasecmp(field->value.data, (u_char *)type, len) == 0
           && (field->value.len == len || field->value.data[len] == ';'
               || field->value.data[len] == ' ');
}

ngx_int_t ngx_http_macaw_check_form(ngx_http_request_t *r)
{
    if (r->headers_in.chunked) {
        return NGX_HTTP_LENGTH_REQUIRED;
    }
    if (r->headers_in.content_length_n > NGX_HTTP_MACAW_FORM_MAX) {
        return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
    return r->headers_in.content_length_n <= 0 || has_type(r)
               ? NGX_OK
               : NGX_HTTP_UNSUPPORTED_MEDIA_TYPE;
}

/* ---- the body ---- */

static void wipe(void *data)
{
    form_t *form = data;

    OPENSSL_cleanse(form->text, form->size);
}

static ngx_int_t copy_body(ngx_http_request_t *r, form_t *ret)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof *ret);
    const ngx_chain_t *in;
    size_t len = 0;
    u_char *p;

    ret->size = (size_t)ngx_max(r->headers_in.content_length_n, 0) + 1; /* -1: no body */
    ret->text = ngx_pcalloc(r->pool, ret->size);
    if (ret->text == NULL || cleanup == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    cleanup->handler = wipe;
    *(form_t *)cleanup->data = *ret;
    p = ret->text;
    for (in = r->request_body != NULL ? r->request_body->bufs : NULL; in != NULL; in = in->next) {
        size_t n = (size_t)(in->buf->last - in->buf->pos);
        if (in->buf->in_file || len + n >= ret->size) {
            return NGX_HTTP_REQUEST_ENTITY_TOO_LARGE;
        }
        if (n == 0) {
            continue;
        }
        p = ngx_cpymem(p, in->buf->pos, n);
        len += n;
        OPENSSL_cleanse(in->buf->pos, n);
    }
    ret->size = len + 1;
    return NGX_OK;
}

/* ---- taking it apart ---- */

static int hex_of(u_char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, ngx_tolower(c)) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

bool ngx_http_macaw_decode_field(ngx_str_t *text)
{
    u_char *to = text->data;
    int high, low;
    size_t i;

    for (i = 0; i < text->len; i++) {
        u_char c = text->data[i];
        if (c == '%') {
            if (text->len - i < 3) {
                return false;
            }
            high = hex_of(text->data[i + 1]);
            low = hex_of(text->data[i + 2]);
            if (high < 0 || low < 0) {
                return false;
            }
            c = (u_char)(high << 4 | low);
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (c == '\0') {
            return false;
        }
        *to++ = c;
    }
    text->len = (size_t)(to - text->data);
    return true;
}

/* "NAME=VALUE"; the byte after it may be overwritten. */
static bool read_field(ngx_str_t *text, const char *const *names, form_t *ret)
{
    u_char *equals = memchr(text->data, '=', text->len);
    ngx_str_t value;
    ngx_uint_t i;

    if (equals == NULL) {
        return false;
    }
    *equals = '\0';
    for (i = 0; names[i] != NULL && ngx_strcmp(names[i], text->data) != 0; i++) {
    }
    if (names[i] == NULL || ret->values[i].data != NULL) {
        return false;
    }
    value.data = equals + 1;
    value.len = text->len - (size_t)(value.data - text->data);
    if (!ngx_http_macaw_decode_field(&value)) {
        return false;
    }
    value.data[value.len] = '\0';
    ret->values[i] = value;
    return true;
}

ngx_int_t ngx_http_macaw_read_form(ngx_http_request_t *r, const char *const *names, form_t *ret)
{
    ngx_int_t rc;
    u_char *p, *last, *end;
    ngx_str_t field;

    ngx_memzero(ret, sizeof *ret);
    rc = copy_body(r, ret);
    if (rc != NGX_OK || ret->size == 1) {
        return rc;
    }
    last = ret->text + ret->size - 1;
    for (p = ret->text; p <= last; p = end + 1) {
        end = memchr(p, '&', (size_t)(last - p));
        end = end != NULL ? end : last;
        field.data = p;
        field.len = (size_t)(end - p);
        if (!read_field(&field, names, ret)) {
            return NGX_HTTP_BAD_REQUEST;
        }
    }
    return NGX_OK;
}

/* The token of the login form: without it another site could log a visitor in to
 * an account of its own.
 *
 * There is no session yet that it could be bound to, so the browser gets a cookie
 * for it: a time and 96 random bits, in hex. The form has the token against CSRF of
 * a session id that is a hash of them; nobody can choose a cookie whose hash is the
 * id of a session. Every server that has the session's keys can check it. */
#include "ngx_http_macaw_session_login.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

typedef ngx_http_macaw_login_page_t login_page_t;

#define LIFE       3600 /* seconds that a page may stay open */
#define RENEW      1800 /* the cookie is replaced when older */
#define SKEW       60
#define TIME_LEN   10
#define RANDOM_LEN 12
#define TEXT_LEN   (TIME_LEN + 2 * RANDOM_LEN)

/* ---- the cookie ---- */

static bool is_hex(macaw_str text)
{
    size_t n = 0;

    while (n < text.len && (('0' <= text.data[n] && text.data[n] <= '9')
                            || ('a' <= text.data[n] && text.data[n] <= 'f'))) {
        n++;
    }
    return n == text.len && n == TEXT_LEN;
}

/* The age of a well-formed cookie, or -1. */
static time_t age_of(macaw_str text)
{
    time_t made, now = ngx_time();

    if (!is_hex(text)) {
        return -1;
    }
    made = ngx_hextoi((u_char *)text.data, TIME_LEN);
    if (made < 0 || made > now + SKEW) {
        return -1;
    }
    return ngx_max(now - made, 0);
}

/* Of several by that name none is believed. */
static bool find_cookie(ngx_http_request_t *r, const login_page_t *page, macaw_str *ret)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i, found = 0;
    macaw_str one;
    int status;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (field[i].key.len != 6 || ngx_memcmp(field[i].lowcase_key, "cookie", 6) != 0) {
                continue;
            }
            one.data = (const char *)field[i].value.data;
            one.len = field[i].value.len;
            status = macaw_cookie_find(one, (const char *)page->cookie.data, &one);
            if (status == MACAW_OK) {
                *ret = one;
            }
            found += status == MACAW_ENOTFOUND ? 0 : status == MACAW_OK ? 1 : 2;
        }
    }
    return found == 1;
}

static ngx_int_t set_cookie(ngx_http_request_t *r, const login_page_t *page, macaw_str text)
{
    macaw_cookie_attributes attributes = page->session->attributes;
    size_t len, size = MACAW_COOKIE_NAME_MAX + 1024;
    char *line = ngx_pnalloc(r->pool, size);

    attributes.max_age = LIFE;
    if (attributes.same_site == MACAW_SAME_SITE_NONE) {
        attributes.same_site = MACAW_SAME_SITE_LAX;
    }
    if (line == NULL
        || macaw_cookie_write((const char *)page->cookie.data, text, &attributes, line, size, &len)
               != MACAW_OK
        || ngx_http_macaw_add_header(r, "Set-Cookie", line) == NULL) {
        return NGX_ERROR;
    }
    return NGX_OK;
}

static ngx_int_t make_cookie(ngx_http_request_t *r, const login_page_t *page, macaw_str *ret)
{
    uint8_t random[RANDOM_LEN];
    u_char *text = ngx_pnalloc(r->pool, TEXT_LEN + 1), *p;

    if (text == NULL || RAND_bytes(random, RANDOM_LEN) != 1) {
        return NGX_ERROR;
    }
    p = ngx_sprintf(text, "%010xL", (int64_t)ngx_time());
    p = ngx_hex_dump(p, random, RANDOM_LEN);
    *p = '\0';
    ret->data = (const char *)text;
    ret->len = TEXT_LEN;
    return set_cookie(r, page, *ret);
}

/* ---- the token ---- */

static void id_of(macaw_str cookie, uint8_t ret[MACAW_SESSION_SID_LEN])
{
    static const char label[] = "macaw: before login";
    uint8_t text[sizeof label + TEXT_LEN], hash[SHA256_DIGEST_LENGTH];

    ngx_memcpy(text, label, sizeof label);
    ngx_memcpy(text + sizeof label, cookie.data, TEXT_LEN);
    SHA256(text, sizeof text, hash);
    ngx_memcpy(ret, hash, MACAW_SESSION_SID_LEN);
}

ngx_int_t ngx_http_macaw_login_token(ngx_http_request_t *r, const login_page_t *page,
                                     ngx_str_t *ret)
{
    uint8_t id[MACAW_SESSION_SID_LEN];
    macaw_str cookie;
    time_t age = find_cookie(r, page, &cookie) ? age_of(cookie) : -1;
    u_char *text = ngx_pnalloc(r->pool, MACAW_CSRF_LEN + 1);

    if (text == NULL) {
        return NGX_ERROR;
    }
    if ((age < 0 || age > RENEW) && make_cookie(r, page, &cookie) != NGX_OK) {
        return NGX_ERROR;
    }
    id_of(cookie, id);
    if (macaw_csrf_issue(page->session->csrf->session, id, ngx_time(), (char *)text) != MACAW_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "macaw: session \"%V\": no key for the token of the login form",
                      &page->session->name);
        return NGX_ERROR;
    }
    ret->data = text;
    ret->len = MACAW_CSRF_LEN;
    return NGX_OK;
}

bool ngx_http_macaw_check_login_token(ngx_http_request_t *r, const login_page_t *page,
                                      const ngx_str_t *token)
{
    uint8_t id[MACAW_SESSION_SID_LEN];
    macaw_str cookie;
    time_t age = find_cookie(r, page, &cookie) ? age_of(cookie) : -1;

    if (age < 0 || age > LIFE || token->data == NULL) {
        return false;
    }
    id_of(cookie, id);
    return macaw_csrf_check(page->session->csrf->session, id, ngx_time(),
                            (const char *)token->data, token->len)
           == MACAW_OK;
}

/* Answers to those who may not pass: problem details (RFC 9457), or the way to the
 * login page for a browser that is about to show a page. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;

#define BODY_MAX 256

/* ---- who is asking ---- */

/* Browsers of today say what they do; the others what they want to read. */
static bool is_navigation(ngx_http_request_t *r)
{
    const ngx_str_t *line = &r->request_line;
    const ngx_table_elt_t *mode = ngx_http_macaw_find_header(r, "sec-fetch-mode");
    const ngx_table_elt_t *accept = ngx_http_macaw_find_header(r, "accept");

    if ((line->len < 5 || ngx_strncmp(line->data, "HEAD ", 5) != 0)
        && (line->len < 4 || ngx_strncmp(line->data, "GET ", 4) != 0)) {
        return false;
    }
    if (mode != NULL) {
        return mode->value.len == 8 && ngx_strncmp(mode->value.data, "navigate", 8) == 0;
    }
    return accept != NULL
           && ngx_strlcasestrn(accept->value.data, accept->value.data + accept->value.len,
                               (u_char *)"text/html", 9 - 1)
                  != NULL;
}

/* The path part of the login page is where the request is already. */
static bool is_at_login(ngx_http_request_t *r, const loc_conf *lcf)
{
    const u_char *query = memchr(lcf->login_uri.data, '?', lcf->login_uri.len);
    size_t len = query != NULL ? (size_t)(query - lcf->login_uri.data) : lcf->login_uri.len;

    return r->uri.len == len && ngx_memcmp(r->uri.data, lcf->login_uri.data, len) == 0;
}

/* ---- to the login page ---- */

/* LOGIN?return=PATH, relative: nginx must not guess scheme and host. What is no
 * path to return to is left out. */
static ngx_int_t print_location(ngx_http_request_t *r, const loc_conf *lcf, ngx_str_t *ret)
{
    const ngx_str_t *path = &r->unparsed_uri;
    bool back = ngx_http_macaw_is_return_path(path);
    uintptr_t coded = back ? ngx_escape_uri(NULL, path->data, path->len,
                                            NGX_ESCAPE_URI_COMPONENT)
                           : 0;
    size_t len = back ? sizeof "?return=" + path->len + 2 * coded : 0;
    u_char *p = ngx_pnalloc(r->pool, lcf->login_uri.len + len + 1);

    if (p == NULL) {
        return NGX_ERROR;
    }
    ret->data = p;
    p = ngx_cpymem(p, lcf->login_uri.data, lcf->login_uri.len);
    if (back) {
        *p++ = memchr(lcf->login_uri.data, '?', lcf->login_uri.len) != NULL ? '&' : '?';
        p = ngx_cpymem(p, "return=", 7);
        p = (u_char *)ngx_escape_uri(p, path->data, path->len, NGX_ESCAPE_URI_COMPONENT);
    }
    *p = '\0';
    ret->len = (size_t)(p - ret->data);
    return NGX_OK;
}

static ngx_int_t redirect(ngx_http_request_t *r, const loc_conf *lcf)
{
    ngx_str_t location;
    ngx_int_t rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    if (print_location(r, lcf, &location) != NGX_OK
        || ngx_http_macaw_add_header(r, "Location", (const char *)location.data) == NULL
        || ngx_http_macaw_add_header(r, "Cache-Control", "no-store") == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->headers_out.status = NGX_HTTP_SEE_OTHER;
    r->headers_out.content_length_n = 0;
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_send_special(r, NGX_HTTP_LAST);
}

/* ---- refusals ---- */

static ngx_buf_t *make_body(ngx_http_request_t *r, ngx_uint_t status)
{
    ngx_buf_t *body = ngx_create_temp_buf(r->pool, BODY_MAX);

    if (body == NULL) {
        return NULL;
    }
    body->last = ngx_slprintf(body->last, body->end,
                              "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%ui%s}\n",
                              status == NGX_HTTP_FORBIDDEN ? "Forbidden" : "Unauthorized", status,
                              status == NGX_HTTP_FORBIDDEN
                                  ? ",\"detail\":\"not sent by a page of this site\""
                                  : "");
    body->last_buf = 1;
    body->last_in_chain = 1;
    return body;
}

/* RFC 9110 wants a challenge with every 401; it names no scheme for cookies. */
static ngx_int_t add_challenge(ngx_http_request_t *r)
{
    ngx_table_elt_t *header = r->headers_out.www_authenticate;

    if (header != NULL && header->hash != 0) {
        return NGX_OK;
    }
    header = ngx_http_macaw_add_header(r, "WWW-Authenticate", "Cookie");
    r->headers_out.www_authenticate = header;
    return header != NULL ? NGX_OK : NGX_ERROR;
}

static ngx_int_t add_headers(ngx_http_request_t *r, ngx_uint_t status)
{
    if (status == NGX_HTTP_UNAUTHORIZED && add_challenge(r) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_add_header(r, "Cache-Control", "no-store") == NULL ? NGX_ERROR : NGX_OK;
}

/* nginx answers with the operator's page where there is one; in a location that
 * wants a session, the page is refused in turn, which ends here. */
static ngx_int_t answer(ngx_http_request_t *r, ngx_uint_t status, bool again)
{
    if (!again && ngx_http_macaw_has_error_page(r, status)) {
        return (ngx_int_t)status;
    }
    return ngx_http_macaw_send_problem(r, status, make_body(r, status));
}

static void answer_later(ngx_http_request_t *r)
{
    if (!ngx_http_macaw_is_delayed(r)) {
        ngx_http_finalize_request(r, answer(r, NGX_HTTP_UNAUTHORIZED, false));
    }
}

static ngx_int_t deny(ngx_http_request_t *r, const ngx_http_core_loc_conf_t *clcf,
                      ngx_uint_t status, bool again)
{
    if (!again && add_headers(r, status) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!again && status == NGX_HTTP_UNAUTHORIZED && clcf->auth_delay > 0) {
        return ngx_http_macaw_delay(r, clcf->auth_delay, answer_later);
    }
    ngx_http_finalize_request(r, answer(r, status, again));
    return NGX_DONE;
}

ngx_int_t ngx_http_macaw_session_refuse(ngx_http_request_t *r, ngx_uint_t status)
{
    const ngx_http_core_loc_conf_t *clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    ngx_http_macaw_client_t *client = ngx_http_macaw_get_client(r);
    bool again = client->refused;

    /* nginx waits for another module after 401 and 403 only; the page is its own. */
    if (clcf->satisfy == NGX_HTTP_SATISFY_ANY) {
        return status == NGX_HTTP_UNAUTHORIZED && add_challenge(r) != NGX_OK
                   ? NGX_HTTP_INTERNAL_SERVER_ERROR
                   : (ngx_int_t)status;
    }
    client->refused = 1;
    if (!again && status == NGX_HTTP_UNAUTHORIZED && lcf->require == NGX_HTTP_MACAW_REQUIRE_LOGIN
        && is_navigation(r) && !is_at_login(r, lcf)) {
        ngx_http_finalize_request(r, redirect(r, lcf));
        return NGX_DONE;
    }
    return deny(r, clcf, status, again);
}

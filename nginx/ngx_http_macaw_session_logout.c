/* Logout by nginx: POST only, and not from another site. */
#include "ngx_http_macaw_session_login.h"

typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_session_loc_conf_t loc_conf;

typedef struct {
    const session_t *session;
    ngx_str_t path;
} leaving_t;

ngx_int_t ngx_http_macaw_not_allowed(ngx_http_request_t *r, const char *allow)
{
    return ngx_http_macaw_add_header(r, "Allow", allow) != NULL ? NGX_HTTP_NOT_ALLOWED
                                                                : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

ngx_int_t ngx_http_macaw_see_other(ngx_http_request_t *r, const ngx_str_t *path)
{
    ngx_int_t rc;

    if (ngx_http_macaw_add_header(r, "Location", (const char *)path->data) == NULL) {
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

/* ---- from another site? ---- */

/* A token in the form or in the header, or the word of the browser. */
static bool is_ours(ngx_http_request_t *r, const session_t *session, const ngx_str_t *csrf)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    ngx_http_macaw_session_state_t state = {.session = session};

    (void)ngx_http_macaw_session_presented(r, session, &state.claims);
    if (csrf->len > 0) {
        return session->csrf != NULL && state.claims.authentic && state.claims.has_sid
               && macaw_csrf_check(session->csrf->session, state.claims.sid, ngx_time(),
                                   (const char *)csrf->data, csrf->len)
                      == MACAW_OK;
    }
    return ngx_http_macaw_csrf_refuses(r, lcf, &state) == NULL;
}

/* ---- out ---- */

static void left(ngx_http_request_t *r, ngx_int_t rc, void *data)
{
    const leaving_t *leaving = data;

    ngx_http_finalize_request(r, rc == NGX_OK ? ngx_http_macaw_see_other(r, &leaving->path)
                                              : NGX_HTTP_INTERNAL_SERVER_ERROR);
}

void ngx_http_macaw_logout_by_form(ngx_http_request_t *r, const session_t *session, bool everywhere,
                                   const ngx_str_t *csrf, const ngx_str_t *path)
{
    leaving_t *leaving = ngx_palloc(r->pool, sizeof *leaving);
    ngx_int_t rc;

    if (leaving == NULL) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }
    if (!is_ours(r, session, csrf)) {
        ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_CSRF_REFUSED);
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "macaw: session \"%V\": logout refused: cross-site", &session->name);
        ngx_http_finalize_request(r, NGX_HTTP_FORBIDDEN);
        return;
    }
    leaving->session = session;
    leaving->path = *path;
    rc = ngx_http_macaw_session_logout(r, session, everywhere, left, leaving);
    if (rc != NGX_AGAIN) {
        left(r, rc, leaving);
    }
}

/* ---- macaw_session_logout ---- */

static void posted(ngx_http_request_t *r)
{
    static const char *const names[] = {"csrf", NULL};
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    const ngx_http_macaw_logout_place_t *place = lcf->logout;
    ngx_http_macaw_form_t form;
    ngx_int_t rc = ngx_http_macaw_read_form(r, names, &form);

    if (rc != NGX_OK) {
        ngx_http_finalize_request(r, rc);
        return;
    }
    ngx_http_macaw_logout_by_form(r, place->session, place->everywhere, &form.values[0],
                                  &place->path);
}

ngx_int_t ngx_http_macaw_logout_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;

    if (r->method != NGX_HTTP_POST || r != r->main) {
        return ngx_http_macaw_not_allowed(r, "POST");
    }
    rc = ngx_http_macaw_check_form(r);
    if (rc == NGX_OK) {
        rc = ngx_http_read_client_request_body(r, posted);
        return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
    }
    return rc;
}

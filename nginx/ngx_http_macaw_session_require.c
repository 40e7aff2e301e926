/* When a request that needs a session is decided.
 *
 * As for signed requests: in ACCESS, or before the directives of the rewrite
 * module where the location has some, and for subrequests in REWRITE, because
 * nginx skips ACCESS for them. What the upstream is told is settled in REWRITE
 * everywhere, before anything can make a subrequest. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_state_t state_t;

static bool has_sessions(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_session_module);

    return mcf->sessions.nelts > 0;
}

static bool checks_csrf(const loc_conf *lcf)
{
    return lcf->csrf == NGX_CONF_UNSET ? lcf->require != NGX_HTTP_MACAW_REQUIRE_OFF : lcf->csrf;
}

static bool decides(const loc_conf *lcf)
{
    return lcf->use != NULL && (lcf->require != NGX_HTTP_MACAW_REQUIRE_OFF || checks_csrf(lcf));
}

/* Its identity must not reach the upstream, whoever else lets the request in. */
static ngx_int_t refuse_cross_site(ngx_http_request_t *r, state_t *state, const char *why)
{
    if (!state->cross_site) {
        state->cross_site = 1;
        ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_CSRF_REFUSED);
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "macaw: session \"%V\" refused: cross-site: %s", &state->session->name, why);
    }
    return ngx_http_macaw_session_identify(r) == NGX_OK ? NGX_HTTP_FORBIDDEN
                                                        : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

/* NGX_OK: a session lets the request in. NGX_DECLINED: none is needed. Else the
 * status of the refusal. */
static ngx_int_t decide(ngx_http_request_t *r, const loc_conf *lcf)
{
    state_t *state = ngx_http_macaw_session_peek(r);
    const char *why;

    if (state == NULL || state->claims.reason == MACAW_SESSION_INTERNAL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (checks_csrf(lcf) && state->claims.reason == MACAW_SESSION_OK) {
        why = state->cross_site ? "judged before" : ngx_http_macaw_csrf_refuses(r, lcf, state);
        if (why != NULL) {
            return refuse_cross_site(r, state, why);
        }
    }
    if (lcf->require == NGX_HTTP_MACAW_REQUIRE_OFF) {
        return NGX_DECLINED;
    }
    return ngx_http_macaw_session_known(state) ? NGX_OK : NGX_HTTP_UNAUTHORIZED;
}

static ngx_int_t decide_request(ngx_http_request_t *r, const loc_conf *lcf)
{
    ngx_int_t rc = decide(r, lcf);

    return rc == NGX_HTTP_UNAUTHORIZED || rc == NGX_HTTP_FORBIDDEN
               ? ngx_http_macaw_session_refuse(r, (ngx_uint_t)rc)
               : rc;
}

static ngx_int_t access_handler(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);

    return decides(lcf) ? decide_request(r, lcf) : NGX_DECLINED;
}

/* An error page for a request that nginx could not take (400, 414, 495, 497) begins
 * here: POST_READ was left out. */
static ngx_int_t strip_once(ngx_http_request_t *r)
{
    return r->internal && r == r->main && ngx_http_macaw_get_client(r) == NULL
               ? ngx_http_macaw_session_strip(r)
               : NGX_OK;
}

/* Under "satisfy any" only ACCESS can know whether another module lets the
 * request in, so nothing is decided here, unless ACCESS is what asks. */
static ngx_int_t rewrite_handler(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    const ngx_http_core_loc_conf_t *clcf;
    ngx_int_t rc;

    if (!has_sessions(r)) {
        return NGX_DECLINED;
    }
    if (strip_once(r) != NGX_OK || ngx_http_macaw_session_identify(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!decides(lcf) || (r == r->main && !lcf->rewrites)) {
        return NGX_DECLINED;
    }
    clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    if (clcf->satisfy == NGX_HTTP_SATISFY_ANY && !ngx_http_macaw_is_question(r)) {
        return NGX_DECLINED;
    }
    rc = r == r->main ? decide_request(r, lcf) : decide(r, lcf);
    return rc == NGX_OK ? NGX_DECLINED : rc;
}

static ngx_int_t post_read_handler(ngx_http_request_t *r)
{
    if (has_sessions(r) && ngx_http_macaw_session_strip(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    return NGX_DECLINED;
}

static ngx_int_t add_handler(ngx_conf_t *cf, ngx_uint_t phase, ngx_http_handler_pt handler)
{
    ngx_http_core_main_conf_t *cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *h = ngx_array_push(&cmcf->phases[phase].handlers);

    if (h == NULL) {
        return NGX_ERROR;
    }
    *h = handler;
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_session_require_init(ngx_conf_t *cf)
{
    if (add_handler(cf, NGX_HTTP_POST_READ_PHASE, post_read_handler) != NGX_OK
        || add_handler(cf, NGX_HTTP_REWRITE_PHASE, rewrite_handler) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_handler(cf, NGX_HTTP_ACCESS_PHASE, access_handler);
}

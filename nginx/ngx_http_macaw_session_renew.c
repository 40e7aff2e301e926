/* What a session adds to a response: a renewed cookie, a token against CSRF; and
 * what caches may make of it.
 *
 * A response with either is for one client: shared caches are told "private".
 * What the application calls public stays so, and carries neither. */
#include "ngx_http_macaw_session_answer.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_state_t state_t;

/* ---- caches ---- */

/* One directive after the other; may_have_value: "=" may follow it. */
static bool lists(const ngx_str_t *value, const char *directive, bool may_have_value)
{
    const u_char *at = value->data, *end = at + value->len;
    size_t len = ngx_strlen(directive);

    while (at < end) {
        const u_char *comma = memchr(at, ',', (size_t)(end - at));
        const u_char *stop = comma != NULL ? comma : end;
        while (at < stop && (*at == ' ' || *at == '\t')) {
            at++;
        }
        if ((size_t)(stop - at) >= len && ngx_strncasecmp((u_char *)at, (u_char *)directive, len) == 0
            && ((size_t)(stop - at) == len || at[len] == ' ' || (may_have_value && at[len] == '='))) {
            return true;
        }
        at = comma != NULL ? comma + 1 : end;
    }
    return false;
}

static bool has_directive(const ngx_http_request_t *r, const char *directive, bool may_have_value)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (field[i].hash != 0 && field[i].key.len == 13
                && ngx_strncasecmp(field[i].key.data, (u_char *)"Cache-Control", 13) == 0
                && lists(&field[i].value, directive, may_have_value)) {
                return true;
            }
        }
    }
    return false;
}

/* A response with something of this session alone in its header. */
ngx_int_t ngx_http_macaw_keep_private(ngx_http_request_t *r)
{
    if (has_directive(r, "private", false) || has_directive(r, "no-store", false)) {
        return NGX_OK;
    }
    return ngx_http_macaw_add_header(r, "Cache-Control", "private") != NULL ? NGX_OK : NGX_ERROR;
}

/* A field that tells some shared caches to keep it, whatever Cache-Control says. */
static bool is_for_some_caches(const ngx_http_request_t *r)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_macaw_is_targeted(&field[i]) && !lists(&field[i].value, "private", false)
                && !lists(&field[i].value, "no-store", false)) {
                return true;
            }
        }
    }
    return false;
}

/* The application says that anybody may have it. */
bool ngx_http_macaw_is_shared(const ngx_http_request_t *r)
{
    return has_directive(r, "public", false) || has_directive(r, "s-maxage", true)
           || is_for_some_caches(r);
}

/* A cookie that is refused here and that the application sees all the same: for whom
 * it answers is not known. */
static bool is_foreign(const state_t *state)
{
    return state != NULL && state->session != NULL && !ngx_http_macaw_session_ok(state)
           && !state->session->hidden;
}

#if NGX_HTTP_CACHE

/* Each request within a client's has a cache and a key of its own. The context of a
 * subrequest has no other use. */
static bool is_keyed(ngx_http_request_t *r)
{
    const void *keyed = r == r->main ? ngx_http_macaw_get_client(r)->keyed
                                     : ngx_http_get_module_ctx(r, ngx_http_macaw_session_module);

    return keyed != NULL && keyed == r->cache;
}

static void guard_key(ngx_http_request_t *r, const state_t *state)
{
    if (is_foreign(state) || (ngx_http_macaw_session_ok(state) && !is_keyed(r))) {
        r->upstream->cacheable = 0;
    }
}

#endif

/* Where else the variable stands (add_header, set) says nothing about the key. */
void ngx_http_macaw_tells_users_apart(ngx_http_request_t *r)
{
#if NGX_HTTP_CACHE
    if (r->cache == NULL || r->cache->header_start != 0) {
        return;
    }
    if (r == r->main) {
        ngx_http_macaw_get_client(r)->keyed = r->cache;
    } else {
        ngx_http_set_ctx(r, r->cache, ngx_http_macaw_session_module);
    }
#else
    (void)r;
#endif
}

/* nginx's own cache: what was made for a user is stored only under a key that tells
 * users apart, and never as a file by proxy_store. Of subrequests too: a background
 * update is one. */
void ngx_http_macaw_guard_cache(ngx_http_request_t *r)
{
    ngx_http_upstream_t *u = r->upstream;
    const state_t *state;

    if (u == NULL || r->cached || (!u->cacheable && !u->store)) {
        return;
    }
    state = ngx_http_macaw_session_peek(r);
#if NGX_HTTP_CACHE
    guard_key(r, state);
#endif
    if (is_foreign(state) || ngx_http_macaw_session_ok(state)) {
        u->store = 0;
    }
}

/* ---- renewal ---- */

static bool is_due(ngx_http_request_t *r, const state_t *state)
{
    const ngx_http_macaw_session_t *session = state->session;

    return session->renew > 0 && state->format == session->issuer
           && ngx_time() - state->claims.issued >= session->renew && r->headers_out.status >= 200
           && r->headers_out.status != NGX_HTTP_NOT_MODIFIED && !ngx_http_macaw_is_shared(r);
}

static ngx_int_t renew(ngx_http_request_t *r, const state_t *state)
{
    const ngx_http_macaw_session_t *session = state->session;
    const macaw_session_claims *claims = &state->claims;
    time_t ttl = ngx_min(session->idle, (time_t)(claims->expires - claims->issued));
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant;
    size_t len;
    int status;

    status = macaw_session_renew(claims, ngx_time(), ttl, &grant);
    if (status == MACAW_OK && ngx_http_macaw_session_bind(r, session, &grant.bind) != NGX_OK) {
        status = MACAW_ENOMEM;
    }
    if (status == MACAW_OK) {
        if (state->format->handle) {
            grant.subject.len = 0;
            grant.data.len = 0;
        }
        status = macaw_session_issue(session->issuer->session, &grant, token, &len);
    }
    if (status != MACAW_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0, "macaw: session \"%V\" not renewed: %s",
                      &session->name, macaw_strerror(status));
        return NGX_OK;
    }
    if (ngx_http_macaw_set_cookie(r, session, (macaw_str){token, len}, grant.ttl) != NGX_OK) {
        return NGX_ERROR;
    }
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_RENEWED);
    return ngx_http_macaw_keep_private(r);
}

/* ---- a token for pages ---- */

static ngx_int_t add_csrf(ngx_http_request_t *r, const loc_conf *lcf, state_t *state)
{
    ngx_table_elt_t *field;
    ngx_str_t token;

    if (ngx_http_macaw_csrf_token(r, state, &token) != NGX_OK) {
        return NGX_ERROR;
    }
    if (token.len == 0 || ngx_http_macaw_is_shared(r)) {
        return NGX_OK;
    }
    field = ngx_http_macaw_add_header(r, (const char *)lcf->csrf_header.data, "");
    if (field == NULL) {
        return NGX_ERROR;
    }
    field->value = token;
    return ngx_http_macaw_keep_private(r);
}

ngx_int_t ngx_http_macaw_decorate(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    state_t *state = ngx_http_macaw_session_peek(r);

    if (!ngx_http_macaw_session_ok(state)) {
        return NGX_OK;
    }
    if (is_due(r, state) && renew(r, state) != NGX_OK) {
        return NGX_ERROR;
    }
    if (ngx_http_macaw_session_exchange(r, state) == NGX_ERROR) {
        return NGX_ERROR;
    }
    return lcf->csrf_header.len > 0 ? add_csrf(r, lcf, state) : NGX_OK;
}

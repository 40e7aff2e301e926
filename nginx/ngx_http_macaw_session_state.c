/* The session of a client request: judged once for each list of definitions, kept
 * in a pool cleanup, where it survives internal redirects. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_client_t client_t;
typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_session_state_t state_t;

/* ---- where it is kept ---- */

/* Nothing to clean up: its address tells which cleanup holds the client. */
static void keeps_client(void *data)
{
    (void)data;
}

client_t *ngx_http_macaw_get_client(ngx_http_request_t *r)
{
    ngx_http_request_t *main = r->main;
    client_t *client = ngx_http_get_module_ctx(main, ngx_http_macaw_session_module);
    ngx_pool_cleanup_t *cleanup;

    if (client != NULL || !(main->internal || main->filter_finalize)) {
        return client;
    }
    for (cleanup = main->pool->cleanup; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->handler == keeps_client) {
            ngx_http_set_ctx(main, cleanup->data, ngx_http_macaw_session_module);
            return cleanup->data;
        }
    }
    return NULL;
}

client_t *ngx_http_macaw_make_client(ngx_http_request_t *r)
{
    client_t *client = ngx_http_macaw_get_client(r);
    ngx_pool_cleanup_t *cleanup;

    if (client != NULL) {
        return client;
    }
    if (ngx_http_macaw_session_strip(r->main) != NGX_OK) {
        return NULL;
    }
    cleanup = ngx_pool_cleanup_add(r->main->pool, sizeof *client);
    if (cleanup == NULL) {
        return NULL;
    }
    client = cleanup->data;
    ngx_memzero(client, sizeof *client);
    client->headers = r->main->headers_in.headers;
    cleanup->handler = keeps_client;
    ngx_http_set_ctx(r->main, client, ngx_http_macaw_session_module);
    return client;
}

/* ---- the state ---- */

static ngx_int_t copy(ngx_pool_t *pool, macaw_str *text)
{
    u_char *p;

    if (text->len == 0) {
        return NGX_OK;
    }
    p = ngx_pnalloc(pool, text->len);
    if (p == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(p, text->data, text->len);
    text->data = (const char *)p;
    return NGX_OK;
}

/* The work area is the next request's: what is needed moves into the pool. */
static ngx_int_t keep(ngx_pool_t *pool, state_t *state)
{
    macaw_session_claims *claims = &state->claims;

    claims->payload = (macaw_str){NULL, 0};
    if (copy(pool, &claims->subject) != NGX_OK || copy(pool, &claims->data) != NGX_OK
        || copy(pool, &claims->handle_secret) != NGX_OK
        || ngx_http_macaw_percent_encode(pool, claims->subject, &state->user) != NGX_OK
        || ngx_http_macaw_percent_encode(pool, claims->data, &state->data) != NGX_OK) {
        return NGX_ERROR;
    }
    return claims->has_sid ? ngx_http_macaw_print_hex(pool, claims->sid, MACAW_SESSION_SID_LEN,
                                                      &state->sid)
                           : NGX_OK;
}

/* The first definition that verifies wins; else the first whose cookie is there. */
static ngx_int_t judge(ngx_http_request_t *r, state_t *state)
{
    session_t *const *session = state->judge->elts;
    const ngx_http_macaw_format_t *format;
    macaw_session_claims claims;
    ngx_uint_t i;

    state->claims.reason = MACAW_SESSION_MISSING;
    for (i = 0; i < state->judge->nelts; i++) {
        format = ngx_http_macaw_session_presented(r, session[i], &claims);
        if (claims.reason == MACAW_SESSION_MISSING) {
            continue;
        }
        if (state->session == NULL || claims.reason == MACAW_SESSION_OK) {
            state->session = session[i];
            state->format = format;
            state->claims = claims;
        }
        if (claims.reason == MACAW_SESSION_OK) {
            return keep(r->pool, state);
        }
    }
    return NGX_OK;
}

state_t *ngx_http_macaw_session_peek(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    client_t *client;
    state_t *state;

    /* A request that could not be parsed has none of what is looked at. */
    if (lcf->use == NULL || r->main->request_line.len == 0) {
        return NULL;
    }
    client = ngx_http_macaw_make_client(r);
    if (client == NULL) {
        return NULL;
    }
    for (state = client->states; state != NULL; state = state->next) {
        if (state->judge == lcf->use) {
            return state;
        }
    }
    state = ngx_pcalloc(r->pool, sizeof *state);
    if (state == NULL) {
        return NULL;
    }
    state->judge = lcf->use;
    if (judge(r, state) != NGX_OK) {
        return NULL;
    }
    state->next = client->states;
    client->states = state;
    ngx_http_macaw_count_state(r, state);
    return state;
}

bool ngx_http_macaw_session_ok(const state_t *state)
{
    return state != NULL && state->claims.reason == MACAW_SESSION_OK && !state->cross_site;
}

bool ngx_http_macaw_session_known(const state_t *state)
{
    return ngx_http_macaw_session_ok(state)
           && (state->user.len > 0 || state->session->allow_no_subject);
}

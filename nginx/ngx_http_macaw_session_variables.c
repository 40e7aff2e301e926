/* $macaw_user and the rest: the session, judged on first use. All are empty
 * unless it is valid and not revoked. */
#include "ngx_http_macaw_session.h"

#define CLAIM_PREFIX "macaw_claim_"
#define CLAIM_MAX    1024

typedef ngx_http_macaw_session_state_t state_t;

static ngx_int_t set(ngx_http_variable_value_t *v, const ngx_str_t *text)
{
    v->data = text->data;
    v->len = (unsigned)text->len & 0xfffffff;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    return NGX_OK;
}

static ngx_int_t set_nothing(ngx_http_variable_value_t *v)
{
    v->not_found = 1;
    return NGX_OK;
}

static ngx_int_t set_word(ngx_http_variable_value_t *v, const char *word)
{
    const ngx_str_t text = {ngx_strlen(word), (u_char *)word};

    return set(v, &text);
}

static ngx_int_t set_number(ngx_http_request_t *r, ngx_http_variable_value_t *v, int64_t number)
{
    u_char *p = ngx_pnalloc(r->pool, NGX_INT64_LEN);
    ngx_str_t text;

    if (p == NULL) {
        return NGX_ERROR;
    }
    text.data = p;
    text.len = (size_t)(ngx_sprintf(p, "%L", number) - p);
    return set(v, &text);
}

/* ---- members of the state: data is the offset ---- */

static ngx_int_t get_text(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);

    if (!ngx_http_macaw_session_ok(state)) {
        return set_nothing(v);
    }
    return set(v, (const ngx_str_t *)(const void *)((const u_char *)state + data));
}

static ngx_int_t get_time(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);
    int64_t when;

    if (!ngx_http_macaw_session_ok(state)) {
        return set_nothing(v);
    }
    when = *(const int64_t *)(const void *)((const u_char *)state + data);
    return when != 0 ? set_number(r, v, when) : set_nothing(v);
}

/* ---- the others ---- */

static ngx_int_t get_reason(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);

    (void)data;
    if (state == NULL) {
        return set_nothing(v);
    }
    return set_word(v, state->cross_site ? "cross-site"
                                         : macaw_session_reason_name(state->claims.reason));
}

static ngx_int_t get_scheme(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);

    (void)data;
    return ngx_http_macaw_session_ok(state)
               ? set_word(v, macaw_session_scheme_name(state->format->scheme))
               : set_nothing(v);
}

static ngx_int_t get_name(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);

    (void)data;
    return ngx_http_macaw_session_ok(state) ? set(v, &state->session->name) : set_nothing(v);
}

static ngx_int_t get_csrf_token(ngx_http_request_t *r, ngx_http_variable_value_t *v,
                                uintptr_t data)
{
    state_t *state = ngx_http_macaw_session_peek(r);
    ngx_str_t token = ngx_null_string;

    (void)data;
    if (state != NULL && ngx_http_macaw_csrf_token(r, state, &token) != NGX_OK) {
        return NGX_ERROR;
    }
    return token.len > 0 ? set(v, &token) : set_nothing(v);
}

/* The id of the session; "-" for everybody else, which no session has. */
static ngx_int_t get_cache_key(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_session_peek(r);

    (void)data;
    if (state == NULL) {
        return set_word(v, "-");
    }
    ngx_http_macaw_tells_users_apart(r);
    return ngx_http_macaw_session_ok(state) && state->sid.len > 0 ? set(v, &state->sid)
                                                                  : set_word(v, "-");
}

/* ---- claims ---- */

/* The content was left in the work area, which is others' by now: judge again. */
static ngx_int_t read_payload(ngx_http_request_t *r, state_t *state)
{
    macaw_session_claims claims;
    u_char *p;

    if (state->payload.data != NULL) {
        return NGX_OK;
    }
    (void)ngx_http_macaw_session_presented(r, state->session, &claims);
    if (claims.reason != MACAW_SESSION_OK) {
        claims.payload.len = 0;
    }
    if (claims.payload.len == 0) {
        claims.payload = state->claims.data;
    }
    p = ngx_pnalloc(r->pool, claims.payload.len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }
    state->payload.len = claims.payload.len;
    state->payload.data = (const char *)p;
    ngx_memcpy(p, claims.payload.data != NULL ? claims.payload.data : "", claims.payload.len);
    return NGX_OK;
}

/* The rest of the variable's name is the member's. */
static ngx_int_t get_claim(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t *name = (const ngx_str_t *)data;
    state_t *state = ngx_http_macaw_session_peek(r);
    char pointer[256], claim[CLAIM_MAX];
    ngx_str_t text;
    size_t len;

    if (!ngx_http_macaw_session_ok(state) || name->len >= sizeof pointer) {
        return set_nothing(v);
    }
    if (read_payload(r, state) != NGX_OK) {
        return NGX_ERROR;
    }
    *ngx_sprintf((u_char *)pointer, "/%*s", name->len - (sizeof CLAIM_PREFIX - 1),
                 name->data + sizeof CLAIM_PREFIX - 1) = '\0';
    if (macaw_session_member(state->payload, pointer, claim, sizeof claim, &len) != MACAW_OK
        || ngx_http_macaw_percent_encode(r->pool, (macaw_str){claim, len}, &text) != NGX_OK) {
        return set_nothing(v);
    }
    return set(v, &text);
}

/* Not cacheable: another location may have another session. */
static ngx_http_variable_t variables[] = {
    {ngx_string("macaw_user"), NULL, get_text, offsetof(state_t, user), NGX_HTTP_VAR_NOCACHEABLE,
     0},
    {ngx_string("macaw_session_id"), NULL, get_text, offsetof(state_t, sid),
     NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_data"), NULL, get_text, offsetof(state_t, data),
     NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_expires"), NULL, get_time, offsetof(state_t, claims.expires),
     NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_login"), NULL, get_time, offsetof(state_t, claims.login),
     NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_reason"), NULL, get_reason, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_scheme"), NULL, get_scheme, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_name"), NULL, get_name, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_csrf_token"), NULL, get_csrf_token, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_session_cache_key"), NULL, get_cache_key, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string(CLAIM_PREFIX), NULL, get_claim, 0,
     NGX_HTTP_VAR_NOCACHEABLE | NGX_HTTP_VAR_PREFIX, 0},
};

ngx_int_t ngx_http_macaw_session_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *variable;
    size_t i;

    for (i = 0; i < sizeof variables / sizeof *variables; i++) {
        variable = ngx_http_add_variable(cf, &variables[i].name, variables[i].flags);
        if (variable == NULL) {
            return NGX_ERROR;
        }
        variable->get_handler = variables[i].get_handler;
        variable->data = variables[i].data;
    }
    return NGX_OK;
}

/* ---- nginx's own variables of cookies ---- */

static bool is_named(const ngx_str_t *name, const char *word)
{
    return name->len == ngx_strlen(word) && ngx_strncmp(name->data, word, name->len) == 0;
}

void ngx_http_macaw_session_renew_variables(ngx_conf_t *cf)
{
    const ngx_http_core_main_conf_t *cmcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    const ngx_hash_key_t *key = cmcf->variables_keys->keys.elts;
    ngx_http_variable_t *prefix = cmcf->prefix_variables.elts;
    ngx_uint_t i;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {
        if (is_named(&key[i].key, "http_cookie")) {
            ((ngx_http_variable_t *)key[i].value)->flags |= NGX_HTTP_VAR_NOCACHEABLE;
        }
    }
    for (i = 0; i < cmcf->prefix_variables.nelts; i++) {
        if (is_named(&prefix[i].name, "cookie_")) {
            prefix[i].flags |= NGX_HTTP_VAR_NOCACHEABLE;
        }
    }
}

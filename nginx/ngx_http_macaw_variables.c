/* $macaw_*: the verdict, made on first use without a replay claim. */
#include "ngx_http_macaw.h"

typedef ngx_http_macaw_state_t state_t;

static ngx_int_t set(ngx_http_variable_value_t *v, const char *text)
{
    v->data = (u_char *)text;
    v->len = (unsigned)ngx_strlen(text) & 0xfffffff;
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

static ngx_int_t get_result(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_http_macaw_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r->main, ngx_http_macaw_module);
    const state_t *state = ngx_http_macaw_peek_state(r);

    (void)data;
    if (state == NULL) {
        return lcf->scheme_count == 0 ? set(v, "off") : set_nothing(v);
    }
    if (state->preflight) {
        return set(v, "preflight");
    }
    return set(v, state->verdict.reason == MACAW_REASON_OK ? "ok" : "refused");
}

static ngx_int_t get_reason(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_peek_state(r);

    (void)data;
    if (state == NULL || state->preflight) {
        return set_nothing(v);
    }
    return set(v, macaw_reason_name(state->verdict.reason));
}

static ngx_int_t get_key_id(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_peek_state(r);

    (void)data;
    if (state == NULL || !state->verdict.mac_ok) {
        return set_nothing(v);
    }
    return set(v, state->verdict.entry->kid);
}

static ngx_int_t get_scheme(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_peek_state(r);

    (void)data;
    if (state == NULL || state->verdict.scheme == NULL) {
        return set_nothing(v);
    }
    return set(v, macaw_scheme_name(state->verdict.scheme));
}

/* Of a request whose MAC is wrong the timestamp is hearsay. */
static ngx_int_t get_skew(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const state_t *state = ngx_http_macaw_peek_state(r);
    u_char *text;

    (void)data;
    if (state == NULL || !state->verdict.mac_ok || !state->verdict.has_time) {
        return set_nothing(v);
    }
    text = ngx_pnalloc(r->pool, NGX_INT64_LEN + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }
    ngx_sprintf(text, "%L%Z", (int64_t)state->verdict.skew);
    return set(v, (const char *)text);
}

/* Not cacheable: a claim or another location may change the verdict. */
static ngx_http_variable_t variables[] = {
    {ngx_string("macaw_result"), NULL, get_result, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_reason"), NULL, get_reason, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_key_id"), NULL, get_key_id, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_scheme"), NULL, get_scheme, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
    {ngx_string("macaw_skew"), NULL, get_skew, 0, NGX_HTTP_VAR_NOCACHEABLE, 0},
};

ngx_int_t ngx_http_macaw_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t *variable;
    size_t i;

    for (i = 0; i < sizeof variables / sizeof *variables; i++) {
        variable = ngx_http_add_variable(cf, &variables[i].name, variables[i].flags);
        if (variable == NULL) {
            return NGX_ERROR;
        }
        variable->get_handler = variables[i].get_handler;
    }
    return NGX_OK;
}

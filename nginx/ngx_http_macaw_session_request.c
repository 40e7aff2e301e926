/* What the upstream is told: X-Macaw-* of clients never arrive, those of the
 * module do, and the session's own cookie stays here.
 *
 * nginx passes on the list of header fields; removing means making another list.
 * It is always made of the fields as they came, so that a redirect into another
 * location starts from those again. Other structures keep pointing to the fields
 * of the first list, which stay where they are. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_client_t client_t;
typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_session_state_t state_t;

#define IDENTITY_FIELDS 3

/* ---- lists of fields ---- */

static ngx_uint_t count(const ngx_list_t *list)
{
    const ngx_list_part_t *part;
    ngx_uint_t n = 0;

    for (part = &list->part; part != NULL; part = part->next) {
        n += part->nelts;
    }
    return n;
}

/* An application may read "_" and "." as "-". */
static bool is_ours(const ngx_table_elt_t *field)
{
    static const char prefix[] = "x-macaw-";
    size_t i;

    if (field->key.len < sizeof prefix - 1) {
        return false;
    }
    for (i = 0; i < sizeof prefix - 1; i++) {
        u_char c = field->key.data[i];
        c = c == '_' || c == '.' ? '-' : (u_char)ngx_tolower(c);
        if (c != (u_char)prefix[i]) {
            return false;
        }
    }
    return true;
}

static bool has_ours(const ngx_list_t *list)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    for (part = &list->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (is_ours(&field[i])) {
                return true;
            }
        }
    }
    return false;
}

/* ---- cookies ---- */

static bool is_cookie(const ngx_table_elt_t *field)
{
    return field->key.len == 6 && ngx_memcmp(field->lowcase_key, "cookie", 6) == 0;
}

/* The structures that list the Cookie fields follow. */
static ngx_int_t forget_cookies(ngx_http_request_t *r)
{
#if nginx_version >= 1023000
    r->headers_in.cookie = NULL;
    return NGX_OK;
#else
    return ngx_array_init(&r->headers_in.cookies, r->pool, 1, sizeof(ngx_table_elt_t *));
#endif
}

static ngx_int_t note_cookie(ngx_http_request_t *r, ngx_table_elt_t *field)
{
#if nginx_version >= 1023000
    ngx_table_elt_t **last = &r->headers_in.cookie;

    while (*last != NULL) {
        last = &(*last)->next;
    }
    field->next = NULL;
    *last = field;
#else
    ngx_table_elt_t **slot = ngx_array_push(&r->headers_in.cookies);

    if (slot == NULL) {
        return NGX_ERROR;
    }
    *slot = field;
#endif
    return NGX_OK;
}

/* Without the cookies of every hidden definition, valid or not. */
static ngx_int_t hide_cookies(ngx_http_request_t *r, const state_t *state, ngx_str_t *value)
{
    session_t *const *session = state->judge->elts;
    char *text = ngx_pnalloc(r->pool, value->len + 1);
    macaw_str field = {text, value->len};
    ngx_uint_t i;

    if (text == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(text, value->data, value->len);
    for (i = 0; i < state->judge->nelts; i++) {
        if (!session[i]->hidden) {
            continue;
        }
        field.len = macaw_cookie_remove(field, (const char *)session[i]->cookie.data, text);
        if (session[i]->signature.len > 0) {
            field.len = macaw_cookie_remove(field, (const char *)session[i]->signature.data, text);
        }
    }
    value->data = (u_char *)text;
    value->len = field.len;
    return NGX_OK;
}

/* ---- the new list ---- */

static ngx_int_t copy_field(ngx_http_request_t *r, const state_t *state,
                            const ngx_table_elt_t *from)
{
    ngx_str_t value = from->value;
    ngx_table_elt_t *to;

    if (is_ours(from)) {
        return NGX_OK;
    }
    if (is_cookie(from) && state != NULL && hide_cookies(r, state, &value) != NGX_OK) {
        return NGX_ERROR;
    }
    if (is_cookie(from) && state != NULL && value.len == 0) {
        return NGX_OK;
    }
    to = ngx_list_push(&r->headers_in.headers);
    if (to == NULL) {
        return NGX_ERROR;
    }
    *to = *from;
    to->value = value;
    return is_cookie(from) ? note_cookie(r, to) : NGX_OK;
}

static ngx_int_t copy_fields(ngx_http_request_t *r, const ngx_list_t *from, const state_t *state)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    if (ngx_list_init(&r->headers_in.headers, r->pool, count(from) + IDENTITY_FIELDS,
                      sizeof(ngx_table_elt_t))
            != NGX_OK
        || forget_cookies(r) != NGX_OK) {
        return NGX_ERROR;
    }
    for (part = &from->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (copy_field(r, state, &field[i]) != NGX_OK) {
                return NGX_ERROR;
            }
        }
    }
    return NGX_OK;
}

/* name in the spelling it is sent in, then in lower case. */
static ngx_int_t add_field(ngx_http_request_t *r, const char *name, const char *lowcase,
                           const ngx_str_t *value)
{
    ngx_table_elt_t *field;

    if (value->len == 0) {
        return NGX_OK;
    }
    field = ngx_list_push(&r->headers_in.headers);
    if (field == NULL) {
        return NGX_ERROR;
    }
    ngx_memzero(field, sizeof *field);
    field->key.data = (u_char *)name;
    field->key.len = ngx_strlen(name);
    field->lowcase_key = (u_char *)lowcase;
    field->hash = ngx_hash_key((u_char *)lowcase, field->key.len);
    field->value = *value;
    return NGX_OK;
}

static ngx_int_t add_identity(ngx_http_request_t *r, const state_t *state)
{
    if (!ngx_http_macaw_session_ok(state)) {
        return NGX_OK;
    }
    if (add_field(r, "X-Macaw-User", "x-macaw-user", &state->user) != NGX_OK
        || add_field(r, "X-Macaw-Session-Id", "x-macaw-session-id", &state->sid) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_field(r, "X-Macaw-Session-Data", "x-macaw-session-data", &state->data);
}

ngx_int_t ngx_http_macaw_session_strip(ngx_http_request_t *r)
{
    const ngx_list_t as_sent = r->headers_in.headers;

    return has_ours(&as_sent) ? copy_fields(r, &as_sent, NULL) : NGX_OK;
}

ngx_int_t ngx_http_macaw_session_identify(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    const state_t *state = NULL, *before;
    client_t *client;

    if (lcf->use != NULL) {
        state = ngx_http_macaw_session_peek(r);
        if (state == NULL) {
            return NGX_ERROR;
        }
        /* Without any cookie there is nothing to hide and nobody to name. */
        state = state->session != NULL ? state : NULL;
    }
    client = ngx_http_macaw_get_client(r);
    before = client != NULL ? client->applied : NULL;
    if (state == NULL && before == NULL) {
        return NGX_OK;
    }
    /* A subrequest has what its parent had when it was made. */
    if (r == r->main) {
        if (state == before && !(state != NULL && state->cross_site)) {
            return NGX_OK;
        }
        client->applied = state;
    }
    if (copy_fields(r, &client->headers, state) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_identity(r, state);
}

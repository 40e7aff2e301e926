/* What the upstream is told: X-Macaw-* of clients never arrive, those of the
 * module do, and the session's own cookie stays here.
 *
 * nginx passes on the list of header fields; removing means making another list.
 * It is always made of the fields as they came, so that a redirect into another
 * location starts from those again. Other structures keep pointing to the fields
 * of the first list, which stay where they are. */
#include "ngx_http_macaw_session_envelope.h"

typedef ngx_http_macaw_client_t client_t;
typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_session_state_t state_t;

#define IDENTITY_FIELDS 3

/* What is made of the fields as they came. */
typedef struct {
    const state_t *state;                        /* NULL: no cookie is hidden */
    const ngx_http_macaw_envelopes_t *envelopes; /* NULL: none is unwrapped */
    const ngx_list_t *from;
    bool joined;                                 /* the only Cookie field was made */
} change_t;

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

/* An application may read "_", "." and others that no letter is as "-", as CGI does. */
static bool is_ours(const ngx_table_elt_t *field)
{
    static const char prefix[] = "x-macaw-";
    size_t i;

    if (field->key.len < sizeof prefix - 1) {
        return false;
    }
    for (i = 0; i < sizeof prefix - 1; i++) {
        u_char c = (u_char)ngx_tolower(field->key.data[i]);
        bool is_letter = c >= 'a' && c <= 'z';
        if (is_letter ? c != (u_char)prefix[i] : prefix[i] != '-' || (c >= '0' && c <= '9')) {
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

static void hide(const session_t *session, char *text, macaw_str *field)
{
    if (session->hidden) {
        field->len = macaw_cookie_remove(*field, (const char *)session->cookie.data, text);
        if (session->signature.len > 0) {
            field->len = macaw_cookie_remove(*field, (const char *)session->signature.data, text);
        }
    }
}

/* Without the cookies of every hidden definition, valid or not. */
static ngx_int_t hide_cookies(ngx_http_request_t *r, const state_t *state, ngx_str_t *value)
{
    session_t *const *session = state->judge->elts;
    char *text = ngx_pnalloc(r->pool, value->len + 1);
    macaw_str field = {text, value->len};
    ngx_uint_t i, k;

    if (text == NULL) {
        return NGX_ERROR;
    }
    ngx_memcpy(text, value->data, value->len);
    for (i = 0; i < state->judge->nelts; i++) {
        hide(session[i], text, &field);
        for (k = 0; k < session[i]->exchange_count; k++) {
            hide(session[i]->exchange[k], text, &field);
        }
    }
    value->data = (u_char *)text;
    value->len = field.len;
    return NGX_OK;
}

/* ---- the new list ---- */

/* All Cookie fields as one: what some servers make of several, a comma between
 * them, would change the last value of each. */
static ngx_int_t join_cookies(ngx_http_request_t *r, const ngx_list_t *from, ngx_str_t *ret)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    size_t size = 1;
    ngx_uint_t i;
    u_char *p;

    for (part = &from->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            size += is_cookie(&field[i]) ? field[i].value.len + 2 : 0;
        }
    }
    p = ngx_pnalloc(r->pool, size);
    if (p == NULL) {
        return NGX_ERROR;
    }
    ret->data = p;
    for (part = &from->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (is_cookie(&field[i])) {
                p = ngx_sprintf(p, "%s%V", p > ret->data ? "; " : "", &field[i].value);
            }
        }
    }
    ret->len = (size_t)(p - ret->data);
    return NGX_OK;
}

static ngx_int_t change_cookies(ngx_http_request_t *r, change_t *change, ngx_str_t *value)
{
    if (change->envelopes != NULL && change->joined) {
        value->len = 0;
        return NGX_OK;
    }
    change->joined = true;
    if (change->envelopes != NULL && join_cookies(r, change->from, value) != NGX_OK) {
        return NGX_ERROR;
    }
    if (change->state != NULL && hide_cookies(r, change->state, value) != NGX_OK) {
        return NGX_ERROR;
    }
    return change->envelopes != NULL ? ngx_http_macaw_unwrap(r, change->envelopes, value) : NGX_OK;
}

static ngx_int_t copy_field(ngx_http_request_t *r, change_t *change, const ngx_table_elt_t *from)
{
    ngx_str_t value = from->value;
    ngx_table_elt_t *to;

    if (is_ours(from)) {
        return NGX_OK;
    }
    if (is_cookie(from) && change_cookies(r, change, &value) != NGX_OK) {
        return NGX_ERROR;
    }
    if (is_cookie(from) && value.len == 0 && from->value.len > 0) {
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

static ngx_int_t copy_fields(ngx_http_request_t *r, const ngx_list_t *from, change_t *change)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    change->from = from;
    if (ngx_list_init(&r->headers_in.headers, r->pool, count(from) + IDENTITY_FIELDS,
                      sizeof(ngx_table_elt_t))
            != NGX_OK
        || forget_cookies(r) != NGX_OK) {
        return NGX_ERROR;
    }
    for (part = &from->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (copy_field(r, change, &field[i]) != NGX_OK) {
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
    change_t none = {.state = NULL};

    return has_ours(&as_sent) ? copy_fields(r, &as_sent, &none) : NGX_OK;
}

/* The session that counts in this location, and the envelopes: NULL where there is
 * nothing to hide, to name or to unwrap. */
static ngx_int_t look(ngx_http_request_t *r, change_t *ret)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);

    ngx_memzero(ret, sizeof *ret);
    if (lcf->use != NULL) {
        ret->state = ngx_http_macaw_session_peek(r);
        if (ret->state == NULL) {
            return NGX_ERROR;
        }
        /* Without any cookie there is nothing to hide and nobody to name. */
        ret->state = ret->state->session != NULL ? ret->state : NULL;
    }
    if (lcf->wraps != NULL) {
        ret->envelopes = ngx_http_macaw_peek_envelopes(r);
        if (ret->envelopes == NULL) {
            return NGX_ERROR;
        }
        ret->envelopes = ret->envelopes->any ? ret->envelopes : NULL;
    }
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_session_identify(ngx_http_request_t *r)
{
    client_t *client;
    change_t change;

    if (look(r, &change) != NGX_OK) {
        return NGX_ERROR;
    }
    client = ngx_http_macaw_get_client(r);
    /* A subrequest has what its parent had when it was made, which may be another. */
    if (change.state == NULL && change.envelopes == NULL
        && (client == NULL
            || (r == r->main && client->applied == NULL && client->unwrapped == NULL))) {
        return NGX_OK;
    }
    if (r == r->main) {
        if (change.state == client->applied && change.envelopes == client->unwrapped
            && !(change.state != NULL && change.state->cross_site)) {
            return NGX_OK;
        }
        client->applied = change.state;
        client->unwrapped = change.envelopes;
    }
    if (copy_fields(r, &client->headers, &change) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_identity(r, change.state);
}

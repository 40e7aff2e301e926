/* The state of a client request: where it is kept, and the judging that fills it.
 *
 * It is kept in a pool cleanup, where it survives internal redirects. */
#include "ngx_http_macaw.h"

/* The stream of a request is there in every nginx, and its type too, whatever this
 * module is built with: what nginx was built with counts. */
#include <ngx_http_v2.h>

#define FIELDS_ON_STACK 40

typedef ngx_http_macaw_loc_conf_t loc_conf;
typedef ngx_http_macaw_state_t state_t;

/* ---- state ---- */

/* Nothing to clean up: its address tells which cleanup holds the state. */
static void keeps_state(void *data)
{
    (void)data;
}

static state_t *find_kept_state(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cleanup;

    for (cleanup = r->pool->cleanup; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->handler == keeps_state) {
            ngx_http_set_ctx(r, cleanup->data, ngx_http_macaw_module);
            return cleanup->data;
        }
    }
    return NULL;
}

ngx_http_macaw_state_t *ngx_http_macaw_get_state(ngx_http_request_t *r)
{
    ngx_http_request_t *main = r->main;
    state_t *state = ngx_http_get_module_ctx(main, ngx_http_macaw_module);

    if (state == NULL && (main->internal || main->filter_finalize)) {
        return find_kept_state(main);
    }
    return state;
}

/* An HTTP/2 request without Content-Length has a body unless its HEADERS ended
 * the stream; data may have come in before this is asked. */
static bool has_body(ngx_http_request_t *r)
{
    if (r->stream != NULL) {
        const ngx_buf_t *early = r->stream->preread;
        if (!r->stream->in_closed || r->request_body != NULL
            || (early != NULL && early->pos < early->last)) {
            return true;
        }
    }
    return r->headers_in.content_length_n > 0 || r->headers_in.chunked;
}

/* Without the arrays, which have no meaning without a MAC. */
static void forget_verdict(macaw_verdict *verdict)
{
    verdict->reason = MACAW_REASON_OK;
    verdict->mac_ok = false;
    verdict->scheme = NULL;
    verdict->entry = NULL;
    verdict->has_time = false;
    verdict->mac_len = 0;
    verdict->detail[0] = '\0';
}

static state_t *make_state(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof(state_t));
    state_t *state;

    if (cleanup == NULL) {
        return NULL;
    }
    state = cleanup->data;
    ngx_memzero(state, offsetof(state_t, verdict));
    forget_verdict(&state->verdict);
    state->has_body = has_body(r);
    cleanup->handler = keeps_state;
    ngx_http_set_ctx(r, state, ngx_http_macaw_module);
    return state;
}

/* ---- the request as the library sees it ---- */

static macaw_str to_str(const ngx_str_t *s)
{
    macaw_str str = {(const char *)s->data, s->len};

    return str;
}

static ngx_uint_t count_fields(ngx_http_request_t *r)
{
    const ngx_list_part_t *part;
    ngx_uint_t n = 0;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        n += part->nelts;
    }
    return n;
}

static void fill_fields(ngx_http_request_t *r, macaw_field *field)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *header;
    ngx_uint_t i;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            field->name = to_str(&header[i].key);
            field->value = to_str(&header[i].value);
            field++;
        }
    }
}

/* r->method and r->uri change on the way; the request line does not. An absolute
 * target is passed as it was sent, for the library to refuse. */
static void fill_request(ngx_http_request_t *r, const state_t *state, macaw_request *request)
{
    macaw_str line = to_str(&r->request_line);
    const char *space = memchr(line.data, ' ', line.len);
    size_t method_len = space != NULL ? (size_t)(space - line.data) : line.len;

    request->method.data = line.data;
    request->method.len = method_len;
    request->target = to_str(&r->unparsed_uri);
    if (r->schema_start != NULL && space != NULL) {
        request->target.data = space + 1;
        request->target.len = line.len - method_len - 1;
        space = memchr(request->target.data, ' ', request->target.len);
        if (space != NULL) {
            request->target.len = (size_t)(space - request->target.data);
        }
    }
    request->has_body = state->has_body;
}

static bool has_value(ngx_http_request_t *r, const char *name)
{
    const ngx_table_elt_t *header = ngx_http_macaw_find_header(r, name);

    return header != NULL && header->value.len > 0;
}

static bool is_preflight(ngx_http_request_t *r, const macaw_request *request)
{
    return request->method.len == 7 && memcmp(request->method.data, "OPTIONS", 7) == 0
           && !request->has_body && has_value(r, "origin")
           && has_value(r, "access-control-request-method");
}

ngx_table_elt_t *ngx_http_macaw_find_header(ngx_http_request_t *r, const char *name)
{
    size_t len = ngx_strlen(name);
    ngx_list_part_t *part;
    ngx_table_elt_t *header;
    ngx_uint_t i;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (header[i].key.len == len && ngx_strncmp(header[i].lowcase_key, name, len) == 0) {
                return &header[i];
            }
        }
    }
    return NULL;
}

/* ---- judging ---- */

static bool same_claim(const macaw_verdict *a, const macaw_verdict *b)
{
    return a->mac_ok && b->mac_ok && a->scheme == b->scheme && a->mac_len == b->mac_len
           && ngx_memcmp(a->mac, b->mac, a->mac_len) == 0
           && ngx_memcmp(a->entry->fingerprint, b->entry->fingerprint, MACAW_FINGERPRINT_LEN) == 0;
}

static ngx_int_t check(ngx_http_request_t *r, const loc_conf *lcf, macaw_request *request,
                       macaw_verdict *verdict)
{
    macaw_field on_stack[FIELDS_ON_STACK];
    macaw_field *fields = on_stack;

    request->field_count = count_fields(r);
    if (request->field_count > FIELDS_ON_STACK) {
        fields = ngx_palloc(r->pool, request->field_count * sizeof *fields);
        if (fields == NULL) {
            return NGX_ERROR;
        }
    }
    fill_fields(r, fields);
    request->fields = fields;
    macaw_request_check(&lcf->policy, request, ngx_time(), verdict);
    request->fields = NULL;
    return NGX_OK;
}

/* Another location judges. What the first claimed is this request's own. */
static ngx_int_t check_again(ngx_http_request_t *r, const loc_conf *lcf, macaw_request *request,
                             state_t *state)
{
    macaw_verdict before = state->verdict;

    if (check(r, lcf, request, &state->verdict) != NGX_OK) {
        return NGX_ERROR;
    }
    if (!same_claim(&before, &state->verdict)) {
        state->claimed = 0;
        state->claim_reason = MACAW_REASON_OK;
    }
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_judge(ngx_http_request_t *r, const loc_conf *lcf, state_t *state)
{
    macaw_request request;
    ngx_int_t rc = NGX_OK;

    fill_request(r, state, &request);
    state->final = 0;
    state->preflight = lcf->preflight && is_preflight(r, &request);
    if (state->preflight) {
        forget_verdict(&state->verdict);
    } else if (state->claimed != 0) {
        rc = check_again(r, lcf, &request, state);
    } else {
        rc = check(r, lcf, &request, &state->verdict);
    }
    state->judge = rc == NGX_OK ? lcf : NULL;
    return rc;
}

static bool same_lists(const macaw_policy *a, const macaw_policy *b)
{
    size_t i;

    if (a->scheme_count != b->scheme_count || a->allow_kid_count != b->allow_kid_count) {
        return false;
    }
    for (i = 0; i < a->scheme_count; i++) {
        if (a->schemes[i] != b->schemes[i]) {
            return false;
        }
    }
    for (i = 0; i < a->allow_kid_count; i++) {
        if (ngx_strcmp(a->allow_kids[i], b->allow_kids[i]) != 0) {
            return false;
        }
    }
    return true;
}

bool ngx_http_macaw_same_policy(const loc_conf *a, const loc_conf *b)
{
    return a == b
           || (a->policy.keys == b->policy.keys && ngx_strcmp(a->policy.use, b->policy.use) == 0
               && a->zone == b->zone && a->window == b->window
               && a->policy.allow_uncovered == b->policy.allow_uncovered
               && a->policy.insecure == b->policy.insecure && a->preflight == b->preflight
               && same_lists(&a->policy, &b->policy));
}

ngx_http_macaw_state_t *ngx_http_macaw_judged_state(ngx_http_request_t *r, const loc_conf *lcf)
{
    state_t *state = ngx_http_macaw_get_state(r);

    if (state == NULL) {
        state = make_state(r);
    }
    if (state == NULL
        || ((state->judge == NULL || !ngx_http_macaw_same_policy(state->judge, lcf))
            && ngx_http_macaw_judge(r, lcf, state) != NGX_OK)) {
        return NULL;
    }
    return state;
}

ngx_http_macaw_state_t *ngx_http_macaw_peek_state(ngx_http_request_t *r)
{
    ngx_http_request_t *main = r->main;
    const loc_conf *lcf = ngx_http_get_module_loc_conf(main, ngx_http_macaw_module);
    state_t *state = ngx_http_macaw_get_state(main);

    if (state != NULL && state->final) {
        return state;
    }
    /* A request that could not be parsed has none of what is looked at. */
    if (lcf->scheme_count == 0 || main->request_line.len == 0 || main->unparsed_uri.len == 0) {
        return NULL;
    }
    return ngx_http_macaw_judged_state(main, lcf);
}

/* Answers to refused requests: problem details (RFC 9457), terse for strangers.
 * Who holds the key is told why, and what time it is here; the response filter
 * signs that answer. */
#include "ngx_http_macaw.h"

#define BODY_MAX 512

typedef ngx_http_macaw_state_t state_t;

ngx_table_elt_t *ngx_http_macaw_add_header(ngx_http_request_t *r, const char *name,
                                           const char *value)
{
    ngx_table_elt_t *header = ngx_list_push(&r->headers_out.headers);

    if (header == NULL) {
        return NULL;
    }
    header->hash = 1;
    header->key.data = (u_char *)name;
    header->key.len = ngx_strlen(name);
    header->value.data = (u_char *)value;
    header->value.len = ngx_strlen(value);
#if nginx_version >= 1023000
    header->next = NULL;
#endif
    return header;
}

static const char *title_of(ngx_uint_t status)
{
    switch (status) {
    case NGX_HTTP_BAD_REQUEST:
        return "Bad Request";
    case NGX_HTTP_UNAUTHORIZED:
        return "Unauthorized";
    case NGX_HTTP_SERVICE_UNAVAILABLE:
        return "Service Unavailable";
    default:
        return "Internal Server Error";
    }
}

static u_char *print_reason(u_char *p, u_char *end, const macaw_verdict *verdict)
{
    char skew[120];

    p = ngx_slprintf(p, end, ",\"reason\":\"%s\",\"server_time\":%T",
                     macaw_reason_name(verdict->reason), ngx_time());
    if (verdict->has_time) {
        p = ngx_slprintf(p, end, ",\"skew\":%L", (int64_t)verdict->skew);
    }
    if (verdict->reason == MACAW_REASON_STALE || verdict->reason == MACAW_REASON_EARLY) {
        macaw_skew_describe(verdict->skew, skew, sizeof skew);
        p = ngx_slprintf(p, end, ",\"detail\":\"%s\"", skew);
    }
    return p;
}

static ngx_buf_t *make_body(ngx_http_request_t *r, const macaw_verdict *verdict, ngx_uint_t status)
{
    ngx_buf_t *body = ngx_create_temp_buf(r->pool, BODY_MAX);
    u_char *p;

    if (body == NULL) {
        return NULL;
    }
    p = ngx_slprintf(body->last, body->end,
                     "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%ui", title_of(status),
                     status);
    if (verdict->mac_ok) {
        p = print_reason(p, body->end, verdict);
    }
    body->last = ngx_slprintf(p, body->end, "}\n");
    body->last_buf = 1;
    body->last_in_chain = 1;
    return body;
}

static ngx_int_t add_challenge(ngx_http_request_t *r)
{
    const ngx_http_macaw_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    ngx_table_elt_t *header = r->headers_out.www_authenticate;

    if (header != NULL && header->hash != 0) {
        return NGX_OK;
    }
    header = ngx_http_macaw_add_header(r, "WWW-Authenticate", "");
    if (header == NULL) {
        return NGX_ERROR;
    }
    header->value = lcf->challenge;
    r->headers_out.www_authenticate = header;
    return NGX_OK;
}

static ngx_int_t add_headers(ngx_http_request_t *r, const macaw_verdict *verdict, ngx_uint_t status)
{
    if (status == NGX_HTTP_UNAUTHORIZED && add_challenge(r) != NGX_OK) {
        return NGX_ERROR;
    }
    if (verdict->reason == MACAW_REASON_REPLAY
        && ngx_http_macaw_add_header(r, "Retry-After", "1") == NULL) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_add_header(r, "Cache-Control", "no-store") == NULL ? NGX_ERROR : NGX_OK;
}

bool ngx_http_macaw_has_error_page(ngx_http_request_t *r, ngx_uint_t status)
{
    const ngx_http_core_loc_conf_t *clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    const ngx_http_err_page_t *page;
    ngx_uint_t i;

    if (clcf->error_pages == NULL || r->error_page || r->uri_changes == 0) {
        return false;
    }
    page = clcf->error_pages->elts;
    for (i = 0; i < clcf->error_pages->nelts; i++) {
        if (page[i].status == (ngx_int_t)status) {
            return true;
        }
    }
    return false;
}

ngx_int_t ngx_http_macaw_send_problem(ngx_http_request_t *r, ngx_uint_t status, ngx_buf_t *body)
{
    ngx_chain_t out = {body, NULL};
    ngx_int_t rc;

    if (body == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->expect_tested = 1; /* nobody wants the body: no 100 (Continue) */
    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    r->err_status = status;
    r->headers_out.status = status;
    r->headers_out.content_length_n = out.buf->last - out.buf->pos;
    ngx_str_set(&r->headers_out.content_type, "application/problem+json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    ngx_http_clear_accept_ranges(r);
    ngx_http_clear_last_modified(r);
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_output_filter(r, &out);
}

/* nginx answers with the operator's page where there is one; in a location that
 * checks, the page is refused in turn, which ends here. */
static ngx_int_t answer(ngx_http_request_t *r, const state_t *state, bool again)
{
    ngx_uint_t status = (ngx_uint_t)macaw_reason_http_status(state->verdict.reason);

    if (!again && ngx_http_macaw_has_error_page(r, status)) {
        return (ngx_int_t)status;
    }
    return ngx_http_macaw_send_problem(r, status, make_body(r, &state->verdict, status));
}

/* ---- auth_delay: what nginx does for modules that return 401 ---- */

bool ngx_http_macaw_is_delayed(ngx_http_request_t *r)
{
    ngx_event_t *event = r->connection->write;
    bool delayed = event->delayed;

    if (delayed && ngx_handle_write_event(event, 0) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
    return delayed;
}

static void answer_later(ngx_http_request_t *r)
{
    if (!ngx_http_macaw_is_delayed(r)) {
        ngx_http_finalize_request(r, answer(r, ngx_http_macaw_get_state(r), false));
    }
}

ngx_int_t ngx_http_macaw_delay(ngx_http_request_t *r, ngx_msec_t time,
                               ngx_http_event_handler_pt handler)
{
    ngx_event_t *event = r->connection->write;

    if (r->connection->read->ready) {
        ngx_post_event(r->connection->read, &ngx_posted_events);
    } else if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = handler;
    event->delayed = 1;
    ngx_add_timer(event, time);
    return NGX_DONE;
}

/* Under "satisfy any" another module may still let the request in, and nginx
 * waits for it after 401 and 403 only; the page is nginx's then. */
static ngx_int_t deny(ngx_http_request_t *r)
{
    return add_challenge(r) == NGX_OK ? NGX_HTTP_UNAUTHORIZED : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

ngx_int_t ngx_http_macaw_refuse(ngx_http_request_t *r, ngx_http_macaw_state_t *state)
{
    const ngx_http_core_loc_conf_t *clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    ngx_uint_t status = (ngx_uint_t)macaw_reason_http_status(state->verdict.reason);
    bool again = state->refused;

    if (clcf->satisfy == NGX_HTTP_SATISFY_ANY && status < NGX_HTTP_INTERNAL_SERVER_ERROR) {
        return deny(r);
    }
    state->refused = 1;
    if (!again && add_headers(r, &state->verdict, status) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    if (!again && status == NGX_HTTP_UNAUTHORIZED && clcf->auth_delay > 0) {
        return ngx_http_macaw_delay(r, clcf->auth_delay, answer_later);
    }
    ngx_http_finalize_request(r, answer(r, state, again));
    return NGX_DONE;
}

/* The response filter: decides at the header what becomes of a response.
 *
 * It stands between nginx's range and chunked filters: the content it sees is
 * the content that is sent, after gzip, ranges and subrequests, before transfer
 * coding. Content that exists is signed in the header, which is why header and
 * body are held until the body has ended, up to macaw_response_buffer.
 *
 * A response is signed only where the MAC of this very client request verified:
 * whoever holds no key obtains no MAC. The key that verified signs, also one
 * that is rotated out and may only verify: the MAC answers the client that holds
 * this key, and no other could check it. */
#include "ngx_http_macaw_respond.h"

#include "ngx_http_macaw_session.h"

static ngx_http_output_header_filter_pt next_header_filter;

#define MAC_FIELD  "X-Response-Content-HMAC"
#define TIME_FIELD "X-Response-Content-TimeStamp"

/* What only this module may send. */
static const ngx_str_t own_fields[] = {
    ngx_string(MAC_FIELD),
    ngx_string(TIME_FIELD),
    ngx_string(NGX_HTTP_MACAW_UNSIGNED_FIELD),
};

static bool is_own(const ngx_str_t *name)
{
    for (size_t i = 0; i < sizeof(own_fields) / sizeof(own_fields[0]); i++) {
        if (name->len == own_fields[i].len &&
            ngx_strncasecmp(name->data, own_fields[i].data, name->len) == 0) {
            return true;
        }
    }
    return false;
}

/* An application that echoes input could send a MAC made for something else. */
void ngx_http_macaw_strip_fields(ngx_list_t *list)
{
    for (ngx_list_part_t *part = &list->part; part != NULL; part = part->next) {
        ngx_table_elt_t *h = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (h[i].hash != 0 && is_own(&h[i].key)) {
                h[i].hash = 0;
            }
        }
    }
}

/* Nothing will follow the header. nginx sets r->header_only for these only when
 * it writes the header, after this filter. */
static bool without_content(const ngx_http_request_t *r)
{
    return r->method == NGX_HTTP_HEAD || r->header_only ||
           r->headers_out.status == NGX_HTTP_NO_CONTENT ||
           r->headers_out.status == NGX_HTTP_NOT_MODIFIED || r->headers_out.content_length_n == 0;
}

static bool is_event_stream(const ngx_str_t *type)
{
    static const u_char name[] = "text/event-stream";
    const size_t len = sizeof(name) - 1;

    if (type->len < len || ngx_strncasecmp(type->data, (u_char *)name, len) != 0) {
        return false;
    }
    return type->len == len || type->data[len] == ';' || type->data[len] == ' ';
}

/* The application expects its bytes to arrive as it writes them: an upgraded
 * connection, server-sent events, an unbuffered upstream (proxy_buffering off,
 * X-Accel-Buffering: no) without a length. An upstream without connection is a
 * former one, before an internal redirect. */
static bool streams(const ngx_http_request_t *r)
{
    const ngx_http_upstream_t *u = r->upstream;

    if (r->headers_out.status == NGX_HTTP_SWITCHING_PROTOCOLS ||
        is_event_stream(&r->headers_out.content_type)) {
        return true;
    }
    return r->headers_out.content_length_n == -1 && u != NULL && u->peer.connection != NULL &&
           !u->buffering;
}

static bool can_send_trailer(ngx_http_request_t *r)
{
    const ngx_http_core_loc_conf_t *clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);

    if (r->headers_out.status == NGX_HTTP_SWITCHING_PROTOCOLS) {
        return false;
    }
    return r->http_version >= NGX_HTTP_VERSION_20 ||
           (r->http_version == NGX_HTTP_VERSION_11 && clcf->chunked_transfer_encoding);
}

/* The body of a 502, in a chain that outlives the call. */
static ngx_chain_t *refusal_body(ngx_http_request_t *r, const char *why)
{
    static const char head[] = "{\"type\":\"about:blank\",\"title\":\"Bad Gateway\","
                               "\"status\":502,\"detail\":\"the response cannot be "
                               "authenticated: ";
    static const char tail[] = "\"}\n";
    ngx_chain_t *out = ngx_alloc_chain_link(r->pool);
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, sizeof(head) + ngx_strlen(why) + sizeof(tail));

    if (out == NULL || b == NULL) {
        return NULL;
    }
    b->last = ngx_sprintf(b->last, "%s%s%s", head, why, tail);
    b->last_buf = 1;
    b->last_in_chain = 1;
    out->buf = b;
    out->next = NULL;
    return out;
}

void ngx_http_macaw_set_buffered(ngx_http_request_t *r, bool buffered)
{
    const unsigned others = r->connection->buffered & ~(unsigned)NGX_HTTP_MACAW_BUFFERED;

    r->connection->buffered = (others | (buffered ? NGX_HTTP_MACAW_BUFFERED : 0)) & 0xff;
}

ngx_int_t ngx_http_macaw_send_held_header(ngx_http_request_t *r)
{
    ngx_http_macaw_set_buffered(r, false);
    ngx_int_t rc = next_header_filter(r);
    return rc > NGX_OK ? NGX_ERROR : rc;
}

ngx_int_t ngx_http_macaw_respond_replace(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                                         const char *why)
{
    ngx_chain_t *out = refusal_body(r, why);

    ctx->phase = NGX_HTTP_MACAW_REPLACED;
    if (out == NULL) {
        return NGX_ERROR;
    }
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "macaw: response replaced by 502: %s", why);
    ngx_http_clean_header(r);
    r->expect_trailers = 0;
    r->keepalive = 0;
    r->headers_out.status = NGX_HTTP_BAD_GATEWAY;
    r->headers_out.content_length_n = out->buf->last - out->buf->pos;
    ngx_str_set(&r->headers_out.content_type, "application/problem+json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    ngx_http_macaw_count_response(r, NGX_HTTP_MACAW_RESPONSE_REFUSED);
    if (ngx_http_macaw_add_header(r, "Cache-Control", "no-store") == NULL ||
        ngx_http_macaw_sign_header(r, &ctx->signer, out) != NGX_OK ||
        ngx_http_macaw_send_held_header(r) == NGX_ERROR) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_next_body(r, out);
}

static ngx_int_t prepare_trailer(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx)
{
    ngx_int_t rc = ngx_http_macaw_mac_start(r, ctx);

    if (rc != NGX_OK) {
        return rc == NGX_ERROR ? rc : ngx_http_macaw_mark_unsigned(r, "internal");
    }
    if (ngx_http_macaw_add_header(r, "Trailer", MAC_FIELD ", " TIME_FIELD) == NULL) {
        return NGX_ERROR;
    }
    r->expect_trailers = 1;
    r->main_filter_need_in_memory = 1;
    ctx->phase = NGX_HTTP_MACAW_TRAILER;
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_respond_over(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                                      const char *why)
{
    const ngx_http_macaw_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    ngx_int_t rc;

    if (lcf->response_over == NGX_HTTP_MACAW_OVER_REFUSE) {
        return ngx_http_macaw_respond_replace(r, ctx, why);
    }
    ctx->phase = NGX_HTTP_MACAW_FLOW;
    if (lcf->response_over == NGX_HTTP_MACAW_OVER_TRAILER && can_send_trailer(r)) {
        rc = prepare_trailer(r, ctx);
    } else {
        rc = ngx_http_macaw_mark_unsigned(r, why);
    }
    return rc == NGX_OK ? ngx_http_macaw_send_held_header(r) : rc;
}

/* NGX_ERROR ends a producer whose response is replaced; while the answer is
 * still being written, the body filter takes over. */
static ngx_int_t over_at_header(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                                const char *why)
{
    ngx_int_t rc = ngx_http_macaw_respond_over(r, ctx, why);

    if (ctx->phase != NGX_HTTP_MACAW_REPLACED) {
        return rc;
    }
    return rc == NGX_AGAIN ? NGX_OK : NGX_ERROR;
}

static ngx_int_t respond(ngx_http_request_t *r, const ngx_http_macaw_loc_conf_t *lcf,
                         const ngx_http_macaw_signer_t *signer)
{
    if (without_content(r)) {
        ngx_int_t rc = ngx_http_macaw_sign_header(r, signer, NULL);
        return rc == NGX_OK ? next_header_filter(r) : rc;
    }
    ngx_http_macaw_respond_t *ctx = ngx_pcalloc(r->pool, sizeof(*ctx));
    if (ctx == NULL) {
        return NGX_ERROR;
    }
    ctx->signer = *signer;
    ctx->length = r->headers_out.content_length_n;
    ngx_http_set_ctx(r, ctx, ngx_http_macaw_filter_module);

    if (streams(r)) {
        return over_at_header(r, ctx, "streaming");
    }
    if (ctx->length > (off_t)lcf->response_buffer) {
        return over_at_header(r, ctx, "too-large");
    }
    ctx->phase = NGX_HTTP_MACAW_HOLD;
    r->main_filter_need_in_memory = 1;
    return NGX_OK;
}

static ngx_int_t header_filter(ngx_http_request_t *r)
{
    if (r != r->main) {
        return next_header_filter(r);
    }
    /* A second header replaces one that is still held. */
    ngx_http_macaw_set_buffered(r, false);
    ngx_http_set_ctx(r, NULL, ngx_http_macaw_filter_module);

    const ngx_http_macaw_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    if (!lcf->sign_response) {
        return next_header_filter(r);
    }
    ngx_http_macaw_strip_fields(&r->headers_out.headers);

    const ngx_http_macaw_state_t *state = ngx_http_macaw_get_state(r);
    if (state == NULL || !state->verdict.mac_ok || r->http_version < NGX_HTTP_VERSION_10) {
        return next_header_filter(r);
    }
    if (macaw_scheme_insecure(state->verdict.scheme)) {
        ngx_int_t rc = ngx_http_macaw_mark_unsigned(r, "scheme");
        return rc == NGX_OK ? next_header_filter(r) : rc;
    }
    const ngx_http_macaw_signer_t signer = {state->verdict.scheme, state->verdict.entry};
    return respond(r, lcf, &signer);
}

static ngx_int_t init_filters(ngx_conf_t *cf)
{
    (void)cf;
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    ngx_http_macaw_respond_body_init();
    ngx_http_macaw_session_filter_init(); /* last, so that it runs first */
    return NGX_OK;
}

static ngx_http_module_t filter_module_ctx = {
    .postconfiguration = init_filters,
};

ngx_module_t ngx_http_macaw_filter_module = {
    NGX_MODULE_V1, &filter_module_ctx,    NULL, NGX_HTTP_MODULE, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL,          NGX_MODULE_V1_PADDING,
};

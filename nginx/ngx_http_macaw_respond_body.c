/* The body filter of response signing: collect a body and sign it, or sign it in
 * passing for the trailer. A body that is not whole never gets a MAC. */
#include "ngx_http_macaw_respond.h"

#define FIRST_ROOM 4096 /* for the first piece of a body of unknown length */

static ngx_http_output_body_filter_pt next_body_filter;

/* What one call brings. */
typedef struct {
    size_t size;
    bool last; /* the end of the response */
    bool flush;
    bool in_file; /* content that is not in memory */
} arrival;

static arrival look_at(const ngx_chain_t *in)
{
    arrival it = {0};

    for (; in != NULL; in = in->next) {
        const ngx_buf_t *b = in->buf;
        if (ngx_buf_in_memory(b)) {
            it.size += (size_t)(b->last - b->pos);
        } else if (b->in_file) {
            it.in_file = true;
        }
        it.last = it.last || b->last_buf;
        it.flush = it.flush || b->flush;
    }
    return it;
}

static void consume(ngx_chain_t *in)
{
    for (; in != NULL; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
}

/* nginx ends a response whose upstream failed under way with a flush and no end.
 * The upstream may be that of the subrequest whose output this is. */
static bool upstream_failed(const ngx_http_request_t *r)
{
    const ngx_http_request_t *active = r->connection->data;
    const ngx_http_upstream_t *u = active->upstream;

    return u != NULL && u->header_sent && u->cleanup == NULL;
}

static bool is_truncated(const ngx_http_request_t *r, off_t length, off_t got, const arrival *it)
{
    if (length != -1 && (got > length || (it->last && got < length))) {
        return true;
    }
    return it->flush && !it->last && upstream_failed(r);
}

/* Room for more held bytes: the announced length at once, else as much again as
 * there is each time. The sum never exceeds the limit. */
static ngx_buf_t *more_room(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, size_t limit,
                            size_t need)
{
    size_t size = ngx_max(ngx_max(ctx->room, need), FIRST_ROOM);

    size = ctx->length != -1 ? (size_t)ctx->length : ngx_min(size, limit - ctx->room);
    ngx_chain_t *link = ngx_alloc_chain_link(r->pool);
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, size);
    if (link == NULL || b == NULL) {
        return NULL;
    }
    link->buf = b;
    link->next = NULL;
    if (ctx->last == NULL) {
        ctx->first = link;
    } else {
        ctx->last->next = link;
    }
    ctx->last = link;
    ctx->room += size;
    return b;
}

static ngx_int_t keep_bytes(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, size_t limit,
                            const u_char *data, size_t size)
{
    while (size > 0) {
        ngx_buf_t *b = ctx->last != NULL ? ctx->last->buf : NULL;
        if (b == NULL || b->last == b->end) {
            b = more_room(r, ctx, limit, size);
            if (b == NULL) {
                return NGX_ERROR;
            }
        }
        size_t n = ngx_min(size, (size_t)(b->end - b->last));
        b->last = ngx_cpymem(b->last, data, n);
        data += n;
        size -= n;
        ctx->held += n;
    }
    return NGX_OK;
}

/* Copy what arrived, so that its buffers are free for more. The mark on the
 * connection keeps nginx from taking the request for finished; a producer that
 * waits for its flush must not wait for the end of its own response. */
static ngx_int_t keep(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, size_t limit,
                      ngx_chain_t *in, bool flush)
{
    for (const ngx_chain_t *link = in; link != NULL; link = link->next) {
        const ngx_buf_t *b = link->buf;
        if (ngx_buf_in_memory(b) &&
            keep_bytes(r, ctx, limit, b->pos, (size_t)(b->last - b->pos)) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    consume(in);
    ngx_http_macaw_set_buffered(r, !flush);
    return NGX_OK;
}

/* What is held, then what arrived. */
static ngx_chain_t *joined(ngx_http_macaw_respond_t *ctx, ngx_chain_t *in)
{
    if (ctx->last == NULL) {
        return in;
    }
    ctx->last->next = in;
    return ctx->first;
}

/* Content whose header is sent. */
static ngx_int_t pass(ngx_http_request_t *r, ngx_chain_t *in)
{
    if (in != NULL && r->headers_out.trailers.part.nelts > 0) {
        const ngx_http_macaw_loc_conf_t *lcf =
            ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
        if (lcf->sign_response) {
            ngx_http_macaw_strip_fields(&r->headers_out.trailers);
        }
    }
    return next_body_filter(r, in);
}

static ngx_int_t send_signed(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, ngx_chain_t *in)
{
    ngx_chain_t *out = joined(ctx, in);

    ctx->phase = NGX_HTTP_MACAW_FLOW;
    ngx_int_t rc = ngx_http_macaw_sign_header(r, &ctx->signer, out);
    if (rc == NGX_OK) {
        rc = ngx_http_macaw_send_held_header(r);
    }
    return rc == NGX_ERROR ? rc : pass(r, out);
}

static ngx_int_t pass_trailer(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, ngx_chain_t *in)
{
    const arrival it = look_at(in);

    ctx->passed += (off_t)it.size;
    ngx_http_macaw_mac_update(r, ctx, in);
    if (it.in_file || is_truncated(r, ctx->length, ctx->passed, &it)) {
        ctx->truncated = 1;
    }
    if (it.last) {
        ngx_http_macaw_strip_fields(&r->headers_out.trailers);
        if (!ctx->truncated && ngx_http_macaw_mac_trailer(r, ctx) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return next_body_filter(r, in);
}

/* The limit is passed before the end: the header goes out now. */
static ngx_int_t overflow(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, ngx_chain_t *in)
{
    ngx_int_t rc = ngx_http_macaw_respond_over(r, ctx, "too-large");

    if (ctx->phase == NGX_HTTP_MACAW_REPLACED) {
        consume(in);
        return rc == NGX_OK ? NGX_ERROR : rc;
    }
    if (rc == NGX_ERROR) {
        return rc;
    }
    ngx_chain_t *out = joined(ctx, in);
    return ctx->phase == NGX_HTTP_MACAW_TRAILER ? pass_trailer(r, ctx, out) : pass(r, out);
}

static ngx_int_t hold(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx, ngx_chain_t *in)
{
    const ngx_http_macaw_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    const arrival it = look_at(in);
    const off_t got = (off_t)(ctx->held + it.size);

    if (it.in_file) {
        ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0, "macaw: response not in memory");
        return NGX_ERROR;
    }
    if (is_truncated(r, ctx->length, got, &it)) {
        consume(in);
        return ngx_http_macaw_respond_replace(r, ctx, "truncated");
    }
    if (it.size > lcf->response_buffer - ctx->held) {
        return overflow(r, ctx, in);
    }
    if (got == ctx->length) {
        return send_signed(r, ctx, in);
    }
    if (it.last) {
        r->headers_out.content_length_n = got;
        return send_signed(r, ctx, in);
    }
    return keep(r, ctx, lcf->response_buffer, in, it.flush);
}

/* Another answer took the place of this response: end its producer once that
 * answer is written. */
static ngx_int_t drop(ngx_http_request_t *r, ngx_chain_t *in)
{
    consume(in);
    if (r->out == NULL &&
        !(r->connection->buffered & (NGX_LOWLEVEL_BUFFERED | NGX_HTTP_WRITE_BUFFERED))) {
        return NGX_ERROR;
    }
    ngx_int_t rc = next_body_filter(r, NULL);
    return rc == NGX_OK ? NGX_ERROR : rc;
}

static ngx_int_t body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_http_macaw_respond_t *ctx = ngx_http_get_module_ctx(r, ngx_http_macaw_filter_module);

    if (ctx == NULL) {
        return pass(r, in);
    }
    switch (ctx->phase) {
    case NGX_HTTP_MACAW_HOLD:
        return in == NULL ? NGX_OK : hold(r, ctx, in);
    case NGX_HTTP_MACAW_TRAILER:
        return in == NULL ? next_body_filter(r, in) : pass_trailer(r, ctx, in);
    case NGX_HTTP_MACAW_REPLACED:
        return drop(r, in);
    case NGX_HTTP_MACAW_FLOW:
        break;
    }
    return pass(r, in);
}

ngx_int_t ngx_http_macaw_next_body(ngx_http_request_t *r, ngx_chain_t *in)
{
    return next_body_filter(r, in);
}

void ngx_http_macaw_respond_body_init(void)
{
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
}

/* The response filter of sessions. It stands right before that of response
 * signing, where the header is final.
 *
 * A login or logout may have to wait until a revocation is on the disk. Then the
 * header is held, and the body's buffers stay with their producers, which stop by
 * themselves when they have no more. */
#include "ngx_http_macaw_session_answer.h"

#define BUFFERED 0x40 /* in connection->buffered; 0x80 is response signing's */

typedef ngx_http_macaw_client_t client_t;

static ngx_http_output_header_filter_pt next_header_filter;
static ngx_http_output_body_filter_pt next_body_filter;

static void set_buffered(ngx_http_request_t *r, bool buffered)
{
    const unsigned others = r->connection->buffered & ~(unsigned)BUFFERED;

    r->connection->buffered = (others | (buffered ? BUFFERED : 0)) & 0xff;
}

/* ---- after the wait ---- */

static bool is_written(const ngx_http_request_t *r)
{
    return r->out == NULL
           && !(r->connection->buffered & (NGX_LOWLEVEL_BUFFERED | NGX_HTTP_WRITE_BUFFERED));
}

/* The producer of what was replaced may wait for ever, for buffers that are held:
 * its request ends as soon as the other answer is written. */
static void end_replaced(ngx_http_request_t *r)
{
    const ngx_http_core_loc_conf_t *clcf = ngx_http_get_module_loc_conf(r, ngx_http_core_module);
    ngx_event_t *event = r->connection->write;

    if (event->timedout || is_written(r) || ngx_http_output_filter(r, NULL) == NGX_ERROR
        || is_written(r)) {
        ngx_http_finalize_request(r, NGX_ERROR);
        return;
    }
    r->write_event_handler = end_replaced;
    ngx_add_timer(event, clcf->send_timeout);
    if (ngx_handle_write_event(event, clcf->send_lowat) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_ERROR);
    }
}

/* The header was never sent, so that another can be. */
static void replace(ngx_http_request_t *r, client_t *client)
{
    r->keepalive = 0;
    client->held = NULL;
    (void)ngx_http_filter_finalize_request(r, &ngx_http_macaw_session_module,
                                           NGX_HTTP_INTERNAL_SERVER_ERROR);
    client->dropped = 1;
    end_replaced(r);
}

static ngx_int_t send_held(ngx_http_request_t *r, client_t *client)
{
    ngx_chain_t *held = client->held;
    ngx_int_t rc = next_header_filter(r);

    client->held = NULL;
    if (rc != NGX_ERROR && rc <= NGX_OK && held != NULL) {
        rc = next_body_filter(r, held);
    }
    return rc > NGX_OK ? NGX_ERROR : rc;
}

/* The producer goes on, or the request ends: its client may have gone meanwhile. */
static void changed(ngx_http_request_t *r, ngx_int_t rc, void *data)
{
    client_t *client = ngx_http_macaw_get_client(r);

    (void)data;
    client->waiting = 0;
    client->changed = 1;
    set_buffered(r, false);
    if (r->connection->error) {
        ngx_http_finalize_request(r, NGX_ERROR);
    } else if (rc != NGX_OK) {
        replace(r, client);
    } else if (send_held(r, client) == NGX_ERROR) {
        ngx_http_finalize_request(r, NGX_ERROR);
    } else {
        r->write_event_handler(r);
    }
}

/* ---- what the response changes ---- */

static void wrapped(ngx_http_request_t *r, ngx_int_t rc, void *data);

/* One after the other: each may have to wait. As ngx_http_macaw_obey. */
static ngx_int_t carry_out(ngx_http_request_t *r, client_t *client)
{
    ngx_int_t rc;

    if (!client->wrapped) {
        client->wrapped = 1;
        rc = ngx_http_macaw_wrap(r, wrapped);
        if (rc != NGX_OK && rc != NGX_DECLINED) {
            return rc;
        }
    }
    if (client->changed) {
        return NGX_OK;
    }
    rc = ngx_http_macaw_obey(r, changed);
    return rc == NGX_DECLINED && ngx_http_macaw_decorate(r) != NGX_OK
               ? NGX_HTTP_INTERNAL_SERVER_ERROR
               : rc;
}

static void wrapped(ngx_http_request_t *r, ngx_int_t rc, void *data)
{
    rc = rc == NGX_OK ? carry_out(r, ngx_http_macaw_get_client(r)) : rc;
    if (rc != NGX_AGAIN) {
        changed(r, rc == NGX_DECLINED ? NGX_OK : rc, data);
    }
}

/* ---- filters ---- */

static ngx_int_t header_filter(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_session_module);
    client_t *client;
    ngx_int_t rc;

    if (mcf->sessions.nelts == 0) {
        return next_header_filter(r);
    }
    ngx_http_macaw_guard_cache(r);
    ngx_http_macaw_guard_wrapped(r);
    if (r != r->main) {
        return next_header_filter(r);
    }
    ngx_http_macaw_strip_words(&r->headers_out.headers);
    client = ngx_http_macaw_get_client(r);
    if (client == NULL) {
        return next_header_filter(r);
    }
    rc = carry_out(r, client);
    if (rc == NGX_AGAIN) {
        client->waiting = 1;
        set_buffered(r, true);
        return NGX_OK;
    }
    if (rc > NGX_OK) {
        client->changed = 1;
        return ngx_http_filter_finalize_request(r, &ngx_http_macaw_session_module, rc);
    }
    return next_header_filter(r);
}

static void consume(ngx_chain_t *in)
{
    for (; in != NULL; in = in->next) {
        in->buf->pos = in->buf->last;
        in->buf->file_pos = in->buf->file_last;
    }
}

/* End the producer of a replaced response once the other answer is written. */
static ngx_int_t drop(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_int_t rc;

    consume(in);
    if (is_written(r)) {
        return NGX_ERROR;
    }
    rc = next_body_filter(r, NULL);
    return rc == NGX_OK ? NGX_ERROR : rc;
}

/* Trailers are complete with the last buffer. */
static void strip_trailers(ngx_http_request_t *r, const ngx_chain_t *in)
{
    for (; in != NULL; in = in->next) {
        if (in->buf->last_buf) {
            ngx_http_macaw_strip_words(&r->headers_out.trailers);
        }
    }
}

static ngx_int_t body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    const ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_session_module);
    client_t *client = r == r->main ? ngx_http_macaw_get_client(r) : NULL;

    if (mcf->sessions.nelts > 0) {
        strip_trailers(r, in);
    }
    if (client != NULL && client->dropped) {
        return drop(r, in);
    }
    if (client == NULL || !client->waiting) {
        return next_body_filter(r, in);
    }
    if (in != NULL && ngx_chain_add_copy(r->pool, &client->held, in) != NGX_OK) {
        return NGX_ERROR;
    }
    set_buffered(r, true);
    return NGX_AGAIN;
}

/* From the filter module, whose place in nginx's order this shares. */
void ngx_http_macaw_session_filter_init(void)
{
    next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
    next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = body_filter;
}

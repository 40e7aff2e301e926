/* Response signing: what the header filter and the body filter share.
 *
 *   respond       header filter, what is signed, what happens otherwise
 *   respond_body  body filter: collect, stream, end
 *   respond_sign  the MAC over chains of buffers and the fields that carry it */
#ifndef NGX_HTTP_MACAW_RESPOND_H
#define NGX_HTTP_MACAW_RESPOND_H

#include "ngx_http_macaw.h"

/* In connection->buffered: a response is held. The bits below are nginx's. */
#define NGX_HTTP_MACAW_BUFFERED 0x80

#define NGX_HTTP_MACAW_UNSIGNED_FIELD "X-Macaw-Unsigned"

/* The key that verified this client request, and how. */
typedef struct {
    const macaw_scheme *scheme;
    const macaw_entry *entry;
} ngx_http_macaw_signer_t;

typedef enum {
    NGX_HTTP_MACAW_FLOW = 0, /* the header is sent and the body passes */
    NGX_HTTP_MACAW_HOLD,     /* header and body wait for the end of the body */
    NGX_HTTP_MACAW_TRAILER,  /* the body passes, its MAC follows in the trailer */
    NGX_HTTP_MACAW_REPLACED, /* another answer was sent: drop what still comes */
} ngx_http_macaw_phase_t;

/* One response of a main request. Lives in r->ctx: whatever empties r->ctx
 * (an internal redirect, ngx_http_filter_finalize_request) is followed by a new
 * header, which starts anew. */
typedef struct {
    ngx_http_macaw_phase_t phase;
    ngx_http_macaw_signer_t signer;
    off_t length; /* announced, -1: unknown */
    off_t passed; /* TRAILER: bytes so far */
    unsigned truncated : 1;

    /* HOLD: copies, never more than the limit altogether. */
    size_t held;
    size_t room; /* allocated for them */
    ngx_chain_t *first;
    ngx_chain_t *last;

    /* TRAILER */
    macaw_ctx *mac;
    int64_t time;
} ngx_http_macaw_respond_t;

#pragma GCC visibility push(hidden)

/* ---- respond ---- */

void ngx_http_macaw_set_buffered(ngx_http_request_t *r, bool buffered);

/* Send the held header, as it now is. NGX_ERROR where no body may follow. */
ngx_int_t ngx_http_macaw_send_held_header(ngx_http_request_t *r);

/* The response cannot be held; the header is not sent yet. Prepares it as
 * macaw_response_buffer over= says, sets the phase and sends the header. why is
 * static: it becomes the value of X-Macaw-Unsigned or the detail of a refusal.
 * In phase REPLACED the whole answer was sent and the result is that of its body. */
ngx_int_t ngx_http_macaw_respond_over(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                                      const char *why);

/* Answer 502 in place of what was held, and close the connection after it. */
ngx_int_t ngx_http_macaw_respond_replace(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                                         const char *why);

/* Remove the fields that only this module may send. */
void ngx_http_macaw_strip_fields(ngx_list_t *list);

/* ---- respond_body ---- */

ngx_int_t ngx_http_macaw_next_body(ngx_http_request_t *r, ngx_chain_t *in);
void ngx_http_macaw_respond_body_init(void);

/* ---- respond_sign ---- */

/* Sign the content of a chain in memory (NULL: no content) in the header, or
 * mark the response unsigned where libmacaw fails. */
ngx_int_t ngx_http_macaw_sign_header(ngx_http_request_t *r, const ngx_http_macaw_signer_t *signer,
                                     const ngx_chain_t *content);

/* The same in pieces, for the trailer. Afterwards ctx->mac is NULL where libmacaw
 * failed: then no MAC follows. */
ngx_int_t ngx_http_macaw_mac_start(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx);
void ngx_http_macaw_mac_update(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                               const ngx_chain_t *in);
ngx_int_t ngx_http_macaw_mac_trailer(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx);

/* Send the response without a MAC and say so. */
ngx_int_t ngx_http_macaw_mark_unsigned(ngx_http_request_t *r, const char *why);

#pragma GCC visibility pop

#endif

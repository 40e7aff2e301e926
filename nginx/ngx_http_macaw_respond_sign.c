/* The MAC of a response and the header fields that carry it. */
#include "ngx_http_macaw_respond.h"

static ngx_int_t push_fields(ngx_http_request_t *r, ngx_list_t *list, const macaw_signed *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const macaw_field *field = &fields->fields[i];
        u_char *text = ngx_pnalloc(r->pool, field->name.len + field->value.len);
        ngx_table_elt_t *h = ngx_list_push(list);
        if (h == NULL) {
            return NGX_ERROR;
        }
        /* An element without name and value is skipped by every writer. */
        ngx_memzero(h, sizeof(*h));
        if (text == NULL) {
            return NGX_ERROR;
        }
        h->key.len = field->name.len;
        h->key.data = text;
        h->value.len = field->value.len;
        h->value.data = ngx_cpymem(text, field->name.data, field->name.len);
        ngx_memcpy(h->value.data, field->value.data, field->value.len);
        h->hash = 1;
    }
    return NGX_OK;
}

static int update_chain(macaw_ctx *mac, const ngx_chain_t *in)
{
    int status = MACAW_OK;

    for (; in != NULL && status == MACAW_OK; in = in->next) {
        const ngx_buf_t *b = in->buf;
        if (ngx_buf_in_memory(b) && b->last > b->pos) {
            status = macaw_update(mac, b->pos, (size_t)(b->last - b->pos));
        }
    }
    return status;
}

static int sign_content(const ngx_http_macaw_signer_t *signer, int64_t now,
                        const ngx_chain_t *content, macaw_signed *ret)
{
    macaw_ctx mac;
    int status = macaw_response_start(&mac, signer->scheme, signer->entry, now);

    if (status != MACAW_OK) {
        return status;
    }
    status = update_chain(&mac, content);
    if (status != MACAW_OK) {
        macaw_ctx_end(&mac);
        return status;
    }
    return macaw_response_finish(&mac, signer->scheme, signer->entry, now, ret);
}

static void log_failure(ngx_http_request_t *r, int status)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "macaw: response not signed: %s",
                  macaw_strerror(status));
}

ngx_int_t ngx_http_macaw_sign_header(ngx_http_request_t *r, const ngx_http_macaw_signer_t *signer,
                                     const ngx_chain_t *content)
{
    macaw_signed fields;
    int status = sign_content(signer, ngx_time(), content, &fields);

    if (status != MACAW_OK) {
        log_failure(r, status);
        return ngx_http_macaw_mark_unsigned(r, "internal");
    }
    ngx_http_macaw_count_response(r, NGX_HTTP_MACAW_RESPONSE_SIGNED);
    return push_fields(r, &r->headers_out.headers, &fields);
}

static void end_mac(void *data)
{
    macaw_ctx_end(data);
}

/* The context may own memory of libcrypto: it ends with the request at the latest. */
ngx_int_t ngx_http_macaw_mac_start(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof(macaw_ctx));

    if (cleanup == NULL) {
        return NGX_ERROR;
    }
    ctx->time = ngx_time();
    int status =
        macaw_response_start(cleanup->data, ctx->signer.scheme, ctx->signer.entry, ctx->time);
    if (status != MACAW_OK) {
        log_failure(r, status);
        return NGX_DECLINED;
    }
    cleanup->handler = end_mac;
    ctx->mac = cleanup->data;
    return NGX_OK;
}

void ngx_http_macaw_mac_update(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx,
                               const ngx_chain_t *in)
{
    if (ctx->mac == NULL) {
        return;
    }
    int status = update_chain(ctx->mac, in);
    if (status != MACAW_OK) {
        log_failure(r, status);
        macaw_ctx_end(ctx->mac);
        ctx->mac = NULL;
    }
}

ngx_int_t ngx_http_macaw_mac_trailer(ngx_http_request_t *r, ngx_http_macaw_respond_t *ctx)
{
    macaw_signed fields;

    if (ctx->mac == NULL) {
        return NGX_OK;
    }
    int status =
        macaw_response_finish(ctx->mac, ctx->signer.scheme, ctx->signer.entry, ctx->time, &fields);
    ctx->mac = NULL;
    if (status != MACAW_OK) {
        log_failure(r, status);
        return NGX_OK;
    }
    ngx_http_macaw_count_response(r, NGX_HTTP_MACAW_RESPONSE_TRAILER);
    return push_fields(r, &r->headers_out.trailers, &fields);
}

ngx_int_t ngx_http_macaw_mark_unsigned(ngx_http_request_t *r, const char *why)
{
    ngx_http_macaw_count_response(r, NGX_HTTP_MACAW_RESPONSE_UNSIGNED);
    return ngx_http_macaw_add_header(r, NGX_HTTP_MACAW_UNSIGNED_FIELD, why) != NULL ? NGX_OK
                                                                                    : NGX_ERROR;
}

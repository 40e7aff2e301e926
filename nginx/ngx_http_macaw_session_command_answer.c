/* What the commands of macaw_session_control answer: JSON, or problem details
 * (RFC 9457). */
#include "ngx_http_macaw_session_command.h"

#define PUT(...) (p = ngx_slprintf(p, end, __VA_ARGS__))

/* ---- answers ---- */

static ngx_int_t no_store(ngx_http_request_t *r)
{
    return ngx_http_macaw_add_header(r, "Cache-Control", "no-store") != NULL ? NGX_OK : NGX_ERROR;
}

ngx_int_t ngx_http_macaw_command_refuse(ngx_http_request_t *r, ngx_uint_t status,
                                        const char *title, const char *detail)
{
    ngx_buf_t *body = ngx_create_temp_buf(r->pool, 512);

    if (body == NULL || no_store(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    body->last = ngx_slprintf(body->last, body->end,
                              "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%ui,"
                              "\"detail\":\"%s\"}\n",
                              title, status, detail);
    body->last_buf = 1;
    body->last_in_chain = 1;
    return ngx_http_macaw_send_problem(r, status, body);
}

ngx_int_t ngx_http_macaw_command_send(ngx_http_request_t *r, ngx_chain_t *out, off_t len)
{
    ngx_int_t rc;

    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = len;
    ngx_str_set(&r->headers_out.content_type, "application/json");
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    if (no_store(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_output_filter(r, out);
}

ngx_int_t ngx_http_macaw_command_send_buffer(ngx_http_request_t *r, ngx_buf_t *b)
{
    ngx_chain_t out = {b, NULL};

    b->last_buf = 1;
    b->last_in_chain = 1;
    return ngx_http_macaw_command_send(r, &out, b->last - b->pos);
}

/* ---- an entry as JSON ---- */

/* RFC 3629: not cut short, no surrogates. */
static bool is_utf8(const char *text, size_t len)
{
    u_char *p = (u_char *)text, *end = p + len;

    while (p < end) {
        uint32_t c = *p < 0x80 ? *p++ : ngx_utf8_decode(&p, (size_t)(end - p));
        if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) {
            return false;
        }
    }
    return true;
}

static u_char *print_text(u_char *p, u_char *end, const macaw_revocation_entry *entry)
{
    const char *name = macaw_revocation_kind_name(entry->kind);
    size_t more = (size_t)ngx_escape_json(NULL, (u_char *)entry->text, entry->text_len);

    if (!is_utf8(entry->text, entry->text_len)) {
        PUT("\"%s_hex\":\"", name);
        p = ngx_hex_dump(p, (u_char *)entry->text, entry->text_len);
    } else if (entry->text_len + more < (size_t)(end - p)) {
        PUT("\"%s\":\"", name);
        p = (u_char *)ngx_escape_json(p, (u_char *)entry->text, entry->text_len);
    }
    return PUT("\"");
}

u_char *ngx_http_macaw_print_entry(u_char *p, u_char *end, const macaw_revocation_entry *entry)
{
    PUT("{\"kind\":\"%s\",", macaw_revocation_kind_name(entry->kind));
    if (entry->kind == MACAW_REVOCATION_SID) {
        PUT("\"sid\":\"");
        p = ngx_hex_dump(p, (u_char *)entry->sid, sizeof entry->sid);
        PUT("\"");
    } else {
        p = print_text(p, end, entry);
    }
    if (entry->before > 0) {
        PUT(",\"before\":%L", entry->before);
    }
    if (entry->generation > 0) {
        PUT(",\"generation\":%ud", (unsigned)entry->generation);
    }
    if (entry->until == MACAW_REVOCATION_NEVER) {
        return PUT(",\"until\":null}");
    }
    return PUT(",\"until\":%L}", entry->until);
}

ngx_int_t ngx_http_macaw_command_send_entry(ngx_http_request_t *r,
                                            const macaw_revocation_entry *entry,
                                            const char *more)
{
    ngx_buf_t *b = ngx_create_temp_buf(r->pool, NGX_HTTP_MACAW_ENTRY_MAX + 64);
    u_char *p, *end;

    if (b == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    p = b->last;
    end = b->end;
    p = ngx_http_macaw_print_entry(p, end, entry);
    b->last = ngx_slprintf(p - 1, end, "%s}\n", more); /* in place of the last brace */
    return ngx_http_macaw_command_send_buffer(r, b);
}

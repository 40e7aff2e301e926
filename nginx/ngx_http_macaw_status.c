/* macaw_status: what happened, as JSON or for Prometheus. */
#include "ngx_http_macaw_session_zone.h"

static char DUPLICATE[] = "is duplicate";

static bool has(const ngx_str_t *text, const char *word)
{
    return text->len > 0
           && ngx_strlcasestrn(text->data, text->data + text->len, (u_char *)word,
                               ngx_strlen(word) - 1)
                  != NULL;
}

/* ?format= decides, then the directive, then Accept. */
static ngx_uint_t format_of(ngx_http_request_t *r)
{
    const ngx_http_macaw_loc_conf_t *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_module);
    const ngx_table_elt_t *accept;
    ngx_str_t value;

    if (ngx_http_arg(r, (u_char *)"format", 6, &value) == NGX_OK) {
        return value.len == 10 && ngx_strncmp(value.data, "prometheus", 10) == 0
                   ? NGX_HTTP_MACAW_FORMAT_PROMETHEUS
                   : NGX_HTTP_MACAW_FORMAT_JSON;
    }
    if (lcf->status_format != NGX_HTTP_MACAW_FORMAT_ANY) {
        return lcf->status_format;
    }
    accept = ngx_http_macaw_find_header(r, "accept");
    return accept != NULL && !has(&accept->value, "json")
                   && (has(&accept->value, "text/plain") || has(&accept->value, "openmetrics"))
               ? NGX_HTTP_MACAW_FORMAT_PROMETHEUS
               : NGX_HTTP_MACAW_FORMAT_JSON;
}

/* Room for everything either format prints. */
static size_t room(const ngx_http_macaw_main_conf_t *mcf)
{
    const ngx_http_macaw_zone_t *const *zone = mcf->zones.elts;
    const ngx_http_macaw_ring_t *const *ring = mcf->rings.elts;
    size_t size = 16384;
    ngx_uint_t i;

    for (i = 0; i < mcf->zones.nelts; i++) {
        size += 1200 + 12 * zone[i]->name.len;
    }
    for (i = 0; i < mcf->rings.nelts; i++) {
        size += (ring[i]->count + 1) * (300 + 3 * (size_t)MACAW_KID_MAX);
    }
    return size + ngx_http_macaw_session_stats_room(mcf);
}

static ngx_int_t fill(ngx_http_request_t *r, ngx_buf_t *b, ngx_uint_t format)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_get_module_main_conf(r, ngx_http_macaw_module);

    if (format == NGX_HTTP_MACAW_FORMAT_PROMETHEUS) {
        b->last = ngx_http_macaw_print_prometheus(b->last, b->end, mcf);
        ngx_str_set(&r->headers_out.content_type, "text/plain; version=0.0.4; charset=utf-8");
    } else {
        b->last = ngx_http_macaw_print_json(b->last, b->end, mcf);
        ngx_str_set(&r->headers_out.content_type, "application/json");
    }
    r->headers_out.content_type_len = r->headers_out.content_type.len;
    r->headers_out.content_type_lowcase = NULL;
    b->last_buf = r == r->main;
    b->last_in_chain = 1;
    /* A full buffer means that the text was cut. */
    return b->last < b->end ? NGX_OK : NGX_ERROR;
}

static ngx_int_t handler(ngx_http_request_t *r)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_get_module_main_conf(r, ngx_http_macaw_module);
    ngx_chain_t out = {NULL, NULL};
    ngx_int_t rc;

    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }
    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    out.buf = ngx_create_temp_buf(r->pool, room(mcf));
    if (out.buf == NULL || fill(r, out.buf, format_of(r)) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = out.buf->last - out.buf->pos;
    if (ngx_http_macaw_add_header(r, "Cache-Control", "no-store") == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_output_filter(r, &out);
}

char *ngx_http_macaw_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;

    (void)cmd;
    if (clcf->handler == handler) {
        return DUPLICATE;
    }
    if (cf->args->nelts == 1) {
        lcf->status_format = NGX_HTTP_MACAW_FORMAT_ANY;
    } else if (ngx_strcmp(value[1].data, "json") == 0) {
        lcf->status_format = NGX_HTTP_MACAW_FORMAT_JSON;
    } else if (ngx_strcmp(value[1].data, "prometheus") == 0) {
        lcf->status_format = NGX_HTTP_MACAW_FORMAT_PROMETHEUS;
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_status: \"%V\" is not json or prometheus",
                           &value[1]);
        return NGX_CONF_ERROR;
    }
    mcf->used = 1;
    clcf->handler = handler;
    return NGX_CONF_OK;
}

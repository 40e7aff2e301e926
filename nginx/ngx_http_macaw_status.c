#include "ngx_http_macaw.h"

void ngx_http_macaw_count_response(ngx_http_request_t *r, enum ngx_http_macaw_response kind)
{
    (void)r;
    (void)kind;
}

ngx_int_t ngx_http_macaw_status_init(ngx_conf_t *cf)
{
    (void)cf;
    return NGX_OK;
}

char *ngx_http_macaw_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    (void)cf;
    (void)cmd;
    (void)conf;
    return NGX_CONF_ERROR;
}

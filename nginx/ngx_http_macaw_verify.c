#include "ngx_http_macaw.h"

ngx_http_macaw_state_t *ngx_http_macaw_get_state(ngx_http_request_t *r)
{
    (void)r;
    return NULL;
}

ngx_int_t ngx_http_macaw_verify_init(ngx_conf_t *cf)
{
    (void)cf;
    return NGX_OK;
}

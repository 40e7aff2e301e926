#include "ngx_http_macaw.h"

ngx_int_t ngx_http_macaw_add_variables(ngx_conf_t *cf)
{
    (void)cf;
    return NGX_OK;
}

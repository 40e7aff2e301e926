/* The response filter. */
#include "ngx_http_macaw.h"

static ngx_http_module_t context = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL};

ngx_module_t ngx_http_macaw_filter_module = {
    NGX_MODULE_V1, &context, NULL, NGX_HTTP_MODULE, NULL, NULL,
    NULL,          NULL,     NULL, NULL,            NULL, NGX_MODULE_V1_PADDING,
};

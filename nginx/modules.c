/* What nginx looks up in a module file; its own configure generates the same. */
#include <ngx_config.h>
#include <ngx_core.h>

extern ngx_module_t ngx_http_macaw_module;
extern ngx_module_t ngx_http_macaw_filter_module;
extern ngx_module_t ngx_http_macaw_session_module;

extern ngx_module_t *ngx_modules[];
extern char *ngx_module_names[];
extern char *ngx_module_order[];

ngx_module_t *ngx_modules[] = {
    &ngx_http_macaw_module,
    &ngx_http_macaw_filter_module,
    &ngx_http_macaw_session_module,
    NULL,
};

char *ngx_module_names[] = {
    (char *)"ngx_http_macaw_module",
    (char *)"ngx_http_macaw_filter_module",
    (char *)"ngx_http_macaw_session_module",
    NULL,
};

/* The first is put before the others: between range_header and chunked. */
char *ngx_module_order[] = {
    (char *)"ngx_http_macaw_filter_module",
    (char *)"ngx_http_range_header_filter_module",
    NULL,
};

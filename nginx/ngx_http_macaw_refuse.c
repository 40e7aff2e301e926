#include "ngx_http_macaw.h"

ngx_table_elt_t *ngx_http_macaw_add_header(ngx_http_request_t *r, const char *name,
                                           const char *value)
{
    ngx_table_elt_t *header = ngx_list_push(&r->headers_out.headers);

    if (header == NULL) {
        return NULL;
    }
    header->hash = 1;
    header->key.data = (u_char *)name;
    header->key.len = ngx_strlen(name);
    header->value.data = (u_char *)value;
    header->value.len = ngx_strlen(value);
#if nginx_version >= 1023000
    header->next = NULL;
#endif
    return header;
}

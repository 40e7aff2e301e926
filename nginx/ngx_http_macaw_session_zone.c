/* Zones of sessions: as long as none can be configured, none is found. */
#include "ngx_http_macaw_session_zone.h"

ngx_http_macaw_session_zone_t *ngx_http_macaw_session_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                                const ngx_str_t *name)
{
    (void)mcf;
    (void)name;
    return NULL;
}

int64_t ngx_http_macaw_session_until(const ngx_http_macaw_session_zone_t *zone, int64_t end)
{
    (void)zone;
    return end;
}

ngx_int_t ngx_http_macaw_session_revoke(ngx_http_request_t *r, ngx_http_macaw_session_zone_t *zone,
                                        const macaw_revocation_entry *entry, int *status,
                                        ngx_http_macaw_session_revoked_pt done, void *data)
{
    (void)r;
    (void)zone;
    (void)entry;
    (void)done;
    (void)data;
    *status = MACAW_OK;
    return NGX_OK;
}

/* What can be known only when the whole configuration is read. */
#include "ngx_http_macaw_session.h"

#include <stdlib.h>

typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_format_t format_t;

#define FAIL(session, ...) \
    (ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &(session)->place, __VA_ARGS__), NGX_ERROR)

/* ---- zones ---- */

static bool keeps_handles(const session_t *session)
{
    ngx_uint_t i;

    for (i = 0; i < session->format_count; i++) {
        if (session->formats[i].handle) {
            return true;
        }
    }
    return false;
}

static ngx_int_t find_zone(ngx_conf_t *cf, session_t *session)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);

    if (session->zone_name.len > 0) {
        session->zone = ngx_http_macaw_session_find_zone(mcf, &session->zone_name);
        if (session->zone == NULL) {
            return FAIL(session, "macaw_session \"%V\": no macaw_session_zone \"%V\"",
                        &session->name, &session->zone_name);
        }
        ngx_http_macaw_session_keep(session->zone, session->lifetime);
    }
    if (keeps_handles(session) && (session->zone == NULL || session->zone->handles_size == 0)) {
        return FAIL(session, "macaw_session \"%V\": sc1-handle needs a zone with handles",
                    &session->name);
    }
    return NGX_OK;
}

/* ---- key ids ---- */

static int by_kid(const void *a, const void *b, void *entries)
{
    const macaw_entry *const *entry = entries;

    return strcmp(entry[*(const ngx_uint_t *)a]->kid, entry[*(const ngx_uint_t *)b]->kid);
}

static ngx_int_t order_keys(ngx_conf_t *cf, format_t *format)
{
    size_t i;

    format->order = ngx_palloc(cf->pool, (format->ring->count + 1) * sizeof *format->order);
    if (format->order == NULL) {
        return NGX_ERROR;
    }
    for (i = 0; i < format->ring->count; i++) {
        format->order[i] = i;
    }
    qsort_r(format->order, format->ring->count, sizeof *format->order, by_kid,
            format->ring->entries);
    return NGX_OK;
}

/* ---- plain HTTP ---- */

static bool is_loopback(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_INET:
        return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24
               == 127;
#if NGX_HAVE_INET6
    case AF_INET6:
        return IN6_IS_ADDR_LOOPBACK(
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
#endif
    default:
        return address->sa_family == AF_UNIX;
    }
}

static bool all_on_loopback(ngx_conf_t *cf)
{
    const ngx_http_core_main_conf_t *cmcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    const ngx_http_conf_port_t *port = cmcf->ports != NULL ? cmcf->ports->elts : NULL;
    const ngx_http_conf_addr_t *address;
    ngx_uint_t i, k;

    for (i = 0; port != NULL && i < cmcf->ports->nelts; i++) {
        address = port[i].addrs.elts;
        for (k = 0; k < port[i].addrs.nelts; k++) {
            if (!is_loopback(address[k].opt.sockaddr)) {
                return false;
            }
        }
    }
    return true;
}

ngx_int_t ngx_http_macaw_session_complete(ngx_conf_t *cf)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    session_t **session = mcf->sessions.elts;
    ngx_uint_t i, k;

    for (i = 0; i < mcf->sessions.nelts; i++) {
        if (find_zone(cf, session[i]) != NGX_OK) {
            return NGX_ERROR;
        }
        for (k = 0; k < session[i]->format_count; k++) {
            if (order_keys(cf, &session[i]->formats[k]) != NGX_OK) {
                return NGX_ERROR;
            }
        }
        if (session[i]->attributes.insecure && !all_on_loopback(cf)) {
            (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &session[i]->place,
                                         "macaw_session \"%V\": secure off, but a server listens "
                                         "beyond loopback: whoever sees the traffic has the "
                                         "session",
                                         &session[i]->name);
        }
    }
    return NGX_OK;
}

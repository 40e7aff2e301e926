/* The tables in session zones.
 *
 * A zone's memory is one or two slab allocations. As with replay zones, tables are
 * made when nginx starts, after the sockets are bound (so never by "nginx -t", and
 * never beside another nginx on the same sockets), or where a reload brings a new
 * zone; a reload hands them on. What was revoked must never be forgotten, so a
 * reload that would make a table anew is refused. */
#include "ngx_http_macaw_session_zone.h"

typedef ngx_http_macaw_session_zone_t zone_t;

ngx_int_t ngx_http_macaw_session_zone_fails(const zone_t *zone, int status, const macaw_error *err)
{
    ngx_log_error(NGX_LOG_EMERG, zone->cycle->log, 0, "macaw_session_zone \"%V\": %s", &zone->name,
                  err != NULL ? err->text : macaw_strerror(status));
    return NGX_ERROR;
}

/* Everybody with a handle logs in again; nobody who has logged out is back. */
static ngx_int_t load_handles(zone_t *zone)
{
    const char *path = (const char *)zone->handles_save.data;
    macaw_error err;
    int status = macaw_handles_load(zone->handles, ngx_time(), path, &err);

    if (status == MACAW_OK || status == MACAW_ENOTFOUND) {
        return NGX_OK;
    }
    /* What is still there is somebody else's, or could be loaded when it is old. */
    if (status == MACAW_EIO || access(path, F_OK) == 0) {
        return ngx_http_macaw_session_zone_fails(zone, status, &err);
    }
    ngx_log_error(NGX_LOG_ERR, zone->cycle->log, 0,
                  "macaw_session_zone \"%V\": %s; its sessions have ended", &zone->name, err.text);
    return NGX_OK;
}

static ngx_int_t start_tables(zone_t *zone)
{
    int status = macaw_revocation_init(&zone->table, zone->mem, zone->size, zone->names);

    if (status == MACAW_OK && zone->handles_size > 0) {
        status = macaw_handles_init(&zone->handles, zone->handles_mem, zone->handles_size,
                                    zone->handle_data);
    }
    if (status != MACAW_OK) {
        return ngx_http_macaw_session_zone_fails(zone, status, NULL);
    }
    if (zone->save.len == 0) {
        return NGX_OK;
    }
    if (ngx_http_macaw_session_open_journal(zone, NULL) != NGX_OK) {
        return NGX_ERROR;
    }
    return zone->handles != NULL ? load_handles(zone) : NGX_OK;
}

static ngx_int_t attach_tables(zone_t *zone, const zone_t *old)
{
    int status = MACAW_EFORMAT;

    if (zone->size == old->size && zone->names == old->names
        && zone->handles_size == old->handles_size && zone->handle_data == old->handle_data) {
        zone->mem = old->mem;
        zone->handles_mem = old->handles_mem;
        status = macaw_revocation_attach(&zone->table, zone->mem, zone->size);
    }
    if (status == MACAW_OK && zone->handles_size > 0) {
        status = macaw_handles_attach(&zone->handles, zone->handles_mem, zone->handles_size);
    }
    if (status == MACAW_EFORMAT) {
        ngx_log_error(NGX_LOG_EMERG, zone->cycle->log, 0,
                      "macaw_session_zone \"%V\": what it holds cannot change in a reload",
                      &zone->name);
        return NGX_ERROR;
    }
    if (status != MACAW_OK) {
        return ngx_http_macaw_session_zone_fails(zone, status, NULL);
    }
    return zone->save.len > 0 ? ngx_http_macaw_session_open_journal(zone, old) : NGX_OK;
}

void ngx_http_macaw_session_detach(void *data)
{
    zone_t *zone = data;

    ngx_http_macaw_session_close_journal(zone);
    macaw_revocation_detach(zone->table);
    macaw_handles_detach(zone->handles);
    zone->table = NULL;
    zone->handles = NULL;
}

/* The memory is new. In a reload, is it because a zone has another size now? */
static bool is_replacement(const zone_t *zone)
{
    ngx_http_macaw_main_conf_t *mcf;

    if (ngx_is_init_cycle(zone->cycle->old_cycle)) {
        return false;
    }
    mcf = ngx_http_cycle_get_module_main_conf(zone->cycle->old_cycle, ngx_http_macaw_module);
    return mcf != NULL && ngx_http_macaw_session_find_zone(mcf, &zone->name) != NULL;
}

static void *allocate(ngx_slab_pool_t *slab, size_t size)
{
    void *mem = ngx_slab_alloc(slab, size);

#if defined NGX_DEBUG_MALLOC && NGX_DEBUG_MALLOC
    if (mem != NULL) {
        ngx_memzero(mem, size);
    }
#endif
    return mem;
}

ngx_int_t ngx_http_macaw_session_init_zone(ngx_shm_zone_t *shm, void *data)
{
    ngx_slab_pool_t *slab = (ngx_slab_pool_t *)shm->shm.addr;
    zone_t *zone = shm->data;

    if (data != NULL) {
        return attach_tables(zone, data);
    }
    if (is_replacement(zone)) {
        ngx_log_error(NGX_LOG_EMERG, zone->cycle->log, 0,
                      "macaw_session_zone \"%V\": its size cannot change in a reload",
                      &zone->name);
        return NGX_ERROR;
    }
    zone->mem = allocate(slab, zone->size);
    zone->handles_mem = zone->handles_size > 0 ? allocate(slab, zone->handles_size) : zone->mem;
    if (zone->mem == NULL || zone->handles_mem == NULL) {
        return ngx_http_macaw_session_zone_fails(zone, MACAW_ENOMEM, NULL);
    }
    /* A failure while nginx starts is reported by init_module; one in a reload
     * must be found here, where the running configuration can be kept. */
    return ngx_is_init_cycle(zone->cycle->old_cycle) ? NGX_OK : start_tables(zone);
}

static zone_t **zones_of(ngx_cycle_t *cycle, ngx_uint_t *n)
{
    ngx_http_macaw_main_conf_t *mcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_macaw_module);

    *n = mcf != NULL ? mcf->session_zones.nelts : 0;
    return mcf != NULL ? mcf->session_zones.elts : NULL;
}

ngx_int_t ngx_http_macaw_session_zones_init_module(ngx_cycle_t *cycle)
{
    ngx_uint_t i, n;
    zone_t **zone = zones_of(cycle, &n);

    for (i = 0; !ngx_test_config && i < n; i++) {
        if (zone[i]->table == NULL && start_tables(zone[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

/* All workers have ended: what is saved now is complete. While the running binary is
 * upgraded, what one master saves lacks what the other has. */
void ngx_http_macaw_session_zones_exit_master(ngx_cycle_t *cycle)
{
    ngx_uint_t i, n;
    zone_t **zone = zones_of(cycle, &n);
    macaw_error err;

    if (ngx_http_macaw_another_master_runs()) {
        return;
    }
    for (i = 0; i < n; i++) {
        const char *path = (const char *)zone[i]->handles_save.data;
        if (zone[i]->handles != NULL && zone[i]->save.len > 0
            && macaw_handles_save(zone[i]->handles, ngx_time(), path, &err) != MACAW_OK) {
            (void)ngx_http_macaw_session_zone_fails(zone[i], MACAW_EIO, &err);
        }
    }
}

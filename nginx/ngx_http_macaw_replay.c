/* Zones of shared memory with a replay table each.
 *
 * A zone's memory is one slab allocation, so that nginx's own bookkeeping of the
 * zone stays valid. A table is made when nginx starts, after the sockets are
 * bound (so never by "nginx -t", and never beside another nginx on the same
 * sockets), or where a reload brings a new zone. A reload hands tables on. */
#include "ngx_http_macaw.h"

#define WINDOW_DEFAULT 300 /* of a zone that no location uses */

static uint32_t window_of(const ngx_http_macaw_zone_t *zone)
{
    return zone->window > 0 ? zone->window : WINDOW_DEFAULT;
}

static ngx_int_t fail(const ngx_http_macaw_zone_t *zone, int status, const macaw_error *err)
{
    ngx_log_error(NGX_LOG_EMERG, zone->cycle->log, 0, "macaw_replay_zone \"%V\": %s", &zone->name,
                  err != NULL ? err->text : macaw_strerror(status));
    return NGX_ERROR;
}

static ngx_int_t set_since(ngx_http_macaw_zone_t *zone, uint32_t since)
{
    int status = macaw_replay_set_since(zone->table, since);

    return status == MACAW_OK ? NGX_OK : fail(zone, status, NULL);
}

/* Without a snapshot, refuse everything from before this start and, by the mark,
 * whatever an earlier table may have accepted. */
static ngx_int_t refuse_older(ngx_http_macaw_zone_t *zone, uint32_t mark)
{
    uint32_t now = (uint32_t)ngx_time();

    return set_since(zone, mark < now ? now : mark + 1);
}

/* A snapshot put back from a copy may be older than what was accepted later. */
static bool is_complete(ngx_http_macaw_zone_t *zone, uint32_t mark)
{
    macaw_replay_stats stats;

    macaw_replay_stat(zone->table, (uint32_t)ngx_time(), &stats);
    return stats.newest >= mark;
}

static ngx_int_t load_snapshot(ngx_http_macaw_zone_t *zone, uint32_t mark)
{
    const char *path = (const char *)zone->save.data;
    macaw_error err;
    int status = macaw_replay_load(zone->table, (uint32_t)ngx_time(), path, &err);

    if (status == MACAW_OK && is_complete(zone, mark)) {
        ngx_log_error(NGX_LOG_NOTICE, zone->cycle->log, 0, "macaw_replay_zone \"%V\": loaded %s",
                      &zone->name, path);
        return NGX_OK;
    }
    if (status == MACAW_OK || status == MACAW_ENOTFOUND) {
        return refuse_older(zone, mark);
    }
    /* A damaged snapshot is gone by now. What is still there is somebody else's
     * file, not to be overwritten at the end, or one that could be loaded later,
     * when it no longer is the whole truth. */
    if (access(path, F_OK) == 0 || status == MACAW_EIO) {
        return fail(zone, status, &err);
    }
    ngx_log_error(NGX_LOG_ERR, zone->cycle->log, 0,
                  "macaw_replay_zone \"%V\": %s; requests signed before now are refused",
                  &zone->name, err.text);
    return refuse_older(zone, mark);
}

static ngx_int_t take_mark(ngx_http_macaw_zone_t *zone, uint32_t *mark)
{
    macaw_error err;
    int status = macaw_replay_mark(zone->table, (const char *)zone->mark.data, mark, &err);

    return status == MACAW_OK ? NGX_OK : fail(zone, status, &err);
}

static ngx_int_t start_table(ngx_http_macaw_zone_t *zone)
{
    uint32_t mark = 0;
    int status = macaw_replay_init(&zone->table, zone->mem, zone->size, window_of(zone), 0);

    if (status != MACAW_OK) {
        return fail(zone, status, NULL);
    }
    if (zone->save.len == 0) {
        /* An earlier table may have accepted something in this very second. */
        return set_since(zone, (uint32_t)ngx_time() + 1);
    }
    /* The mark first: if it cannot be had, the snapshot must stay. */
    if (take_mark(zone, &mark) != NGX_OK) {
        return NGX_ERROR;
    }
    return load_snapshot(zone, mark);
}

static ngx_int_t attach_table(ngx_http_macaw_zone_t *zone)
{
    uint32_t mark;
    int status = macaw_replay_attach(&zone->table, zone->mem, zone->size);

    if (status != MACAW_OK) {
        return fail(zone, status, NULL);
    }
    return zone->save.len > 0 ? take_mark(zone, &mark) : NGX_OK;
}

void ngx_http_macaw_replay_detach(void *data)
{
    ngx_http_macaw_zone_t *zone = data;

    macaw_replay_detach(zone->table);
    zone->table = NULL;
}

/* data is the zone of the running configuration, NULL where the memory is new. */
ngx_int_t ngx_http_macaw_replay_init_zone(ngx_shm_zone_t *shm, void *data)
{
    ngx_http_macaw_zone_t *zone = shm->data;
    const ngx_http_macaw_zone_t *old = data;

    if (old != NULL) {
        zone->mem = old->mem;
        return attach_table(zone);
    }
    zone->mem = ngx_slab_alloc((ngx_slab_pool_t *)shm->shm.addr, zone->size);
    if (zone->mem == NULL) {
        return fail(zone, MACAW_ENOMEM, NULL);
    }
#if defined NGX_DEBUG_MALLOC && NGX_DEBUG_MALLOC
    ngx_memzero(zone->mem, zone->size);
#endif
    /* A failure while nginx starts is reported by init_module; one in a reload
     * must be found here, where the running configuration can be kept. */
    if (ngx_is_init_cycle(zone->cycle->old_cycle)) {
        return NGX_OK;
    }
    ngx_log_error(NGX_LOG_NOTICE, zone->cycle->log, 0,
                  "macaw_replay_zone \"%V\" is new or has a new size: requests signed before now "
                  "are refused",
                  &zone->name);
    return start_table(zone);
}

ngx_int_t ngx_http_macaw_replay_init_module(ngx_cycle_t *cycle)
{
    ngx_http_macaw_main_conf_t *mcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_macaw_module);
    ngx_http_macaw_zone_t **zone;
    ngx_uint_t i;

    if (mcf == NULL || ngx_test_config) {
        return NGX_OK;
    }
    zone = mcf->zones.elts;
    for (i = 0; i < mcf->zones.nelts; i++) {
        int status;
        if (zone[i]->table == NULL && start_table(zone[i]) != NGX_OK) {
            return NGX_ERROR;
        }
        status = macaw_replay_set_window(zone[i]->table, window_of(zone[i]));
        if (status != MACAW_OK) {
            return fail(zone[i], status, NULL);
        }
    }
    return NGX_OK;
}

/* While the running binary is upgraded, two masters serve with a table each. What
 * one saves lacks what the other accepts, and would be loaded as if it did not. */
bool ngx_http_macaw_another_master_runs(void)
{
    return ngx_new_binary > 0 || (ngx_inherited && ngx_getppid() == ngx_parent);
}

/* All workers have ended: what is saved now is complete. */
void ngx_http_macaw_replay_exit_master(ngx_cycle_t *cycle)
{
    ngx_http_macaw_main_conf_t *mcf =
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_macaw_module);
    ngx_http_macaw_zone_t **zone;
    macaw_error err;
    ngx_uint_t i;

    if (mcf == NULL || ngx_http_macaw_another_master_runs()) {
        return;
    }
    zone = mcf->zones.elts;
    for (i = 0; i < mcf->zones.nelts; i++) {
        const char *path = (const char *)zone[i]->save.data;
        if (zone[i]->save.len > 0 && zone[i]->table != NULL
            && macaw_replay_save(zone[i]->table, (uint32_t)ngx_time(), path, &err) != MACAW_OK) {
            ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "macaw_replay_zone \"%V\": %s",
                          &zone[i]->name, err.text);
        }
    }
}

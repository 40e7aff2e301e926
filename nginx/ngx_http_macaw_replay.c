/* Zones of shared memory with a replay table each.
 *
 * A zone's memory is one slab allocation, so that nginx's own bookkeeping of the
 * zone stays valid. A table is made when nginx starts, after the sockets are
 * bound (so never by "nginx -t", and never beside another nginx on the same
 * sockets), or where a reload brings a new zone. A reload hands tables on. */
#include "ngx_http_macaw.h"

#define ZONE_MIN       (64 * 1024)
#define WINDOW_DEFAULT 300 /* of a zone that no location uses */

static ngx_http_macaw_main_conf_t *main_conf(ngx_conf_t *cf)
{
    return ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
}

ngx_http_macaw_zone_t *ngx_http_macaw_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                const ngx_str_t *name)
{
    ngx_http_macaw_zone_t **zone = mcf->zones.elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->zones.nelts; i++) {
        if (zone[i]->name.len == name->len
            && ngx_memcmp(zone[i]->name.data, name->data, name->len) == 0) {
            return zone[i];
        }
    }
    return NULL;
}

/* ---- life of a table ---- */

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

static void detach_table(void *data)
{
    ngx_http_macaw_zone_t *zone = data;

    macaw_replay_detach(zone->table);
    zone->table = NULL;
}

/* data is the zone of the running configuration, NULL where the memory is new. */
static ngx_int_t init_zone(ngx_shm_zone_t *shm, void *data)
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
static bool another_master_runs(void)
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

    if (mcf == NULL || another_master_runs()) {
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

/* ---- the directive ---- */

/* Names appear in the status, so no characters that would need quoting. */
static bool is_name(const ngx_str_t *name)
{
    size_t i;

    for (i = 0; i < name->len; i++) {
        u_char c = name->data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
              || c == '_' || c == '-')) {
            return false;
        }
    }
    return name->len > 0;
}

static char *parse_size(ngx_conf_t *cf, ngx_http_macaw_zone_t *zone, ngx_str_t *value)
{
    ssize_t size = ngx_parse_size(value);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_replay_zone: invalid size \"%V\", say a number with k or m",
                           value);
        return NGX_CONF_ERROR;
    }
    if (size < ZONE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_replay_zone: size \"%V\" is too small, the least is 64k", value);
        return NGX_CONF_ERROR;
    }
    zone->size = (size_t)size & ~(size_t)63;
    return NGX_CONF_OK;
}

static bool is_saved_elsewhere(const ngx_http_macaw_main_conf_t *mcf, const ngx_str_t *path)
{
    const ngx_http_macaw_zone_t *const *zone = mcf->zones.elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->zones.nelts; i++) {
        if (zone[i]->save.len == path->len
            && ngx_memcmp(zone[i]->save.data, path->data, path->len) == 0) {
            return true;
        }
    }
    return false;
}

static char *parse_save(ngx_conf_t *cf, ngx_http_macaw_zone_t *zone, const ngx_str_t *path)
{
    u_char *p;

    zone->save = *path;
    if (path->len == 0 || ngx_conf_full_name(cf->cycle, &zone->save, 0) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay_zone: save= names no file");
        return NGX_CONF_ERROR;
    }
    if (is_saved_elsewhere(main_conf(cf), &zone->save)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay_zone: two zones save to %V",
                           &zone->save);
        return NGX_CONF_ERROR;
    }
    p = ngx_pnalloc(cf->pool, zone->save.len + sizeof ".mark");
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }
    zone->mark.data = p;
    zone->mark.len = (size_t)(ngx_sprintf(p, "%V.mark%Z", &zone->save) - p) - 1;
    return NGX_CONF_OK;
}

static char *parse_option(ngx_conf_t *cf, ngx_http_macaw_zone_t *zone, const ngx_str_t *value)
{
    ngx_str_t path;

    if (ngx_strncmp(value->data, "save=", 5) == 0 && zone->save.len == 0) {
        path.data = value->data + 5;
        path.len = value->len - 5;
        return parse_save(cf, zone, &path);
    }
    if (zone->full == NGX_CONF_UNSET_UINT) {
        if (ngx_strcmp(value->data, "full=refuse") == 0) {
            zone->full = NGX_HTTP_MACAW_FULL_REFUSE;
            return NGX_CONF_OK;
        }
        if (ngx_strcmp(value->data, "full=accept") == 0) {
            zone->full = NGX_HTTP_MACAW_FULL_ACCEPT;
            return NGX_CONF_OK;
        }
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "macaw_replay_zone: \"%V\" is not save=PATH, full=refuse or full=accept, "
                       "each once",
                       value);
    return NGX_CONF_ERROR;
}

/* The slab allocator's own needs: its header, and a descriptor for each page. */
static size_t with_slab(size_t size)
{
    return size + size / 64 + 8 * ngx_pagesize;
}

static char *add_zone(ngx_conf_t *cf, ngx_http_macaw_zone_t *zone)
{
    ngx_http_macaw_main_conf_t *mcf = main_conf(cf);
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    ngx_http_macaw_zone_t **known = ngx_array_push(&mcf->zones);
    ngx_shm_zone_t *shm;

    shm = ngx_shared_memory_add(cf, &zone->name, with_slab(zone->size), &ngx_http_macaw_module);
    if (cleanup == NULL || known == NULL || shm == NULL) {
        return NGX_CONF_ERROR;
    }
    cleanup->handler = detach_table;
    cleanup->data = zone;
    *known = zone;
    shm->init = init_zone;
    shm->data = zone;
    return NGX_CONF_OK;
}

static char *check_name(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_http_macaw_main_conf_t *mcf = main_conf(cf);

    if (!is_name(name) || (name->len == 3 && ngx_strncmp(name->data, "off", 3) == 0)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay_zone: invalid name \"%V\"", name);
        return NGX_CONF_ERROR;
    }
    if (ngx_http_macaw_find_zone(mcf, name) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay_zone: zone \"%V\" twice", name);
        return NGX_CONF_ERROR;
    }
    if (mcf->zones.nelts == NGX_HTTP_MACAW_ZONES_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay_zone: more than %d zones",
                           NGX_HTTP_MACAW_ZONES_MAX);
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_replay_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_zone_t *zone = ngx_pcalloc(cf->pool, sizeof *zone);
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    (void)cmd;
    (void)conf;
    if (zone == NULL || check_name(cf, &value[1]) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    zone->name = value[1];
    zone->index = main_conf(cf)->zones.nelts;
    zone->cycle = cf->cycle;
    zone->full = NGX_CONF_UNSET_UINT;
    if (parse_size(cf, zone, &value[2]) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    for (i = 3; i < cf->args->nelts; i++) {
        if (parse_option(cf, zone, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    ngx_conf_init_uint_value(zone->full, NGX_HTTP_MACAW_FULL_REFUSE);
    return add_zone(cf, zone);
}

/* macaw_replay_zone. */
#include "ngx_http_macaw.h"

#define ZONE_MIN (64 * 1024)

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

/* Names appear in the status, so no characters that would need quoting. */
bool ngx_http_macaw_is_zone_name(const ngx_str_t *name)
{
    size_t i;

    for (i = 0; i < name->len; i++) {
        u_char c = name->data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
              || c == '_' || c == '-')) {
            return false;
        }
    }
    return name->len > 0 && !(name->len == 3 && ngx_strncmp(name->data, "off", 3) == 0);
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
    cleanup->handler = ngx_http_macaw_replay_detach;
    cleanup->data = zone;
    *known = zone;
    shm->init = ngx_http_macaw_replay_init_zone;
    shm->data = zone;
    return NGX_CONF_OK;
}

static char *check_name(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_http_macaw_main_conf_t *mcf = main_conf(cf);

    if (!ngx_http_macaw_is_zone_name(name)) {
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

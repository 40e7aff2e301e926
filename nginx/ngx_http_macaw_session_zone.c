/* macaw_session_zone. */
#include "ngx_http_macaw_session_zone.h"

#define NAMES_DEFAULT 1000
#define DATA_DEFAULT  256
#define KEEP_DEFAULT  (MACAW_SESSION_TTL_MAX + 24 * 60 * 60) /* the longest session of all */
#define SKEW          (300 + 60) /* the most that a verifier allows, and some for a slow worker */
#define KEEP_MAX      (10 * 365 * 24 * 60 * 60)

typedef ngx_http_macaw_session_zone_t zone_t;

static ngx_http_macaw_main_conf_t *main_conf(ngx_conf_t *cf)
{
    return ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
}

ngx_http_macaw_session_zone_t *ngx_http_macaw_session_find_zone(ngx_http_macaw_main_conf_t *mcf,
                                                                const ngx_str_t *name)
{
    zone_t **zone = mcf->session_zones.elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->session_zones.nelts; i++) {
        if (zone[i]->name.len == name->len
            && ngx_memcmp(zone[i]->name.data, name->data, name->len) == 0) {
            return zone[i];
        }
    }
    return NULL;
}

int64_t ngx_http_macaw_session_until(const zone_t *zone, int64_t end)
{
    int64_t until = end > 0 ? end + SKEW : ngx_time() + zone->keep;

    return until < MACAW_REVOCATION_NEVER ? until : MACAW_REVOCATION_NEVER;
}

void ngx_http_macaw_session_keep(zone_t *zone, time_t lifetime)
{
    zone->keep = ngx_max(zone->keep, lifetime + SKEW);
}

/* ---- parsing ---- */

static ngx_int_t fail(ngx_conf_t *cf, const char *what, const ngx_str_t *value)
{
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session_zone: %s \"%V\"", what, value);
    return NGX_ERROR;
}

/* NAME:SIZE */
static ngx_int_t parse_name(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
    u_char *colon = ngx_strlchr(value->data, value->data + value->len, ':');
    ngx_str_t size;
    ssize_t bytes;

    if (colon == NULL) {
        return fail(cf, "say name=NAME:SIZE, not", value);
    }
    zone->name.data = value->data;
    zone->name.len = (size_t)(colon - value->data);
    size.data = colon + 1;
    size.len = (size_t)(value->data + value->len - size.data);
    bytes = ngx_parse_size(&size);
    if (bytes <= 0) {
        return fail(cf, "invalid size", &size);
    }
    if (!ngx_http_macaw_is_zone_name(&zone->name)) {
        return fail(cf, "invalid name", &zone->name);
    }
    if (ngx_http_macaw_session_find_zone(main_conf(cf), &zone->name) != NULL) {
        return fail(cf, "there is already a zone", &zone->name);
    }
    zone->size = (size_t)bytes & ~(size_t)63;
    return NGX_OK;
}

static ngx_int_t parse_save(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
#if NGX_THREADS
    u_char *p;

    zone->save = *value;
    if (value->len == 0 || ngx_conf_full_name(cf->cycle, &zone->save, 0) != NGX_OK) {
        return fail(cf, "save= names no file:", value);
    }
    p = ngx_pnalloc(cf->pool, zone->save.len + sizeof ".handles");
    if (p == NULL) {
        return NGX_ERROR;
    }
    zone->handles_save.data = p;
    zone->handles_save.len = (size_t)(ngx_sprintf(p, "%V.handles%Z", &zone->save) - p) - 1;
    zone->threads = ngx_thread_pool_add(cf, NULL);
    return zone->threads != NULL ? NGX_OK : NGX_ERROR;
#else
    return fail(cf, "save= needs an nginx built --with-threads:", value);
#endif
}

static ngx_int_t parse_subjects(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
    ngx_int_t n = ngx_atoi(value->data, value->len);

    if (n < 1) {
        return fail(cf, "invalid number of subjects", value);
    }
    zone->names = (ngx_uint_t)n;
    return NGX_OK;
}

/* The number, until its record size is known. */
static ngx_int_t parse_handles(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
    ngx_int_t n = ngx_atoi(value->data, value->len);

    if (n < 1) {
        return fail(cf, "invalid number of handles", value);
    }
    zone->handles_size = (size_t)n;
    return NGX_OK;
}

static ngx_int_t parse_handle_data(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
    ssize_t n = ngx_parse_size(value);

    if (n < 0 || n > MACAW_HANDLES_DATA_MAX) {
        return fail(cf, "handle_data= is not 0 to 65535:", value);
    }
    zone->handle_data = (size_t)n;
    return NGX_OK;
}

static ngx_int_t parse_keep(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value)
{
    time_t keep = ngx_parse_time(value, 1);

    if (keep < 1 || keep > KEEP_MAX) {
        return fail(cf, "keep= is not 1s to 10y:", value);
    }
    zone->keep = keep;
    return NGX_OK;
}

static const struct option {
    ngx_str_t name; /* with "=" */
    ngx_int_t (*parse)(ngx_conf_t *cf, zone_t *zone, ngx_str_t *value);
} options[] = {
    {ngx_string("name="), parse_name},
    {ngx_string("subjects="), parse_subjects},
    {ngx_string("handles="), parse_handles},
    {ngx_string("handle_data="), parse_handle_data},
    {ngx_string("keep="), parse_keep},
    {ngx_string("save="), parse_save},
};

#define OPTIONS          (sizeof options / sizeof *options)
#define SEEN_HANDLE_DATA (1u << 3) /* its place in the table */

static ngx_int_t parse_option(ngx_conf_t *cf, zone_t *zone, const ngx_str_t *text, unsigned *seen)
{
    ngx_str_t value;
    ngx_uint_t i;

    for (i = 0; i < OPTIONS; i++) {
        const ngx_str_t *name = &options[i].name;
        if (text->len < name->len || ngx_strncmp(text->data, name->data, name->len) != 0) {
            continue;
        }
        if ((*seen & 1u << i) != 0) {
            return fail(cf, "twice:", text);
        }
        *seen |= 1u << i;
        value.data = text->data + name->len;
        value.len = text->len - name->len;
        return options[i].parse(cf, zone, &value);
    }
    return fail(cf, "unknown parameter", text);
}

/* ---- memory ---- */

/* What the handles take is taken from the zone. */
static ngx_int_t divide(ngx_conf_t *cf, zone_t *zone, bool has_data)
{
    size_t least = macaw_revocation_size(0, zone->names);

    if (zone->handles_size > 0) {
        zone->handles_size = macaw_handles_size(zone->handles_size, zone->handle_data);
    } else if (has_data) {
        return fail(cf, "handle_data= without handles= in zone", &zone->name);
    }
    if (zone->handles_size > SIZE_MAX / 4 || least > SIZE_MAX / 4
        || zone->size < zone->handles_size + least) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_session_zone: zone \"%V\" is too small: subjects and handles "
                           "alone need %uzk",
                           &zone->name, (zone->handles_size + least) / 1024 + 1);
        return NGX_ERROR;
    }
    zone->handles_size &= ~(size_t)63;
    zone->size -= zone->handles_size;
    return NGX_OK;
}

/* The slab allocator's own needs: its header, and a descriptor for each page. */
static size_t with_slab(const zone_t *zone)
{
    size_t size = zone->size + zone->handles_size;

    return size + size / 64 + 8 * ngx_pagesize;
}

static ngx_int_t check_file(ngx_conf_t *cf, const zone_t *zone)
{
    const zone_t *const *other = main_conf(cf)->session_zones.elts;
    ngx_uint_t i;

    for (i = 0; zone->save.len > 0 && i < main_conf(cf)->session_zones.nelts; i++) {
        if (other[i]->save.len == zone->save.len
            && ngx_memcmp(other[i]->save.data, zone->save.data, zone->save.len) == 0) {
            return fail(cf, "two zones save to", &zone->save);
        }
    }
    return NGX_OK;
}

static ngx_int_t add_zone(ngx_conf_t *cf, zone_t *zone)
{
    static char tag; /* its address tells our zones from all others */
    ngx_http_macaw_main_conf_t *mcf = main_conf(cf);
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    zone_t **known = ngx_array_push(&mcf->session_zones);
    ngx_shm_zone_t *shm = ngx_shared_memory_add(cf, &zone->name, with_slab(zone), &tag);

    if (cleanup == NULL || known == NULL || shm == NULL) {
        return NGX_ERROR;
    }
    cleanup->handler = ngx_http_macaw_session_detach;
    cleanup->data = zone;
    *known = zone;
    shm->init = ngx_http_macaw_session_init_zone;
    shm->data = zone;
    return NGX_OK;
}

char *ngx_http_macaw_session_zone(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    zone_t *zone = ngx_pcalloc(cf->pool, sizeof *zone);
    ngx_str_t *value = cf->args->elts;
    unsigned seen = 0;
    ngx_uint_t i;

    (void)cmd;
    (void)conf;
    if (zone == NULL) {
        return NGX_CONF_ERROR;
    }
    zone->cycle = cf->cycle;
    zone->names = NAMES_DEFAULT;
    zone->handle_data = DATA_DEFAULT;
    zone->keep = KEEP_DEFAULT;
    for (i = 1; i < cf->args->nelts; i++) {
        if (parse_option(cf, zone, &value[i], &seen) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }
    if (main_conf(cf)->session_zones.nelts == NGX_HTTP_MACAW_ZONES_MAX) {
        (void)fail(cf, "too many zones:", &value[1]);
        return NGX_CONF_ERROR;
    }
    if (zone->name.len == 0) {
        (void)fail(cf, "say name=NAME:SIZE as well as", &value[1]);
        return NGX_CONF_ERROR;
    }
    if (divide(cf, zone, (seen & SEEN_HANDLE_DATA) != 0) != NGX_OK || check_file(cf, zone) != NGX_OK
        || add_zone(cf, zone) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

/* Directives: contexts and parsing. */
#include "ngx_http_macaw.h"

#define WINDOW_MAX     86400

static char DUPLICATE[] = "is duplicate";

static bool is(const ngx_str_t *value, const char *word)
{
    return value->len == ngx_strlen(word) && ngx_strncmp(value->data, word, value->len) == 0;
}

ngx_http_macaw_place_t ngx_http_macaw_place_of(ngx_conf_t *cf)
{
    ngx_http_macaw_place_t place = {ngx_null_string, 0};

    if (cf->conf_file != NULL) {
        place.file = cf->conf_file->file.name;
        place.line = cf->conf_file->line;
    }
    return place;
}

void ngx_http_macaw_mark_used(ngx_conf_t *cf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);

    mcf->used = 1;
}

/* ---- contexts ---- */

void *ngx_http_macaw_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_pcalloc(cf->pool, sizeof *mcf);

    if (mcf == NULL
        || ngx_array_init(&mcf->zones, cf->pool, 2, sizeof(ngx_http_macaw_zone_t *)) != NGX_OK
        || ngx_array_init(&mcf->session_zones, cf->pool, 1, sizeof(ngx_http_macaw_session_zone_t *))
               != NGX_OK
        || ngx_array_init(&mcf->controls, cf->pool, 1, sizeof(ngx_http_macaw_control_t)) != NGX_OK
        || ngx_array_init(&mcf->control_sockets, cf->pool, 1, sizeof(ngx_str_t)) != NGX_OK
        || ngx_array_init(&mcf->rings, cf->pool, 2, sizeof(ngx_http_macaw_ring_t *)) != NGX_OK) {
        return NULL;
    }
    return mcf;
}

void *ngx_http_macaw_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_macaw_loc_conf_t *lcf = ngx_pcalloc(cf->pool, sizeof *lcf);

    if (lcf == NULL) {
        return NULL;
    }
    lcf->ring = NGX_CONF_UNSET_PTR;
    lcf->scheme_count = NGX_CONF_UNSET_UINT;
    lcf->allow_keys = NGX_CONF_UNSET_PTR;
    lcf->mode = NGX_CONF_UNSET_UINT;
    lcf->allow_uncovered = NGX_CONF_UNSET_UINT;
    lcf->window = NGX_CONF_UNSET;
    lcf->insecure_legacy = NGX_CONF_UNSET;
    lcf->preflight = NGX_CONF_UNSET;
    lcf->sign_response = NGX_CONF_UNSET;
    lcf->response_buffer = NGX_CONF_UNSET_SIZE;
    lcf->response_over = NGX_CONF_UNSET_UINT;
    /* A server block's own contexts are made while the http block is read. */
    lcf->server_level = cf->cmd_type == NGX_HTTP_MAIN_CONF;
    return lcf;
}

/* ---- keyrings ---- */

static void free_ring(void *data)
{
    ngx_http_macaw_ring_t *ring = data;

    macaw_keyring_free(ring->keys);
}

static ngx_http_macaw_ring_t *load_ring(ngx_conf_t *cf, const char *directive,
                                        const ngx_str_t *file)
{
    ngx_http_macaw_ring_t *ring = ngx_pcalloc(cf->pool, sizeof *ring);
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    macaw_error err;
    int rc;

    if (ring == NULL || cleanup == NULL) {
        return NULL;
    }
    ring->file = *file;
    rc = macaw_keyring_load(&ring->keys, (const char *)file->data, &err);
    if (rc != MACAW_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%s: %V: %s", directive, file, err.text);
        return NULL;
    }
    cleanup->handler = free_ring;
    cleanup->data = ring;
    return ring;
}

ngx_http_macaw_ring_t *ngx_http_macaw_get_ring(ngx_conf_t *cf, const char *directive,
                                               const ngx_str_t *file)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    ngx_http_macaw_ring_t **known = mcf->rings.elts;
    ngx_http_macaw_ring_t *ring;
    ngx_uint_t i;

    for (i = 0; i < mcf->rings.nelts; i++) {
        if (known[i]->file.len == file->len
            && ngx_memcmp(known[i]->file.data, file->data, file->len) == 0) {
            return known[i];
        }
    }
    ring = load_ring(cf, directive, file);
    if (ring == NULL) {
        return NULL;
    }
    known = ngx_array_push(&mcf->rings);
    if (known == NULL) {
        return NULL;
    }
    *known = ring;
    return ring;
}

char *ngx_http_macaw_keys(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;

    (void)cmd;
    if (lcf->ring != NGX_CONF_UNSET_PTR) {
        return DUPLICATE;
    }
    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    ngx_http_macaw_mark_used(cf);
    lcf->ring = ngx_http_macaw_get_ring(cf, "macaw_keys", &value[1]);
    return lcf->ring == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}

/* ---- the other directives ---- */

static char *add_scheme(ngx_conf_t *cf, ngx_http_macaw_loc_conf_t *lcf, const ngx_str_t *name)
{
    const macaw_scheme *scheme = macaw_scheme_find((const char *)name->data);
    ngx_uint_t i;

    if (scheme == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_verify: unknown scheme \"%V\"", name);
        return NGX_CONF_ERROR;
    }
    for (i = 0; i < lcf->scheme_count; i++) {
        if (lcf->schemes[i] == scheme) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_verify: scheme \"%V\" twice", name);
            return NGX_CONF_ERROR;
        }
    }
    lcf->schemes[lcf->scheme_count++] = scheme;
    return NGX_CONF_OK;
}

char *ngx_http_macaw_verify(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    (void)cmd;
    if (lcf->scheme_count != NGX_CONF_UNSET_UINT) {
        return DUPLICATE;
    }
    ngx_http_macaw_mark_used(cf);
    lcf->verify_place = ngx_http_macaw_place_of(cf);
    lcf->scheme_count = 0;
    if (cf->args->nelts == 2 && is(&value[1], "off")) {
        return NGX_CONF_OK;
    }
    lcf->schemes = ngx_pcalloc(cf->pool, cf->args->nelts * sizeof *lcf->schemes);
    if (lcf->schemes == NULL) {
        return NGX_CONF_ERROR;
    }
    for (i = 1; i < cf->args->nelts; i++) {
        if (add_scheme(cf, lcf, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_window(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;
    ngx_int_t seconds;

    (void)cmd;
    if (lcf->window != NGX_CONF_UNSET) {
        return DUPLICATE;
    }
    seconds = ngx_parse_time(&value[1], 1);
    if (seconds < 1 || seconds > WINDOW_MAX) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_window: \"%V\" is not 1s to 1d", &value[1]);
        return NGX_CONF_ERROR;
    }
    lcf->window = seconds;
    return NGX_CONF_OK;
}

char *ngx_http_macaw_replay(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;

    (void)cmd;
    if (lcf->zone_name.data != NULL) {
        return DUPLICATE;
    }
    if (value[1].len == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_replay: empty zone name");
        return NGX_CONF_ERROR;
    }
    lcf->replay_place = ngx_http_macaw_place_of(cf);
    lcf->zone_name = value[1];
    if (is(&value[1], "off")) {
        lcf->zone_name.len = 0;
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_mode(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;

    (void)cmd;
    if (lcf->mode != NGX_CONF_UNSET_UINT) {
        return DUPLICATE;
    }
    if (is(&value[1], "enforce")) {
        lcf->mode = NGX_HTTP_MACAW_ENFORCE;
    } else if (is(&value[1], "observe")) {
        lcf->mode = NGX_HTTP_MACAW_OBSERVE;
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_mode: \"%V\" is not enforce or observe",
                           &value[1]);
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_allow_key(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;
    char **kid;

    (void)cmd;
    if (lcf->allow_keys != NGX_CONF_UNSET_PTR) {
        return DUPLICATE;
    }
    lcf->allow_place = ngx_http_macaw_place_of(cf);
    lcf->allow_keys = ngx_array_create(cf->pool, cf->args->nelts, sizeof(char *));
    if (lcf->allow_keys == NULL) {
        return NGX_CONF_ERROR;
    }
    if (cf->args->nelts == 2 && is(&value[1], "any")) {
        return NGX_CONF_OK;
    }
    for (i = 1; i < cf->args->nelts; i++) {
        kid = ngx_array_push(lcf->allow_keys);
        if (kid == NULL) {
            return NGX_CONF_ERROR;
        }
        *kid = (char *)value[i].data;
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_allow_uncovered(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    (void)cmd;
    if (lcf->allow_uncovered != NGX_CONF_UNSET_UINT) {
        return DUPLICATE;
    }
    lcf->allow_uncovered = 0;
    if (cf->args->nelts == 2 && is(&value[1], "none")) {
        return NGX_CONF_OK;
    }
    for (i = 1; i < cf->args->nelts; i++) {
        unsigned bit = is(&value[i], "method") ? MACAW_COVERS_METHOD
                       : is(&value[i], "body") ? MACAW_COVERS_BODY
                                               : 0;
        if (bit == 0 || (lcf->allow_uncovered & bit) != 0) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               bit == 0 ? "macaw_allow_uncovered: \"%V\" is not method, body or "
                                          "none"
                                        : "macaw_allow_uncovered: \"%V\" twice",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
        lcf->allow_uncovered |= bit;
    }
    return NGX_CONF_OK;
}

static char *parse_over(ngx_conf_t *cf, ngx_http_macaw_loc_conf_t *lcf, const ngx_str_t *value)
{
    if (is(value, "over=unsigned")) {
        lcf->response_over = NGX_HTTP_MACAW_OVER_UNSIGNED;
    } else if (is(value, "over=refuse")) {
        lcf->response_over = NGX_HTTP_MACAW_OVER_REFUSE;
    } else if (is(value, "over=trailer")) {
        lcf->response_over = NGX_HTTP_MACAW_OVER_TRAILER;
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_response_buffer: \"%V\" is not over=unsigned, over=refuse or "
                           "over=trailer",
                           value);
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_response_buffer(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_loc_conf_t *lcf = conf;
    ngx_str_t *value = cf->args->elts;
    ssize_t size;

    (void)cmd;
    if (lcf->response_buffer != NGX_CONF_UNSET_SIZE) {
        return DUPLICATE;
    }
    size = ngx_parse_size(&value[1]);
    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_response_buffer: invalid size \"%V\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }
    lcf->response_buffer = (size_t)size;
    lcf->response_over = NGX_HTTP_MACAW_OVER_UNSIGNED;
    return cf->args->nelts == 3 ? parse_over(cf, lcf, &value[2]) : NGX_CONF_OK;
}

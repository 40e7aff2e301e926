/* Merging of contexts, and what is refused at load time. */
#include "ngx_http_macaw.h"

#define WINDOW_DEFAULT 300
#define BUFFER_DEFAULT (1024 * 1024)

typedef ngx_http_macaw_loc_conf_t loc_conf;

/* What the rewrite module keeps for a location begins with its compiled
 * directives; the rest is private to it. */
typedef struct {
    ngx_array_t *codes;
} rewrite_conf;

char *ngx_http_macaw_fail_at(ngx_conf_t *cf, ngx_uint_t level,
                             const ngx_http_macaw_place_t *place, const char *fmt, ...)
{
    u_char text[NGX_MAX_CONF_ERRSTR];
    u_char *end;
    va_list ap;

    va_start(ap, fmt);
    end = ngx_vslprintf(text, text + sizeof text, fmt, ap);
    va_end(ap);
    ngx_log_error(level, cf->log, 0, "%*s in %V:%ui", (size_t)(end - text), text, &place->file,
                  place->line);
    return NGX_CONF_ERROR;
}

static void inherit_places(loc_conf *prev, loc_conf *conf)
{
    if (conf->scheme_count == NGX_CONF_UNSET_UINT) {
        conf->scheme_count = prev->scheme_count == NGX_CONF_UNSET_UINT ? 0 : prev->scheme_count;
        conf->schemes = prev->schemes;
        conf->verify_place = prev->verify_place;
    }
    if (conf->zone_name.data == NULL) {
        conf->zone_name = prev->zone_name;
        conf->replay_place = prev->replay_place;
    }
    if (conf->allow_keys == NGX_CONF_UNSET_PTR) {
        conf->allow_keys = prev->allow_keys == NGX_CONF_UNSET_PTR ? NULL : prev->allow_keys;
        conf->allow_place = prev->allow_place;
    }
    if (conf->response_buffer == NGX_CONF_UNSET_SIZE) {
        conf->response_over = prev->response_over;
    }
}

static void inherit(loc_conf *prev, loc_conf *conf)
{
    inherit_places(prev, conf);
    ngx_conf_merge_ptr_value(conf->ring, prev->ring, NULL);
    ngx_conf_merge_uint_value(conf->mode, prev->mode, NGX_HTTP_MACAW_ENFORCE);
    ngx_conf_merge_uint_value(conf->allow_uncovered, prev->allow_uncovered, 0);
    ngx_conf_merge_sec_value(conf->window, prev->window, WINDOW_DEFAULT);
    ngx_conf_merge_value(conf->insecure_legacy, prev->insecure_legacy, 0);
    ngx_conf_merge_value(conf->preflight, prev->preflight, 0);
    ngx_conf_merge_value(conf->sign_response, prev->sign_response, 0);
    ngx_conf_merge_uint_value(conf->response_over, prev->response_over,
                              NGX_HTTP_MACAW_OVER_UNSIGNED);
    ngx_conf_merge_size_value(conf->response_buffer, prev->response_buffer, BUFFER_DEFAULT);
}

static char *check_schemes(ngx_conf_t *cf, const loc_conf *conf)
{
    ngx_uint_t i;

    for (i = 0; i < conf->scheme_count; i++) {
        if (macaw_scheme_insecure(conf->schemes[i]) && !conf->insecure_legacy) {
            return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->verify_place,
                           "macaw_verify: scheme \"%s\" is insecure, say \"macaw_insecure_legacy "
                           "on;\" to accept it",
                           macaw_scheme_name(conf->schemes[i]));
        }
    }
    return NGX_CONF_OK;
}

/* Sets conf->zone. */
static char *check_zone(ngx_conf_t *cf, loc_conf *conf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);

    if (conf->zone_name.data == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->verify_place,
                       "macaw_verify: say \"macaw_replay ZONE;\" to refuse replays or "
                       "\"macaw_replay off;\" to accept them");
    }
    if (conf->zone_name.len == 0) {
        return NGX_CONF_OK;
    }
    conf->zone = ngx_http_macaw_find_zone(mcf, &conf->zone_name);
    if (conf->zone == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->replay_place,
                       "macaw_replay: no macaw_replay_zone \"%V\"", &conf->zone_name);
    }
    conf->zone->window = ngx_max(conf->zone->window, (uint32_t)conf->window);
    return NGX_CONF_OK;
}

static char *check_allowed(ngx_conf_t *cf, const loc_conf *conf)
{
    char **kids = conf->allow_keys->elts;
    ngx_uint_t i;

    if (conf->ring == NULL && conf->allow_keys->nelts > 0) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->allow_place,
                                      "macaw_allow_key: no macaw_keys");
    }
    for (i = 0; i < conf->allow_keys->nelts; i++) {
        if (macaw_keyring_find(conf->ring->keys, kids[i], ngx_strlen(kids[i])) == NULL) {
            return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->allow_place,
                           "macaw_allow_key: no key \"%s\" in %V", kids[i], &conf->ring->file);
        }
    }
    return NGX_CONF_OK;
}

/* A weak key is not refused with the file: another location may want it. */
static void warn_insecure_keys(ngx_conf_t *cf, const loc_conf *conf)
{
    const macaw_entry *entry;
    size_t i;

    for (i = 0; (entry = macaw_keyring_at(conf->ring->keys, i)) != NULL; i++) {
        if (entry->insecure) {
            (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &conf->verify_place,
                          "macaw_verify: key \"%s\" of %V is marked insecure and ignored without "
                          "\"macaw_insecure_legacy on;\"",
                          entry->kid, &conf->ring->file);
        }
    }
}

/* Whether a compiled "return" is among the directives. Code entries vary in
 * size but are pointer-aligned and begin with their function. */
static bool has_return(const ngx_array_t *codes)
{
    uintptr_t wanted = (uintptr_t)ngx_http_script_return_code;
    const uintptr_t *word = codes->elts;
    size_t i;

    for (i = 0; i < codes->nelts * codes->size / sizeof *word; i++) {
        if (word[i] == wanted) {
            return true;
        }
    }
    return false;
}

/* By name: nginx may be built without the rewrite module. */
static const rewrite_conf *find_rewrite_conf(ngx_conf_t *cf)
{
    ngx_http_conf_ctx_t *ctx = cf->ctx;
    ngx_module_t *module;
    ngx_uint_t i;

    for (i = 0; i < cf->cycle->modules_n; i++) {
        module = cf->cycle->modules[i];
        if (ngx_strcmp(module->name, "ngx_http_rewrite_module") == 0) {
            return ctx->loc_conf[module->ctx_index];
        }
    }
    return NULL;
}

bool ngx_http_macaw_rewrites(ngx_conf_t *cf, bool *returns)
{
    const rewrite_conf *rewrite = find_rewrite_conf(cf);
    bool any = rewrite != NULL && rewrite->codes != NULL;

    *returns = any && has_return(rewrite->codes);
    return any;
}

static void look_at_rewrites(ngx_conf_t *cf, loc_conf *conf)
{
    bool returns;

    conf->rewrites = ngx_http_macaw_rewrites(cf, &returns);
    if (returns && conf->server_level) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &conf->verify_place,
                      "macaw_verify: a \"return\" directly in the server block answers unchecked "
                      "requests; put it into a location");
    }
}

static char *set_challenge(ngx_conf_t *cf, loc_conf *conf)
{
    size_t len = 0;
    ngx_uint_t i;
    u_char *p;

    for (i = 0; i < conf->scheme_count; i++) {
        len += ngx_strlen(macaw_scheme_name(conf->schemes[i])) + 2;
    }
    p = ngx_pnalloc(cf->pool, len);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }
    conf->challenge.data = p;
    for (i = 0; i < conf->scheme_count; i++) {
        p = ngx_sprintf(p, "%s%s", i == 0 ? "" : ", ", macaw_scheme_name(conf->schemes[i]));
    }
    conf->challenge.len = (size_t)(p - conf->challenge.data);
    return NGX_CONF_OK;
}

static void set_policy(loc_conf *conf)
{
    conf->policy.keys = conf->ring->keys;
    /* What a command says is in its target; there is nothing in the method or a body. */
    conf->policy.use = conf->control_name.len > 0 ? "control" : "http";
    conf->policy.schemes = conf->schemes;
    conf->policy.scheme_count = conf->scheme_count;
    conf->policy.window = (uint32_t)conf->window;
    conf->policy.allow_uncovered =
        conf->control_name.len > 0 ? MACAW_COVERS_METHOD : (unsigned)conf->allow_uncovered;
    conf->policy.insecure = conf->insecure_legacy != 0;
    if (conf->allow_keys != NULL) {
        conf->policy.allow_kids = conf->allow_keys->elts;
        conf->policy.allow_kid_count = conf->allow_keys->nelts;
    }
}

static char *complete(ngx_conf_t *cf, loc_conf *conf)
{
    if (conf->ring == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->verify_place,
                       "macaw_verify: say \"macaw_keys FILE;\" as well");
    }
    if (check_schemes(cf, conf) != NGX_CONF_OK || check_zone(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    if (!conf->insecure_legacy && !conf->ring->warned) {
        conf->ring->warned = true;
        warn_insecure_keys(cf, conf);
    }
    set_policy(conf);
    look_at_rewrites(cf, conf);
    return set_challenge(cf, conf);
}

char *ngx_http_macaw_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    loc_conf *conf = child;

    inherit(parent, conf);
    if (conf->allow_keys != NULL && check_allowed(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    return conf->scheme_count > 0 ? complete(cf, conf) : NGX_CONF_OK;
}

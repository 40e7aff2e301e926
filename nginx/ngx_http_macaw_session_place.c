/* Directives of a place: which sessions count there, and who must have one. */
#include "ngx_http_macaw_session_envelope.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_t session_t;

static char DUPLICATE[] = "is duplicate";

static bool is(const ngx_str_t *value, const char *word)
{
    return value->len == ngx_strlen(word) && ngx_strncmp(value->data, word, value->len) == 0;
}

void *ngx_http_macaw_session_create_loc_conf(ngx_conf_t *cf)
{
    loc_conf *lcf = ngx_pcalloc(cf->pool, sizeof *lcf);

    if (lcf == NULL) {
        return NULL;
    }
    lcf->use = NGX_CONF_UNSET_PTR;
    lcf->wraps = NGX_CONF_UNSET_PTR;
    lcf->require = NGX_CONF_UNSET_UINT;
    lcf->login = NGX_CONF_UNSET;
    lcf->csrf = NGX_CONF_UNSET;
    /* A server block's own contexts are made while the http block is read. */
    lcf->server_level = cf->cmd_type == NGX_HTTP_MAIN_CONF;
    return lcf;
}

/* ---- macaw_session_use ---- */

static char *add_use(ngx_conf_t *cf, loc_conf *lcf, const ngx_str_t *name)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    session_t *session = ngx_http_macaw_find_session(mcf, name);
    session_t **slot = lcf->use->elts;
    ngx_uint_t i;

    for (i = 0; i < lcf->use->nelts && slot[i] != session; i++) {
    }
    if (session == NULL || i < lcf->use->nelts) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           session == NULL
                               ? "macaw_session_use: no macaw_session \"%V\" before this"
                               : "macaw_session_use: \"%V\" twice",
                           name);
        return NGX_CONF_ERROR;
    }
    slot = ngx_array_push(lcf->use);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }
    *slot = session;
    return NGX_CONF_OK;
}

char *ngx_http_macaw_session_use(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    const ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;
    ngx_uint_t i;

    (void)cmd;
    if (lcf->use != NGX_CONF_UNSET_PTR) {
        return DUPLICATE;
    }
    lcf->use_place = ngx_http_macaw_place_of(cf);
    if (cf->args->nelts == 2 && is(&value[1], "off")) {
        lcf->use = NULL;
        return NGX_CONF_OK;
    }
    lcf->use = ngx_array_create(cf->pool, cf->args->nelts, sizeof(session_t *));
    if (lcf->use == NULL) {
        return NGX_CONF_ERROR;
    }
    for (i = 1; i < cf->args->nelts; i++) {
        if (add_use(cf, lcf, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

/* ---- macaw_session_require, macaw_session_login ---- */

char *ngx_http_macaw_session_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;

    (void)cmd;
    if (lcf->require != NGX_CONF_UNSET_UINT) {
        return DUPLICATE;
    }
    lcf->require_place = ngx_http_macaw_place_of(cf);
    if (is(&value[1], "off")) {
        lcf->require = NGX_HTTP_MACAW_REQUIRE_OFF;
    } else if (is(&value[1], "401")) {
        lcf->require = NGX_HTTP_MACAW_REQUIRE_401;
    } else if (ngx_http_macaw_is_return_path(&value[1])
               && memchr(value[1].data, '#', value[1].len) == NULL) {
        lcf->require = NGX_HTTP_MACAW_REQUIRE_LOGIN;
        lcf->login_uri = value[1];
    } else {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "macaw_session_require: \"%V\" is not off, 401 or a path on this site",
                           &value[1]);
        return NGX_CONF_ERROR;
    }
    return NGX_CONF_OK;
}

static char *parse_flag(ngx_conf_t *cf, ngx_flag_t *ret)
{
    const ngx_str_t *value = cf->args->elts;

    if (!is(&value[1], "on") && !is(&value[1], "off")) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V: \"%V\" is not on or off", &value[0],
                           &value[1]);
        return NGX_CONF_ERROR;
    }
    *ret = is(&value[1], "on");
    return NGX_CONF_OK;
}

char *ngx_http_macaw_session_login_by_upstream(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    loc_conf *lcf = conf;

    (void)cmd;
    if (lcf->login != NGX_CONF_UNSET) {
        return DUPLICATE;
    }
    lcf->login_place = ngx_http_macaw_place_of(cf);
    return parse_flag(cf, &lcf->login);
}

/* ---- macaw_session_csrf on|off [origin=...] [header=NAME] ---- */

/* SCHEME://HOST[:PORT] as browsers spell it, without a path. */
static bool is_origin(const ngx_str_t *origin)
{
    size_t scheme = ngx_strncmp(origin->data, "https://", 8) == 0  ? 8
                    : ngx_strncmp(origin->data, "http://", 7) == 0 ? 7
                                                                   : 0;
    static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]_";

    return scheme > 0 && origin->len > scheme
           && strspn((const char *)origin->data + scheme, host) == origin->len - scheme;
}

static bool is_field_name(const ngx_str_t *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";

    return name->len > 0 && strspn((const char *)name->data, allowed) == name->len;
}

static char *add_csrf_option(ngx_conf_t *cf, loc_conf *lcf, const ngx_str_t *value)
{
    ngx_str_t rest = {value->len > 7 ? value->len - 7 : 0, value->data + 7};
    ngx_str_t *slot;

    if (ngx_strncmp(value->data, "origin=", 7) == 0 && is_origin(&rest)) {
        slot = ngx_array_push(lcf->origins);
        if (slot == NULL) {
            return NGX_CONF_ERROR;
        }
        *slot = rest;
        return NGX_CONF_OK;
    }
    if (ngx_strncmp(value->data, "header=", 7) == 0 && is_field_name(&rest)) {
        lcf->csrf_header = rest;
        return NGX_CONF_OK;
    }
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "macaw_session_csrf: \"%V\" is not origin=https://HOST[:PORT] or "
                       "header=NAME",
                       value);
    return NGX_CONF_ERROR;
}

char *ngx_http_macaw_session_csrf(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    const ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;
    ngx_uint_t i;

    (void)cmd;
    if (lcf->csrf != NGX_CONF_UNSET) {
        return DUPLICATE;
    }
    if (parse_flag(cf, &lcf->csrf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    lcf->origins = ngx_array_create(cf->pool, cf->args->nelts, sizeof(ngx_str_t));
    if (lcf->origins == NULL) {
        return NGX_CONF_ERROR;
    }
    for (i = 2; i < cf->args->nelts; i++) {
        if (add_csrf_option(cf, lcf, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

/* ---- merging ---- */

static void inherit(const loc_conf *prev, loc_conf *conf)
{
    if (conf->use == NGX_CONF_UNSET_PTR) {
        conf->use = prev->use == NGX_CONF_UNSET_PTR ? NULL : prev->use;
        conf->use_place = prev->use_place;
    }
    if (conf->wraps == NGX_CONF_UNSET_PTR) {
        conf->wraps = prev->wraps == NGX_CONF_UNSET_PTR ? NULL : prev->wraps;
        conf->wraps_place = prev->wraps_place;
    }
    if (conf->require == NGX_CONF_UNSET_UINT && conf->open) {
        conf->require = NGX_HTTP_MACAW_REQUIRE_OFF;
    }
    if (conf->require == NGX_CONF_UNSET_UINT) {
        conf->require = prev->require == NGX_CONF_UNSET_UINT ? NGX_HTTP_MACAW_REQUIRE_OFF
                                                             : prev->require;
        conf->login_uri = prev->login_uri;
        conf->require_place = prev->require_place;
    }
    if (conf->login == NGX_CONF_UNSET) {
        conf->login = prev->login == 1 && conf->use != NULL;
        conf->login_place = prev->login_place;
    }
    if (conf->csrf == NGX_CONF_UNSET) {
        conf->csrf = prev->csrf;
        conf->origins = prev->origins;
        conf->csrf_header = prev->csrf_header;
    }
}

static char *check_login(ngx_conf_t *cf, const loc_conf *conf)
{
    session_t *const *session;

    if (conf->use == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->login_place,
                                      "macaw_session_login: say \"macaw_session_use NAME;\" as "
                                      "well");
    }
    session = conf->use->elts;
    if (session[0]->issuer == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->login_place,
                                      "macaw_session_login: macaw_session \"%V\" issues nothing: "
                                      "it has no sc1 scheme with a key that signs",
                                      &session[0]->name);
    }
    if (session[0]->zone_name.len == 0) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &conf->login_place,
                                     "macaw_session_login: macaw_session \"%V\" has no zone: a "
                                     "copied cookie stays valid after a logout",
                                     &session[0]->name);
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_session_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    loc_conf *conf = child;
    bool returns;

    inherit(parent, conf);
    conf->rewrites = ngx_http_macaw_rewrites(cf, &returns);
    if (conf->require != NGX_HTTP_MACAW_REQUIRE_OFF && conf->open) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->open_place,
                                      "macaw_session_require: nobody could log in or out here");
    }
    if (conf->require != NGX_HTTP_MACAW_REQUIRE_OFF && conf->use == NULL) {
        return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &conf->require_place,
                                      "macaw_session_require: say \"macaw_session_use NAME;\" as "
                                      "well, or \"macaw_session_require off;\" where it is off");
    }
    if (conf->require != NGX_HTTP_MACAW_REQUIRE_OFF && conf->server_level && returns) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &conf->require_place,
                                     "macaw_session_require: a \"return\" directly in the server "
                                     "block answers everybody; put it into a location");
    }
    if (conf->login && check_login(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    return conf->wraps != NULL ? ngx_http_macaw_check_wraps(cf, conf) : NGX_CONF_OK;
}

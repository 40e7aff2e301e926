/* macaw_session_wrap NAME COOKIE... [idle=TIME] [lifetime=TIME] */
#include "ngx_http_macaw_session_envelope.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_wrap_t wrap_t;

#define FAIL(...) \
    (ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session_wrap: " __VA_ARGS__), NGX_CONF_ERROR)

static bool is(const ngx_str_t *value, const char *word)
{
    return value->len == ngx_strlen(word) && ngx_strncmp(value->data, word, value->len) == 0;
}

static bool same(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len && ngx_memcmp(a->data, b->data, a->len) == 0;
}

/* ---- times ---- */

/* NGX_DECLINED: the word is no such option. */
static ngx_int_t read_time(ngx_conf_t *cf, const ngx_str_t *word, const char *name, time_t *ret)
{
    size_t len = ngx_strlen(name);
    ngx_str_t text;

    if (word->len < len || ngx_strncmp(word->data, name, len) != 0) {
        return NGX_DECLINED;
    }
    text.data = word->data + len;
    text.len = word->len - len;
    *ret = ngx_parse_time(&text, 1);
    if (*ret < 1 || *ret > MACAW_SESSION_TTL_MAX) {
        (void)FAIL("\"%V\" is not 1s to 194d", word);
        return NGX_ERROR;
    }
    return NGX_OK;
}

static char *read_times(ngx_conf_t *cf, const session_t *session, wrap_t *ret, ngx_uint_t *words)
{
    const ngx_str_t *value = cf->args->elts;
    ngx_int_t rc;

    ret->idle = session->idle;
    ret->lifetime = session->lifetime;
    for (*words = cf->args->nelts; *words > 2; (*words)--) {
        rc = read_time(cf, &value[*words - 1], "idle=", &ret->idle);
        if (rc == NGX_DECLINED) {
            rc = read_time(cf, &value[*words - 1], "lifetime=", &ret->lifetime);
        }
        if (rc == NGX_ERROR) {
            return NGX_CONF_ERROR;
        }
        if (rc == NGX_DECLINED) {
            break;
        }
    }
    return ret->idle <= ret->lifetime ? NGX_CONF_OK : FAIL("idle is longer than lifetime");
}

/* ---- tokens ---- */

static void free_tokens(void *data)
{
    macaw_session_free(data);
}

/* Under the keys of the definition's own tokens, for another purpose. */
static char *make_tokens(ngx_conf_t *cf, wrap_t *wrap)
{
    const macaw_session_config *own = macaw_session_settings(wrap->session->csrf->session);
    const ngx_http_macaw_format_t *keys = wrap->session->csrf;
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    macaw_session_config config = {
        .scheme = macaw_session_scheme_find("sc1-mac"),
        .cookie_name = (const char *)wrap->cookie.data,
        .purpose = "envelope",
        .audience = own->audience,
        .leeway = own->leeway,
    };
    macaw_error err;

    if (cleanup == NULL) {
        return NGX_CONF_ERROR;
    }
    if (macaw_session_new(&wrap->tokens, &config, &err) != MACAW_OK) {
        return FAIL("\"%V\": %s", &wrap->cookie, err.text);
    }
    cleanup->handler = free_tokens;
    cleanup->data = wrap->tokens;
    if (macaw_session_add_keyring(wrap->tokens, keys->ring->keys, (const char *)keys->use.data,
                                  &err)
        != MACAW_OK) {
        return FAIL("%V: %s", &keys->ring->file, err.text);
    }
    return NGX_CONF_OK;
}

/* ---- cookies ---- */

static char *check_cookie(ngx_conf_t *cf, const loc_conf *lcf, const wrap_t *wrap)
{
    const wrap_t *other = lcf->wraps->elts;
    char line[MACAW_COOKIE_MAX + 512];
    ngx_uint_t i;
    size_t len;

    for (i = 0; i < lcf->wraps->nelts; i++) {
        if (same(&other[i].cookie, &wrap->cookie)) {
            return FAIL("cookie \"%V\" twice", &wrap->cookie);
        }
    }
    if (ngx_strlen(wrap->cookie.data) != wrap->cookie.len
        || macaw_cookie_write((const char *)wrap->cookie.data, (macaw_str){"x", 1},
                              &wrap->session->attributes, line, sizeof line, &len)
               != MACAW_OK) {
        return FAIL("\"%V\" is no cookie's name, or one that browsers refuse with the attributes "
                    "of macaw_session \"%V\"",
                    &wrap->cookie, &wrap->session->name);
    }
    return NGX_CONF_OK;
}

static char *add_cookie(ngx_conf_t *cf, loc_conf *lcf, const wrap_t *pattern,
                        const ngx_str_t *cookie)
{
    wrap_t wrap = *pattern, *slot;

    wrap.cookie = *cookie;
    if (check_cookie(cf, lcf, &wrap) != NGX_CONF_OK || make_tokens(cf, &wrap) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    slot = ngx_array_push(lcf->wraps);
    if (slot == NULL) {
        return NGX_CONF_ERROR;
    }
    *slot = wrap;
    return NGX_CONF_OK;
}

static char *find(ngx_conf_t *cf, const ngx_str_t *name, const session_t **ret)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);

    *ret = ngx_http_macaw_find_session(mcf, name);
    if (*ret == NULL) {
        return FAIL("no macaw_session \"%V\" before this", name);
    }
    return (*ret)->csrf != NULL
               ? NGX_CONF_OK
               : FAIL("macaw_session \"%V\" has no sc1 scheme with a secret key", name);
}

static char *add(ngx_conf_t *cf, loc_conf *lcf)
{
    const ngx_str_t *value = cf->args->elts;
    wrap_t wrap = {.session = NULL};
    ngx_uint_t i, words;

    if (find(cf, &value[1], &wrap.session) != NGX_CONF_OK
        || read_times(cf, wrap.session, &wrap, &words) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    if (words < 3) {
        return FAIL("say which cookies");
    }
    for (i = 2; i < words; i++) {
        if (add_cookie(cf, lcf, &wrap, &value[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

char *ngx_http_macaw_session_wrap(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    const ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;

    (void)cmd;
    if (lcf->wraps == NULL || (lcf->wraps != NGX_CONF_UNSET_PTR && is(&value[1], "off"))) {
        return FAIL("off and something else");
    }
    if (lcf->wraps == NGX_CONF_UNSET_PTR) {
        lcf->wraps_place = ngx_http_macaw_place_of(cf);
        lcf->wraps = NULL;
        if (cf->args->nelts == 2 && is(&value[1], "off")) {
            return NGX_CONF_OK;
        }
        lcf->wraps = ngx_array_create(cf->pool, 4, sizeof(wrap_t));
        if (lcf->wraps == NULL) {
            return NGX_CONF_ERROR;
        }
    }
    return add(cf, lcf);
}

/* ---- at the merge ---- */

char *ngx_http_macaw_check_wraps(ngx_conf_t *cf, const loc_conf *lcf)
{
    session_t *const *use = lcf->use != NULL ? lcf->use->elts : NULL;
    const ngx_uint_t used = use != NULL ? lcf->use->nelts : 0;
    const wrap_t *wrap = lcf->wraps->elts;
    ngx_uint_t i, k;

    for (i = 0; i < lcf->wraps->nelts; i++) {
        for (k = 0; k < used; k++) {
            if (same(&wrap[i].cookie, &use[k]->cookie)
                || same(&wrap[i].cookie, &use[k]->signature)) {
                return ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &lcf->wraps_place,
                                              "macaw_session_wrap: \"%V\" is the cookie of "
                                              "macaw_session \"%V\", which is used here",
                                              &wrap[i].cookie, &use[k]->name);
            }
        }
        if (wrap[i].session->zone_name.len == 0) {
            (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &lcf->wraps_place,
                                         "macaw_session_wrap: macaw_session \"%V\" has no zone: "
                                         "a copied cookie stays valid after the application has "
                                         "deleted it",
                                         &wrap[i].session->name);
        }
    }
    return NGX_CONF_OK;
}

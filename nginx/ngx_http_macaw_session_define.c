/* A macaw_session block checked as a whole, with its keys. */
#include "ngx_http_macaw_session_draft.h"

#define IDLE_DEFAULT     1800
#define LIFETIME_DEFAULT 43200
#define RENEW_DEFAULT    300

typedef ngx_http_macaw_session_draft_t draft_t;
typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_format_t format_t;

void ngx_http_macaw_session_draft_init(draft_t *draft, const ngx_str_t *name,
                                       ngx_http_macaw_place_t place)
{
    ngx_memzero(draft, sizeof *draft);
    draft->name = *name;
    draft->place = place;
    draft->max_age = NGX_CONF_UNSET;
    draft->idle = NGX_CONF_UNSET;
    draft->lifetime = NGX_CONF_UNSET;
    draft->renew = NGX_CONF_UNSET;
    draft->secure = 1;
    draft->hidden = 1;
}

#define FAIL(draft, ...) ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &(draft)->place, __VA_ARGS__)

/* ---- schemes and keys ---- */

static const ngx_http_macaw_session_keys_t *keys_for(const draft_t *draft,
                                                     const macaw_session_scheme *scheme)
{
    const ngx_http_macaw_session_keys_t *general = NULL;
    ngx_uint_t i;

    for (i = 0; i < draft->key_count; i++) {
        if (draft->keys[i].scheme == scheme) {
            return &draft->keys[i];
        }
        if (draft->keys[i].scheme == NULL) {
            general = &draft->keys[i];
        }
    }
    return general;
}

static char *check_keys(ngx_conf_t *cf, const draft_t *draft)
{
    ngx_uint_t i, k;

    for (i = 0; i < draft->key_count; i++) {
        for (k = 0; k < i; k++) {
            if (draft->keys[i].scheme == draft->keys[k].scheme) {
                return FAIL(draft, "macaw_session \"%V\": two lines of keys for one purpose",
                            &draft->name);
            }
        }
    }
    return NGX_CONF_OK;
}

static void free_session(void *data)
{
    macaw_session_free(data);
}

static char *make_format(ngx_conf_t *cf, const draft_t *draft, const macaw_session_scheme *scheme,
                         format_t *ret)
{
    const ngx_http_macaw_session_keys_t *keys = keys_for(draft, scheme);
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    macaw_session_config config = draft->config;
    macaw_error err;

    config.scheme = scheme;
    if (keys == NULL) {
        return FAIL(draft, "macaw_session \"%V\": say \"keys FILE;\" for %s", &draft->name,
                    macaw_session_scheme_name(scheme));
    }
    if (cleanup == NULL) {
        return NGX_CONF_ERROR;
    }
    if (macaw_session_new(&ret->session, &config, &err) != MACAW_OK) {
        return FAIL(draft, "macaw_session \"%V\": %s: %s", &draft->name,
                    macaw_session_scheme_name(scheme), err.text);
    }
    cleanup->handler = free_session;
    cleanup->data = ret->session;
    if (macaw_session_add_keyring(ret->session, keys->ring->keys, keys->use, &err) != MACAW_OK) {
        return FAIL(draft, "macaw_session \"%V\": %V: %s", &draft->name, &keys->ring->file,
                    err.text);
    }
    ret->scheme = scheme;
    ret->handle = scheme == macaw_session_scheme_find("sc1-handle");
    ret->ring = keys->ring;
    ret->use.data = (u_char *)keys->use;
    ret->use.len = ngx_strlen(keys->use);
    return NGX_CONF_OK;
}

static int issue_any(const format_t *format)
{
    const macaw_session_grant grant = {.issued = ngx_time(), .ttl = 1};
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;

    return macaw_session_issue(format->session, &grant, token, &len);
}

/* Public keys verify only; other keys may sign at another time. */
static bool may_issue(const format_t *format)
{
    return (macaw_session_scheme_flags(format->scheme) & MACAW_SESSION_SIGNED) == 0
           || issue_any(format) != MACAW_ENOTFOUND;
}

/* No master key is behind public keys for other tokens. */
static void choose(session_t *session)
{
    const format_t *format;
    unsigned flags;
    ngx_uint_t i;

    for (i = 0; i < session->format_count; i++) {
        format = &session->formats[i];
        flags = macaw_session_scheme_flags(format->scheme);
        if ((flags & MACAW_SESSION_NATIVE) != 0 && session->issuer == NULL && may_issue(format)) {
            session->issuer = format;
        }
        if ((flags & (MACAW_SESSION_NATIVE | MACAW_SESSION_SIGNED)) == MACAW_SESSION_NATIVE
            && session->csrf == NULL) {
            session->csrf = format;
        }
    }
}

/* A gateway that only verifies may do with that. */
static void warn_of_keys(ngx_conf_t *cf, const draft_t *draft, const session_t *session)
{
    if (session->issuer != NULL && issue_any(session->issuer) != MACAW_OK) {
        (void)ngx_http_macaw_fail_at(cf, NGX_LOG_WARN, &draft->place,
                                     "macaw_session \"%V\": not one key of %V is active now, but "
                                     "none or several: nobody can log in, and nothing is renewed",
                                     &draft->name, &session->issuer->ring->file);
    }
}

static char *make_formats(ngx_conf_t *cf, const draft_t *draft, session_t *session)
{
    ngx_uint_t i;
    u_char *p;

    if (draft->scheme_count == 0) {
        return FAIL(draft, "macaw_session \"%V\": say \"scheme NAME;\"", &draft->name);
    }
    if (check_keys(cf, draft) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    for (i = 0; i < draft->scheme_count; i++) {
        if (make_format(cf, draft, draft->schemes[i], &session->formats[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
        if ((macaw_session_scheme_flags(draft->schemes[i]) & MACAW_SESSION_TWO_COOKIES) != 0) {
            p = ngx_pnalloc(cf->pool, session->cookie.len + sizeof ".sig");
            if (p == NULL) {
                return NGX_CONF_ERROR;
            }
            session->signature.data = p;
            session->signature.len = (size_t)(ngx_sprintf(p, "%V.sig%Z", &session->cookie) - p) - 1;
        }
    }
    session->format_count = draft->scheme_count;
    choose(session);
    warn_of_keys(cf, draft, session);
    return NGX_CONF_OK;
}

/* ---- the cookie ---- */

static char *set_cookie(ngx_conf_t *cf, const draft_t *draft, session_t *session)
{
    const char *name = draft->config.cookie_name;
    char line[MACAW_COOKIE_MAX + 512];
    size_t len;

    session->cookie.data = (u_char *)name;
    session->cookie.len = ngx_strlen(name);
    session->attributes.path = draft->path;
    session->attributes.domain = draft->domain;
    session->attributes.same_site = (macaw_same_site)draft->same_site;
    session->attributes.insecure = !draft->secure;
    if (macaw_cookie_write(name, (macaw_str){"x", 1}, &session->attributes, line, sizeof line, &len)
        != MACAW_OK) {
        return FAIL(draft,
                    "macaw_session \"%V\": browsers would refuse cookie \"%s\" with these "
                    "attributes: __Host- needs secure on, path / and no domain, __Secure- and "
                    "same_site none need secure on",
                    &draft->name, name);
    }
    return NGX_CONF_OK;
}

/* ---- times ---- */

static char *set_times(ngx_conf_t *cf, const draft_t *draft, session_t *session)
{
    session->lifetime = draft->lifetime == NGX_CONF_UNSET ? LIFETIME_DEFAULT : draft->lifetime;
    session->idle = draft->idle == NGX_CONF_UNSET ? ngx_min(IDLE_DEFAULT, session->lifetime)
                                                  : draft->idle;
    session->renew = draft->renew == NGX_CONF_UNSET ? ngx_min(RENEW_DEFAULT, session->idle / 2)
                                                    : draft->renew;
    if (session->idle > session->lifetime) {
        return FAIL(draft, "macaw_session \"%V\": idle is longer than lifetime", &draft->name);
    }
    if (session->renew >= session->idle) {
        return FAIL(draft, "macaw_session \"%V\": renew is not shorter than idle", &draft->name);
    }
    session->renew = draft->renew == NGX_HTTP_MACAW_TIME_OFF ? 0 : ngx_max(session->renew, 1);
    return NGX_CONF_OK;
}

/* ---- the whole ---- */

static draft_t settled(const draft_t *draft)
{
    draft_t settled = *draft;

    if (settled.config.cookie_name == NULL) {
        settled.config.cookie_name = draft->secure ? "__Host-macaw-session" : "macaw-session";
    }
    settled.config.max_age = draft->max_age == NGX_HTTP_MACAW_TIME_OFF ? -1
                             : draft->max_age == NGX_CONF_UNSET       ? 0
                                                                      : draft->max_age;
    settled.config.leeway = draft->leeway;
    settled.config.allow_no_expiry = draft->allow_no_expiry != 0;
    return settled;
}

static char *define(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf, const draft_t *draft)
{
    session_t *session = ngx_pcalloc(cf->pool, sizeof *session);
    session_t **known = ngx_array_push(&mcf->sessions);

    if (session == NULL || known == NULL) {
        return NGX_CONF_ERROR;
    }
    *known = session;
    session->name = draft->name;
    session->place = draft->place;
    session->zone_name = draft->zone;
    session->bind = draft->bind;
    session->hidden = draft->hidden;
    session->allow_no_subject = draft->allow_no_subject;
    if (set_cookie(cf, draft, session) != NGX_CONF_OK
        || set_times(cf, draft, session) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    if (make_formats(cf, draft, session) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    return ngx_http_macaw_session_set_exchange(cf, mcf, draft, session);
}

char *ngx_http_macaw_session_define(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf,
                                    const draft_t *draft)
{
    const draft_t whole = settled(draft);

    return define(cf, mcf, &whole);
}

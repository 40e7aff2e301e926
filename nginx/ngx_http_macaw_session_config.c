/* macaw_session NAME { ... }: reading the block. session_define makes of it what
 * is used at run time. */
#include "ngx_http_macaw_session.h"
#include "ngx_http_macaw_session_draft.h"

typedef ngx_http_macaw_session_draft_t draft_t;

static bool is(const ngx_str_t *value, const char *word)
{
    return value->len == ngx_strlen(word) && ngx_strncmp(value->data, word, value->len) == 0;
}

static char *wrong(ngx_conf_t *cf, const char *expected)
{
    const ngx_str_t *value = cf->args->elts;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: %V: \"%V\" is not %s", &value[0],
                       &value[1], expected);
    return NGX_CONF_ERROR;
}

/* ---- one function for each kind of option ---- */

static char *set_text(ngx_conf_t *cf, void *to)
{
    const ngx_str_t *value = cf->args->elts;

    if (value[1].len == 0 || ngx_strlen(value[1].data) != value[1].len) {
        return wrong(cf, "a text");
    }
    *(const char **)to = (const char *)value[1].data;
    return NGX_CONF_OK;
}

/* An empty audience is one. */
static char *set_any_text(ngx_conf_t *cf, void *to)
{
    const ngx_str_t *value = cf->args->elts;

    return value[1].len == 0 ? (*(const char **)to = "", NGX_CONF_OK) : set_text(cf, to);
}

static char *set_flag(ngx_conf_t *cf, void *to)
{
    const ngx_str_t *value = cf->args->elts;

    if (!is(&value[1], "on") && !is(&value[1], "off")) {
        return wrong(cf, "on or off");
    }
    *(ngx_uint_t *)to = is(&value[1], "on");
    return NGX_CONF_OK;
}

static char *set_time(ngx_conf_t *cf, void *to)
{
    ngx_str_t *value = cf->args->elts;
    ngx_int_t seconds = ngx_parse_time(&value[1], 1);

    if (seconds < 1 || seconds > MACAW_SESSION_TTL_MAX) {
        return wrong(cf, "1s to 194d");
    }
    *(time_t *)to = seconds;
    return NGX_CONF_OK;
}

static char *set_time_or_off(ngx_conf_t *cf, void *to)
{
    const ngx_str_t *value = cf->args->elts;

    if (is(&value[1], "off")) {
        *(time_t *)to = NGX_HTTP_MACAW_TIME_OFF;
        return NGX_CONF_OK;
    }
    return set_time(cf, to);
}

static char *set_leeway(ngx_conf_t *cf, void *to)
{
    ngx_str_t *value = cf->args->elts;
    ngx_int_t seconds = ngx_parse_time(&value[1], 1);

    if (seconds < 0 || seconds > 300) {
        return wrong(cf, "0s to 300s");
    }
    *(time_t *)to = seconds;
    return NGX_CONF_OK;
}

static char *set_same_site(ngx_conf_t *cf, void *to)
{
    static const char *const words[] = {
        [MACAW_SAME_SITE_LAX] = "lax",
        [MACAW_SAME_SITE_STRICT] = "strict",
        [MACAW_SAME_SITE_NONE] = "none",
    };
    const ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    for (i = 0; i < sizeof words / sizeof *words; i++) {
        if (is(&value[1], words[i])) {
            *(ngx_uint_t *)to = i;
            return NGX_CONF_OK;
        }
    }
    return wrong(cf, "lax, strict or none");
}

static char *set_name(ngx_conf_t *cf, void *to)
{
    *(ngx_str_t *)to = ((const ngx_str_t *)cf->args->elts)[1];
    return NGX_CONF_OK;
}

static char *set_bind(ngx_conf_t *cf, void *to)
{
    ngx_http_compile_complex_value_t compile = {0};
    ngx_http_complex_value_t *value = ngx_palloc(cf->pool, sizeof *value);

    if (value == NULL) {
        return NGX_CONF_ERROR;
    }
    compile.cf = cf;
    compile.value = &((ngx_str_t *)cf->args->elts)[1];
    compile.complex_value = value;
    if (ngx_http_compile_complex_value(&compile) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    if (value->lengths == NULL) {
        return wrong(cf, "a variable: every client would be bound to the same text");
    }
    *(ngx_http_complex_value_t **)to = value;
    return NGX_CONF_OK;
}

/* Why a scheme cannot be the next of a definition; NULL: it can. */
static const char *refuse_scheme(const draft_t *draft, const macaw_session_scheme *scheme)
{
    ngx_uint_t i;

    if (scheme == NULL) {
        return "is unknown; \"macaw cookie schemes\" lists them";
    }
    for (i = 0; i < draft->scheme_count; i++) {
        if (draft->schemes[i] == scheme) {
            return "is named twice";
        }
    }
    return NULL;
}

static char *set_schemes(ngx_conf_t *cf, void *to)
{
    draft_t *draft = to;
    const ngx_str_t *value = cf->args->elts;
    const macaw_session_scheme *scheme;
    const char *why;
    ngx_uint_t i;

    for (i = 1; i < cf->args->nelts; i++) {
        scheme = macaw_session_scheme_find((const char *)value[i].data);
        why = refuse_scheme(draft, scheme);
        if (why != NULL) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: scheme: \"%V\" %s", &value[i],
                               why);
            return NGX_CONF_ERROR;
        }
        draft->schemes[draft->scheme_count++] = scheme;
    }
    return NGX_CONF_OK;
}

static bool read_key_option(const ngx_str_t *value, ngx_http_macaw_session_keys_t *keys)
{
    if (ngx_strncmp(value->data, "use=", 4) == 0 && value->len > 4) {
        keys->use = (const char *)value->data + 4;
        return true;
    }
    if (ngx_strncmp(value->data, "for=", 4) == 0) {
        keys->scheme = macaw_session_scheme_find((const char *)value->data + 4);
        return keys->scheme != NULL;
    }
    return false;
}

/* FILE [use=PURPOSE] [for=SCHEME] */
static char *add_keys(ngx_conf_t *cf, void *to)
{
    draft_t *draft = to;
    ngx_http_macaw_session_keys_t *keys;
    ngx_str_t *value = cf->args->elts;
    ngx_uint_t i;

    if (draft->key_count == NGX_HTTP_MACAW_FORMATS_MAX + 1) {
        return wrong(cf, "needed: there are keys for every scheme");
    }
    keys = &draft->keys[draft->key_count++];
    keys->use = "session";
    for (i = 2; i < cf->args->nelts; i++) {
        if (!read_key_option(&value[i], keys)) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "macaw_session: keys: \"%V\" is not use=PURPOSE or for=SCHEME",
                               &value[i]);
            return NGX_CONF_ERROR;
        }
    }
    if (ngx_conf_full_name(cf->cycle, &value[1], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    keys->ring = ngx_http_macaw_get_ring(cf, "macaw_session: keys", &value[1]);
    return keys->ring == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}

static char *set_exchange(ngx_conf_t *cf, void *to)
{
    draft_t *draft = to;
    const ngx_str_t *value = cf->args->elts;

    for (draft->exchange_count = 0; draft->exchange_count < cf->args->nelts - 1;
         draft->exchange_count++) {
        draft->exchange[draft->exchange_count] = value[draft->exchange_count + 1];
    }
    return NGX_CONF_OK;
}

#define AT(member) offsetof(draft_t, member)

static const struct option {
    const char *name;
    ngx_uint_t max_args;
    char *(*set)(ngx_conf_t *cf, void *to);
    size_t offset;
    bool many; /* may occur more than once */
} options[] = {
    {"cookie", 1, set_text, AT(config.cookie_name), false},
    {"scheme", NGX_HTTP_MACAW_FORMATS_MAX, set_schemes, 0, false},
    {"keys", 3, add_keys, 0, true},
    {"purpose", 1, set_text, AT(config.purpose), false},
    {"audience", 1, set_any_text, AT(config.audience), false},
    {"issuer", 1, set_text, AT(config.issuer), false},
    {"salt", 1, set_text, AT(config.salt), false},
    {"subject", 1, set_any_text, AT(config.subject), false},
    {"max_age", 1, set_time_or_off, AT(max_age), false},
    {"leeway", 1, set_leeway, AT(leeway), false},
    {"allow_no_expiry", 1, set_flag, AT(allow_no_expiry), false},
    {"allow_no_subject", 1, set_flag, AT(allow_no_subject), false},
    {"idle", 1, set_time, AT(idle), false},
    {"lifetime", 1, set_time, AT(lifetime), false},
    {"renew", 1, set_time_or_off, AT(renew), false},
    {"same_site", 1, set_same_site, AT(same_site), false},
    {"secure", 1, set_flag, AT(secure), false},
    {"domain", 1, set_text, AT(domain), false},
    {"path", 1, set_text, AT(path), false},
    {"bind", 1, set_bind, AT(bind), false},
    {"zone", 1, set_name, AT(zone), false},
    {"hidden", 1, set_flag, AT(hidden), false},
    {"exchange", NGX_HTTP_MACAW_FORMATS_MAX, set_exchange, 0, false},
};

#define OPTION_COUNT (sizeof options / sizeof *options)

static char *read_option(ngx_conf_t *cf, ngx_command_t *dummy, void *conf)
{
    const ngx_str_t *value = cf->args->elts;
    draft_t *draft = conf;
    ngx_uint_t i;

    (void)dummy;
    for (i = 0; i < OPTION_COUNT && !is(&value[0], options[i].name); i++) {
    }
    if (i == OPTION_COUNT) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: unknown option \"%V\"", &value[0]);
        return NGX_CONF_ERROR;
    }
    if (cf->args->nelts < 2 || cf->args->nelts > options[i].max_args + 1) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: %V: wrong number of words",
                           &value[0]);
        return NGX_CONF_ERROR;
    }
    if ((draft->seen & (1u << i)) != 0 && !options[i].many) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: %V: twice", &value[0]);
        return NGX_CONF_ERROR;
    }
    draft->seen |= 1u << i;
    return options[i].set(cf, (u_char *)draft + options[i].offset);
}

/* ---- the block ---- */

ngx_http_macaw_session_t *ngx_http_macaw_find_session(ngx_http_macaw_session_main_conf_t *mcf,
                                                      const ngx_str_t *name)
{
    ngx_http_macaw_session_t **session = mcf->sessions.elts;
    ngx_uint_t i;

    for (i = 0; i < mcf->sessions.nelts; i++) {
        if (session[i]->name.len == name->len
            && ngx_memcmp(session[i]->name.data, name->data, name->len) == 0) {
            return session[i];
        }
    }
    return NULL;
}

/* Names appear in logs, so no characters that would need quoting. */
static bool is_name(const ngx_str_t *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789._-";

    return name->len > 0 && ngx_strlen(name->data) == name->len
           && strspn((const char *)name->data, allowed) == name->len && !is(name, "off");
}

char *ngx_http_macaw_session_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_macaw_session_main_conf_t *mcf = conf;
    const ngx_str_t *value = cf->args->elts;
    ngx_conf_t save = *cf;
    draft_t draft;
    char *rc;

    (void)cmd;
    if (!is_name(&value[1])) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: invalid name \"%V\"", &value[1]);
        return NGX_CONF_ERROR;
    }
    if (ngx_http_macaw_find_session(mcf, &value[1]) != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session: \"%V\" twice", &value[1]);
        return NGX_CONF_ERROR;
    }
    ngx_http_macaw_mark_used(cf);
    ngx_http_macaw_session_draft_init(&draft, &value[1], ngx_http_macaw_place_of(cf));
    cf->handler = read_option;
    cf->handler_conf = (char *)&draft;
    rc = ngx_conf_parse(cf, NULL);
    *cf = save;
    return rc == NGX_CONF_OK ? ngx_http_macaw_session_define(cf, mcf, &draft) : rc;
}

/* A macaw_session block as it is written, before it is checked as a whole. */
#ifndef NGX_HTTP_MACAW_SESSION_DRAFT_H
#define NGX_HTTP_MACAW_SESSION_DRAFT_H

#include "ngx_http_macaw_session.h"

#define NGX_HTTP_MACAW_TIME_OFF ((time_t)-2)

typedef struct {
    ngx_http_macaw_ring_t *ring;
    const char *use;
    const macaw_session_scheme *scheme; /* NULL: of all that have no line of their own */
} ngx_http_macaw_session_keys_t;

typedef struct {
    ngx_str_t name;
    ngx_http_macaw_place_t place;
    uint32_t seen; /* bit i: option i of the table */
    macaw_session_config config;
    const macaw_session_scheme *schemes[NGX_HTTP_MACAW_FORMATS_MAX];
    ngx_uint_t scheme_count;
    ngx_http_macaw_session_keys_t keys[NGX_HTTP_MACAW_FORMATS_MAX + 1];
    ngx_uint_t key_count;
    time_t max_age, leeway, idle, lifetime, renew; /* NGX_CONF_UNSET: not said */
    ngx_uint_t allow_no_expiry, allow_no_subject, same_site, secure, hidden;
    const char *domain;
    const char *path;
    ngx_http_complex_value_t *bind;
    ngx_str_t zone;
    ngx_str_t exchange[NGX_HTTP_MACAW_FORMATS_MAX]; /* definitions, schemes, "remove" */
    ngx_uint_t exchange_count;
} ngx_http_macaw_session_draft_t;

#pragma GCC visibility push(hidden)

void ngx_http_macaw_session_draft_init(ngx_http_macaw_session_draft_t *draft,
                                       const ngx_str_t *name, ngx_http_macaw_place_t place);

/* What "exchange" names, once the schemes are known. */
char *ngx_http_macaw_session_set_exchange(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf,
                                          const ngx_http_macaw_session_draft_t *draft,
                                          ngx_http_macaw_session_t *session);

/* Check the whole, load its keys and add it to the definitions. */
char *ngx_http_macaw_session_define(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf,
                                    const ngx_http_macaw_session_draft_t *draft);

#pragma GCC visibility pop

#endif

/* Envelopes: an application's own cookies, wrapped on the way out and unwrapped on
 * the way in.
 *
 *   session_wrap      macaw_session_wrap: parsing and checking
 *   session_unwrap    what a client presents, and what the application gets of it
 *   session_envelope  what the application sets, renews by itself or deletes
 *
 * An envelope is an sc1-mac token of the purpose "envelope", bound to the cookie's
 * name, whose data is what the application has said:
 *
 *   1 byte   SameSite (0 Lax, 1 Strict, 2 None), +4: kept beyond the browser's end
 *   5 bytes  when the application's cookie ends, Unix seconds; 0: not said
 *   1 byte   length of the path, then the path
 *   rest     the value */
#ifndef NGX_HTTP_MACAW_SESSION_ENVELOPE_H
#define NGX_HTTP_MACAW_SESSION_ENVELOPE_H

#include "ngx_http_macaw_session.h"

#define NGX_HTTP_MACAW_ENVELOPE_HEAD 7 /* bytes before the path */

/* A cookie that is wrapped. */
typedef struct {
    const ngx_http_macaw_session_t *session; /* whose keys, zone and attributes */
    ngx_str_t cookie;      /* NUL-terminated */
    macaw_session *tokens;
    time_t idle, lifetime;
} ngx_http_macaw_wrap_t;

/* What the application said of a cookie. */
typedef struct {
    macaw_str value;
    macaw_str path;
    macaw_same_site same_site;
    bool persistent; /* it had a date */
    int64_t end;     /* 0: none */
} ngx_http_macaw_envelope_content_t;

/* What a client presented as one. */
typedef struct {
    macaw_session_reason reason;
    bool authentic;
    uint8_t sid[MACAW_SESSION_SID_LEN];
    int64_t login, issued, ends; /* ends: whatever renewal does */
    ngx_http_macaw_envelope_content_t content; /* if reason is OK; in the pool */
} ngx_http_macaw_envelope_t;

/* One for each cookie of a list, in its order. */
typedef struct ngx_http_macaw_envelopes_s ngx_http_macaw_envelopes_t;
struct ngx_http_macaw_envelopes_s {
    ngx_http_macaw_envelopes_t *next;
    const ngx_array_t *wraps;
    bool any; /* there is a Cookie field */
    ngx_http_macaw_envelope_t envelope[];
};

#pragma GCC visibility push(hidden)

/* ---- session_wrap ---- */

char *ngx_http_macaw_session_wrap(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* At the merge: no cookie is both wrapped and a session's own. */
char *ngx_http_macaw_check_wraps(ngx_conf_t *cf, const ngx_http_macaw_session_loc_conf_t *lcf);

/* ---- session_unwrap ---- */

/* The envelopes of the client request that r belongs to, judged under the location r
 * is in, where macaw_session_wrap is not off. NULL: memory ran out. */
const ngx_http_macaw_envelopes_t *ngx_http_macaw_peek_envelopes(ngx_http_request_t *r);

/* A Cookie field without anything that an application may take for a wrapped
 * cookie, and after that the values out of valid envelopes: what a client adds
 * stands before them, and cannot be taken for the end of one. */
ngx_int_t ngx_http_macaw_unwrap(ngx_http_request_t *r,
                                const ngx_http_macaw_envelopes_t *envelopes, ngx_str_t *value);

#pragma GCC visibility pop

#endif

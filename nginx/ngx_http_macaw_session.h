/* Sessions in nginx: what the files of the session module share.
 *
 *   session          command table, contexts, phases
 *   session_config   macaw_session { ... }: parsing and checking of a definition
 *   session_place    directives of a location, merging
 *   session_state    the session of a client request: found, judged, kept
 *   session_request  identity towards the upstream: headers and cookies rewritten
 *   session_require  phases: who may pass
 *   session_refuse   answers to those who may not
 *   session_csrf     requests from other sites
 *   session_change   login and logout: tokens, cookies, what the zone is told
 *   session_answer   header of a response: login, logout, renewal
 *   session_filter   the response waits until a change is durable
 *   session_variables  $macaw_user, $macaw_session_*, $macaw_claim_*
 *   session_print    counters
 *   session_zone, session_journal, session_revoke, session_control: revocation and
 *                    handles, see ngx_http_macaw_session_zone.h
 *   session_login_page, session_password, session_attempts: login by nginx
 *   session_envelope, session_exchange: cookies of others
 *
 * The session module is a module of its own beside ngx_http_macaw_module: its
 * directives inherit apart, and both must let a request pass. */
#ifndef NGX_HTTP_MACAW_SESSION_H
#define NGX_HTTP_MACAW_SESSION_H

#include "ngx_http_macaw.h"
#include "ngx_http_macaw_session_zone.h"

#include <macaw/cookie.h>
#include <macaw/session.h>

#define NGX_HTTP_MACAW_FORMATS_MAX  8    /* schemes of one definition */
#define NGX_HTTP_MACAW_RETURN_MAX   1024 /* bytes of a return path */
#define NGX_HTTP_MACAW_SUBJECT_ROOM (3 * MACAW_SESSION_SUBJECT_MAX) /* percent-encoded */

/* ---- configuration, read-only at run time ---- */

/* One scheme of a definition with the library's own definition and keys. */
typedef struct {
    const macaw_session_scheme *scheme;
    macaw_session *session;
} ngx_http_macaw_format_t;

/* One macaw_session block. */
typedef struct {
    ngx_str_t name;                      /* [A-Za-z0-9._-], NUL-terminated */
    ngx_str_t cookie;                    /* NUL-terminated */
    ngx_str_t signature;                 /* NAME.sig, where a scheme wants it; else empty */
    ngx_http_macaw_format_t formats[NGX_HTTP_MACAW_FORMATS_MAX];
    ngx_uint_t format_count;
    const ngx_http_macaw_format_t *issuer; /* the first that can; NULL: only verifies */
    const ngx_http_macaw_format_t *csrf;   /* whose tokens against CSRF; NULL: none */
    ngx_http_macaw_ring_t *ring;
    ngx_str_t use;                       /* purpose of its keys */
    time_t idle;
    time_t lifetime;
    time_t renew;                        /* 0: never */
    macaw_cookie_attributes attributes;  /* but for max_age */
    ngx_http_complex_value_t *bind;      /* NULL: none */
    ngx_str_t zone_name;
    ngx_http_macaw_session_zone_t *zone; /* NULL: nothing can be revoked */
    ngx_flag_t hidden;                   /* the cookie does not reach the upstream */
    ngx_flag_t allow_no_subject;
    ngx_http_macaw_place_t place;        /* where the block begins */
} ngx_http_macaw_session_t;

typedef struct {
    ngx_array_t sessions; /* of ngx_http_macaw_session_t * */
} ngx_http_macaw_session_main_conf_t;

enum ngx_http_macaw_require {
    NGX_HTTP_MACAW_REQUIRE_OFF = 0,
    NGX_HTTP_MACAW_REQUIRE_401 = 1,
    NGX_HTTP_MACAW_REQUIRE_LOGIN = 2, /* browsers are sent to login_uri */
};

typedef struct {
    ngx_array_t *use;       /* of ngx_http_macaw_session_t *; NULL or empty: off */
    ngx_uint_t require;     /* enum ngx_http_macaw_require */
    ngx_str_t login_uri;    /* NUL-terminated */
    ngx_flag_t login;       /* the upstream may log in and out: under the first of use */
    ngx_flag_t csrf;
    ngx_array_t *origins;   /* of ngx_str_t: other origins that may send forms; NULL: none */
    ngx_str_t csrf_header;  /* of responses; empty: none */
    ngx_uint_t rewrites;    /* directives of the rewrite module run here */
    ngx_http_macaw_place_t use_place;
    ngx_http_macaw_place_t require_place;
    ngx_http_macaw_place_t login_place;
} ngx_http_macaw_session_loc_conf_t;

/* ---- the session of one client request ----
 *
 * One for a client request and its subrequests, in the pool of the client
 * request; it survives internal redirects. A subrequest into a location with
 * other definitions has one of its own. */
typedef struct {
    const ngx_array_t *judge;   /* the definitions it was judged by; NULL: not yet */
    const ngx_http_macaw_session_t *session; /* whose cookie it is; NULL: no cookie of any */
    const ngx_http_macaw_format_t *format;   /* that verified it, or that refused it last */
    macaw_session_claims claims; /* of an authentic token; subject and data are in the pool,
                                    payload is empty */
    macaw_str token;             /* as sent, with its signature cookie */
    macaw_str signature;
    ngx_str_t user;              /* the subject percent-encoded; len 0: none, or not valid */
    ngx_str_t sid;               /* in hex; len 0 likewise */
    ngx_str_t payload;           /* a copy, made when a claim is asked for */
    ngx_str_t csrf;              /* printed token, made when asked for */
    uint32_t counted;            /* bit i: the counters and the log know reason i */
    unsigned final : 1;          /* a phase has decided */
    unsigned refused : 1;        /* the headers of a refusal are set */
    unsigned cache_key_used : 1; /* $macaw_session_cache_key was evaluated */
    unsigned replaced : 1;       /* a login or logout of this response has its own cookie */
} ngx_http_macaw_session_state_t;

extern ngx_module_t ngx_http_macaw_session_module;

#pragma GCC visibility push(hidden)

/* ---- session_config ---- */

char *ngx_http_macaw_session_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The definition of that name, or NULL. */
ngx_http_macaw_session_t *ngx_http_macaw_find_session(ngx_http_macaw_session_main_conf_t *mcf,
                                                      const ngx_str_t *name);

/* ---- session_state ---- */

/* The session of the client request that r belongs to, judged under the location
 * r is in. NULL where macaw_session_use is off there, the request could not be
 * parsed, or memory ran out. */
ngx_http_macaw_session_state_t *ngx_http_macaw_session_peek(ngx_http_request_t *r);

/* Valid and not revoked. */
bool ngx_http_macaw_session_ok(const ngx_http_macaw_session_state_t *state);

/* The same, and somebody is logged in (or the definition does not care). */
bool ngx_http_macaw_session_known(const ngx_http_macaw_session_state_t *state);

/* Every byte that is no visible ASCII, and "%", as %XX. MACAW_SESSION_SUBJECT_MAX
 * bytes at most. */
ngx_int_t ngx_http_macaw_percent_encode(ngx_pool_t *pool, macaw_str text, ngx_str_t *ret);

/* Undo it: false for anything else but %XX in capitals of what must be encoded. */
bool ngx_http_macaw_percent_decode(ngx_str_t *text);

/* Whether a path may follow a login: begins with one "/", no second "/" or "\"
 * after it, no "\" or control byte at all, not too long. */
bool ngx_http_macaw_is_return_path(const ngx_str_t *path);

/* ---- session_change: login, logout ----
 *
 * Both may have to revoke a session, which counts once it is durable: that may
 * take an event or two. The result comes at once (NGX_OK, NGX_ERROR: done is not
 * called), or NGX_AGAIN, and done is called from the event loop of this worker,
 * with NGX_OK or NGX_ERROR. The request is blocked meanwhile and stays; its client
 * may have gone: look at r->connection->error. A content handler keeps a reference
 * (r->main->count++) and finalizes the request in done.
 *
 * With NGX_OK, Set-Cookie and Cache-Control: no-store are in r->headers_out. With
 * NGX_ERROR nobody is logged in, or the logout is not certain: answer 500. The
 * log says why. */

typedef void (*ngx_http_macaw_session_done_pt)(ngx_http_request_t *r, ngx_int_t rc, void *data);

typedef struct {
    macaw_str subject;   /* 1 .. MACAW_SESSION_SUBJECT_MAX bytes */
    macaw_str data;      /* the application's own, up to 255 bytes; len 0: none */
    time_t idle;         /* 0: the definition's; never longer */
    time_t lifetime;     /* 0: the definition's; never longer */
    uint16_t generation;
} ngx_http_macaw_login_t;

/* Issue a new session: always a new session id. A session that the request
 * presented under the same definition is revoked. session->issuer is there. */
ngx_int_t ngx_http_macaw_session_login(ngx_http_request_t *r,
                                       const ngx_http_macaw_session_t *session,
                                       const ngx_http_macaw_login_t *login,
                                       ngx_http_macaw_session_done_pt done, void *data);

/* End the session that the request presented under that definition, or all of its
 * subject that began until now, and remove the cookie; without a session only
 * that. */
ngx_int_t ngx_http_macaw_session_logout(ngx_http_request_t *r,
                                        const ngx_http_macaw_session_t *session, bool everywhere,
                                        ngx_http_macaw_session_done_pt done, void *data);

/* Replace Cache-Control, Expires and Pragma by no-store; keep nginx from storing. */
ngx_int_t ngx_http_macaw_no_store(ngx_http_request_t *r);

/* Write a Set-Cookie of this definition into the response; max_age as in
 * macaw_cookie_attributes. */
ngx_int_t ngx_http_macaw_set_cookie(ngx_http_request_t *r,
                                    const ngx_http_macaw_session_t *session, macaw_str value,
                                    int64_t max_age);

/* ---- session_csrf ---- */

/* NULL, or why the request may come from another site: the method is unsafe and
 * there is neither a token of this session nor a proof of the same origin. */
const char *ngx_http_macaw_csrf_refuses(ngx_http_request_t *r,
                                        const ngx_http_macaw_session_loc_conf_t *lcf,
                                        ngx_http_macaw_session_state_t *state);

/* Only the second part, for forms that come before any session. */
bool ngx_http_macaw_same_origin(ngx_http_request_t *r,
                                const ngx_http_macaw_session_loc_conf_t *lcf);

/* ---- counters, in the same shared memory as the others ---- */

enum ngx_http_macaw_session_event {
    NGX_HTTP_MACAW_SESSION_LOGIN = 0,
    NGX_HTTP_MACAW_SESSION_RENEWED,
    NGX_HTTP_MACAW_SESSION_LOGOUT,
    NGX_HTTP_MACAW_SESSION_LOGOUT_ALL,
    NGX_HTTP_MACAW_SESSION_EXCHANGED,
    NGX_HTTP_MACAW_SESSION_CSRF_REFUSED,
    NGX_HTTP_MACAW_SESSION_LOGIN_REFUSED,  /* wrong user or password */
    NGX_HTTP_MACAW_SESSION_LOGIN_LIMITED,  /* too many attempts */
    NGX_HTTP_MACAW_SESSION_WRAPPED,        /* envelopes made */
    NGX_HTTP_MACAW_SESSION_UNWRAPPED,      /* envelopes opened */
    NGX_HTTP_MACAW_SESSION_UNWRAP_REFUSED, /* envelopes refused */
    NGX_HTTP_MACAW_SESSION_EVENTS
};

void ngx_http_macaw_count_session(ngx_http_request_t *r, enum ngx_http_macaw_session_event event);

#pragma GCC visibility pop

#endif

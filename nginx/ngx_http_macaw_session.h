/* Sessions in nginx: what the files of the session module share.
 *
 *   session          command table, contexts, phases
 *   session_config   macaw_session { ... }: parsing and checking of a definition
 *   session_define   a definition checked as a whole, its keys
 *   session_complete what can be known only when all is read
 *   session_place    directives of a location, merging
 *   session_judge    what a client presents: cookie, token, revocation, record
 *   session_state    the session of a client request, kept
 *   session_request  identity towards the upstream: headers and cookies rewritten
 *   session_text     spellings: percent-encoding, return paths
 *   session_require  phases: who may pass
 *   session_refuse   answers to those who may not
 *   session_csrf     requests from other sites
 *   session_change   login and logout: tokens, cookies, what the zone is told
 *   session_answer   login and logout by the application's answer
 *   session_words    the value of X-Macaw-Login
 *   session_renew    renewal, tokens for pages, caches
 *   session_filter   the response, which waits until a change is durable
 *   session_variables  $macaw_user, $macaw_session_*, $macaw_claim_*
 *   session_print    counters
 *   session_zone, session_journal, session_revoke, session_control: revocation and
 *                    handles, see ngx_http_macaw_session_zone.h
 *   session_login_*, session_form, session_logout, session_htpasswd, session_hash,
 *   session_password, session_attempts: login by nginx, see
 *                    ngx_http_macaw_session_login.h
 *   session_exchange cookies of a login server, or of frameworks, replaced
 *   session_wrap, session_unwrap, session_envelope: cookies of applications wrapped,
 *                    see ngx_http_macaw_session_envelope.h
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

/* ---- configuration, read-only at run time ---- */

/* One scheme of a definition, with the library's own definition and keys. */
typedef struct {
    const macaw_session_scheme *scheme;
    macaw_session *session;
    bool handle;       /* its tokens name records of the zone */
    bool exchanged;    /* its tokens are replaced by those of the issuer */
    ngx_http_macaw_ring_t *ring;
    ngx_str_t use;     /* purpose of its keys, NUL-terminated */
    ngx_uint_t *order; /* ring->entries by key id, to count them; ring->count of them */
} ngx_http_macaw_format_t;

/* One macaw_session block. */
typedef struct ngx_http_macaw_session_s ngx_http_macaw_session_t;
struct ngx_http_macaw_session_s {
    ngx_str_t name;      /* [A-Za-z0-9._-], NUL-terminated */
    ngx_str_t cookie;    /* NUL-terminated */
    ngx_str_t signature; /* NAME.sig, where a scheme wants it; else empty */
    ngx_http_macaw_format_t formats[NGX_HTTP_MACAW_FORMATS_MAX];
    ngx_uint_t format_count;
    const ngx_http_macaw_format_t *issuer; /* the first that can; NULL: only verifies */
    const ngx_http_macaw_format_t *csrf;   /* whose tokens against CSRF; NULL: none */
    time_t idle;
    time_t lifetime;
    time_t renew;                          /* 0: never */
    macaw_cookie_attributes attributes;    /* but for max_age */
    ngx_http_complex_value_t *bind;        /* NULL: none */
    ngx_str_t zone_name;
    ngx_http_macaw_session_zone_t *zone;   /* NULL: nothing can be revoked */
    ngx_uint_t hidden;                     /* the cookie does not reach the upstream */
    ngx_uint_t allow_no_subject;
    const ngx_http_macaw_session_t *exchange[NGX_HTTP_MACAW_FORMATS_MAX]; /* others whose
                                              cookies are replaced by those of the issuer */
    ngx_uint_t exchange_count;
    bool exchange_removes;                 /* the others' cookies are removed besides */
    ngx_http_macaw_place_t place;          /* where the block begins */
};

/* Of login by nginx. */
typedef struct ngx_http_macaw_login_page_s ngx_http_macaw_login_page_t;
typedef struct ngx_http_macaw_logout_place_s ngx_http_macaw_logout_place_t;
typedef struct ngx_http_macaw_attempts_s ngx_http_macaw_attempts_t;
typedef struct ngx_http_macaw_hashing_s ngx_http_macaw_hashing_t;

typedef struct {
    ngx_array_t sessions; /* of ngx_http_macaw_session_t * */
    ngx_http_macaw_attempts_t *attempts; /* NULL: no login page, or the defaults */
    ngx_http_macaw_hashing_t *hashing;   /* NULL: no login page */
} ngx_http_macaw_session_main_conf_t;

enum ngx_http_macaw_require {
    NGX_HTTP_MACAW_REQUIRE_OFF = 0,
    NGX_HTTP_MACAW_REQUIRE_401 = 1,
    NGX_HTTP_MACAW_REQUIRE_LOGIN = 2, /* browsers are sent to login_uri */
};

typedef struct {
    ngx_array_t *use;       /* of ngx_http_macaw_session_t *; NULL: off */
    ngx_uint_t require;     /* enum ngx_http_macaw_require */
    ngx_str_t login_uri;    /* NUL-terminated */
    ngx_flag_t login;       /* the upstream may log in and out: under the first of use */
    ngx_flag_t csrf;        /* NGX_CONF_UNSET: where a session is required */
    ngx_array_t *origins;   /* of ngx_str_t: other origins that may send forms; NULL: none */
    ngx_str_t csrf_header;  /* of responses; empty: none */
    ngx_uint_t rewrites;    /* directives of the rewrite module run here */
    ngx_uint_t server_level; /* the conf of a server block itself */
    ngx_uint_t open;        /* a login page or a logout: for everybody */
    ngx_array_t *wraps;     /* of ngx_http_macaw_wrap_t; NULL: off */
    ngx_http_macaw_place_t wraps_place;
    const ngx_http_macaw_login_page_t *login_page; /* NULL: none in this location */
    const ngx_http_macaw_logout_place_t *logout;   /* NULL: none in this location */
    ngx_http_macaw_place_t open_place;
    ngx_http_macaw_place_t use_place;
    ngx_http_macaw_place_t require_place;
    ngx_http_macaw_place_t login_place;
} ngx_http_macaw_session_loc_conf_t;

/* ---- one client request ---- */

/* Its session under one list of definitions. */
typedef struct ngx_http_macaw_session_state_s ngx_http_macaw_session_state_t;
struct ngx_http_macaw_session_state_s {
    ngx_http_macaw_session_state_t *next; /* under another list */
    const ngx_array_t *judge;             /* the list */
    const ngx_http_macaw_session_t *session; /* whose cookie it is; NULL: no cookie of any */
    const ngx_http_macaw_format_t *format;   /* that took the token; NULL: none */
    macaw_session_claims claims; /* reason always; the rest if it is OK: views into the pool */
    ngx_str_t user;              /* the subject percent-encoded; len 0: none, or not valid */
    ngx_str_t sid;               /* in hex; len 0: not valid */
    ngx_str_t data;              /* percent-encoded */
    macaw_str payload;           /* a copy, made when a claim is asked for */
    ngx_str_t csrf;              /* printed token, made when asked for */
    unsigned cross_site : 1;     /* refused as such: its identity goes nowhere */
};

/* Kept in the pool, where it survives internal redirects. Subrequests share it. */
typedef struct {
    ngx_list_t headers;  /* the request's as they came, without X-Macaw-* */
    ngx_http_macaw_session_state_t *states;
    struct ngx_http_macaw_envelopes_s *envelopes;
    const struct ngx_http_macaw_envelopes_s *unwrapped; /* as applied */
    const ngx_http_macaw_session_state_t *applied; /* whose identity r->headers_in of the main
                                                      request has; NULL: they are as they came */
    ngx_chain_t *held;       /* a response that waits */
    void *job;               /* a password that is being hashed */
    const void *keyed;       /* the cache of the main request, if its key tells users apart */
    unsigned refused : 1;    /* the headers of a refusal are set; this is its error page */
    unsigned changed : 1;    /* the response carries a login or a logout, or failed to */
    unsigned wrapped : 1;    /* cookies of the response are in their envelopes */
    unsigned waiting : 1;    /* the response waits for it */
    unsigned dropped : 1;    /* another answer was sent instead: drop what still comes */
} ngx_http_macaw_client_t;

extern ngx_module_t ngx_http_macaw_session_module;

#pragma GCC visibility push(hidden)

/* ---- session_config ---- */

char *ngx_http_macaw_session_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The definition of that name, or NULL. */
ngx_http_macaw_session_t *ngx_http_macaw_find_session(ngx_http_macaw_session_main_conf_t *mcf,
                                                      const ngx_str_t *name);

/* ---- session_complete ---- */

/* Zones, the order of key ids, and whether plain HTTP is on loopback only. */
ngx_int_t ngx_http_macaw_session_complete(ngx_conf_t *cf);

/* ---- session_place ---- */

void *ngx_http_macaw_session_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_macaw_session_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
char *ngx_http_macaw_session_use(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_session_require(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_session_login_by_upstream(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_session_csrf(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* ---- session_state ---- */

/* What is known of the client request that r belongs to; get: NULL if nothing
 * yet, make: NULL if memory ran out. */
ngx_http_macaw_client_t *ngx_http_macaw_get_client(ngx_http_request_t *r);
ngx_http_macaw_client_t *ngx_http_macaw_make_client(ngx_http_request_t *r);

/* The session of the client request that r belongs to, judged under the location
 * r is in. NULL where macaw_session_use is off there, the request could not be
 * parsed, or memory ran out. */
ngx_http_macaw_session_state_t *ngx_http_macaw_session_peek(ngx_http_request_t *r);

/* Valid and not revoked. */
bool ngx_http_macaw_session_ok(const ngx_http_macaw_session_state_t *state);

/* The same, and somebody is logged in (or the definition does not care). */
bool ngx_http_macaw_session_known(const ngx_http_macaw_session_state_t *state);

/* ---- session_judge ---- */

/* Judge what the client presents for one definition, revocation included; where that
 * is not valid, what it presents for those that are exchanged. Returns the scheme that
 * took the token, which may be another definition's, or NULL. The views of ret are good until the
 * next call, or the next judging. */
const ngx_http_macaw_format_t *
ngx_http_macaw_session_presented(ngx_http_request_t *r, const ngx_http_macaw_session_t *session,
                                 macaw_session_claims *ret);

/* The same for the cookie of that definition alone, whatever it exchanges. */
const ngx_http_macaw_format_t *ngx_http_macaw_session_own(ngx_http_request_t *r,
                                                          const ngx_http_macaw_session_t *session,
                                                          macaw_session_claims *ret);

/* The token alone, without what else is known here. Views as above. */
void ngx_http_macaw_session_verify(const ngx_http_macaw_format_t *format,
                                   const macaw_session_token *token, macaw_session_claims *ret);

/* A cookie in all Cookie fields together, as macaw_cookie_find. */
int ngx_http_macaw_find_cookie(const ngx_http_macaw_client_t *client, const ngx_str_t *name,
                               macaw_str *ret);

/* Refuse claims that are OK where the definition's zone, which is there, knows better. */
void ngx_http_macaw_judge_revocation(const ngx_http_macaw_session_t *session,
                                     macaw_session_claims *claims);

/* What the definition binds this client to; len 0: nothing. */
ngx_int_t ngx_http_macaw_session_bind(ngx_http_request_t *r,
                                      const ngx_http_macaw_session_t *session, macaw_str *ret);

/* ---- session_exchange ---- */

/* A valid token of an exchanged scheme: refuse it where that definition has no use for
 * its session. */
void ngx_http_macaw_session_adopt(const ngx_http_macaw_session_t *session,
                                  macaw_session_claims *claims);

/* Give the response a cookie of the issuer where the request had one that is
 * exchanged. NGX_DECLINED: it had none, or this response cannot carry it. */
ngx_int_t ngx_http_macaw_session_exchange(ngx_http_request_t *r,
                                          const ngx_http_macaw_session_state_t *state);

/* ---- session_text ---- */

/* Bytes as hex, in the pool. */
ngx_int_t ngx_http_macaw_print_hex(ngx_pool_t *pool, const uint8_t *bytes, size_t len,
                                   ngx_str_t *ret);

/* Every byte that is no visible ASCII, and "%", as %XX. */
ngx_int_t ngx_http_macaw_percent_encode(ngx_pool_t *pool, macaw_str text, ngx_str_t *ret);

/* Undo it, in place: false for anything but visible ASCII and %XX in capitals. */
bool ngx_http_macaw_percent_decode(ngx_str_t *text);

/* Whether a path may follow a login: begins with one "/", no second "/" or "\"
 * after it, no "\" or control byte at all, not too long. */
bool ngx_http_macaw_is_return_path(const ngx_str_t *path);

/* ---- session_request ---- */

/* Remove what clients may not say, once, before anything looks. */
ngx_int_t ngx_http_macaw_session_strip(ngx_http_request_t *r);

/* Give r->headers_in the identity that its location knows, and take away what
 * the upstream need not see. Before any subrequest is made. */
ngx_int_t ngx_http_macaw_session_identify(ngx_http_request_t *r);

/* ---- session_require, session_refuse ---- */

ngx_int_t ngx_http_macaw_session_require_init(ngx_conf_t *cf);

/* Answer a refused request from a phase handler: 401 (or the way to the login), or
 * 403. What it returns is what the handler returns. */
ngx_int_t ngx_http_macaw_session_refuse(ngx_http_request_t *r, ngx_uint_t status);

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
 * log says why. NGX_BUSY, never to done: all sessions of the subject were revoked in
 * this second, and the next one will do: answer 503. */

typedef void (*ngx_http_macaw_session_done_pt)(ngx_http_request_t *r, ngx_int_t rc, void *data);

typedef struct {
    macaw_str subject;   /* 1 .. MACAW_SESSION_SUBJECT_MAX bytes */
    macaw_str data;      /* the application's own, as much as a cookie or record holds */
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

/* Words to some shared caches alone, which these obey instead of Cache-Control (RFC 9213
 * and what was before it). */
bool ngx_http_macaw_is_targeted(const ngx_table_elt_t *field);

/* Replace Cache-Control, Expires, Pragma and words to some caches by no-store; keep nginx
 * from storing. */
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
                                        const ngx_http_macaw_session_state_t *state);

/* The token of this session, the same in one request; len 0: there is none. */
ngx_int_t ngx_http_macaw_csrf_token(ngx_http_request_t *r, ngx_http_macaw_session_state_t *state,
                                    ngx_str_t *ret);

/* Only the second part, for forms that come before any session. */
bool ngx_http_macaw_same_origin(ngx_http_request_t *r,
                                const ngx_http_macaw_session_loc_conf_t *lcf);

/* ---- session_count ---- */

/* The reason of a session that was judged, its key, and a line in the log. */
void ngx_http_macaw_count_state(ngx_http_request_t *r,
                                const ngx_http_macaw_session_state_t *state);

void ngx_http_macaw_count_session(ngx_http_request_t *r, enum ngx_http_macaw_session_event event);

/* ---- session_print ---- */

/* Names of the counters. */
extern const char *const ngx_http_macaw_session_events[NGX_HTTP_MACAW_SESSION_EVENTS];

u_char *ngx_http_macaw_session_print_json(u_char *p, u_char *end,
                                          const ngx_http_macaw_main_conf_t *mcf);
u_char *ngx_http_macaw_session_print_prometheus(u_char *p, u_char *end,
                                                const ngx_http_macaw_main_conf_t *mcf);

/* ---- session_renew ---- */

/* The key of r's cache, which is being put together, has $macaw_session_cache_key. */
void ngx_http_macaw_tells_users_apart(ngx_http_request_t *r);

/* ---- session_filter, session_variables ---- */

void ngx_http_macaw_session_filter_init(void);
ngx_int_t ngx_http_macaw_session_add_variables(ngx_conf_t *cf);

/* $http_cookie and $cookie_NAME are read anew at each use: what they were in a server
 * block or another location is not what this location's upstream may see. */
void ngx_http_macaw_session_renew_variables(ngx_conf_t *cf);

#pragma GCC visibility pop

#endif

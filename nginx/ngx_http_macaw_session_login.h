/* Login by nginx: what its files share.
 *
 *   login_config  macaw_session_login_page, macaw_session_logout: parsing
 *   login_page    the page: who sees what, who is let in
 *   login_html    the page as text
 *   login_token   the token of its form, before there is a session
 *   form          forms that browsers send
 *   logout        ending a session
 *   htpasswd      the file of users
 *   hash          kinds of password hash
 *   password      hashing, in nginx's threads
 *   attempts, attempts_zone  how often somebody may try */
#ifndef NGX_HTTP_MACAW_SESSION_LOGIN_H
#define NGX_HTTP_MACAW_SESSION_LOGIN_H

#include "ngx_http_macaw_session.h"

#define NGX_HTTP_MACAW_FORM_MAX     8192 /* bytes of a form */
#define NGX_HTTP_MACAW_FIELDS_MAX   6
#define NGX_HTTP_MACAW_PASSWORD_MAX 511  /* bytes; libcrypt takes no more */

/* ---- configuration ---- */

typedef struct ngx_http_macaw_passwords_s ngx_http_macaw_passwords_t;

/* One macaw_session_login_page. */
struct ngx_http_macaw_login_page_s {
    const ngx_http_macaw_session_t *session;
    const ngx_http_macaw_passwords_t *passwords;
    ngx_str_t title;  /* as HTML */
    ngx_str_t style;  /* CSS */
    ngx_str_t policy; /* Content-Security-Policy, NUL-terminated */
    ngx_str_t cookie; /* of the form's token, NUL-terminated */
};

/* One macaw_session_logout. */
struct ngx_http_macaw_logout_place_s {
    const ngx_http_macaw_session_t *session;
    ngx_str_t path; /* where to go afterwards, NUL-terminated */
    bool everywhere;
};

/* ---- forms ---- */

typedef struct {
    ngx_str_t values[NGX_HTTP_MACAW_FIELDS_MAX]; /* NUL-terminated; data NULL: not sent */
    u_char *text;
    size_t size;
} ngx_http_macaw_form_t;

/* ---- the page ---- */

enum ngx_http_macaw_login_message {
    NGX_HTTP_MACAW_LOGIN_NO_MESSAGE = 0,
    NGX_HTTP_MACAW_LOGIN_WRONG,      /* user or password: which is nobody's business */
    NGX_HTTP_MACAW_LOGIN_OLD,        /* the form's token is not of this browser, or too old */
    NGX_HTTP_MACAW_LOGIN_FOREIGN,    /* another site sent it */
    NGX_HTTP_MACAW_LOGIN_LIMITED,    /* too many attempts */
    NGX_HTTP_MACAW_LOGIN_BUSY,
    NGX_HTTP_MACAW_LOGIN_SOON,       /* in the second in which the user's sessions ended */
};

/* What a page says. */
typedef struct {
    const ngx_http_macaw_login_page_t *page;
    ngx_uint_t status;
    enum ngx_http_macaw_login_message message;
    time_t wait;          /* seconds, where it matters; 0: none */
    ngx_str_t path;       /* to return to; len 0: nowhere */
    ngx_str_t user;       /* to fill in */
    ngx_str_t logged_in;  /* the subject; len 0: nobody */
    ngx_str_t token;      /* of the form: before or of a session */
} ngx_http_macaw_login_view_t;

#pragma GCC visibility push(hidden)

/* ---- session_login_config ---- */

char *ngx_http_macaw_session_login_page(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_macaw_session_logout_place(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* Escape for an HTML text or quoted attribute, in the pool. */
ngx_int_t ngx_http_macaw_escape_html(ngx_pool_t *pool, const ngx_str_t *text, ngx_str_t *ret);

/* ---- session_login_page, session_logout: content handlers ---- */

ngx_int_t ngx_http_macaw_login_page_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_macaw_logout_handler(ngx_http_request_t *r);

/* Log out for a form whose body was read, and finalize the request: 303 to path,
 * NUL-terminated; 403 where another site may have sent it. csrf is the form's
 * token, len 0 if it has none. */
void ngx_http_macaw_logout_by_form(ngx_http_request_t *r, const ngx_http_macaw_session_t *session,
                                   bool everywhere, const ngx_str_t *csrf, const ngx_str_t *path);

/* 303; path is NUL-terminated. What it returns finalizes a request. */
ngx_int_t ngx_http_macaw_see_other(ngx_http_request_t *r, const ngx_str_t *path);

/* 405 with Allow. */
ngx_int_t ngx_http_macaw_not_allowed(ngx_http_request_t *r, const char *allow);

/* ---- session_login_html ---- */

/* Send the page; what it returns finalizes a request. */
ngx_int_t ngx_http_macaw_send_login_page(ngx_http_request_t *r,
                                         const ngx_http_macaw_login_view_t *view);

/* ---- session_login_token ---- */

/* A token for a form, and its cookie: set on the response where the browser has
 * none that is young enough. */
ngx_int_t ngx_http_macaw_login_token(ngx_http_request_t *r,
                                     const ngx_http_macaw_login_page_t *page, ngx_str_t *ret);

/* Whether the form was made for this browser, not long ago. */
bool ngx_http_macaw_check_login_token(ngx_http_request_t *r,
                                      const ngx_http_macaw_login_page_t *page,
                                      const ngx_str_t *token);

/* ---- session_form ---- */

/* Before the body is read: NGX_OK, or the status to refuse with. */
ngx_int_t ngx_http_macaw_check_form(ngx_http_request_t *r);

/* The body taken apart: values in the order of names, which ends with NULL. Every
 * field at most once, and no other. NGX_OK, or a status. What held the body is
 * wiped, the copy with the request's pool. */
ngx_int_t ngx_http_macaw_read_form(ngx_http_request_t *r, const char *const *names,
                                   ngx_http_macaw_form_t *ret);

/* Decode %XX and "+" in place; false: malformed, or a NUL. */
bool ngx_http_macaw_decode_field(ngx_str_t *text);

/* ---- session_hash ---- */

/* Whether libcrypt may be asked for this hash: a kind that is still good, spelt as
 * its tools do, at a cost that a server can pay. NULL, or why not. */
const char *ngx_http_macaw_hash_refused(const char *hash);

/* ---- session_htpasswd ---- */

typedef struct {
    ngx_str_t user; /* 1 to 255 bytes */
    char *hash;     /* NUL-terminated */
} ngx_http_macaw_password_t;

struct ngx_http_macaw_passwords_s {
    ngx_array_t entries; /* of ngx_http_macaw_password_t, by user; at least one */
    uint8_t seed[32];    /* of the file; secret as its hashes are */
#if NGX_THREADS
    ngx_thread_pool_t *threads;
#endif
    ngx_http_macaw_hashing_t *hashing;
};

/* Read the file, which gets its full name. NULL: the log says why. */
ngx_http_macaw_passwords_t *ngx_http_macaw_read_htpasswd(ngx_conf_t *cf, ngx_str_t *file);

/* The entry of a user; of one who is not there *known is false, and the entry is
 * some other's, the same each time: its hash costs what a hash here costs. */
const ngx_http_macaw_password_t *
ngx_http_macaw_find_password(const ngx_http_macaw_passwords_t *passwords, const ngx_str_t *user,
                             bool *known);

/* ---- session_password ---- */

/* What one worker is hashing. NULL: no memory, or an nginx without threads. */
ngx_http_macaw_hashing_t *ngx_http_macaw_make_hashing(ngx_pool_t *pool);

/* NGX_OK: the password is that user's. NGX_DECLINED: it is not. NGX_BUSY: no thread
 * would take it. NGX_ERROR: libcrypt failed; the log says so. */
typedef void (*ngx_http_macaw_checked_pt)(ngx_http_request_t *r, ngx_int_t rc, void *data);

/* Hash in a thread; user and password are NUL-terminated, stay until done is called,
 * and are shorter than the maxima. NGX_OK: done will be called, from the event loop,
 * unless the client goes away. The body of r was read; r belongs to its reader until
 * then. NGX_BUSY: too many wait. NGX_ERROR. */
ngx_int_t ngx_http_macaw_check_password(ngx_http_request_t *r,
                                        const ngx_http_macaw_passwords_t *passwords,
                                        const ngx_str_t *user, const ngx_str_t *password,
                                        ngx_http_macaw_checked_pt done, void *data);

/* ---- session_attempts ---- */

/* What an attempt was counted under. */
typedef struct {
    uint64_t address, user, both;
    bool known; /* the user has logged in from there */
} ngx_http_macaw_attempt_t;

char *ngx_http_macaw_session_attempts(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* The table, with the defaults where the directive is missing. */
ngx_int_t ngx_http_macaw_attempts_init(ngx_conf_t *cf);

/* Begin an attempt, counted as one that fails. 0, or how many seconds to wait. */
time_t ngx_http_macaw_begin_attempt(ngx_http_request_t *r, const ngx_http_macaw_session_t *session,
                                    const ngx_str_t *user, ngx_http_macaw_attempt_t *ret);

/* It did not fail; good: the password was right, so that from now on others' failures
 * do not make the user wait at this address. */
void ngx_http_macaw_end_attempt(ngx_http_request_t *r, const ngx_http_macaw_attempt_t *attempt,
                                bool good);

#pragma GCC visibility pop

#endif

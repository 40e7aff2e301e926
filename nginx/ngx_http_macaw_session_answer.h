/* Responses: what session_filter asks of session_answer, session_words,
 * session_renew and session_envelope. */
#ifndef NGX_HTTP_MACAW_SESSION_ANSWER_H
#define NGX_HTTP_MACAW_SESSION_ANSWER_H

#include "ngx_http_macaw_session.h"

enum ngx_http_macaw_word {
    NGX_HTTP_MACAW_WORD_LOGIN = 0,
    NGX_HTTP_MACAW_WORD_LOGOUT,
    NGX_HTTP_MACAW_WORDS
};

#pragma GCC visibility push(hidden)

/* ---- session_answer ---- */

/* Remove X-Macaw-Login and X-Macaw-Logout from the response's headers or trailers. */
void ngx_http_macaw_strip_words(ngx_list_t *fields);

/* Do what the upstream's words want. NGX_DECLINED: nothing. NGX_OK: done.
 * NGX_AGAIN: done will be called. Else the status to answer with instead. */
ngx_int_t ngx_http_macaw_obey(ngx_http_request_t *r, ngx_http_macaw_session_done_pt done);

/* ---- session_renew ---- */

/* Keep nginx from storing an answer to a user where others would get it. */
void ngx_http_macaw_guard_cache(ngx_http_request_t *r);

/* Whether the application says that anybody may have it; keep what is for one
 * client from shared caches. */
bool ngx_http_macaw_is_shared(const ngx_http_request_t *r);
ngx_int_t ngx_http_macaw_keep_private(ngx_http_request_t *r);

/* A renewed cookie where it is time, and a token against CSRF. */
ngx_int_t ngx_http_macaw_decorate(ngx_http_request_t *r);

/* ---- session_envelope ---- */

/* Keep nginx from storing an answer that sets or deletes a wrapped cookie. */
void ngx_http_macaw_guard_wrapped(ngx_http_request_t *r);

/* Wrap what the application sets, once what it deletes is revoked: as
 * ngx_http_macaw_obey. */
ngx_int_t ngx_http_macaw_wrap(ngx_http_request_t *r, ngx_http_macaw_session_done_pt done);

/* ---- session_words ---- */

/* "subject=alice; lifetime=12h": strict; views into copies in the pool. Returns what is
 * wrong, without a byte of the value; NULL: nothing. */
const char *ngx_http_macaw_read_login(ngx_pool_t *pool, const ngx_str_t *value,
                                      ngx_http_macaw_login_t *ret);

#pragma GCC visibility pop

#endif

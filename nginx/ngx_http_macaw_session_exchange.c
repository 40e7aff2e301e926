/* A cookie of a login server, or of a framework, verified once and replaced by one of
 * this gateway, which costs a fraction to verify.
 *
 * The replacement never lives longer, and has the same subject and session id: whoever
 * ends the session by that id ends both. */
#include "ngx_http_macaw_session_answer.h"
#include "ngx_http_macaw_session_draft.h"

typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_session_draft_t draft_t;
typedef ngx_http_macaw_session_state_t state_t;

/* ---- when it is judged ---- */

static void refuse(macaw_session_claims *claims, macaw_session_reason reason, const char *why)
{
    claims->reason = reason;
    *ngx_snprintf((u_char *)claims->detail, sizeof claims->detail - 1, "%s", why) = '\0';
}

void ngx_http_macaw_session_adopt(const session_t *session, macaw_session_claims *claims)
{
    if (claims->subject.len == 0 && !session->allow_no_subject) {
        refuse(claims, MACAW_SESSION_CONTENT, "nobody is logged in");
    } else if (claims->login != 0 && ngx_time() - claims->login >= session->lifetime) {
        refuse(claims, MACAW_SESSION_ENDED, "the login is too long ago");
    }
}

/* ---- the response ---- */

static bool is_own(const session_t *session, const ngx_http_macaw_format_t *format)
{
    return format >= session->formats && format < session->formats + session->format_count;
}

static void make_grant(const state_t *state, macaw_session_grant *ret)
{
    const session_t *session = state->session;
    const macaw_session_claims *claims = &state->claims;
    time_t now = ngx_time(), end;

    ngx_memzero(ret, sizeof *ret);
    ret->subject = claims->subject;
    ret->data = (macaw_session_scheme_flags(state->format->scheme) & MACAW_SESSION_NATIVE) != 0
                    ? claims->data
                    : (macaw_str){NULL, 0};
    ret->generation = claims->generation;
    ret->sid = claims->sid;
    ret->issued = now;
    ret->login = claims->login != 0 && claims->login < now ? claims->login : now;
    end = ret->login + session->lifetime;
    end = claims->expires != 0 ? ngx_min(end, claims->expires) : end;
    ret->lifetime = end - ret->login;
    ret->ttl = ngx_min(session->idle, end - now);
}

static ngx_int_t remove_others(ngx_http_request_t *r, const session_t *session)
{
    const macaw_str none = {NULL, 0};
    ngx_uint_t i;

    for (i = 0; session->exchange_removes && i < session->exchange_count; i++) {
        if (ngx_http_macaw_set_cookie(r, session->exchange[i], none, 0) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_session_exchange(ngx_http_request_t *r, const state_t *state)
{
    const session_t *session = state->session;
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant;
    size_t len;
    int status;

    if ((is_own(session, state->format) && !state->format->exchanged)
        || r->headers_out.status < 200 || r->headers_out.status == NGX_HTTP_NOT_MODIFIED
        || ngx_http_macaw_is_shared(r)) {
        return NGX_DECLINED;
    }
    make_grant(state, &grant);
    if (ngx_http_macaw_session_bind(r, session, &grant.bind) != NGX_OK) {
        return NGX_ERROR;
    }
    status = macaw_session_issue(session->issuer->session, &grant, token, &len);
    if (status != MACAW_OK) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "macaw: session \"%V\" not exchanged: %s", &session->name,
                      macaw_strerror(status));
        return NGX_DECLINED;
    }
    if (ngx_http_macaw_set_cookie(r, session, (macaw_str){token, len}, grant.ttl) != NGX_OK
        || remove_others(r, session) != NGX_OK) {
        return NGX_ERROR;
    }
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_EXCHANGED);
    return ngx_http_macaw_no_store(r);
}

/* ---- configuration ---- */

#define FAIL(...) ngx_http_macaw_fail_at(cf, NGX_LOG_EMERG, &draft->place, __VA_ARGS__)

static bool is_remove(const ngx_str_t *word)
{
    return word->len == 6 && ngx_strncmp(word->data, "remove", 6) == 0;
}

static char *add_other(ngx_conf_t *cf, const draft_t *draft, session_t *session,
                       const session_t *other)
{
    ngx_uint_t i;

    for (i = 0; i < other->format_count; i++) {
        if (other->formats[i].handle) {
            return FAIL("macaw_session \"%V\": exchange: \"%V\" has handles, which cost no "
                        "signature",
                        &draft->name, &other->name);
        }
    }
    for (i = 0; i < session->exchange_count && session->exchange[i] != other; i++) {
    }
    if (i < session->exchange_count || other == session
        || (other->cookie.len == session->cookie.len
            && ngx_memcmp(other->cookie.data, session->cookie.data, other->cookie.len) == 0)) {
        return FAIL("macaw_session \"%V\": exchange: \"%V\" is there twice, or has the same cookie"
                    ": name its scheme in \"scheme\" and here instead",
                    &draft->name, &other->name);
    }
    session->exchange[session->exchange_count++] = other;
    return NGX_CONF_OK;
}

/* A definition before this one, or a scheme of this one. */
static char *add_word(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf,
                      const draft_t *draft, session_t *session, const ngx_str_t *word)
{
    const session_t *other = ngx_http_macaw_find_session(mcf, word);
    ngx_uint_t i;

    if (is_remove(word)) {
        session->exchange_removes = true;
        return NGX_CONF_OK;
    }
    if (other != NULL && other != session) {
        return add_other(cf, draft, session, other);
    }
    for (i = 0; i < session->format_count; i++) {
        ngx_http_macaw_format_t *format = &session->formats[i];
        if (ngx_strcmp(macaw_session_scheme_name(format->scheme), word->data) == 0
            && format != session->issuer && !format->handle && !format->exchanged) {
            format->exchanged = true;
            return NGX_CONF_OK;
        }
    }
    return FAIL("macaw_session \"%V\": exchange: \"%V\" is neither a macaw_session before this nor "
                "another of its schemes than the one that issues",
                &draft->name, word);
}

char *ngx_http_macaw_session_set_exchange(ngx_conf_t *cf, ngx_http_macaw_session_main_conf_t *mcf,
                                          const draft_t *draft, session_t *session)
{
    const unsigned kind = MACAW_SESSION_NATIVE | MACAW_SESSION_SIGNED;
    ngx_uint_t i;

    if (draft->exchange_count == 0) {
        return NGX_CONF_OK;
    }
    if (session->issuer == NULL || session->issuer->handle
        || (macaw_session_scheme_flags(session->issuer->scheme) & kind) != MACAW_SESSION_NATIVE) {
        return FAIL("macaw_session \"%V\": exchange: the first scheme that issues is not sc1-mac "
                    "or sc1-aead",
                    &draft->name);
    }
    for (i = 0; i < draft->exchange_count; i++) {
        if (add_word(cf, mcf, draft, session, &draft->exchange[i]) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

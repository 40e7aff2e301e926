/* Login and logout: a token, a cookie, and what the zone has to know first. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_session_t session_t;
typedef ngx_http_macaw_login_t login_t;

/* A change whose revocation may take its time; in the pool of the request. */
typedef struct {
    const session_t *session;
    enum ngx_http_macaw_session_event event;
    macaw_str token; /* len 0: the cookie is removed */
    int64_t max_age;
    macaw_revocation_entry revoke; /* text_len and sid unused where nothing is revoked */
    ngx_uint_t other; /* of what the definition exchanges: the next to look at */
    ngx_http_macaw_session_done_pt done;
    void *data;
} change_t;

/* ---- the response ---- */

static bool is_named(const ngx_table_elt_t *field, const char *name)
{
    return field->hash != 0 && field->key.len == ngx_strlen(name)
           && ngx_strncasecmp(field->key.data, (u_char *)name, field->key.len) == 0;
}

bool ngx_http_macaw_is_targeted(const ngx_table_elt_t *field)
{
    static const char end[] = "-Cache-Control";
    const size_t len = sizeof end - 1;

    return (field->hash != 0 && field->key.len > len
            && ngx_strncasecmp(field->key.data + field->key.len - len, (u_char *)end, len) == 0)
           || is_named(field, "Surrogate-Control") || is_named(field, "Edge-Control");
}

ngx_int_t ngx_http_macaw_no_store(ngx_http_request_t *r)
{
    ngx_list_part_t *part;
    ngx_table_elt_t *field;
    ngx_uint_t i;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (is_named(&field[i], "Cache-Control") || is_named(&field[i], "Expires")
                || is_named(&field[i], "Pragma") || ngx_http_macaw_is_targeted(&field[i])) {
                field[i].hash = 0;
            }
        }
    }
    r->headers_out.expires = NULL;
#if NGX_HTTP_CACHE
    if (r->upstream != NULL) {
        r->upstream->cacheable = 0;
    }
#endif
    if (r->upstream != NULL) {
        r->upstream->store = 0;
    }
    return ngx_http_macaw_add_header(r, "Cache-Control", "no-store") != NULL ? NGX_OK : NGX_ERROR;
}

ngx_int_t ngx_http_macaw_set_cookie(ngx_http_request_t *r, const session_t *session,
                                    macaw_str value, int64_t max_age)
{
    macaw_cookie_attributes attributes = session->attributes;
    size_t len, size = MACAW_COOKIE_MAX + 1024;
    char *line = ngx_pnalloc(r->pool, size);

    attributes.max_age = max_age;
    if (line == NULL
        || macaw_cookie_write((const char *)session->cookie.data, value, &attributes, line, size,
                              &len)
               != MACAW_OK) {
        ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                      "macaw: session \"%V\": the cookie does not fit", &session->name);
        return NGX_ERROR;
    }
    return ngx_http_macaw_add_header(r, "Set-Cookie", line) != NULL ? NGX_OK : NGX_ERROR;
}

static ngx_int_t finish(ngx_http_request_t *r, const change_t *change)
{
    ngx_http_macaw_client_t *client = ngx_http_macaw_get_client(r);

    client->changed = 1;
    if (ngx_http_macaw_set_cookie(r, change->session, change->token, change->max_age) != NGX_OK
        || ngx_http_macaw_no_store(r) != NGX_OK) {
        return NGX_ERROR;
    }
    ngx_http_macaw_count_session(r, change->event);
    return NGX_OK;
}

/* ---- what is revoked ---- */

/* Every token of a session ends with its cap, what has none at its own end. One
 * that it was exchanged for may live longer. */
static int64_t end_of(const session_t *session, const macaw_session_claims *claims)
{
    ngx_uint_t i;

    for (i = 0; i < session->format_count; i++) {
        if (session->formats[i].exchanged) {
            return 0;
        }
    }
    return session->exchange_count > 0 ? 0 : claims->cap != 0 ? claims->cap : claims->expires;
}

static void revoke_session(change_t *change, const macaw_session_claims *claims)
{
    macaw_revocation_entry *entry = &change->revoke;

    entry->kind = MACAW_REVOCATION_SID;
    ngx_memcpy(entry->sid, claims->sid, MACAW_SESSION_SID_LEN);
    entry->until = ngx_http_macaw_session_until(change->session->zone,
                                                end_of(change->session, claims));
}

static void revoke_subject(change_t *change, const macaw_session_claims *claims)
{
    macaw_revocation_entry *entry = &change->revoke;

    entry->kind = MACAW_REVOCATION_SUBJECT;
    ngx_memcpy(entry->text, claims->subject.data, claims->subject.len);
    entry->text_len = claims->subject.len;
    entry->before = ngx_time();
    entry->until = ngx_http_macaw_session_until(change->session->zone, 0);
}

/* Of a token that has expired meanwhile, a renewed one may be about. */
static bool has_session(const session_t *session, const macaw_session_claims *claims)
{
    return session->zone != NULL && claims->authentic && claims->has_sid;
}

/* Who leaves does not come back with a cookie that would be exchanged. */
static bool find_other(ngx_http_request_t *r, change_t *change)
{
    const session_t *session = change->session;
    macaw_session_claims claims;

    while (change->other < session->exchange_count) {
        (void)ngx_http_macaw_session_own(r, session->exchange[change->other++], &claims);
        if (has_session(session, &claims) && claims.reason != MACAW_SESSION_REVOKED
            && ngx_memcmp(claims.sid, change->revoke.sid, MACAW_SESSION_SID_LEN) != 0) {
            ngx_memzero(&change->revoke, sizeof change->revoke);
            revoke_session(change, &claims);
            return true;
        }
    }
    return false;
}

/* ---- revoking ---- */

static void revoked(ngx_http_request_t *r, int status, void *data);

/* One after the other: each may have to wait. */
static ngx_int_t carry_out(ngx_http_request_t *r, change_t *change)
{
    int status = MACAW_OK;
    ngx_int_t rc;

    do {
        rc = ngx_http_macaw_session_revoke(r, change->session->zone, &change->revoke, &status,
                                           revoked, change);
        if (rc != NGX_OK || status != MACAW_OK) {
            return rc != NGX_OK ? rc : NGX_ERROR;
        }
    } while (find_other(r, change));
    return finish(r, change);
}

static void revoked(ngx_http_request_t *r, int status, void *data)
{
    change_t *change = data;
    ngx_int_t rc = NGX_ERROR;

    if (status == MACAW_OK) {
        rc = find_other(r, change) ? carry_out(r, change) : finish(r, change);
    }
    if (rc != NGX_AGAIN) {
        change->done(r, rc, change->data);
    }
}

/* Room for another; the session is revoked besides. */
static void forget_record(const session_t *session, const ngx_http_macaw_format_t *format,
                          const macaw_session_claims *claims)
{
    int status = format->handle ? macaw_handles_delete(session->zone->handles, claims->handle,
                                                       ngx_time())
                                : MACAW_OK;

    (void)status;
}

/* ---- login ---- */

static ngx_int_t fail(ngx_http_request_t *r, const session_t *session, const char *what,
                      const char *why)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "macaw: session \"%V\": %s: %s",
                  &session->name, what, why);
    return NGX_ERROR;
}

/* The server's half of a handle, found by what the token names. */
static ngx_int_t keep_record(ngx_http_request_t *r, const session_t *session, const login_t *login,
                             const macaw_session_grant *grant, macaw_str token)
{
    const macaw_session_token presented = {.text = token, .bind = grant->bind};
    macaw_handle_record record = {
        .subject = login->subject,
        .data = login->data,
        .login = grant->issued,
        .issued = grant->issued,
        .ttl = grant->ttl,
        .cap = grant->issued + grant->lifetime,
        .generation = login->generation,
    };
    macaw_session_claims claims;
    int status;

    ngx_http_macaw_session_verify(session->issuer, &presented, &claims);
    if (claims.reason != MACAW_SESSION_OK) {
        return fail(r, session, "login", claims.detail);
    }
    ngx_memcpy(record.sid, claims.sid, MACAW_SESSION_SID_LEN);
    status = macaw_handles_create(session->zone->handles, claims.handle, &record, ngx_time());
    return status == MACAW_OK ? NGX_OK : fail(r, session, "record", macaw_strerror(status));
}

static ngx_int_t issue(ngx_http_request_t *r, const login_t *login, change_t *change)
{
    const session_t *session = change->session;
    char *text = ngx_pnalloc(r->pool, MACAW_SESSION_TOKEN_MAX + 1);
    macaw_session_grant grant = {
        .subject = login->subject,
        .data = login->data,
        .generation = login->generation,
        .issued = ngx_time(),
        .ttl = login->idle > 0 ? ngx_min(login->idle, session->idle) : session->idle,
        .lifetime = login->lifetime > 0 ? ngx_min(login->lifetime, session->lifetime)
                                        : session->lifetime,
    };
    int status;

    if (text == NULL || ngx_http_macaw_session_bind(r, session, &grant.bind) != NGX_OK) {
        return NGX_ERROR;
    }
    grant.ttl = ngx_min(grant.ttl, grant.lifetime);
    if (session->issuer->handle) {
        grant.subject.len = 0;
        grant.data.len = 0;
    }
    status = macaw_session_issue(session->issuer->session, &grant, text, &change->token.len);
    if (status != MACAW_OK) {
        return fail(r, session, "no token", macaw_strerror(status));
    }
    change->token.data = text;
    change->max_age = grant.ttl;
    return session->issuer->handle ? keep_record(r, session, login, &grant, change->token) : NGX_OK;
}

static change_t *make_change(ngx_http_request_t *r, const session_t *session,
                             enum ngx_http_macaw_session_event event,
                             ngx_http_macaw_session_done_pt done, void *data)
{
    change_t *change = ngx_pcalloc(r->pool, sizeof *change);

    if (change == NULL || ngx_http_macaw_make_client(r) == NULL) {
        return NULL;
    }
    change->session = session;
    change->event = event;
    change->done = done;
    change->data = data;
    return change;
}

/* A subject whose sessions were revoked in this very second cannot begin one in it. */
static bool is_barred(const session_t *session, const login_t *login)
{
    const macaw_revocation_session what = {
        .subject = login->subject,
        .login = ngx_time(),
        .issued = ngx_time(),
        .generation = login->generation,
    };

    return session->zone != NULL && session->zone->table != NULL
           && macaw_revocation_check(session->zone->table, &what, ngx_time()) != MACAW_REVOKED_NO;
}

ngx_int_t ngx_http_macaw_session_login(ngx_http_request_t *r, const session_t *session,
                                       const login_t *login, ngx_http_macaw_session_done_pt done,
                                       void *data)
{
    change_t *change = make_change(r, session, NGX_HTTP_MACAW_SESSION_LOGIN, done, data);
    const ngx_http_macaw_format_t *format;
    macaw_session_claims old;
    ngx_str_t user;

    if (change == NULL || login->subject.len == 0
        || ngx_http_macaw_percent_encode(r->pool, login->subject, &user) != NGX_OK) {
        return NGX_ERROR;
    }
    if (is_barred(session, login)) {
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "macaw: session \"%V\": login refused: all sessions of %V were revoked "
                      "in this second", &session->name, &user);
        return NGX_BUSY;
    }
    if (issue(r, login, change) != NGX_OK) {
        return NGX_ERROR;
    }
    ngx_log_error(NGX_LOG_INFO, r->connection->log, 0, "macaw: session \"%V\": login of %V",
                  &session->name, &user);
    format = ngx_http_macaw_session_presented(r, session, &old);
    if (!has_session(session, &old)) {
        return finish(r, change);
    }
    change->other = session->exchange_count; /* those are logged in elsewhere */
    revoke_session(change, &old);
    forget_record(session, format, &old);
    return carry_out(r, change);
}

/* ---- logout ---- */

ngx_int_t ngx_http_macaw_session_logout(ngx_http_request_t *r, const session_t *session,
                                        bool everywhere, ngx_http_macaw_session_done_pt done,
                                        void *data)
{
    change_t *change = make_change(r, session,
                                   everywhere ? NGX_HTTP_MACAW_SESSION_LOGOUT_ALL
                                              : NGX_HTTP_MACAW_SESSION_LOGOUT,
                                   done, data);
    const ngx_http_macaw_format_t *format;
    macaw_session_claims claims;

    if (change == NULL) {
        return NGX_ERROR;
    }
    format = ngx_http_macaw_session_presented(r, session, &claims);
    if (claims.reason == MACAW_SESSION_INTERNAL) {
        return fail(r, session, "logout", claims.detail);
    }
    if (!has_session(session, &claims)) {
        return find_other(r, change) ? carry_out(r, change) : finish(r, change);
    }
    if (everywhere && claims.subject.len > 0) {
        revoke_subject(change, &claims);
    } else {
        revoke_session(change, &claims);
    }
    forget_record(session, format, &claims);
    return carry_out(r, change);
}

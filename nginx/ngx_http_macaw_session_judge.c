/* What a client presents for one definition: the cookie found, the token verified,
 * revocation and records of handles asked. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_client_t client_t;
typedef ngx_http_macaw_format_t format_t;
typedef ngx_http_macaw_session_t session_t;

/* One process, one thread, no event in between: what a verification needs. */
static struct {
    _Alignas(16) u_char works[2][MACAW_SESSION_WORK];
    u_char record[MACAW_HANDLES_ROOM(MACAW_HANDLES_DATA_MAX)];
    macaw_session_claims other;
} area;

/* ---- the cookie ---- */

/* In all Cookie fields together. */
int ngx_http_macaw_find_cookie(const client_t *client, const ngx_str_t *name, macaw_str *ret)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *header;
    int found = MACAW_ENOTFOUND;
    ngx_uint_t i;

    for (part = &client->headers.part; part != NULL; part = part->next) {
        header = part->elts;
        for (i = 0; i < part->nelts; i++) {
            macaw_str field = {(const char *)header[i].value.data, header[i].value.len};
            int status;
            if (header[i].key.len != 6 || ngx_memcmp(header[i].lowcase_key, "cookie", 6) != 0) {
                continue;
            }
            status = macaw_cookie_find(field, (const char *)name->data, ret);
            if (status == MACAW_ENOTFOUND) {
                continue;
            }
            if (status != MACAW_OK || found == MACAW_OK) {
                return MACAW_EEXIST;
            }
            found = MACAW_OK;
        }
    }
    return found;
}

static int find_token(const client_t *client, const session_t *session, macaw_session_token *ret)
{
    int status = ngx_http_macaw_find_cookie(client, &session->cookie, &ret->text);

    if (status == MACAW_OK && session->signature.len > 0) {
        status = ngx_http_macaw_find_cookie(client, &session->signature, &ret->signature);
        status = status == MACAW_ENOTFOUND ? MACAW_OK : status;
    }
    return status;
}

ngx_int_t ngx_http_macaw_session_bind(ngx_http_request_t *r, const session_t *session,
                                      macaw_str *ret)
{
    ngx_str_t text = ngx_null_string;

    if (session->bind != NULL && ngx_http_complex_value(r, session->bind, &text) != NGX_OK) {
        return NGX_ERROR;
    }
    ret->data = (const char *)text.data;
    ret->len = text.len;
    return NGX_OK;
}

/* ---- judging ---- */

static void refuse(macaw_session_claims *claims, macaw_session_reason reason, const char *why)
{
    claims->reason = reason;
    *ngx_snprintf((u_char *)claims->detail, sizeof claims->detail - 1, "%s", why) = '\0';
}

static void read_record(const session_t *session, macaw_session_claims *claims)
{
    macaw_handle_record record;

    if (session->zone->handles == NULL
        || macaw_handles_touch(session->zone->handles, claims->handle, ngx_time(), area.record,
                               &record)
               != MACAW_OK
        || ngx_memcmp(record.sid, claims->sid, MACAW_SESSION_SID_LEN) != 0) {
        refuse(claims, MACAW_SESSION_UNKNOWN, "no record of this handle");
        return;
    }
    claims->subject = record.subject;
    claims->data = record.data;
    claims->generation = record.generation;
}

void ngx_http_macaw_judge_revocation(const session_t *session, macaw_session_claims *claims)
{
    const macaw_revocation_session what = {
        .sid = claims->has_sid ? claims->sid : NULL,
        .subject = claims->subject,
        .kid = claims->kid,
        .login = claims->login,
        .issued = claims->issued,
        .generation = claims->generation,
    };
    macaw_revoked revoked;

    if (session->zone->table == NULL) {
        refuse(claims, MACAW_SESSION_INTERNAL, "the zone is not there");
        return;
    }
    revoked = macaw_revocation_check(session->zone->table, &what, ngx_time());
    if (revoked != MACAW_REVOKED_NO) {
        refuse(claims, MACAW_SESSION_REVOKED, macaw_revoked_name(revoked));
    }
}

void ngx_http_macaw_session_verify(const format_t *format, const macaw_session_token *token,
                                   macaw_session_claims *ret)
{
    macaw_session_verify(format->session, token, ngx_time(), area.works[0], ret);
}

/* Beyond the token itself. */
static void judge_state(const session_t *session, const format_t *format,
                        macaw_session_claims *claims)
{
    if (claims->reason == MACAW_SESSION_OK && format->handle) {
        read_record(session, claims);
    }
    if (claims->reason == MACAW_SESSION_OK && session->zone != NULL) {
        ngx_http_macaw_judge_revocation(session, claims);
    }
    if (claims->reason == MACAW_SESSION_OK && claims->subject.len > MACAW_SESSION_SUBJECT_MAX) {
        refuse(claims, MACAW_SESSION_CONTENT, "the subject is too long");
    }
}

/* Under the schemes it looks like. Of several refusals the first that found the MAC
 * right counts, else the first. */
static const format_t *judge_token(const session_t *session, const macaw_session_token *token,
                                   macaw_session_claims *ret)
{
    const format_t *taken = NULL;
    ngx_uint_t i, kept = 0; /* the work area that the views of ret are in */

    for (i = 0; i < session->format_count; i++) {
        const format_t *format = &session->formats[i];
        macaw_session_claims *claims = taken == NULL ? ret : &area.other;
        if (!macaw_session_looks_like(format->scheme, token->text.data, token->text.len)) {
            continue;
        }
        macaw_session_verify(format->session, token, ngx_time(), area.works[kept ^ (taken != NULL)],
                             claims);
        if (claims->reason == MACAW_SESSION_OK && format->exchanged) {
            ngx_http_macaw_session_adopt(session, claims);
        }
        judge_state(session, format, claims);
        if (claims == ret || claims->reason == MACAW_SESSION_OK
            || (claims->authentic && !ret->authentic)) {
            taken = format;
            if (claims != ret) {
                *ret = *claims;
                kept ^= 1; /* its views stay where they point to */
            }
        }
        if (ret->reason == MACAW_SESSION_OK) {
            break;
        }
    }
    if (taken == NULL) {
        refuse(ret, MACAW_SESSION_MALFORMED, "no token of a scheme that is taken here");
    }
    return taken;
}

const format_t *ngx_http_macaw_session_own(ngx_http_request_t *r, const session_t *session,
                                           macaw_session_claims *ret)
{
    const client_t *client = ngx_http_macaw_make_client(r);
    macaw_session_token token = {.text = {NULL, 0}};
    int status;

    ngx_memzero(ret, sizeof *ret);
    if (client == NULL || ngx_http_macaw_session_bind(r, session, &token.bind) != NGX_OK) {
        refuse(ret, MACAW_SESSION_INTERNAL, "out of memory");
        return NULL;
    }
    status = find_token(client, session, &token);
    if (status == MACAW_ENOTFOUND) {
        ret->reason = MACAW_SESSION_MISSING;
        return NULL;
    }
    if (status != MACAW_OK) {
        refuse(ret, MACAW_SESSION_MALFORMED, "the cookie is there twice, or holds wrong bytes");
        return NULL;
    }
    return judge_token(session, &token, ret);
}

/* The first of those that are exchanged whose cookie is good here, too. */
static const format_t *present_other(ngx_http_request_t *r, const session_t *session,
                                     macaw_session_claims *ret)
{
    const format_t *format;
    ngx_uint_t i;

    for (i = 0; i < session->exchange_count; i++) {
        format = ngx_http_macaw_session_own(r, session->exchange[i], ret);
        if (ret->reason == MACAW_SESSION_OK) {
            ngx_http_macaw_session_adopt(session, ret);
        }
        if (ret->reason == MACAW_SESSION_OK && session->zone != NULL) {
            ngx_http_macaw_judge_revocation(session, ret);
        }
        if (ret->reason == MACAW_SESSION_OK) {
            return format;
        }
    }
    return NULL;
}

const format_t *ngx_http_macaw_session_presented(ngx_http_request_t *r, const session_t *session,
                                                 macaw_session_claims *ret)
{
    const format_t *format = ngx_http_macaw_session_own(r, session, ret), *other;

    if (ret->reason == MACAW_SESSION_OK || session->exchange_count == 0) {
        return format;
    }
    other = present_other(r, session, ret);
    /* The views of its own are gone otherwise. */
    return other != NULL ? other : ngx_http_macaw_session_own(r, session, ret);
}

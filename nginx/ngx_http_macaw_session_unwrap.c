/* Envelopes on the way in: judged once, and the Cookie field rewritten. */
#include "ngx_http_macaw_session_envelope.h"

typedef ngx_http_macaw_client_t client_t;
typedef ngx_http_macaw_envelope_t envelope_t;
typedef ngx_http_macaw_envelope_content_t content_t;
typedef ngx_http_macaw_envelopes_t envelopes_t;
typedef ngx_http_macaw_wrap_t wrap_t;

/* ---- content ---- */

static bool read_content(macaw_str data, content_t *ret)
{
    const u_char *p = (const u_char *)data.data;
    ngx_uint_t i;

    if (data.len < NGX_HTTP_MACAW_ENVELOPE_HEAD
        || data.len < NGX_HTTP_MACAW_ENVELOPE_HEAD + (size_t)p[6] || (p[0] & 3) == 3) {
        return false;
    }
    ret->same_site = (macaw_same_site)(p[0] & 3);
    ret->persistent = (p[0] & 4) != 0;
    for (ret->end = 0, i = 1; i < 6; i++) {
        ret->end = ret->end << 8 | p[i];
    }
    ret->path = (macaw_str){data.data + NGX_HTTP_MACAW_ENVELOPE_HEAD, p[6]};
    ret->value = (macaw_str){ret->path.data + p[6], data.len - NGX_HTTP_MACAW_ENVELOPE_HEAD - p[6]};
    return true;
}

/* The work area is the next request's. */
static bool keep_content(ngx_pool_t *pool, macaw_str data, content_t *ret)
{
    char *copy = ngx_pnalloc(pool, data.len + 1);

    if (copy == NULL) {
        return false;
    }
    if (data.len > 0) {
        ngx_memcpy(copy, data.data, data.len);
    }
    return read_content((macaw_str){copy, data.len}, ret);
}

/* ---- judging ---- */

/* What is there and no envelope says that somebody tried, or that the application
 * was not wrapped before. */
static void report(ngx_http_request_t *r, const wrap_t *wrap, macaw_session_reason reason,
                   const char *detail)
{
    ngx_uint_t level = reason == MACAW_SESSION_EXPIRED || reason == MACAW_SESSION_ENDED
                               || reason == MACAW_SESSION_REVOKED
                           ? NGX_LOG_INFO
                           : NGX_LOG_WARN;

    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_UNWRAP_REFUSED);
    ngx_log_error(level, r->connection->log, 0, "macaw: cookie \"%V\" removed: %s: %s",
                  &wrap->cookie, macaw_session_reason_name(reason), detail);
}

static void verify(ngx_http_request_t *r, const wrap_t *wrap, macaw_str text, envelope_t *ret)
{
    const ngx_http_macaw_format_t format = {.session = wrap->tokens};
    macaw_session_token token = {.text = text};
    macaw_session_claims claims;

    if (ngx_http_macaw_session_bind(r, wrap->session, &token.bind) != NGX_OK) {
        ret->reason = MACAW_SESSION_INTERNAL;
        return;
    }
    ngx_http_macaw_session_verify(&format, &token, &claims);
    if (claims.reason == MACAW_SESSION_OK && wrap->session->zone != NULL) {
        ngx_http_macaw_judge_revocation(wrap->session, &claims);
    }
    if (claims.reason == MACAW_SESSION_OK
        && !keep_content(r->pool, claims.data, &ret->content)) {
        claims.reason = MACAW_SESSION_CONTENT;
    }
    ret->reason = claims.reason;
    ret->authentic = claims.authentic;
    ngx_memcpy(ret->sid, claims.sid, sizeof ret->sid);
    ret->login = claims.login;
    ret->issued = claims.issued;
    ret->ends = claims.cap != 0 ? claims.cap : claims.expires;
    if (ret->reason != MACAW_SESSION_OK) {
        report(r, wrap, ret->reason, claims.detail);
        return;
    }
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_UNWRAPPED);
}

static void judge(ngx_http_request_t *r, const client_t *client, const wrap_t *wrap,
                  envelope_t *ret)
{
    macaw_str text;
    int status = ngx_http_macaw_find_cookie(client, &wrap->cookie, &text);

    if (status == MACAW_OK) {
        verify(r, wrap, text, ret);
        return;
    }
    ret->reason = status == MACAW_ENOTFOUND ? MACAW_SESSION_MISSING : MACAW_SESSION_MALFORMED;
    if (status != MACAW_ENOTFOUND) {
        report(r, wrap, ret->reason, "it is there twice, or holds wrong bytes");
    }
}

static bool has_cookies(const client_t *client)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i;

    for (part = &client->headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (field[i].key.len == 6 && ngx_memcmp(field[i].lowcase_key, "cookie", 6) == 0) {
                return true;
            }
        }
    }
    return false;
}

const envelopes_t *ngx_http_macaw_peek_envelopes(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    const wrap_t *wrap = lcf->wraps->elts;
    client_t *client = ngx_http_macaw_make_client(r);
    envelopes_t *envelopes;
    ngx_uint_t i;

    if (client == NULL) {
        return NULL;
    }
    for (envelopes = client->envelopes; envelopes != NULL; envelopes = envelopes->next) {
        if (envelopes->wraps == lcf->wraps) {
            return envelopes;
        }
    }
    envelopes = ngx_pcalloc(r->main->pool,
                            sizeof *envelopes + lcf->wraps->nelts * sizeof(envelope_t));
    if (envelopes == NULL) {
        return NULL;
    }
    envelopes->wraps = lcf->wraps;
    envelopes->any = has_cookies(client);
    for (i = 0; i < lcf->wraps->nelts; i++) {
        judge(r, client, &wrap[i], &envelopes->envelope[i]);
    }
    envelopes->next = client->envelopes;
    client->envelopes = envelopes;
    return envelopes;
}

/* ---- what an application may take for a wrapped cookie ---- */

/* What some parsers trim. */
static bool is_junk(u_char c)
{
    return c <= ' ' || c >= 0x7f || c == '"' || c == '\'';
}

/* Parsers differ: some trim more than blanks, decode %XX, end a name at a NUL. */
static size_t plain_name(const u_char *text, size_t len, u_char *out, size_t size)
{
    size_t i, n = 0;
    ngx_int_t decoded;

    for (i = 0; i < len && n < size; i++) {
        u_char c = text[i];
        if (c == '%' && i + 2 < len && (decoded = ngx_hextoi((u_char *)text + i + 1, 2)) >= 0) {
            c = (u_char)decoded;
            i += 2;
        }
        if (n == 0 && is_junk(c)) {
            if (text[i] <= ' ') {
                return 0; /* a name that follows is looked at by itself */
            }
            continue;
        }
        if (c == '\0') {
            break;
        }
        out[n++] = c;
    }
    for (; n > 0 && is_junk(out[n - 1]); n--) {
    }
    return n;
}

/* Some compare without case, some take these for "_". */
static u_char fold(u_char c)
{
    return c == '.' || c == ' ' || c == '+' || c == '[' ? '_' : (u_char)ngx_tolower(c);
}

/* "[" is another "_", or begins an index. */
static bool may_name(const u_char *name, size_t len, const u_char *listed, size_t listed_len)
{
    size_t i;

    if (len < listed_len || (len > listed_len && name[listed_len] != '[')) {
        return false;
    }
    for (i = 0; i < listed_len && fold(name[i]) == fold(listed[i]); i++) {
    }
    return i == listed_len;
}

static bool is_wrapped(const ngx_array_t *wraps, const u_char *text, size_t len)
{
    const wrap_t *wrap = wraps->elts;
    u_char name[MACAW_COOKIE_NAME_MAX + 1], listed[MACAW_COOKIE_NAME_MAX];
    size_t n = plain_name(text, len, name, sizeof name), listed_len;
    ngx_uint_t i;

    for (i = 0; i < wraps->nelts; i++) {
        listed_len = plain_name(wrap[i].cookie.data, wrap[i].cookie.len, listed, sizeof listed);
        if (may_name(name, n, listed, listed_len)) {
            return true;
        }
    }
    return false;
}

/* Some take a comma, others any white space for the end of a cookie. */
static bool separates(u_char c)
{
    return c == ',' || c <= ' ';
}

static const u_char *find(const u_char *at, const u_char *end, int c)
{
    const u_char *found = at < end ? memchr(at, c, (size_t)(end - at)) : NULL;

    return found != NULL ? found : end;
}

/* Up to the next ";": a name may begin after any separator, and contain blanks. Each
 * byte is looked at a few times at most. */
static bool hides_wrapped(const ngx_array_t *wraps, const u_char *piece, const u_char *end)
{
    const u_char *stop = find(piece, end, ','), *equals = find(piece, stop, '=');

    for (;;) {
        while (piece < end && separates(*piece)) {
            piece++;
        }
        if (piece == end) {
            return false;
        }
        if (piece > stop) {
            stop = find(piece, end, ',');
            equals = find(piece, stop, '=');
        } else if (piece > equals) {
            equals = find(piece, stop, '=');
        }
        if (is_wrapped(wraps, piece, (size_t)(equals - piece))) {
            return true;
        }
        while (piece < end && !separates(*piece)) {
            piece++;
        }
    }
}

/* ---- the field ---- */

static u_char *keep_others(const ngx_array_t *wraps, const ngx_str_t *value, u_char *out)
{
    const u_char *at = value->data, *end = at + value->len;
    u_char *p = out;

    while (at < end) {
        const u_char *semicolon = memchr(at, ';', (size_t)(end - at));
        const u_char *stop = semicolon != NULL ? semicolon : end;
        if (!hides_wrapped(wraps, at, stop)) {
            if (p > out) {
                *p++ = ';';
            }
            while (p == out && at < stop && *at == ' ') {
                at++;
            }
            p = ngx_cpymem(p, at, (size_t)(stop - at));
        }
        at = stop + 1;
    }
    return p;
}

static size_t room(const envelopes_t *envelopes)
{
    const wrap_t *wrap = envelopes->wraps->elts;
    size_t size = 0;
    ngx_uint_t i;

    for (i = 0; i < envelopes->wraps->nelts; i++) {
        size += wrap[i].cookie.len + envelopes->envelope[i].content.value.len + 3;
    }
    return size;
}

ngx_int_t ngx_http_macaw_unwrap(ngx_http_request_t *r, const envelopes_t *envelopes,
                                ngx_str_t *value)
{
    const wrap_t *wrap = envelopes->wraps->elts;
    u_char *text = ngx_pnalloc(r->pool, value->len + room(envelopes) + 1), *p;
    ngx_uint_t i;

    if (text == NULL) {
        return NGX_ERROR;
    }
    p = keep_others(envelopes->wraps, value, text);
    for (i = 0; i < envelopes->wraps->nelts; i++) {
        const envelope_t *envelope = &envelopes->envelope[i];
        if (envelope->reason == MACAW_SESSION_OK) {
            p = ngx_sprintf(p, "%s%V=%*s", p > text ? "; " : "", &wrap[i].cookie,
                            envelope->content.value.len, envelope->content.value.data);
        }
    }
    value->data = text;
    value->len = (size_t)(p - text);
    *p = '\0';
    return NGX_OK;
}

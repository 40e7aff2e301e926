/* Envelopes on the way out: what the application sets is wrapped, what it deletes is
 * revoked, and what gets old is renewed.
 *
 * As long as a client presents an envelope and the application sets the cookie
 * again, the session id and the beginning stay: so that deleting it revokes every
 * copy, and the lifetime counts from the first. */
#include "ngx_http_macaw_session_answer.h"
#include "ngx_http_macaw_session_envelope.h"

#define LINE_LEN (MACAW_COOKIE_MAX + 1024)
#define PATH_LEN 255

typedef ngx_http_macaw_envelope_t envelope_t;
typedef ngx_http_macaw_envelope_content_t content_t;
typedef ngx_http_macaw_envelopes_t envelopes_t;
typedef ngx_http_macaw_wrap_t wrap_t;

/* ---- what the application says ---- */

static bool equals(macaw_str text, const char *word)
{
    return text.len == ngx_strlen(word)
           && ngx_strncasecmp((u_char *)text.data, (u_char *)word, text.len) == 0;
}

static macaw_same_site same_site_of(macaw_str text)
{
    return equals(text, "none")     ? MACAW_SAME_SITE_NONE
           : equals(text, "strict") ? MACAW_SAME_SITE_STRICT
                                    : MACAW_SAME_SITE_LAX;
}

/* Of the application's word and the definition's, the stricter. */
static macaw_same_site stricter(const wrap_t *wrap, const macaw_set_cookie *cookie)
{
    macaw_same_site said = same_site_of(cookie->same_site);
    macaw_same_site own = wrap->session->attributes.same_site;

    if (cookie->same_site.len == 0 || said == MACAW_SAME_SITE_NONE) {
        return own;
    }
    return own == MACAW_SAME_SITE_STRICT ? own : said;
}

/* Seconds until the cookie ends, Max-Age before Expires; -1: not said. */
static int64_t remaining(const macaw_set_cookie *cookie)
{
    int64_t date;

    if (cookie->max_age >= 0) {
        return cookie->max_age;
    }
    if (cookie->expires.len == 0 || macaw_cookie_date(cookie->expires, &date) != MACAW_OK) {
        return -1;
    }
    return date > ngx_time() ? date - ngx_time() : 0;
}

static bool deletes(const macaw_set_cookie *cookie)
{
    return cookie->value.len == 0 || equals(cookie->value, "\"\"") || remaining(cookie) == 0;
}

static void read_content(const wrap_t *wrap, const macaw_set_cookie *cookie, content_t *ret)
{
    const int64_t left = remaining(cookie);

    ret->value = cookie->value;
    ret->path = cookie->path.len > 0 && cookie->path.data[0] == '/' ? cookie->path
                                                                    : (macaw_str){"/", 1};
    ret->same_site = stricter(wrap, cookie);
    ret->persistent = left >= 0;
    ret->end = left >= 0 ? ngx_time() + ngx_min(left, MACAW_SESSION_TTL_MAX) : 0;
}

/* Which of the list it is; -1: none, or no cookie at all. */
static ngx_int_t find(const ngx_array_t *wraps, const ngx_table_elt_t *field,
                      macaw_set_cookie *ret)
{
    const macaw_str text = {(const char *)field->value.data, field->value.len};
    const wrap_t *wrap = wraps->elts;
    ngx_uint_t i;

    if (field->hash == 0 || field->key.len != 10
        || ngx_strncasecmp(field->key.data, (u_char *)"Set-Cookie", 10) != 0
        || macaw_cookie_parse(text, ret) != MACAW_OK) {
        return -1;
    }
    for (i = 0; i < wraps->nelts; i++) {
        if (wrap[i].cookie.len == ret->name.len
            && ngx_memcmp(wrap[i].cookie.data, ret->name.data, ret->name.len) == 0) {
            return (ngx_int_t)i;
        }
    }
    return -1;
}

/* ---- tokens ---- */

static size_t write_content(const content_t *content, u_char *out)
{
    u_char *p = out;
    int shift;

    *p++ = (u_char)(content->same_site | (content->persistent ? 4 : 0));
    for (shift = 32; shift >= 0; shift -= 8) {
        *p++ = (u_char)(content->end >> shift);
    }
    *p++ = (u_char)content->path.len;
    p = ngx_cpymem(p, content->path.data, content->path.len);
    return (size_t)(ngx_cpymem(p, content->value.data, content->value.len) - out);
}

/* Before or at: the lifetime from the beginning, and the application's own end. */
static int64_t end_of(const wrap_t *wrap, const content_t *content, int64_t login)
{
    int64_t end = login + wrap->lifetime;

    return content->end != 0 ? ngx_min(end, content->end) : end;
}

/* before: what it goes on from; NULL: a new session. */
static int issue(ngx_http_request_t *r, const wrap_t *wrap, const content_t *content,
                 const envelope_t *before, char token[MACAW_SESSION_TOKEN_MAX + 1], size_t *len,
                 int64_t *ttl)
{
    u_char data[MACAW_COOKIE_MAX + PATH_LEN + NGX_HTTP_MACAW_ENVELOPE_HEAD];
    macaw_session_grant grant = {.issued = ngx_time(), .login = ngx_time()};

    if (content->path.len > PATH_LEN || content->value.len > MACAW_COOKIE_MAX) {
        return MACAW_ELIMIT;
    }
    if (before != NULL && end_of(wrap, content, before->login) > ngx_time()) {
        grant.login = before->login;
        grant.sid = before->sid;
    }
    if (ngx_http_macaw_session_bind(r, wrap->session, &grant.bind) != NGX_OK) {
        return MACAW_ENOMEM;
    }
    grant.lifetime = end_of(wrap, content, grant.login) - grant.login;
    grant.ttl = ngx_min(wrap->idle, grant.login + grant.lifetime - ngx_time());
    grant.data = (macaw_str){(const char *)data, write_content(content, data)};
    *ttl = grant.ttl;
    return macaw_session_issue(wrap->tokens, &grant, token, len);
}

/* ---- the header line ---- */

/* value.len 0: removes the cookie. */
static ngx_int_t write_line(ngx_http_request_t *r, const wrap_t *wrap, const content_t *content,
                            macaw_str value, int64_t max_age, ngx_str_t *ret)
{
    macaw_cookie_attributes attributes = wrap->session->attributes;
    char path[PATH_LEN + 1];
    char *line = ngx_pnalloc(r->pool, LINE_LEN);
    size_t len;

    if (line == NULL || content->path.len > PATH_LEN) {
        return NGX_ERROR;
    }
    *ngx_cpymem(path, content->path.data, content->path.len) = '\0';
    attributes.path = path;
    attributes.same_site = content->same_site;
    attributes.max_age = max_age;
    if (macaw_cookie_write((const char *)wrap->cookie.data, value, &attributes, line, LINE_LEN,
                           &len)
        != MACAW_OK) {
        return NGX_ERROR;
    }
    ret->data = (u_char *)line;
    ret->len = len;
    return NGX_OK;
}

static ngx_int_t fail(ngx_http_request_t *r, const wrap_t *wrap, size_t len, const char *why)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "macaw: cookie \"%V\" of %uz bytes cannot be wrapped: %s", &wrap->cookie, len,
                  why);
    return NGX_HTTP_BAD_GATEWAY;
}

static ngx_int_t write_envelope(ngx_http_request_t *r, const wrap_t *wrap,
                                const content_t *content, const envelope_t *before,
                                ngx_str_t *ret)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    int64_t ttl;
    size_t len;
    int status = issue(r, wrap, content, before, token, &len, &ttl);

    if (status != MACAW_OK) {
        return fail(r, wrap, content->value.len,
                    status == MACAW_EARG || status == MACAW_ELIMIT ? "it is too long"
                                                                   : macaw_strerror(status));
    }
    if (write_line(r, wrap, content, (macaw_str){token, len}, content->persistent ? ttl : -1, ret)
        != NGX_OK) {
        return fail(r, wrap, content->value.len, "browsers would not keep it");
    }
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_WRAPPED);
    return NGX_OK;
}

/* ---- the response ---- */

typedef struct {
    const envelopes_t *envelopes;
    ngx_uint_t next; /* to revoke */
    ngx_http_macaw_session_done_pt done;
    bool some;       /* a line was written */
    u_char *told;    /* of each cookie, what the application says in this response */
} job_t;

enum { SETS = 1, DELETES = 2 };

static ngx_int_t wrap_field(ngx_http_request_t *r, job_t *job, ngx_uint_t i,
                            const macaw_set_cookie *cookie, ngx_table_elt_t *field)
{
    const wrap_t *wrap = (const wrap_t *)job->envelopes->wraps->elts + i;
    const envelope_t *before = &job->envelopes->envelope[i];
    content_t content;

    if (r->cached) {
        field->hash = 0;
        ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                      "macaw: cookie \"%V\" out of a cache is not sent: it was somebody's",
                      &wrap->cookie);
        return NGX_OK;
    }
    job->some = true;
    read_content(wrap, cookie, &content);
    if (deletes(cookie)) {
        return write_line(r, wrap, &content, (macaw_str){NULL, 0}, 0, &field->value) == NGX_OK
                   ? NGX_OK
                   : fail(r, wrap, 0, "its path is too long");
    }
    if (before->reason != MACAW_SESSION_OK || (job->told[i] & DELETES) != 0) {
        before = NULL;
    }
    return write_envelope(r, wrap, &content, before, &field->value);
}

static ngx_int_t wrap_fields(ngx_http_request_t *r, job_t *job)
{
    const ngx_array_t *wraps = job->envelopes->wraps;
    ngx_list_part_t *part;
    ngx_table_elt_t *field;
    macaw_set_cookie cookie;
    ngx_uint_t i;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            ngx_int_t at = find(wraps, &field[i], &cookie);
            ngx_int_t rc = at < 0 ? NGX_OK : wrap_field(r, job, (ngx_uint_t)at, &cookie, &field[i]);
            if (rc != NGX_OK) {
                return rc;
            }
        }
    }
    return NGX_OK;
}

static bool is_due(ngx_http_request_t *r, const wrap_t *wrap, const envelope_t *envelope)
{
    return envelope->reason == MACAW_SESSION_OK && wrap->session->renew > 0
           && ngx_time() - envelope->issued >= wrap->session->renew
           && end_of(wrap, &envelope->content, envelope->login) > ngx_time()
           && r->headers_out.status >= 200 && r->headers_out.status != NGX_HTTP_NOT_MODIFIED
           && !ngx_http_macaw_is_shared(r);
}

/* The application does not know that its cookie gets old. */
static ngx_int_t renew(ngx_http_request_t *r, job_t *job)
{
    const wrap_t *wrap = job->envelopes->wraps->elts;
    ngx_table_elt_t *field;
    ngx_uint_t i;
    ngx_int_t rc;

    for (i = 0; i < job->envelopes->wraps->nelts; i++) {
        const envelope_t *envelope = &job->envelopes->envelope[i];
        if (job->told[i] != 0 || !is_due(r, &wrap[i], envelope)) {
            continue;
        }
        field = ngx_http_macaw_add_header(r, "Set-Cookie", "");
        if (field == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        rc = write_envelope(r, &wrap[i], &envelope->content, envelope, &field->value);
        if (rc != NGX_OK) {
            return rc;
        }
        job->some = true;
    }
    return NGX_OK;
}

static ngx_int_t finish(ngx_http_request_t *r, job_t *job)
{
    ngx_int_t rc = wrap_fields(r, job);

    rc = rc == NGX_OK ? renew(r, job) : rc;
    if (rc != NGX_OK || !job->some) {
        return rc;
    }
    rc = ngx_http_macaw_is_shared(r) ? ngx_http_macaw_no_store(r) : ngx_http_macaw_keep_private(r);
    return rc == NGX_OK ? NGX_OK : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

/* ---- what is deleted is revoked first ---- */

static bool is_over(const job_t *job, ngx_uint_t i)
{
    const wrap_t *wrap = (const wrap_t *)job->envelopes->wraps->elts + i;
    const envelope_t *envelope = &job->envelopes->envelope[i];

    return (job->told[i] & DELETES) != 0 && envelope->authentic && wrap->session->zone != NULL
           && envelope->reason != MACAW_SESSION_REVOKED;
}

static void revoked(ngx_http_request_t *r, int status, void *data);

static ngx_int_t go_on(ngx_http_request_t *r, job_t *job)
{
    const wrap_t *wrap = job->envelopes->wraps->elts;
    macaw_revocation_entry entry;
    int status = MACAW_OK;
    ngx_int_t rc = NGX_OK;

    while (rc == NGX_OK && status == MACAW_OK && job->next < job->envelopes->wraps->nelts) {
        ngx_uint_t i = job->next++;
        if (!is_over(job, i)) {
            continue;
        }
        ngx_memzero(&entry, sizeof entry);
        entry.kind = MACAW_REVOCATION_SID;
        ngx_memcpy(entry.sid, job->envelopes->envelope[i].sid, sizeof entry.sid);
        entry.until = ngx_http_macaw_session_until(wrap[i].session->zone,
                                                   job->envelopes->envelope[i].ends);
        rc = ngx_http_macaw_session_revoke(r, wrap[i].session->zone, &entry, &status, revoked, job);
    }
    if (rc == NGX_AGAIN) {
        return rc;
    }
    return rc == NGX_OK && status == MACAW_OK ? finish(r, job) : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

static void revoked(ngx_http_request_t *r, int status, void *data)
{
    job_t *job = data;
    ngx_int_t rc = status == MACAW_OK ? go_on(r, job) : NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (rc != NGX_AGAIN) {
        job->done(r, rc, NULL);
    }
}

/* ---- the beginning ---- */

/* Whether it sets or deletes any; told, unless NULL: which. */
static bool listen_to(const ngx_http_request_t *r, const ngx_array_t *wraps, u_char *told)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    macaw_set_cookie cookie;
    bool any = false;
    ngx_uint_t i;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            ngx_int_t at = find(wraps, &field[i], &cookie);
            if (at >= 0) {
                if (told != NULL) {
                    told[at] |= deletes(&cookie) ? DELETES : SETS;
                }
                any = true;
            }
        }
    }
    return any;
}

void ngx_http_macaw_guard_wrapped(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    ngx_http_upstream_t *u = r->upstream;

    if (lcf->wraps != NULL && u != NULL && (u->cacheable || u->store) && !r->cached
        && listen_to(r, lcf->wraps, NULL)) {
        u->cacheable = 0;
        u->store = 0;
    }
}

ngx_int_t ngx_http_macaw_wrap(ngx_http_request_t *r, ngx_http_macaw_session_done_pt done)
{
    const ngx_http_macaw_session_loc_conf_t *lcf =
        ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    job_t *job;

    if (lcf->wraps == NULL || r->main->request_line.len == 0) {
        return NGX_DECLINED;
    }
    job = ngx_pcalloc(r->pool, sizeof *job + lcf->wraps->nelts);
    if (job == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    job->told = (u_char *)(job + 1);
    job->done = done;
    job->envelopes = ngx_http_macaw_peek_envelopes(r);
    if (job->envelopes == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    /* A cache's words are old. */
    if (!r->cached) {
        (void)listen_to(r, lcf->wraps, job->told);
    }
    return go_on(r, job);
}

/* Requests that another site made a browser send.
 *
 * An unsafe method needs a token that only pages of this site know, or the word
 * of the browser that a page of this site sent it: Origin, or where there is none
 * Sec-Fetch-Site. Absent, "null" or contradictory words are none. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_state_t state_t;

/* ---- the request ---- */

/* r->method changes on the way; the request line does not. */
static bool has_safe_method(ngx_http_request_t *r)
{
    static const char *const safe[] = {"GET ", "HEAD ", "OPTIONS ", "TRACE "};
    const ngx_str_t *line = &r->main->request_line;
    size_t i;

    for (i = 0; i < sizeof safe / sizeof *safe; i++) {
        size_t len = ngx_strlen(safe[i]);
        if (line->len >= len && ngx_strncmp(line->data, safe[i], len) == 0) {
            return true;
        }
    }
    return false;
}

/* How often a field occurs; the value of the last. Of the client's own fields. */
static ngx_uint_t find_field(ngx_http_request_t *r, const char *name, ngx_str_t *ret)
{
    size_t len = ngx_strlen(name);
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i, n = 0;

    for (part = &r->main->headers_in.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (field[i].key.len == len && ngx_strncmp(field[i].lowcase_key, name, len) == 0) {
                *ret = field[i].value;
                n++;
            }
        }
    }
    return n;
}

/* A WebSocket begins with a GET, and is no reading. */
static bool is_safe(ngx_http_request_t *r)
{
    ngx_str_t upgrade;
    ngx_uint_t upgrades = find_field(r, "upgrade", &upgrade);

    return has_safe_method(r)
           && (upgrades == 0
               || (upgrades == 1
                   && ngx_strlcasestrn(upgrade.data, upgrade.data + upgrade.len,
                                       (u_char *)"websocket", 9 - 1)
                          == NULL));
}

/* ---- origins ---- */

static bool equals(const ngx_str_t *a, const ngx_str_t *b)
{
    return a->len == b->len && ngx_strncasecmp(a->data, b->data, a->len) == 0;
}

/* Cut the default port off "host:port". */
static void cut_port(ngx_str_t *host, const char *port)
{
    size_t len = ngx_strlen(port);

    if (host->len > len && ngx_strncmp(host->data + host->len - len, port, len) == 0) {
        host->len -= len;
    }
}

static bool is_tls(ngx_http_request_t *r)
{
#if (NGX_SSL || NGX_COMPAT)
    return r->connection->ssl != NULL;
#else
    (void)r;
    return false;
#endif
}

/* Behind a terminator of TLS the scheme is not known here: either will do. A page
 * that came over plain HTTP does not vouch for a request over TLS. */
static bool is_own(ngx_http_request_t *r, const ngx_str_t *origin)
{
    const ngx_table_elt_t *field = r->main->headers_in.host;
    bool tls = origin->len > 8 && ngx_strncmp(origin->data, "https://", 8) == 0;
    bool plain = origin->len > 7 && ngx_strncmp(origin->data, "http://", 7) == 0;
    ngx_str_t from, host;

    if (field == NULL || (!tls && (!plain || is_tls(r)))) {
        return false;
    }
    from.data = origin->data + (tls ? 8 : 7);
    from.len = origin->len - (tls ? 8 : 7);
    host = field->value;
    cut_port(&from, tls ? ":443" : ":80");
    cut_port(&host, tls ? ":443" : ":80");
    return equals(&from, &host);
}

static bool is_allowed(const loc_conf *lcf, const ngx_str_t *origin)
{
    const ngx_str_t *allowed = lcf->origins != NULL ? lcf->origins->elts : NULL;
    ngx_uint_t i;

    for (i = 0; allowed != NULL && i < lcf->origins->nelts; i++) {
        if (equals(&allowed[i], origin)) {
            return true;
        }
    }
    return false;
}

bool ngx_http_macaw_same_origin(ngx_http_request_t *r, const loc_conf *lcf)
{
    ngx_str_t origin = ngx_null_string, site = ngx_null_string;
    ngx_uint_t origins = find_field(r, "origin", &origin);
    ngx_uint_t sites = find_field(r, "sec-fetch-site", &site);
    bool same = sites == 1 && site.len == 11 && ngx_strncmp(site.data, "same-origin", 11) == 0;

    if (origins > 1 || sites > 1) {
        return false;
    }
    if (origins == 0) {
        return same;
    }
    if (is_allowed(lcf, &origin)) {
        return true;
    }
    return is_own(r, &origin) && (sites == 0 || same);
}

/* ---- tokens ---- */

static bool is_token_of(const state_t *state, const ngx_str_t *token)
{
    const ngx_http_macaw_format_t *format = state->session->csrf;

    return format != NULL && state->claims.has_sid
           && macaw_csrf_check(format->session, state->claims.sid, ngx_time(),
                               (const char *)token->data, token->len)
                  == MACAW_OK;
}

const char *ngx_http_macaw_csrf_refuses(ngx_http_request_t *r, const loc_conf *lcf,
                                        const state_t *state)
{
    ngx_str_t token = ngx_null_string;
    ngx_uint_t tokens;

    if (is_safe(r)) {
        return NULL;
    }
    tokens = find_field(r, "x-csrf-token", &token);
    if (tokens > 0) {
        return tokens == 1 && is_token_of(state, &token) ? NULL
                                                          : "X-CSRF-Token is not of this session";
    }
    return ngx_http_macaw_same_origin(r, lcf)
               ? NULL
               : "no X-CSRF-Token, and no Origin or Sec-Fetch-Site of this site";
}

ngx_int_t ngx_http_macaw_csrf_token(ngx_http_request_t *r, state_t *state, ngx_str_t *ret)
{
    const ngx_http_macaw_format_t *format =
        ngx_http_macaw_session_ok(state) ? state->session->csrf : NULL;
    u_char *text;

    if (format != NULL && state->claims.has_sid && state->csrf.len == 0) {
        text = ngx_pnalloc(r->pool, MACAW_CSRF_LEN + 1);
        if (text == NULL) {
            return NGX_ERROR;
        }
        if (macaw_csrf_issue(format->session, state->claims.sid, ngx_time(), (char *)text)
            == MACAW_OK) {
            state->csrf.data = text;
            state->csrf.len = MACAW_CSRF_LEN;
        }
    }
    if (format == NULL) {
        ngx_str_null(ret);
    } else {
        *ret = state->csrf;
    }
    return NGX_OK;
}

/* Login and logout by the application.
 *
 * X-Macaw-Login and X-Macaw-Logout are words of the application to this module
 * alone. They are heard where macaw_session_login is on, from the upstream's own
 * fresh answer to the client's own request: never from a cache, a subrequest,
 * another location's upstream, or a header that something else has added. Clients
 * never see them, wherever they come from. */
#include "ngx_http_macaw_session_answer.h"

typedef ngx_http_macaw_session_loc_conf_t loc_conf;

/* ---- the words ---- */

static const char *const words[NGX_HTTP_MACAW_WORDS] = {
    [NGX_HTTP_MACAW_WORD_LOGIN] = "x-macaw-login",
    [NGX_HTTP_MACAW_WORD_LOGOUT] = "x-macaw-logout",
};

/* Compared without case; "_" is "-" to some. */
static bool is_word(const ngx_str_t *name, const char *word)
{
    size_t i;

    if (name->len != ngx_strlen(word)) {
        return false;
    }
    for (i = 0; i < name->len; i++) {
        u_char c = name->data[i] == '_' ? '-' : (u_char)ngx_tolower(name->data[i]);
        if (c != (u_char)word[i]) {
            return false;
        }
    }
    return true;
}

void ngx_http_macaw_strip_words(ngx_list_t *fields)
{
    ngx_list_part_t *part;
    ngx_table_elt_t *field;
    ngx_uint_t i, k;

    for (part = &fields->part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            for (k = 0; k < NGX_HTTP_MACAW_WORDS; k++) {
                if (is_word(&field[i].key, words[k])) {
                    field[i].hash = 0;
                }
            }
        }
    }
}

static bool is_good(ngx_uint_t status)
{
    return status >= 200 && status < 400;
}

/* An upstream without connection is a former one, or a cache. */
static bool is_fresh(const ngx_http_request_t *r)
{
    const ngx_http_upstream_t *u = r->upstream;

    return r == r->main && u != NULL && u->peer.connection != NULL && !r->cached
           && is_good(u->headers_in.status_n) && is_good(r->headers_out.status);
}

/* How often a word occurs in what the upstream sent; the value of the last. */
static ngx_uint_t hear(const ngx_http_request_t *r, const char *word, ngx_str_t *ret)
{
    const ngx_list_part_t *part;
    const ngx_table_elt_t *field;
    ngx_uint_t i, n = 0;

    for (part = &r->upstream->headers_in.headers.part; part != NULL; part = part->next) {
        field = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (field[i].key.len == ngx_strlen(word)
                && ngx_strncasecmp(field[i].key.data, (u_char *)word, field[i].key.len) == 0) {
                *ret = field[i].value;
                n++;
            }
        }
    }
    return n;
}

/* ---- what they lead to ---- */

static ngx_int_t fail(ngx_http_request_t *r, const char *what, const char *why)
{
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0,
                  "macaw: the upstream's %s is not understood: %s; nothing is changed", what, why);
    return NGX_HTTP_BAD_GATEWAY;
}

static ngx_int_t status_of(ngx_int_t rc)
{
    return rc == NGX_BUSY    ? NGX_HTTP_SERVICE_UNAVAILABLE
           : rc == NGX_ERROR ? NGX_HTTP_INTERNAL_SERVER_ERROR
                             : rc;
}

/* NGX_DECLINED: nothing is wanted. NGX_OK: done. NGX_AGAIN: done will be called.
 * Else the status to answer with. */
ngx_int_t ngx_http_macaw_obey(ngx_http_request_t *r, ngx_http_macaw_session_done_pt done)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    ngx_http_macaw_session_t *const *session;
    ngx_uint_t logins, logouts;
    ngx_http_macaw_login_t login;
    ngx_str_t in, out;
    const char *wrong;

    if (!lcf->login || !is_fresh(r)) {
        return NGX_DECLINED;
    }
    session = lcf->use->elts;
    logins = hear(r, words[NGX_HTTP_MACAW_WORD_LOGIN], &in);
    logouts = hear(r, words[NGX_HTTP_MACAW_WORD_LOGOUT], &out);
    if (logins + logouts == 0) {
        return NGX_DECLINED;
    }
    if (logins + logouts > 1) {
        return fail(r, "X-Macaw-Login or X-Macaw-Logout", "there is more than one");
    }
    if (logouts == 1) {
        bool all = out.len == 3 && ngx_strncmp(out.data, "all", 3) == 0;
        if (!all && (out.len != 1 || out.data[0] != '1')) {
            return fail(r, "X-Macaw-Logout", "it is neither 1 nor all");
        }
        return status_of(ngx_http_macaw_session_logout(r, session[0], all, done, NULL));
    }
    wrong = ngx_http_macaw_read_login(r->pool, &in, &login);
    if (wrong != NULL) {
        return fail(r, "X-Macaw-Login", wrong);
    }
    return status_of(ngx_http_macaw_session_login(r, session[0], &login, done, NULL));
}

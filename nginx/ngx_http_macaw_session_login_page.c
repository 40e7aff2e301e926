/* macaw_session_login_page: the page, its form, and who is let in. */
#include "ngx_http_macaw_session_login.h"

#include <openssl/crypto.h>

typedef ngx_http_macaw_login_page_t login_page_t;
typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_login_view_t view_t;

enum field { TOKEN, RETURN, USERNAME, PASSWORD, CSRF, ACTION };

static const char *const names[NGX_HTTP_MACAW_FIELDS_MAX + 1] = {
    [TOKEN] = "token",       [RETURN] = "return", [USERNAME] = "username",
    [PASSWORD] = "password", [CSRF] = "csrf",     [ACTION] = "action",
};

/* One POST, in its pool. */
typedef struct {
    const login_page_t *page;
    ngx_http_macaw_form_t form;
    ngx_str_t path; /* to return to, NUL-terminated */
    ngx_http_macaw_attempt_t attempt;
} post_t;

static const login_page_t *page_of(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);

    return lcf->login_page;
}

/* ---- the page ---- */

/* For somebody who is logged in the token is that of the session, else the form's. */
static ngx_int_t look(ngx_http_request_t *r, view_t *view)
{
    const ngx_http_macaw_session_t *session = view->page->session;
    macaw_session_claims claims;
    u_char *text;

    (void)ngx_http_macaw_session_presented(r, session, &claims);
    if (claims.reason != MACAW_SESSION_OK || claims.subject.len == 0 || !claims.has_sid) {
        return ngx_http_macaw_login_token(r, view->page, &view->token);
    }
    text = ngx_pnalloc(r->pool, claims.subject.len + MACAW_CSRF_LEN + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }
    view->logged_in.data = text + MACAW_CSRF_LEN + 1;
    view->logged_in.len = claims.subject.len;
    ngx_memcpy(view->logged_in.data, claims.subject.data, claims.subject.len);
    if (macaw_csrf_issue(session->csrf->session, claims.sid, ngx_time(), (char *)text)
        == MACAW_OK) {
        view->token.data = text;
        view->token.len = MACAW_CSRF_LEN;
    }
    return NGX_OK;
}

static ngx_int_t show(ngx_http_request_t *r)
{
    view_t view = {.page = page_of(r), .status = NGX_HTTP_OK};
    ngx_str_t path;
    ngx_int_t rc = ngx_http_discard_request_body(r);

    if (rc != NGX_OK) {
        return rc;
    }
    if (ngx_http_arg(r, (u_char *)"return", 6, &path) == NGX_OK) {
        path.data = ngx_pstrdup(r->pool, &path);
        if (path.data == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
        if (ngx_http_macaw_decode_field(&path) && ngx_http_macaw_is_return_path(&path)) {
            view.path = path;
        }
    }
    return look(r, &view) == NGX_OK ? ngx_http_macaw_send_login_page(r, &view)
                                    : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

/* Who is logged in already and mistypes a password is asked again all the same. */
static void show_again(ngx_http_request_t *r, const post_t *post, ngx_uint_t status,
                       enum ngx_http_macaw_login_message message, time_t wait)
{
    view_t view = {
        .page = post->page,
        .status = status,
        .message = message,
        .wait = wait,
        .user = post->form.values[USERNAME],
    };
    ngx_int_t rc = NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (ngx_http_macaw_is_return_path(&post->path)) {
        view.path = post->path;
    }
    if (view.user.len > MACAW_SESSION_SUBJECT_MAX) {
        view.user.len = 0;
    }
    if (ngx_http_macaw_login_token(r, post->page, &view.token) == NGX_OK) {
        rc = ngx_http_macaw_send_login_page(r, &view);
    }
    ngx_http_finalize_request(r, rc);
}

/* ---- in ---- */

static void logged_in(ngx_http_request_t *r, ngx_int_t rc, void *data)
{
    const post_t *post = data;
    ngx_str_t top = ngx_string("/");

    ngx_http_finalize_request(
        r, rc == NGX_OK ? ngx_http_macaw_see_other(
               r, ngx_http_macaw_is_return_path(&post->path) ? &post->path : &top)
                        : NGX_HTTP_INTERNAL_SERVER_ERROR);
}

static void log_in(ngx_http_request_t *r, post_t *post)
{
    const ngx_str_t *user = &post->form.values[USERNAME];
    const ngx_http_macaw_login_t login = {
        .subject = {(const char *)user->data, user->len},
    };
    ngx_int_t rc = ngx_http_macaw_session_login(r, post->page->session, &login, logged_in, post);

    if (rc == NGX_BUSY) {
        show_again(r, post, NGX_HTTP_SERVICE_UNAVAILABLE, NGX_HTTP_MACAW_LOGIN_SOON, 1);
    } else if (rc != NGX_AGAIN) {
        logged_in(r, rc, post);
    }
}

/* A name that is nobody's may be a password in the wrong field: it is not logged. */
static void refuse(ngx_http_request_t *r, const post_t *post)
{
    const ngx_str_t *user = &post->form.values[USERNAME];
    ngx_str_t name = ngx_string("(nobody)");
    bool known;

    (void)ngx_http_macaw_find_password(post->page->passwords, user, &known);
    if (known) {
        (void)ngx_http_macaw_percent_encode(
            r->pool, (macaw_str){(const char *)user->data, user->len}, &name);
    }
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_LOGIN_REFUSED);
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "macaw: session \"%V\": login refused: wrong password for %V",
                  &post->page->session->name, &name);
    show_again(r, post, NGX_HTTP_UNAUTHORIZED, NGX_HTTP_MACAW_LOGIN_WRONG, 0);
}

static void checked(ngx_http_request_t *r, ngx_int_t rc, void *data)
{
    post_t *post = data;

    OPENSSL_cleanse(post->form.values[PASSWORD].data, post->form.values[PASSWORD].len);
    if (rc != NGX_DECLINED) {
        ngx_http_macaw_end_attempt(r, &post->attempt, rc == NGX_OK);
    }
    switch (rc) {
    case NGX_OK:
        log_in(r, post);
        break;
    case NGX_DECLINED:
        refuse(r, post);
        break;
    case NGX_BUSY:
        show_again(r, post, NGX_HTTP_SERVICE_UNAVAILABLE, NGX_HTTP_MACAW_LOGIN_BUSY, 2);
        break;
    default:
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
    }
}

static void limit(ngx_http_request_t *r, const post_t *post, time_t wait)
{
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_LOGIN_LIMITED);
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "macaw: session \"%V\": login refused: too many attempts, %T s to wait",
                  &post->page->session->name, wait);
    show_again(r, post, NGX_HTTP_TOO_MANY_REQUESTS, NGX_HTTP_MACAW_LOGIN_LIMITED, wait);
}

/* What cannot be anybody's costs no hash. */
static void try(ngx_http_request_t *r, post_t *post)
{
    const ngx_str_t *user = &post->form.values[USERNAME];
    const ngx_str_t *password = &post->form.values[PASSWORD];
    ngx_int_t rc;
    time_t wait;

    if (user->len == 0 || user->len > MACAW_SESSION_SUBJECT_MAX || password->len == 0
        || password->len > NGX_HTTP_MACAW_PASSWORD_MAX) {
        show_again(r, post, NGX_HTTP_UNAUTHORIZED, NGX_HTTP_MACAW_LOGIN_WRONG, 0);
        return;
    }
    wait = ngx_http_macaw_begin_attempt(r, post->page->session, user, &post->attempt);
    if (wait > 0) {
        limit(r, post, wait);
        return;
    }
    rc = ngx_http_macaw_check_password(r, post->page->passwords, user, password, checked, post);
    if (rc != NGX_OK) {
        checked(r, rc, post);
    }
}

/* ---- the form ---- */

static bool is(const ngx_str_t *value, const char *word)
{
    return value->len == ngx_strlen(word) && ngx_strncmp(value->data, word, value->len) == 0;
}

/* Out again, back to this page. */
static void log_out(ngx_http_request_t *r, const post_t *post)
{
    const ngx_str_t *action = &post->form.values[ACTION];
    ngx_str_t here;

    here.data = ngx_pnalloc(r->pool, r->uri.len * 3 + 1);
    if (here.data == NULL || (!is(action, "logout") && !is(action, "logout-all"))) {
        ngx_http_finalize_request(r, here.data == NULL ? NGX_HTTP_INTERNAL_SERVER_ERROR
                                                       : NGX_HTTP_BAD_REQUEST);
        return;
    }
    here.len = (size_t)((u_char *)ngx_escape_uri(here.data, r->uri.data, r->uri.len,
                                                 NGX_ESCAPE_URI)
                        - here.data);
    here.data[here.len] = '\0';
    if (!ngx_http_macaw_is_return_path(&here)) {
        ngx_str_set(&here, "/");
    }
    ngx_http_macaw_logout_by_form(r, post->page->session, is(action, "logout-all"),
                                  &post->form.values[CSRF], &here);
}

static void refuse_cross_site(ngx_http_request_t *r, const post_t *post,
                              enum ngx_http_macaw_login_message message)
{
    ngx_http_macaw_count_session(r, NGX_HTTP_MACAW_SESSION_CSRF_REFUSED);
    ngx_log_error(NGX_LOG_WARN, r->connection->log, 0,
                  "macaw: session \"%V\": login refused: cross-site: %s",
                  &post->page->session->name,
                  message == NGX_HTTP_MACAW_LOGIN_OLD
                      ? "the form's token is not of this browser"
                      : "no Origin or Sec-Fetch-Site of this site");
    show_again(r, post, NGX_HTTP_FORBIDDEN, message, 0);
}

static void posted(ngx_http_request_t *r)
{
    const loc_conf *lcf = ngx_http_get_module_loc_conf(r, ngx_http_macaw_session_module);
    post_t *post = ngx_pcalloc(r->pool, sizeof *post);
    ngx_int_t rc = post != NULL ? ngx_http_macaw_read_form(r, names, &post->form)
                                : NGX_HTTP_INTERNAL_SERVER_ERROR;

    if (rc != NGX_OK) {
        ngx_http_finalize_request(r, rc);
        return;
    }
    post->page = lcf->login_page;
    post->path = post->form.values[RETURN];
    if (post->form.values[ACTION].data != NULL) {
        log_out(r, post);
    } else if (!ngx_http_macaw_same_origin(r, lcf)) {
        refuse_cross_site(r, post, NGX_HTTP_MACAW_LOGIN_FOREIGN);
    } else if (!ngx_http_macaw_check_login_token(r, post->page, &post->form.values[TOKEN])) {
        refuse_cross_site(r, post, NGX_HTTP_MACAW_LOGIN_OLD);
    } else {
        try(r, post);
    }
}

ngx_int_t ngx_http_macaw_login_page_handler(ngx_http_request_t *r)
{
    ngx_int_t rc;

    if ((r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) != 0) {
        return show(r);
    }
    if (r->method != NGX_HTTP_POST || r != r->main) {
        return ngx_http_macaw_not_allowed(r, "GET, HEAD, POST");
    }
    rc = ngx_http_macaw_check_form(r);
    if (rc == NGX_OK) {
        rc = ngx_http_read_client_request_body(r, posted);
        return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
    }
    return rc;
}

/* The login page: HTML without a script, read by screen readers and password
 * managers, usable by keyboard. Everything that comes from a client is escaped. */
#include "ngx_http_macaw_session_login.h"

typedef ngx_http_macaw_login_page_t login_page_t;
typedef ngx_http_macaw_login_view_t view_t;

#define ROOM 4096 /* of the page without what is filled in */

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n";

static const char fields[] =
    "<label for=\"username\">User name</label>\n"
    "<input id=\"username\" name=\"username\" type=\"text\" autocomplete=\"username\" "
    "autocapitalize=\"none\" autocorrect=\"off\" spellcheck=\"false\" maxlength=\"255\" required "
    "value=\"%V\"%s%s>\n"
    "<label for=\"password\">Password</label>\n"
    "<input id=\"password\" name=\"password\" type=\"password\" "
    "autocomplete=\"current-password\" maxlength=\"511\" required%s%s>\n"
    "<button type=\"submit\">Log in</button>\n";

/* What is filled in, escaped. */
typedef struct {
    ngx_str_t action, path, user, logged_in;
} text_t;

#define PUT(...) (p = ngx_slprintf(p, end, __VA_ARGS__))

/* ---- parts ---- */

static u_char *put_wait(u_char *p, u_char *end, time_t wait)
{
    if (wait < 120) {
        return PUT("%T second%s", wait, wait == 1 ? "" : "s");
    }
    return PUT("%T minutes", (wait + 59) / 60);
}

static u_char *put_message(u_char *p, u_char *end, const view_t *view)
{
    static const char *const messages[] = {
        [NGX_HTTP_MACAW_LOGIN_NO_MESSAGE] = "",
        [NGX_HTTP_MACAW_LOGIN_WRONG] = "User name or password is wrong.",
        [NGX_HTTP_MACAW_LOGIN_OLD] =
            ("This page was open for too long, or your browser did not send its cookie back. "
             "Please log in again, and allow cookies for this site."),
        [NGX_HTTP_MACAW_LOGIN_FOREIGN] =
            "This did not come from the login page of this site. Please log in again.",
        [NGX_HTTP_MACAW_LOGIN_LIMITED] = "Too many attempts. Please wait ",
        [NGX_HTTP_MACAW_LOGIN_BUSY] =
            "Too many people are logging in just now. Please try again in a moment.",
        [NGX_HTTP_MACAW_LOGIN_SOON] =
            "You were logged out everywhere a moment ago. Please try again.",
    };

    if (view->message == NGX_HTTP_MACAW_LOGIN_NO_MESSAGE) {
        return p;
    }
    PUT("<p class=\"error\" id=\"error\" role=\"alert\">%s", messages[view->message]);
    if (view->message == NGX_HTTP_MACAW_LOGIN_LIMITED) {
        p = put_wait(p, end, view->wait);
        PUT(" and try again.");
    }
    return PUT("</p>\n");
}

/* The cursor is where something has to be typed. */
static u_char *put_login(u_char *p, u_char *end, const view_t *view, const text_t *text)
{
    static const char focus[] = " autofocus";
    static const char wrong[] = " aria-invalid=\"true\" aria-describedby=\"error\"";
    bool is_wrong = view->message == NGX_HTTP_MACAW_LOGIN_WRONG;
    bool has_user = text->user.len > 0;

    PUT("<form method=\"post\" action=\"%V\">\n", &text->action);
    PUT("<input type=\"hidden\" name=\"token\" value=\"%V\">\n", &view->token);
    if (text->path.len > 0) {
        PUT("<input type=\"hidden\" name=\"return\" value=\"%V\">\n", &text->path);
    }
    PUT(fields, &text->user, has_user ? "" : focus, is_wrong ? wrong : "", has_user ? focus : "",
        is_wrong ? wrong : "");
    return PUT("</form>\n");
}

static u_char *put_logout(u_char *p, u_char *end, const view_t *view, const text_t *text)
{
    PUT("<p>You are logged in as <strong>%V</strong>.</p>\n", &text->logged_in);
    if (text->path.len > 0) {
        PUT("<p><a href=\"%V\">Continue</a></p>\n", &text->path);
    }
    PUT("<form method=\"post\" action=\"%V\">\n", &text->action);
    PUT("<input type=\"hidden\" name=\"csrf\" value=\"%V\">\n", &view->token);
    PUT("<button name=\"action\" value=\"logout\">Log out</button>\n");
    if (view->page->session->zone != NULL) {
        PUT("<button class=\"quiet\" name=\"action\" value=\"logout-all\">Log out everywhere"
            "</button>\n");
    }
    return PUT("</form>\n");
}

/* ---- the whole ---- */

/* Where the form goes: this location, as the client may spell it. */
static ngx_int_t print_action(ngx_http_request_t *r, ngx_str_t *ret)
{
    uintptr_t coded = ngx_escape_uri(NULL, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    ngx_str_t path;
    u_char *p = ngx_pnalloc(r->pool, r->uri.len + 2 * coded + 1);

    if (p == NULL) {
        return NGX_ERROR;
    }
    path.data = p;
    path.len = r->uri.len + 2 * coded;
    (void)ngx_escape_uri(p, r->uri.data, r->uri.len, NGX_ESCAPE_URI);
    if (!ngx_http_macaw_is_return_path(&path)) {
        path.len = 0;
    }
    return ngx_http_macaw_escape_html(r->pool, &path, ret);
}

static ngx_int_t print_text(ngx_http_request_t *r, const view_t *view, text_t *ret)
{
    if (print_action(r, &ret->action) != NGX_OK
        || ngx_http_macaw_escape_html(r->pool, &view->path, &ret->path) != NGX_OK
        || ngx_http_macaw_escape_html(r->pool, &view->user, &ret->user) != NGX_OK) {
        return NGX_ERROR;
    }
    return ngx_http_macaw_escape_html(r->pool, &view->logged_in, &ret->logged_in);
}

static ngx_buf_t *print_page(ngx_http_request_t *r, const view_t *view)
{
    const login_page_t *page = view->page;
    ngx_buf_t *b;
    u_char *p, *end;
    text_t text;

    if (print_text(r, view, &text) != NGX_OK) {
        return NULL;
    }
    b = ngx_create_temp_buf(r->pool, ROOM + page->style.len + 2 * page->title.len
                                         + text.action.len + text.path.len + text.user.len
                                         + text.logged_in.len);
    if (b == NULL) {
        return NULL;
    }
    p = b->last;
    end = b->end;
    PUT("%s<title>%V</title>\n<style>", head, &page->title);
    p = ngx_cpymem(p, page->style.data, page->style.len);
    PUT("</style>\n</head>\n<body>\n<main>\n<h1>%V</h1>\n", &page->title);
    p = put_message(p, end, view);
    p = view->logged_in.len > 0 ? put_logout(p, end, view, &text) : put_login(p, end, view, &text);
    PUT("</main>\n</body>\n</html>\n");
    b->last = p;
    b->last_buf = 1;
    b->last_in_chain = 1;
    return b;
}

/* ---- headers ---- */

static ngx_int_t add(ngx_http_request_t *r, const char *name, const char *value)
{
    return ngx_http_macaw_add_header(r, name, value) != NULL ? NGX_OK : NGX_ERROR;
}

static ngx_int_t add_wait(ngx_http_request_t *r, time_t wait)
{
    u_char *text = ngx_pnalloc(r->pool, NGX_TIME_T_LEN + 1);

    if (text == NULL) {
        return NGX_ERROR;
    }
    (void)ngx_sprintf(text, "%T%Z", wait);
    return add(r, "Retry-After", (const char *)text);
}

/* RFC 9110 wants a challenge with every 401; it names no scheme for forms. Without
 * a Referer in the way of Origin: "no-referrer" would make it "null". */
static ngx_int_t add_headers(ngx_http_request_t *r, const view_t *view)
{
    if (add(r, "Content-Security-Policy", (const char *)view->page->policy.data) != NGX_OK
        || add(r, "Referrer-Policy", "same-origin") != NGX_OK
        || add(r, "X-Content-Type-Options", "nosniff") != NGX_OK
        || add(r, "X-Frame-Options", "DENY") != NGX_OK
        || add(r, "Cross-Origin-Opener-Policy", "same-origin") != NGX_OK
        || ngx_http_macaw_no_store(r) != NGX_OK) {
        return NGX_ERROR;
    }
    if (view->wait > 0 && add_wait(r, view->wait) != NGX_OK) {
        return NGX_ERROR;
    }
    return view->status == NGX_HTTP_UNAUTHORIZED ? add(r, "WWW-Authenticate", "Cookie") : NGX_OK;
}

ngx_int_t ngx_http_macaw_send_login_page(ngx_http_request_t *r, const view_t *view)
{
    ngx_chain_t out = {print_page(r, view), NULL};
    ngx_int_t rc;

    if (out.buf == NULL || add_headers(r, view) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->headers_out.status = view->status;
    r->headers_out.content_length_n = out.buf->last - out.buf->pos;
    ngx_str_set(&r->headers_out.content_type, "text/html; charset=utf-8");
    r->headers_out.content_type_len = sizeof "text/html" - 1;
    r->headers_out.content_type_lowcase = NULL;
    rc = ngx_http_send_header(r);
    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }
    return ngx_http_output_filter(r, &out);
}

/* macaw_session_login_page and macaw_session_logout: reading the directives. */
#include "ngx_http_macaw_session_login.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

#define STYLE_MAX 65536

typedef ngx_http_macaw_login_page_t login_page_t;
typedef ngx_http_macaw_session_loc_conf_t loc_conf;
typedef ngx_http_macaw_session_t session_t;

static const char built_in_style[] =
#include "ngx_http_macaw_session_login_style.h"
    ;

#define FAIL(directive, ...) \
    (ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, directive ": " __VA_ARGS__), NGX_CONF_ERROR)

ngx_int_t ngx_http_macaw_escape_html(ngx_pool_t *pool, const ngx_str_t *text, ngx_str_t *ret)
{
    size_t more = (size_t)ngx_escape_html(NULL, text->data, text->len);
    u_char *p = ngx_pnalloc(pool, text->len + more + 1);

    if (p == NULL) {
        return NGX_ERROR;
    }
    ret->data = p;
    ret->len = text->len + more;
    *(u_char *)ngx_escape_html(p, text->data, text->len) = '\0';
    return NGX_OK;
}

/* ---- what the page is made of ---- */

static char *read_style(ngx_conf_t *cf, ngx_str_t *file, ngx_str_t *ret)
{
    u_char *text = ngx_pnalloc(cf->pool, STYLE_MAX + 1);
    ssize_t n = -1;
    ngx_fd_t fd;

    if (text == NULL || ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    fd = open((char *)file->data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0) {
        n = read(fd, text, STYLE_MAX + 1);
        (void)close(fd);
    }
    if (n < 0 || n > STYLE_MAX) {
        return FAIL("macaw_session_login_page", "%V: %s", file,
                    n < 0 ? strerror(errno) : "longer than 64k");
    }
    if (memchr(text, '<', (size_t)n) != NULL || memchr(text, '\0', (size_t)n) != NULL) {
        return FAIL("macaw_session_login_page", "%V: a \"<\" would end the style", file);
    }
    ret->data = text;
    ret->len = (size_t)n;
    return NGX_CONF_OK;
}

/* Nothing but the style itself, named by its hash, may be loaded or run. */
static char *set_policy(ngx_conf_t *cf, login_page_t *page)
{
    static const char policy[] = "default-src 'none'; style-src 'sha256-%s'; form-action 'self'; "
                                 "base-uri 'none'; frame-ancestors 'none'%Z";
    uint8_t hash[SHA256_DIGEST_LENGTH];
    u_char code[48], *p = ngx_pnalloc(cf->pool, sizeof policy + sizeof code);

    if (p == NULL) {
        return NGX_CONF_ERROR;
    }
    SHA256(page->style.data, page->style.len, hash);
    EVP_EncodeBlock(code, hash, sizeof hash);
    page->policy.data = p;
    page->policy.len = (size_t)(ngx_sprintf(p, policy, code) - p) - 1;
    return NGX_CONF_OK;
}

static char *set_cookie(ngx_conf_t *cf, login_page_t *page)
{
    const ngx_str_t *name = &page->session->cookie;
    u_char *p = ngx_pnalloc(cf->pool, name->len + sizeof "-login");

    if (p == NULL) {
        return NGX_CONF_ERROR;
    }
    if (name->len + sizeof "-login" > MACAW_COOKIE_NAME_MAX) {
        return FAIL("macaw_session_login_page", "the cookie's name is too long");
    }
    page->cookie.data = p;
    page->cookie.len = (size_t)(ngx_sprintf(p, "%V-login%Z", name) - p) - 1;
    return NGX_CONF_OK;
}

/* ---- the directives' words ---- */

/* "NAME=REST": the rest, or data NULL. */
static ngx_str_t rest_of(const ngx_str_t *value, const char *name)
{
    size_t len = ngx_strlen(name);
    ngx_str_t rest = ngx_null_string;

    if (value->len > len && ngx_strncmp(value->data, name, len) == 0) {
        rest.data = value->data + len;
        rest.len = value->len - len;
    }
    return rest;
}

typedef struct {
    ngx_str_t htpasswd, title, style, threads;
} words_t;

static char *read_words(ngx_conf_t *cf, words_t *ret)
{
    const ngx_str_t *value = cf->args->elts;
    const struct {
        const char *name;
        ngx_str_t *to;
    } words[] = {
        {"htpasswd=", &ret->htpasswd},
        {"title=", &ret->title},
        {"style=", &ret->style},
        {"threads=", &ret->threads},
    };
    ngx_uint_t i, k;
    ngx_str_t rest;

    ngx_memzero(ret, sizeof *ret);
    for (i = 2; i < cf->args->nelts; i++) {
        for (k = 0; k < sizeof words / sizeof *words; k++) {
            rest = rest_of(&value[i], words[k].name);
            if (rest.len > 0 && words[k].to->len == 0) {
                *words[k].to = rest;
                break;
            }
        }
        if (k == sizeof words / sizeof *words) {
            return FAIL("macaw_session_login_page",
                        "\"%V\" is not htpasswd=FILE, title=TEXT, style=FILE or threads=POOL, "
                        "each once",
                        &value[i]);
        }
    }
    return ret->htpasswd.len > 0 ? NGX_CONF_OK
                                 : FAIL("macaw_session_login_page", "say htpasswd=FILE");
}

/* A definition by its name that can be logged in to here. */
static session_t *find_issuer(ngx_conf_t *cf, const ngx_str_t *name)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    session_t *session = ngx_http_macaw_find_session(mcf, name);

    if (session == NULL) {
        (void)FAIL("macaw_session_login_page", "no macaw_session \"%V\" before this", name);
        return NULL;
    }
    if (session->issuer == NULL || session->csrf == NULL) {
        (void)FAIL("macaw_session_login_page", "macaw_session \"%V\" %s", name,
                   session->issuer == NULL
                       ? "issues nothing: it has no sc1 scheme with a key that signs"
                       : "has no sc1 scheme with a secret key, which the form's token needs");
        return NULL;
    }
    return session;
}

/* ---- the place ---- */

/* The location is for everybody; a form is small and never goes to a file. */
static char *take_place(ngx_conf_t *cf, loc_conf *lcf, ngx_http_handler_pt handler)
{
    ngx_http_core_loc_conf_t *clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    lcf->open = 1;
    lcf->open_place = ngx_http_macaw_place_of(cf);
    clcf->handler = handler;
    clcf->client_max_body_size = NGX_HTTP_MACAW_FORM_MAX;
    clcf->client_body_buffer_size = 2 * NGX_HTTP_MACAW_FORM_MAX;
    clcf->client_body_in_single_buffer = 1;
    clcf->client_body_in_file_only = 0;
    return NGX_CONF_OK;
}

static char *add_passwords(ngx_conf_t *cf, login_page_t *page, words_t *words)
{
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    ngx_http_macaw_passwords_t *passwords = ngx_http_macaw_read_htpasswd(cf, &words->htpasswd);

    if (passwords == NULL) {
        return NGX_CONF_ERROR;
    }
    if (mcf->hashing == NULL) {
        mcf->hashing = ngx_http_macaw_make_hashing(cf->pool);
    }
    passwords->hashing = mcf->hashing;
    page->passwords = passwords;
#if NGX_THREADS
    passwords->threads = ngx_thread_pool_add(cf, words->threads.len > 0 ? &words->threads : NULL);
    return passwords->hashing != NULL && passwords->threads != NULL ? NGX_CONF_OK : NGX_CONF_ERROR;
#else
    return FAIL("macaw_session_login_page", "nginx was built without threads");
#endif
}

static void warn_of_copies(ngx_conf_t *cf, const session_t *session)
{
    if (session->zone_name.len == 0) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "macaw_session \"%V\" has no zone: a copied cookie stays valid after a "
                           "logout",
                           &session->name);
    }
}

char *ngx_http_macaw_session_login_page(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    static ngx_str_t no_title = ngx_string("Log in");
    const ngx_str_t *value = cf->args->elts;
    login_page_t *page = ngx_pcalloc(cf->pool, sizeof *page);
    loc_conf *lcf = conf;
    words_t words;

    (void)cmd;
    if (page == NULL || read_words(cf, &words) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }
    if (lcf->open) {
        return FAIL("macaw_session_login_page", "the location has a page or a logout already");
    }
    page->session = find_issuer(cf, &value[1]);
    page->style.data = (u_char *)built_in_style;
    page->style.len = sizeof built_in_style - 1;
    if (page->session == NULL || add_passwords(cf, page, &words) != NGX_CONF_OK
        || (words.style.len > 0
            && read_style(cf, &words.style, &page->style) != NGX_CONF_OK)
        || set_policy(cf, page) != NGX_CONF_OK || set_cookie(cf, page) != NGX_CONF_OK
        || ngx_http_macaw_escape_html(cf->pool, words.title.len > 0 ? &words.title : &no_title,
                                      &page->title)
               != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    warn_of_copies(cf, page->session);
    lcf->login_page = page;
    return take_place(cf, lcf, ngx_http_macaw_login_page_handler);
}

/* macaw_session_logout NAME [all] [return=PATH] */
char *ngx_http_macaw_session_logout_place(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    static ngx_str_t top = ngx_string("/");
    ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_session_module);
    ngx_http_macaw_logout_place_t *place = ngx_pcalloc(cf->pool, sizeof *place);
    const ngx_str_t *value = cf->args->elts;
    loc_conf *lcf = conf;
    ngx_str_t path;
    ngx_uint_t i;

    (void)cmd;
    if (place == NULL) {
        return NGX_CONF_ERROR;
    }
    if (lcf->open) {
        return FAIL("macaw_session_logout", "the location has a page or a logout already");
    }
    place->session = ngx_http_macaw_find_session(mcf, &value[1]);
    if (place->session == NULL) {
        return FAIL("macaw_session_logout", "no macaw_session \"%V\" before this", &value[1]);
    }
    for (i = 2; i < cf->args->nelts; i++) {
        path = rest_of(&value[i], "return=");
        if (value[i].len == 3 && ngx_strncmp(value[i].data, "all", 3) == 0 && !place->everywhere) {
            place->everywhere = true;
        } else if (path.len > 0 && place->path.len == 0 && ngx_http_macaw_is_return_path(&path)) {
            place->path = path;
        } else {
            return FAIL("macaw_session_logout",
                        "\"%V\" is not all or return=PATH with a path on this site, each once",
                        &value[i]);
        }
    }
    if (place->path.len == 0) {
        place->path = top;
    }
    warn_of_copies(cf, place->session);
    lcf->logout = place;
    return take_place(cf, lcf, ngx_http_macaw_logout_handler);
}

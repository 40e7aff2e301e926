/* The Cookie and Set-Cookie header fields. */
#include <macaw/cookie.h>

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* RFC 9110 section 5.6.2. */
static bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

/* RFC 6265 section 4.1.1: no control bytes, space, quote, comma, semicolon, backslash. */
static bool is_value_char(char c)
{
    return c > ' ' && c < 0x7f && c != '"' && c != ',' && c != ';' && c != '\\';
}

/* With or without a quote at both ends. */
static bool is_value(macaw_str text)
{
    if (text.len > 1 && text.data[0] == '"' && text.data[text.len - 1] == '"') {
        text = (macaw_str){text.data + 1, text.len - 2};
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_value_char(text.data[i])) {
            return false;
        }
    }
    return true;
}

static bool is_name(const char *name)
{
    size_t n = 0;

    while (is_token_char(name[n])) {
        n++;
    }
    return n > 0 && n <= MACAW_COOKIE_NAME_MAX && name[n] == '\0';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static macaw_str trim(macaw_str text)
{
    while (text.len > 0 && is_space(text.data[0])) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* Cut the piece before the next ";" off rest. */
static macaw_str next_piece(macaw_str *rest)
{
    const char *end = memchr(rest->data, ';', rest->len);
    size_t n = end != NULL ? (size_t)(end - rest->data) : rest->len;
    macaw_str piece = {rest->data, n};

    rest->data += end != NULL ? n + 1 : n;
    rest->len -= end != NULL ? n + 1 : n;
    return piece;
}

/* NAME=VALUE; without "=", all of it is the name. */
static bool split_pair(macaw_str piece, macaw_str *name, macaw_str *value)
{
    const char *eq = piece.len > 0 ? memchr(piece.data, '=', piece.len) : NULL;

    if (eq == NULL) {
        *name = trim(piece);
        *value = (macaw_str){piece.data + piece.len, 0};
        return false;
    }
    size_t n = (size_t)(eq - piece.data);
    *name = trim((macaw_str){piece.data, n});
    *value = trim((macaw_str){eq + 1, piece.len - n - 1});
    return true;
}

static bool is_cookie(macaw_str piece, const char *name, macaw_str *value)
{
    macaw_str found;

    return split_pair(piece, &found, value) && found.len == strlen(name) &&
           memcmp(found.data, name, found.len) == 0;
}

/* ---- Cookie ---- */

int macaw_cookie_find(macaw_str field, const char *name, macaw_str *ret)
{
    macaw_str value, found = {NULL, 0};

    while (field.len > 0) {
        if (!is_cookie(next_piece(&field), name, &value)) {
            continue;
        }
        if (found.data != NULL) {
            return MACAW_EEXIST;
        }
        found = value;
    }
    if (found.data == NULL) {
        return MACAW_ENOTFOUND;
    }
    if (!is_value(found)) {
        return MACAW_EFORMAT;
    }
    *ret = found;
    return MACAW_OK;
}

size_t macaw_cookie_remove(macaw_str field, const char *name, char *out)
{
    size_t len = 0;
    bool any = false;
    macaw_str value;

    while (field.len > 0) {
        macaw_str piece = next_piece(&field);
        if (is_cookie(piece, name, &value) || trim(piece).len == 0) {
            continue;
        }
        if (!any) {
            piece = trim(piece);
        } else {
            out[len++] = ';';
        }
        memmove(out + len, piece.data, piece.len);
        len += piece.len;
        any = true;
    }
    return len;
}

/* ---- Set-Cookie, writing ---- */

static bool has_prefix(macaw_str name, const char *prefix)
{
    return name.len >= strlen(prefix) && strncasecmp(name.data, prefix, strlen(prefix)) == 0;
}

/* Characters of an attribute's value: no control bytes, no ";" */
static bool is_attribute(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text >= 0x7f || *text == ';') {
            return false;
        }
    }
    return true;
}

static bool browsers_accept(macaw_str name, const macaw_cookie_attributes *attributes,
                            const char *path)
{
    bool secure = !attributes->insecure;

    if (has_prefix(name, "__Host-")) {
        return secure && attributes->domain == NULL && strcmp(path, "/") == 0;
    }
    return secure ||
           (!has_prefix(name, "__Secure-") && attributes->same_site != MACAW_SAME_SITE_NONE);
}

static const char *const same_sites[] = {
    [MACAW_SAME_SITE_LAX] = "Lax",
    [MACAW_SAME_SITE_STRICT] = "Strict",
    [MACAW_SAME_SITE_NONE] = "None",
};

static int check(const char *name, macaw_str value, const macaw_cookie_attributes *attributes,
                 const char *path)
{
    if (!is_name(name) || path[0] != '/' || !is_attribute(path) || attributes->max_age < -1 ||
        (attributes->domain != NULL && !is_attribute(attributes->domain)) ||
        (size_t)attributes->same_site >= sizeof same_sites / sizeof *same_sites ||
        !browsers_accept((macaw_str){name, strlen(name)}, attributes, path)) {
        return MACAW_EARG;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (!is_value_char(value.data[i])) {
            return MACAW_EARG;
        }
    }
    return strlen(name) + value.len > MACAW_COOKIE_MAX ? MACAW_ELIMIT : MACAW_OK;
}

int macaw_cookie_write(const char *name, macaw_str value, const macaw_cookie_attributes *attributes,
                       char *out, size_t size, size_t *out_len)
{
    const char *path = attributes->path != NULL ? attributes->path : "/";
    const char *domain = attributes->domain;
    char age[40] = "";
    int status = check(name, value, attributes, path);

    if (status != MACAW_OK) {
        return status;
    }
    if (attributes->max_age >= 0) {
        (void)snprintf(age, sizeof age, "; Max-Age=%lld", (long long)attributes->max_age);
    }
    int n = snprintf(out, size, "%s=%.*s; Path=%s%s%s%s%s%s; SameSite=%s", name, (int)value.len,
                     value.len > 0 ? value.data : "", path, domain != NULL ? "; Domain=" : "",
                     domain != NULL ? domain : "", age, attributes->insecure ? "" : "; Secure",
                     attributes->readable ? "" : "; HttpOnly", same_sites[attributes->same_site]);
    if (n < 0 || (size_t)n >= size) {
        return MACAW_ELIMIT;
    }
    *out_len = (size_t)n;
    return MACAW_OK;
}

/* ---- Set-Cookie, reading ---- */

static bool equals(macaw_str text, const char *word)
{
    return text.len == strlen(word) && strncasecmp(text.data, word, text.len) == 0;
}

/* Max-Age: digits, or "-" and digits, which browsers take for 0. */
static int64_t read_age(macaw_str text)
{
    int64_t value = 0;

    if (text.len > 0 && text.data[0] == '-') {
        return 0;
    }
    for (size_t i = 0; i < text.len && i < 12; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return -1;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    return text.len > 0 ? value : -1;
}

static void read_attribute(macaw_str piece, macaw_set_cookie *ret)
{
    macaw_str name, value;

    (void)split_pair(piece, &name, &value);
    if (equals(name, "path")) {
        ret->path = value;
    } else if (equals(name, "domain")) {
        ret->domain = value;
    } else if (equals(name, "samesite")) {
        ret->same_site = value;
    } else if (equals(name, "expires")) {
        ret->expires = value;
    } else if (equals(name, "max-age")) {
        int64_t age = read_age(value);
        ret->max_age = age >= 0 ? age : ret->max_age;
    } else if (equals(name, "secure")) {
        ret->secure = true;
    } else if (equals(name, "httponly")) {
        ret->http_only = true;
    } else if (equals(name, "partitioned")) {
        ret->partitioned = true;
    }
}

int macaw_cookie_parse(macaw_str field, macaw_set_cookie *ret)
{
    macaw_set_cookie parsed = {.max_age = -1};

    for (size_t i = 0; i < field.len; i++) {
        if (((unsigned char)field.data[i] < ' ' && field.data[i] != '\t') ||
            field.data[i] == 0x7f) {
            return MACAW_EFORMAT;
        }
    }
    if (field.len == 0 || !split_pair(next_piece(&field), &parsed.name, &parsed.value) ||
        parsed.name.len == 0) {
        return MACAW_EFORMAT;
    }
    while (field.len > 0) {
        read_attribute(next_piece(&field), &parsed);
    }
    *ret = parsed;
    return MACAW_OK;
}

/* ---- what is wrong with a session cookie ---- */

#define YEAR 31536000

static bool lacks_secure(const macaw_set_cookie *c)
{
    return !c->secure;
}

static bool lacks_http_only(const macaw_set_cookie *c)
{
    return !c->http_only;
}

static bool lacks_same_site(const macaw_set_cookie *c)
{
    return c->same_site.len == 0;
}

static bool crosses_sites(const macaw_set_cookie *c)
{
    return equals(c->same_site, "None");
}

static bool is_none_without_secure(const macaw_set_cookie *c)
{
    return crosses_sites(c) && !c->secure;
}

static bool has_unknown_same_site(const macaw_set_cookie *c)
{
    return c->same_site.len > 0 && !equals(c->same_site, "Lax") &&
           !equals(c->same_site, "Strict") && !crosses_sites(c);
}

static bool has_domain(const macaw_set_cookie *c)
{
    return c->domain.len > 0;
}

static bool lacks_prefix(const macaw_set_cookie *c)
{
    return !has_prefix(c->name, "__Host-") && !has_prefix(c->name, "__Secure-");
}

static bool breaks_host_prefix(const macaw_set_cookie *c)
{
    return has_prefix(c->name, "__Host-") &&
           (!c->secure || c->domain.len > 0 || !equals(c->path, "/"));
}

static bool breaks_secure_prefix(const macaw_set_cookie *c)
{
    return has_prefix(c->name, "__Secure-") && !c->secure;
}

static bool is_long_lived(const macaw_set_cookie *c)
{
    return c->max_age > YEAR;
}

static bool is_too_long(const macaw_set_cookie *c)
{
    return c->name.len + c->value.len > MACAW_COOKIE_MAX;
}

static bool has_bad_value(const macaw_set_cookie *c)
{
    for (size_t i = 0; i < c->value.len; i++) {
        if (!is_value_char(c->value.data[i])) {
            return true;
        }
    }
    return false;
}

static const struct {
    bool (*applies)(const macaw_set_cookie *cookie);
    macaw_cookie_finding finding;
} rules[] = {
    {lacks_secure, {true, "no-secure", "without Secure it also travels over plain HTTP"}},
    {lacks_http_only, {true, "no-httponly", "without HttpOnly every script on the page reads it"}},
    {breaks_host_prefix,
     {true, "host-prefix", "__Host- needs Secure, Path=/ and no Domain: browsers drop it"}},
    {breaks_secure_prefix, {true, "secure-prefix", "__Secure- needs Secure: browsers drop it"}},
    {is_none_without_secure,
     {true, "none-without-secure", "SameSite=None needs Secure: browsers drop it"}},
    {crosses_sites,
     {true, "same-site-none", "SameSite=None sends it with requests of other sites"}},
    {has_unknown_same_site,
     {true, "same-site-unknown", "SameSite is not Strict, Lax or None: it counts as absent"}},
    {is_too_long, {true, "too-long", "name and value exceed 4096 bytes: browsers drop it"}},
    {lacks_same_site,
     {false, "no-same-site", "without SameSite browsers decide: say Lax or Strict"}},
    {has_domain, {false, "domain", "with Domain every host below it receives it"}},
    {lacks_prefix,
     {false, "no-prefix", "without __Host- a host next door can set one of the same name"}},
    {is_long_lived, {false, "long-lived", "it stays for more than a year"}},
    {has_bad_value, {false, "bad-value", "the value holds bytes outside RFC 6265"}},
};

_Static_assert(sizeof rules / sizeof *rules <= MACAW_COOKIE_FINDINGS_MAX, "room for all");

size_t macaw_cookie_lint(const macaw_set_cookie *cookie,
                         macaw_cookie_finding out[MACAW_COOKIE_FINDINGS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (rules[i].applies(cookie)) {
            out[n++] = rules[i].finding;
        }
    }
    return n;
}

#include "url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli.h"

/* CLI_DONE if every byte may stand in a request line. */
static int check_bytes(const char *label, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c <= 0x20 || c >= 0x7f) {
            return cli_fail(CLI_WRONG, label, "byte %zu: 0x%02x must be percent-encoded in a URL",
                            i, c);
        }
    }
    return CLI_DONE;
}

static const char *skip_scheme(const char *text)
{
    static const char *const schemes[] = {"http://", "https://"};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncasecmp(text, schemes[i], strlen(schemes[i])) == 0) {
            return text + strlen(schemes[i]);
        }
    }
    return NULL;
}

static int check_authority(const char *label, const char *text, const char *authority, size_t len)
{
    const char *at = memchr(authority, '@', len);

    if (len == 0) {
        return cli_fail(CLI_WRONG, label, "byte %zu: host name missing",
                        (size_t)(authority - text));
    }
    if (at != NULL) {
        return cli_fail(CLI_WRONG, label,
                        "byte %zu: a user name in the URL is not sent; leave it out",
                        (size_t)(at - text));
    }
    return CLI_DONE;
}

int cli_url_parse(const char *label, const char *text, cli_url *ret)
{
    const char *authority = skip_scheme(text);
    size_t len;
    size_t rest;
    int status = check_bytes(label, text);

    if (status != CLI_DONE) {
        return status;
    }
    if (authority == NULL) {
        return cli_fail(CLI_WRONG, label, "byte 0: expected http:// or https://");
    }
    len = strcspn(authority, "/?#");
    status = check_authority(label, text, authority, len);
    if (status != CLI_DONE) {
        return status;
    }
    rest = strcspn(authority + len, "#");
    if (asprintf(&ret->origin, "%.*s/", (int)(authority + len - text), text) < 0) {
        return cli_fail(CLI_FAILED, label, "out of memory");
    }
    if (asprintf(&ret->target, "%s%.*s", authority[len] == '/' ? "" : "/", (int)rest,
                 authority + len) < 0) {
        free(ret->origin);
        return cli_fail(CLI_FAILED, label, "out of memory");
    }
    return CLI_DONE;
}

void cli_url_free(cli_url *url)
{
    free(url->origin);
    free(url->target);
    *url = (cli_url){NULL, NULL};
}

/* Whether a path segment is "." or "..", which curl resolves; %2e counts for curl too. */
static bool has_dot_segment(const char *target)
{
    const char *end = target + strcspn(target, "?");

    for (const char *p = target; p < end; p++) {
        size_t len = strcspn(p + 1, "/?");
        size_t dots = 0;
        size_t i = 1;
        while (*p == '/' && i <= len) {
            size_t width = p[i] == '.' ? 1 : strncasecmp(p + i, "%2e", 3) == 0 ? 3 : 0;
            if (width == 0) {
                dots = 0;
                break;
            }
            dots++;
            i += width;
        }
        if (dots == 1 || dots == 2) {
            return true;
        }
    }
    return false;
}

void cli_url_warn_curl(const char *label, const cli_url *url)
{
    if (has_dot_segment(url->target)) {
        cli_warn(label, "curl sends this path as signed only with --path-as-is");
    }
    if (strpbrk(url->target, "[]{}") != NULL) {
        cli_warn(label, "curl sends these brackets as signed only with --globoff");
    }
}

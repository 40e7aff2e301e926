/* A Set-Cookie field: what is wrong with it as a session cookie. */
#include <string.h>

#include <macaw/cookie.h>

#include "cookie/inspect.h"

static const char field_name[] = "Set-Cookie:";

bool cookie_is_set_cookie(const char *line)
{
    static const char *const attributes[] = {"path",    "secure", "httponly", "samesite",
                                             "max-age", "domain", "expires",  "partitioned"};
    const char *part = strchr(line, ';');

    if (strncasecmp(line, field_name, strlen(field_name)) == 0) {
        return true;
    }
    for (; part != NULL; part = strchr(part, ';')) {
        part += 1 + strspn(part + 1, " ");
        size_t len = strcspn(part, "=; ");
        for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
            if (len == strlen(attributes[i]) && strncasecmp(part, attributes[i], len) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void set_str(json_t *report, const char *member, macaw_str value)
{
    if (value.len > 0) {
        json_object_set_new(report, member, json_stringn(value.data, value.len));
    }
}

static json_t *attributes(const macaw_set_cookie *cookie)
{
    json_t *report = json_object();

    set_str(report, "path", cookie->path);
    set_str(report, "domain", cookie->domain);
    set_str(report, "same_site", cookie->same_site);
    set_str(report, "expires", cookie->expires);
    if (cookie->max_age >= 0) {
        json_object_set_new(report, "max_age", json_integer(cookie->max_age));
    }
    json_object_set_new(report, "secure", json_boolean(cookie->secure));
    json_object_set_new(report, "http_only", json_boolean(cookie->http_only));
    json_object_set_new(report, "partitioned", json_boolean(cookie->partitioned));
    return report;
}

static json_t *findings(const macaw_set_cookie *cookie)
{
    macaw_cookie_finding found[MACAW_COOKIE_FINDINGS_MAX];
    size_t n = macaw_cookie_lint(cookie, found);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_pack("{s:s, s:b, s:s}", "code", found[i].code, "severe",
                                              (int)found[i].severe, "text", found[i].text));
    }
    return list;
}

json_t *cookie_lint_json(const char *line, macaw_str *name, macaw_str *value)
{
    macaw_set_cookie cookie;

    if (strncasecmp(line, field_name, strlen(field_name)) == 0) {
        line += strlen(field_name);
        line += strspn(line, " ");
    }
    if (macaw_cookie_parse((macaw_str){line, strlen(line)}, &cookie) != MACAW_OK) {
        (void)cli_fail(CLI_WRONG, "--set-cookie", "no Set-Cookie field: NAME=VALUE; ATTRIBUTES");
        return NULL;
    }
    *name = cookie.name;
    *value = cookie.value;
    return json_pack("{s:o*, s:o, s:o}", "name", json_stringn(cookie.name.data, cookie.name.len),
                     "attributes", attributes(&cookie), "findings", findings(&cookie));
}

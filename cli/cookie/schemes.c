/* macaw cookie schemes: all of them, and what is weak about each. */
#include <stdio.h>

#include "cookie/cookie.h"
#include "cookie/traits.h"
#include "json_out.h"
#include "session/scheme.h"

enum { OPTION_JSON = COOKIE_OWN };

static const cli_option options[] = {
    {OPTION_JSON, "json", NULL, "as JSON"},
    COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie schemes",
    "[--json]",
    "List the schemes of session tokens: size for a user of 17 characters, whether a\n"
    "session can be ended early, what the server keeps, and what is weak about each.",
    options,
};

static json_t *names(const char *const *list)
{
    json_t *array = json_array();

    for (; *list != NULL; list++) {
        json_array_append_new(array, json_string(*list));
    }
    return array;
}

static json_t *row_json(const macaw_session_scheme *scheme)
{
    const cookie_traits *traits = cookie_traits_of(scheme);
    json_t *row = json_object();

    json_object_set_new(row, "scheme", json_string(scheme->name));
    json_object_set_new(row, "about", json_string(scheme->about));
    json_object_set_new(row, "issues", json_boolean(scheme->flags & MACAW_SESSION_ISSUES));
    json_object_set_new(row, "native", json_boolean(scheme->flags & MACAW_SESSION_NATIVE));
    json_object_set_new(row, "study", json_boolean(scheme->flags & MACAW_SESSION_STUDY));
    json_object_set_new(row, "encrypted", json_boolean(scheme->flags & MACAW_SESSION_SEALED));
    json_object_set_new(row, "expires", json_boolean(scheme->flags & MACAW_SESSION_EXPIRES));
    json_object_set_new(row, "algorithms", names(scheme->algs));
    if (scheme->default_max_age > 0) {
        json_object_set_new(row, "max_age", json_integer(scheme->default_max_age));
    }
    if (traits->size > 0) {
        json_object_set_new(row, "size", json_integer(traits->size));
    }
    cookie_traits_json(row, scheme);
    return row;
}

static int print_all_json(void)
{
    json_t *rows = json_array();
    const macaw_session_scheme *scheme;

    for (size_t i = 0; (scheme = macaw_session_scheme_at(i)) != NULL; i++) {
        json_array_append_new(rows, row_json(scheme));
    }
    return cli_print_json(json_pack("{s:o}", "schemes", rows));
}

static void print_row(const macaw_session_scheme *scheme)
{
    const cookie_traits *traits = cookie_traits_of(scheme);

    printf("%s\n", scheme->name);
    cookie_print_wrapped("layout", scheme->about);
    if (traits->size > 0) {
        printf("  %-14s%d characters\n", "size", traits->size);
    }
    printf("  %-14s%s\n", "use",
           (scheme->flags & MACAW_SESSION_NATIVE) != 0  ? "issued and verified"
           : (scheme->flags & MACAW_SESSION_STUDY) != 0 ? "for study and migration"
                                                        : "verified only");
    cookie_print_wrapped("revocable", traits->revocable);
    cookie_print_wrapped("server state", traits->state);
    cookie_print_wrapped("weak", traits->weak);
}

int cli_cookie_schemes(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    const macaw_session_scheme *scheme;
    bool json = false;
    int code;

    while ((code = cli_next_option(&parser)) > 0) {
        json = true;
    }
    if (code < 0) {
        return parser.status;
    }
    int status = cli_check_operands(&parser, 0, 0, NULL);
    if (status != CLI_DONE || json) {
        return status != CLI_DONE ? status : print_all_json();
    }
    for (size_t i = 0; (scheme = macaw_session_scheme_at(i)) != NULL; i++) {
        print_row(scheme);
    }
    return CLI_DONE;
}

/* macaw cookie inspect: which format a token has, what it says, why it is refused. */
#include "cookie/inspect.h"

#include <string.h>

#include <macaw/cookie.h>

#include "cookie/traits.h"
#include "json_out.h"

enum { OPTION_JSON = COOKIE_OWN, OPTION_SET_COOKIE, SHOWN = 5 };

static const cli_option options[] = {
    COOKIE_KEY_ROW,
    {COOKIE_SCHEME, "scheme", "SCHEME", "what it should be; the likeliest unless given"},
    COOKIE_CONTEXT_ROWS,
    COOKIE_VERIFY_ROWS,
    {OPTION_SET_COOKIE, "set-cookie", NULL, "TOKEN is a Set-Cookie field, whatever it looks like"},
    {OPTION_JSON, "json", NULL, "as JSON"},
    COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie inspect",
    "[-k KEY [OPTION...]] [--json] TOKEN",
    "Recognise a token without any key and show what it says, not verified; with the\n"
    "key and context explain why it is refused. A Set-Cookie field is checked, too.",
    options,
};

typedef struct inspect_args {
    cookie_args common;
    bool json, set_cookie;
} inspect_args;

/* ---- the report ---- */

static json_t *strings(const char *const *list, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(array, json_string(list[i]));
    }
    return array;
}

static json_t *candidate_json(const cookie_candidate *one, int64_t now)
{
    json_t *report = json_object();

    json_object_set_new(report, "scheme", json_string(macaw_session_scheme_name(one->scheme)));
    json_object_set_new(report, "about", json_string(macaw_session_scheme_about(one->scheme)));
    json_object_set_new(report, "likely", json_integer(one->score));
    json_object_set_new(report, "verified", json_false());
    json_object_set_new(report, "size", json_integer((json_int_t)one->text.len));
    if (one->repair_count > 0) {
        json_object_set_new(report, "repairs", strings(one->repairs, one->repair_count));
    }
    cookie_set_claims(report, one->scheme, &one->claims);
    if (one->claims.issued != 0) {
        json_object_set_new(report, "age", json_integer(now - one->claims.issued));
    }
    if (one->claims.expires != 0) {
        json_object_set_new(report, "expired", json_boolean(one->claims.expires <= now));
    }
    if (one->claims.detail[0] != '\0') {
        json_object_set_new(report, "detail", json_string(one->claims.detail));
    }
    cookie_traits_json(report, one->scheme);
    return report;
}

static json_t *verdict_json(const cookie_verdict *verdict)
{
    json_t *report = cookie_claims_json(verdict->scheme, &verdict->claims);
    json_t *hints = json_array();

    for (size_t i = 0; i < verdict->hint_count; i++) {
        json_array_append_new(hints, json_string(verdict->hints[i]));
    }
    json_object_set_new(report, "hints", hints);
    if (verdict->found) {
        json_object_set_new(report, "then", json_string(macaw_session_reason_name(verdict->then)));
    }
    return report;
}

static json_t *candidates_json(const cookie_candidates *list, int64_t now)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++) {
        json_array_append_new(array, candidate_json(&list->at[i], now));
    }
    return array;
}

/* ---- the work ---- */

/* "Cookie: a=b; c=d", "a=b": the value that --name names, or the only one. */
static int take_value(const cookie_args *args, macaw_str *text)
{
    static const char field_name[] = "Cookie:";
    macaw_str field = *text, value;

    if (field.len < strlen(field_name) ||
        strncasecmp(field.data, field_name, strlen(field_name)) != 0) {
        if (args->name != NULL && macaw_cookie_find(field, args->name, &value) == MACAW_OK) {
            *text = value;
        }
        return CLI_DONE;
    }
    field = (macaw_str){field.data + strlen(field_name), field.len - strlen(field_name)};
    const char *equals = memchr(field.data, '=', field.len);
    if (args->name != NULL) {
        return macaw_cookie_find(field, args->name, text) == MACAW_OK
                   ? CLI_DONE
                   : cli_fail(CLI_WRONG, "--name", "no cookie %s, or more than one", args->name);
    }
    if (equals == NULL || memchr(field.data, ';', field.len) != NULL) {
        return cli_fail(CLI_WRONG, "--name", "missing; several cookies, or none");
    }
    *text = (macaw_str){equals + 1, (size_t)(field.data + field.len - equals - 1)};
    return CLI_DONE;
}

/* A pair of cookies, and no other scheme asked for. */
static bool take_pair(cookie_args *args, cookie_text *text)
{
    const macaw_session_scheme *scheme =
        args->scheme != NULL ? macaw_session_scheme_find(args->scheme) : NULL;

    return (scheme == NULL ||
            (macaw_session_scheme_flags(scheme) & MACAW_SESSION_TWO_COOKIES) != 0) &&
           cookie_text_pair(args, text);
}

/* The token of a text, and the report on the field around it. */
static int take_apart(inspect_args *args, cookie_text *text, json_t *report)
{
    macaw_str name, *token = &text->token.text;

    if (!args->set_cookie && take_pair(&args->common, text)) {
        return CLI_DONE;
    }
    if (args->set_cookie || cookie_is_set_cookie(token->data)) {
        json_t *lint = cookie_lint_json(token->data, &name, token);
        if (lint == NULL) {
            return CLI_WRONG;
        }
        json_object_set_new(report, "set_cookie", lint);
        return CLI_DONE;
    }
    return take_value(&args->common, token);
}

/* How bad it is: refused where a key says so, or where nothing is known of it. */
static int exit_status(const json_t *report)
{
    const json_t *verdict = json_object_get(report, "verdict");
    const json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(report, "set_cookie"), "findings"), i,
                       finding)
    {
        if (json_is_true(json_object_get(finding, "severe"))) {
            return CLI_REFUSED;
        }
    }
    if (verdict != NULL) {
        return json_is_true(json_object_get(verdict, "valid")) ? CLI_DONE : CLI_REFUSED;
    }
    return json_array_size(json_object_get(report, "candidates")) > 0 ||
                   json_object_get(report, "set_cookie") != NULL
               ? CLI_DONE
               : CLI_REFUSED;
}

static int explain(const inspect_args *args, const macaw_session_token *token,
                   const cookie_candidates *list, json_t *report)
{
    cookie_verdict verdict = {0};
    int status = CLI_DONE;

    if (args->common.key != NULL) {
        status = cookie_explain(&args->common, token, list, &verdict);
        if (status == CLI_DONE && verdict.scheme != NULL) {
            json_object_set_new(report, "verdict", verdict_json(&verdict));
        }
        cookie_verdict_free(&verdict);
    }
    return status;
}

static int inspect(inspect_args *args, cookie_text *text, json_t *report)
{
    cookie_candidates list = {0};
    int status = take_apart(args, text, report);

    if (status == CLI_DONE && args->common.signature != NULL) {
        text->token.signature = (macaw_str){args->common.signature, strlen(args->common.signature)};
    }
    if (status == CLI_DONE) {
        status = cookie_candidates_find(&args->common, &text->token, &list);
    }
    if (status == CLI_DONE) {
        const char *other = list.count == 0 ? cookie_other_format(text->token.text) : NULL;
        json_object_set_new(report, "size", json_integer((json_int_t)text->token.text.len));
        json_object_set_new(report, "candidates", candidates_json(&list, args->common.now));
        if (other != NULL) {
            json_object_set_new(report, "other", json_string(other));
        }
        status = explain(args, &text->token, &list, report);
    }
    cookie_candidates_free(&list);
    return status;
}

static int take(void *wish, int code, const cli_args *args)
{
    inspect_args *ret = wish;

    switch (code) {
    case OPTION_JSON:
        ret->json = true;
        return CLI_DONE;
    case OPTION_SET_COOKIE:
        ret->set_cookie = true;
        return CLI_DONE;
    default:
        return cookie_take(&ret->common, code, args);
    }
}

static int check(inspect_args *args, const cli_args *parser)
{
    const macaw_session_scheme *scheme;
    int status = CLI_DONE;

    cookie_settle(&args->common);
    if (args->common.scheme != NULL) {
        status = cookie_scheme(&args->common, &scheme);
    }
    return status == CLI_DONE ? cli_check_operands(parser, 1, 1, "TOKEN") : status;
}

int cli_cookie_inspect(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    inspect_args args = {.json = false};
    cookie_text text;

    if (!cli_take_options(&parser, take, &args)) {
        return parser.status;
    }
    int status = check(&args, &parser);
    status = status == CLI_DONE ? cookie_text_read(*cli_operands(&parser), &text) : status;
    if (status != CLI_DONE) {
        return status;
    }
    json_t *report = json_object();
    status = inspect(&args, &text, report);
    if (status == CLI_DONE) {
        status = exit_status(report);
        if (args.json) {
            int printed = cli_print_json(json_incref(report));
            status = printed != CLI_DONE ? printed : status;
        } else {
            cookie_print_report(report, args.common.now);
        }
    }
    json_decref(report);
    cookie_text_free(&text);
    return status;
}

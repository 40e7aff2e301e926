/* macaw session list. */
#include <string.h>

#include "json_out.h"
#include "session/session.h"

enum { OPTION_KIND = OPTION_SESSION_LAST };

static const cli_option options[] = {
    {OPTION_KIND, "kind", "KIND", "only these: sid, subject or kid"},
    SESSION_GATEWAY_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "session list",
    "[--kind KIND] [OPTION...]",
    "List what is revoked: kind, until when it is kept, and whom it is about.",
    options,
};

typedef struct list_args {
    session_args session;
    char *kind;
} list_args;

static int take(void *wish, int code, const cli_args *given)
{
    list_args *args = wish;

    return code == OPTION_KIND ? cli_option_once(given, &args->kind)
                               : session_args_take(&args->session, code, given);
}

static bool is_kind(const char *text)
{
    return strcmp(text, "sid") == 0 || strcmp(text, "subject") == 0 || strcmp(text, "kid") == 0;
}

/* One answer's entries: printed, or moved to all. */
static void take_entries(const json_t *answer, json_t *all)
{
    const json_t *entries = json_object_get(answer, "revoked");
    json_t *entry;
    size_t i;

    json_array_foreach(entries, i, entry)
    {
        if (all != NULL) {
            json_array_append(all, entry);
        } else {
            session_print_entry(entry);
        }
    }
}

/* *after: where the next answer begins; -1: there is none. */
static int list_some(list_args *args, int64_t *after, json_t *all)
{
    session_query query = {.len = 0};
    const json_t *next;
    json_t *answer;
    int status;

    if (args->kind != NULL) {
        session_query_add(&query, "kind", args->kind);
    }
    session_query_add_number(&query, "after", *after);
    status = session_exchange(&args->session, false, "list", &query, &answer);
    if (status != CLI_DONE) {
        return status;
    }
    take_entries(answer, all);
    next = json_object_get(answer, "next");
    *after = json_is_integer(next) ? json_integer_value(next) : -1;
    json_decref(answer);
    return CLI_DONE;
}

static int run(list_args *args)
{
    json_t *all = args->session.json ? json_array() : NULL;
    int64_t after = 0;
    int status = CLI_DONE;

    while (status == CLI_DONE && after >= 0) {
        status = list_some(args, &after, all);
    }
    if (status == CLI_DONE && args->session.json) {
        return cli_print_json(all);
    }
    json_decref(all);
    return status;
}

int cli_session_list(int argc, char **argv)
{
    cli_args given = {.usage = &usage, .argc = argc, .argv = argv};
    list_args args = {.kind = NULL};

    if (!cli_take_options(&given, take, &args)) {
        return given.status;
    }
    if (args.kind != NULL && !is_kind(args.kind)) {
        return cli_fail(CLI_WRONG, "--kind", "not sid, subject or kid");
    }
    int status = session_args_open(&args.session, &given, 0, 0);
    if (status == CLI_DONE) {
        status = run(&args);
    }
    session_args_close(&args.session);
    return status;
}

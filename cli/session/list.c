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
static int list_some(session_args *args, const char *kind, int64_t *after, json_t *all)
{
    session_query query = {.len = 0};
    const json_t *next;
    json_t *answer;
    int status;

    if (kind != NULL) {
        session_query_add(&query, "kind", kind);
    }
    session_query_add_number(&query, "after", *after);
    status = session_exchange(args, false, "list", &query, &answer);
    if (status != CLI_DONE) {
        return status;
    }
    take_entries(answer, all);
    next = json_object_get(answer, "next");
    *after = json_is_integer(next) ? json_integer_value(next) : -1;
    json_decref(answer);
    return CLI_DONE;
}

static int run(session_args *args, const char *kind)
{
    json_t *all = args->json ? json_array() : NULL;
    int64_t after = 0;
    int status = CLI_DONE;

    while (status == CLI_DONE && after >= 0) {
        status = list_some(args, kind, &after, all);
    }
    if (status == CLI_DONE && args->json) {
        return cli_print_json(all);
    }
    json_decref(all);
    return status;
}

int cli_session_list(int argc, char **argv)
{
    cli_args given = {.usage = &usage, .argc = argc, .argv = argv};
    session_args args = {.socket = NULL};
    char *kind = NULL;
    int code = 0, status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&given)) > 0) {
        status = code == OPTION_KIND ? cli_option_once(&given, &kind)
                                     : session_args_take(&args, code, &given);
    }
    if (code < 0) {
        return given.status;
    }
    if (status == CLI_DONE && kind != NULL && strcmp(kind, "sid") != 0 &&
        strcmp(kind, "subject") != 0 && strcmp(kind, "kid") != 0) {
        status = cli_fail(CLI_WRONG, "--kind", "not sid, subject or kid");
    }
    if (status == CLI_DONE) {
        status = session_args_open(&args, &given, 0, 0);
    }
    if (status == CLI_DONE) {
        status = run(&args, kind);
    }
    session_args_close(&args);
    return status;
}

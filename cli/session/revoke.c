/* macaw session revoke: in every worker at once, and on the disk before it says so. */
#include <string.h>

#include "json_out.h"
#include "session/session.h"

enum { OPTION_BEFORE = OPTION_SESSION_LAST, OPTION_GENERATION };

static const cli_option options[] = {
    SESSION_WHO_OPTIONS,
    {OPTION_BEFORE, "before", "UNIX", "of a user: sessions begun until then; now unless given"},
    {OPTION_GENERATION, "generation", "N", "of a user: sessions of older generations"},
    SESSION_GATEWAY_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "session revoke",
    "--sid HEX | --subject TEXT [--before UNIX|now] | --key KID [OPTION...]",
    "End sessions before their time: every worker of the gateway refuses them from the\n"
    "moment of the answer, also after a restart or a crash.",
    options,
};

typedef struct revoke_args {
    session_args session;
    char *before;
    int64_t generation;
} revoke_args;

static int take(void *wish, int code, const cli_args *given)
{
    revoke_args *args = wish;

    switch (code) {
    case OPTION_BEFORE:
        return cli_option_once(given, &args->before);
    case OPTION_GENERATION:
        return cli_option_number(given, 1, 65535, &args->generation);
    default:
        return session_args_take(&args->session, code, given);
    }
}

/* "now" is the gateway's. */
static int add_details(const revoke_args *args, session_query *query)
{
    bool named = args->before != NULL && strcmp(args->before, "now") != 0;
    int64_t before;

    if ((args->before != NULL || args->generation > 0) && args->session.subject == NULL) {
        return cli_fail(CLI_WRONG, args->before != NULL ? "--before" : "--generation",
                        "only with --subject");
    }
    if (named && !cli_parse_number(args->before, 1, UINT32_MAX, &before)) {
        return cli_fail(CLI_WRONG, "--before", "not a Unix time, nor now");
    }
    if (args->before != NULL && !named && args->generation > 0) {
        return cli_fail(CLI_WRONG, "--before", "with --generation, say a Unix time");
    }
    if (named) {
        session_query_add_number(query, "before", before);
    }
    if (args->generation > 0) {
        session_query_add_number(query, "generation", args->generation);
    }
    return CLI_DONE;
}

static int run(revoke_args *args)
{
    session_query query = {.len = 0};
    json_t *answer;
    int status;

    session_query_add_who(&query, &args->session);
    status = add_details(args, &query);
    if (status == CLI_DONE) {
        status = session_exchange(&args->session, true, "revoke", &query, &answer);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (!json_is_true(json_object_get(answer, "durable"))) {
        cli_warn("session revoke", "the gateway keeps it in memory only: a restart forgets it");
    }
    if (args->session.json) {
        return cli_print_json(answer);
    }
    session_print_entry(answer);
    json_decref(answer);
    return CLI_DONE;
}

int cli_session_revoke(int argc, char **argv)
{
    cli_args given = {.usage = &usage, .argc = argc, .argv = argv};
    revoke_args args = {.before = NULL};

    if (!cli_take_options(&given, take, &args)) {
        return given.status;
    }
    int status = session_args_open(&args.session, &given, 1, 1);
    if (status == CLI_DONE) {
        status = run(&args);
    }
    session_args_close(&args.session);
    return status;
}

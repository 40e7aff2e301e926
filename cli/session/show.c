/* macaw session show. */
#include <stdio.h>

#include "json_out.h"
#include "session/session.h"

static const cli_option options[] = {
    SESSION_WHO_OPTIONS,
    SESSION_GATEWAY_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "session show",
    "[--sid HEX | --subject TEXT | --key KID] [OPTION...]",
    "Show whether something is revoked, and until when that is kept: exit status 1 if it\n"
    "is not. Without any, show how full the gateway's store is.",
    options,
};

static json_int_t number(const json_t *object, const char *group, const char *name)
{
    if (group != NULL) {
        object = json_object_get(object, group);
    }
    return json_integer_value(json_object_get(object, name));
}

static void print_store(const json_t *zone)
{
    const char *name = json_string_value(json_object_get(zone, "zone"));
    const json_t *journal = json_object_get(zone, "journal");

    printf("zone            %s\n", name != NULL ? name : "");
    printf("sessions        %lld revoked, room for %lld\n", (long long)number(zone, "live", "sid"),
           (long long)number(zone, "capacity", "sid"));
    printf("users           %lld revoked\n", (long long)number(zone, "live", "subject"));
    printf("keys            %lld revoked; room for %lld with users\n",
           (long long)number(zone, "live", "kid"), (long long)number(zone, "capacity", "names"));
    if (journal == NULL) {
        puts("file            none: a restart forgets everything");
    } else if (json_is_true(json_object_get(journal, "failed"))) {
        puts("file            FAILED: nothing is durable before the gateway is reloaded");
    } else {
        printf("file            %lld bytes\n", (long long)number(journal, NULL, "bytes"));
    }
    if (json_object_get(zone, "handles") != NULL) {
        printf("handles         %lld, room for %lld\n", (long long)number(zone, "handles", "live"),
               (long long)number(zone, "handles", "capacity"));
    }
}

static int run(session_args *args)
{
    session_query query = {.len = 0};
    json_t *answer;
    int status;

    session_query_add_who(&query, args);
    status = session_exchange(args, false, "show", &query, &answer);
    if (status != CLI_DONE) {
        return status;
    }
    if (args->json) {
        return cli_print_json(answer);
    }
    if (query.len > 0) {
        session_print_entry(answer);
    } else {
        print_store(answer);
    }
    json_decref(answer);
    return CLI_DONE;
}

static int take(void *wish, int code, const cli_args *given)
{
    return session_args_take(wish, code, given);
}

int cli_session_show(int argc, char **argv)
{
    cli_args given = {.usage = &usage, .argc = argc, .argv = argv};
    session_args args = {.socket = NULL};

    if (!cli_take_options(&given, take, &args)) {
        return given.status;
    }
    int status = session_args_open(&args, &given, 0, 1);
    if (status == CLI_DONE) {
        status = run(&args);
    }
    session_args_close(&args);
    return status;
}

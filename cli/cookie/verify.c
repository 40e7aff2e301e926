/* macaw cookie verify: what a token says, if it is authentic. */
#include <stdlib.h>

#include "base/ct.h"
#include "cookie/inspect.h"
#include "json_out.h"

static const cli_option options[] = {
    COOKIE_SCHEME_ROW, COOKIE_KEY_ROW, COOKIE_CONTEXT_ROWS, COOKIE_VERIFY_ROWS, COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie verify",
    "--scheme SCHEME -k KEY [OPTION...] TOKEN",
    "Verify a session token and print what it says as one JSON object in a line. TOKEN -\n"
    "is read from standard input. Exit status 1: refused; the member \"reason\" says why.",
    options,
};

static int report(const cookie_args *args, const macaw_session *session, const cookie_text *text)
{
    const macaw_session_scheme *scheme = macaw_session_settings(session)->scheme;
    macaw_session_claims claims;
    void *work = malloc(MACAW_SESSION_WORK);

    if (work == NULL) {
        return cli_fail_errno("TOKEN");
    }
    macaw_session_verify(session, &text->token, args->now, work, &claims);
    int status = claims.reason == MACAW_SESSION_INTERNAL
                     ? cli_fail(CLI_FAILED, "TOKEN", "out of memory, or libcrypto failed")
                     : cli_print_json_line(cookie_claims_json(scheme, &claims));
    if (status == CLI_DONE && claims.reason != MACAW_SESSION_OK) {
        status = CLI_REFUSED;
    }
    macaw_wipe(work, MACAW_SESSION_WORK);
    macaw_wipe(&claims, sizeof claims);
    free(work);
    return status;
}

static int verify(cookie_args *args, const cookie_table *table, cookie_text *text)
{
    const macaw_session_scheme *scheme = macaw_session_scheme_find(args->scheme);
    macaw_session *session;
    cookie_key key;
    int status = cookie_key_load(args, false, &key);

    if (status != CLI_DONE) {
        return status;
    }
    cookie_name_key(args, scheme, &text->token, &key);
    if ((macaw_session_scheme_flags(scheme) & MACAW_SESSION_TWO_COOKIES) != 0) {
        (void)cookie_text_pair(args, text);
    }
    status = cookie_open(args, &key, table, false, &session);
    cookie_key_free(&key);
    if (status != CLI_DONE) {
        return status;
    }
    status = cookie_text_spell(args, scheme, text);
    if (status == CLI_DONE) {
        status = report(args, session, text);
    }
    macaw_session_free(session);
    return status;
}

static int take(void *wish, int code, const cli_args *args)
{
    return cookie_take(wish, code, args);
}

int cli_cookie_verify(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    cookie_args args = {0};
    cookie_table table = {0};
    cookie_text text;
    const macaw_session_scheme *scheme;

    if (!cli_take_options(&parser, take, &args)) {
        return parser.status;
    }
    cookie_settle(&args);
    int status = cookie_scheme(&args, &scheme);
    status = status == CLI_DONE ? cli_check_operands(&parser, 1, 1, "TOKEN") : status;
    status = status == CLI_DONE ? cookie_text_read(*cli_operands(&parser), &text) : status;
    if (status != CLI_DONE) {
        return status;
    }
    if (args.table != NULL) {
        status = cookie_table_read(args.table, &table);
    }
    if (status == CLI_DONE) {
        status = verify(&args, args.table != NULL ? &table : NULL, &text);
    }
    cookie_table_free(&table);
    cookie_text_free(&text);
    return status;
}

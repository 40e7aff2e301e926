/* macaw cookie issue: a session token. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "cookie/cookie.h"
#include "session/scheme.h"

enum {
    OPTION_SUBJECT = COOKIE_OWN,
    OPTION_TTL,
    OPTION_CAP,
    OPTION_LOGIN,
    OPTION_GENERATION,
    OPTION_SESSION_ID,
    OPTION_DATA,
    OPTION_PASSWORD_FILE,
    TTL = 3600,
    CAP = 43200,
};

static const cli_option options[] = {
    COOKIE_SCHEME_ROW,
    COOKIE_KEY_ROW,
    COOKIE_CONTEXT_ROWS,
    {OPTION_SUBJECT, "subject", "USER", "who is logged in"},
    {OPTION_TTL, "ttl", "SEC", "how long the token lasts; 3600 unless given"},
    {OPTION_CAP, "cap", "SEC", "how long the session lasts from login; 43200 unless given"},
    {OPTION_LOGIN, "login", "UNIX", "when the user logged in; now unless given"},
    {OPTION_GENERATION, "generation", "N", "of the subject, up to 65535; 0 unless given"},
    {OPTION_SESSION_ID, "session-id", "HEX", "12 bytes; random unless given"},
    {OPTION_DATA, "data", "TEXT", "the application's own content"},
    {COOKIE_TABLE, "password-table", "FILE", "of murdoch: verifiers of users"},
    {OPTION_PASSWORD_FILE, "password-file", "FILE", "of murdoch: the user's password"},
    COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie issue",
    "--scheme SCHEME -k KEY [--subject USER] [OPTION...]",
    "Print a session token. Only schemes of macaw and of the literature are issued;\n"
    "those of web frameworks are verified.",
    options,
};

typedef struct issue_args {
    cookie_args common;
    char *subject, *data, *session_id, *password_file;
    int64_t ttl, cap, login, generation; /* 0: not given */

    const macaw_session_scheme *scheme;
    uint8_t sid[MACAW_SESSION_SID_LEN];
    uint8_t auth[32]; /* of murdoch */
    bool has_auth;
} issue_args;

static int take(void *wish, int code, const cli_args *args)
{
    issue_args *ret = wish;

    switch (code) {
    case OPTION_SUBJECT:
        return cli_option_once(args, &ret->subject);
    case OPTION_DATA:
        return cli_option_once(args, &ret->data);
    case OPTION_SESSION_ID:
        return cli_option_once(args, &ret->session_id);
    case OPTION_PASSWORD_FILE:
        return cli_option_once(args, &ret->password_file);
    case OPTION_TTL:
        return cli_option_number(args, 1, MACAW_SESSION_TTL_MAX, &ret->ttl);
    case OPTION_CAP:
        return cli_option_number(args, 1, MACAW_SESSION_TTL_MAX, &ret->cap);
    case OPTION_LOGIN:
        return cli_option_number(args, 1, INT64_C(253402300799), &ret->login);
    case OPTION_GENERATION:
        return cli_option_number(args, 0, UINT16_MAX, &ret->generation);
    default:
        return cookie_take(&ret->common, code, args);
    }
}

static int check_times(issue_args *args)
{
    int64_t now = args->common.now;

    args->ttl = args->ttl != 0 ? args->ttl : TTL;
    if (args->cap == 0) {
        args->cap = args->ttl > CAP ? args->ttl : CAP;
    }
    if (args->login > now) {
        return cli_fail(CLI_WRONG, "--login", "after the time of issue, %lld", (long long)now);
    }
    if (args->login != 0 && now - args->login >= args->cap) {
        return cli_fail(CLI_WRONG, "--cap", "the session is over: its login is %lld seconds ago",
                        (long long)(now - args->login));
    }
    return CLI_DONE;
}

static void drop(const char *option, char **value, const macaw_session_scheme *scheme)
{
    if (*value != NULL) {
        cli_warn(option, "not in a token of %s: it belongs in the server's record", scheme->name);
        *value = NULL;
    }
}

/* What a token names a record for is said in the record. */
static int check_content(issue_args *args)
{
    if ((args->scheme->flags & MACAW_SESSION_RECORD) != 0) {
        drop("--subject", &args->subject, args->scheme);
        drop("--data", &args->data, args->scheme);
    }
    if (args->data != NULL && (args->scheme->flags & MACAW_SESSION_DATA) == 0) {
        return cli_fail(CLI_WRONG, "--data", "tokens of %s carry none", args->scheme->name);
    }
    return CLI_DONE;
}

static int check(issue_args *args)
{
    int status = cookie_scheme(&args->common, &args->scheme);

    if (status != CLI_DONE) {
        return status;
    }
    if ((args->scheme->flags & MACAW_SESSION_ISSUES) == 0) {
        return cli_fail(CLI_WRONG, "--scheme", "%s is verified only, never issued",
                        args->scheme->name);
    }
    if (args->session_id != NULL &&
        (strlen(args->session_id) != 2 * sizeof args->sid ||
         macaw_hex_decode(args->sid, args->session_id, 2 * sizeof args->sid, NULL) != MACAW_OK)) {
        return cli_fail(CLI_WRONG, "--session-id", "expected %zu pairs of the digits 0-9a-f",
                        sizeof args->sid);
    }
    status = check_content(args);
    return status == CLI_DONE ? check_times(args) : status;
}

/* ---- murdoch ---- */

/* The end of the chain is what only a login with the password knows. */
static int log_in(issue_args *args)
{
    cookie_table table;
    cli_secret password = {0};

    if (args->common.table == NULL || args->password_file == NULL) {
        return args->common.table == NULL && args->password_file == NULL
                   ? CLI_DONE
                   : cli_fail(CLI_WRONG, "--password-file", "goes with --password-table");
    }
    int status = cookie_table_read(args->common.table, &table);
    if (status != CLI_DONE) {
        return status;
    }
    const char *user = args->subject != NULL ? args->subject : "";
    const cookie_row *row = cookie_table_find(&table, user, strlen(user));
    if (row == NULL) {
        status = cli_fail(CLI_REFUSED, "--subject", "no such user in the password table");
    } else if (row->rounds == 0) {
        status = cli_fail(CLI_WRONG, "--password-table", "has no salt of this user to log in with");
    } else {
        status = cookie_password_read(args->password_file, &password);
        status = status == CLI_DONE ? cookie_row_prove(row, &password, args->auth) : status;
        args->has_auth = status == CLI_DONE;
    }
    cli_secret_free(&password);
    cookie_table_free(&table);
    return status;
}

/* ---- issue ---- */

static macaw_str str_of(const char *text)
{
    return text != NULL ? (macaw_str){text, strlen(text)} : (macaw_str){NULL, 0};
}

static bool can_issue(const macaw_session *session, macaw_session_grant grant)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    bool can = macaw_session_issue(session, &grant, token, &len) == MACAW_OK;

    macaw_wipe(token, sizeof token);
    return can;
}

/* Which option it was: the one without which there would be a token. */
static int blame(const issue_args *args, const macaw_session *session,
                 const macaw_session_grant *grant)
{
    macaw_session_grant without_data = *grant, without_bind = *grant;

    without_data.data = without_bind.bind = (macaw_str){NULL, 0};
    if (strcmp(args->scheme->name, "murdoch") == 0 && !args->has_auth) {
        return cli_fail(CLI_WRONG, "--password-table",
                        "murdoch proves the password: name table and --password-file");
    }
    if (args->data != NULL && can_issue(session, without_data)) {
        return cli_fail(CLI_WRONG, "--data", "too long, or not what %s can carry",
                        args->scheme->name);
    }
    if (args->common.bind != NULL && can_issue(session, without_bind)) {
        return cli_fail(CLI_WRONG, "--bind", "too long for %s", args->scheme->name);
    }
    return cli_fail(CLI_WRONG, "--subject", "%s, or not what %s can carry",
                    grant->subject.len == 0 ? "missing" : "over 255 bytes, with control characters",
                    args->scheme->name);
}

static int explain(const issue_args *args, const macaw_session *session,
                   const macaw_session_grant *grant, int status)
{
    switch (status) {
    case MACAW_EARG:
        return blame(args, session, grant);
    case MACAW_ENOTFOUND:
        return cli_fail(CLI_WRONG, "-k", "the key signs nothing at this time");
    default:
        return cli_fail_status("cookie issue", status);
    }
}

static int issue(const issue_args *args, const macaw_session *session)
{
    const macaw_session_grant grant = {
        .subject = str_of(args->subject),
        .login = args->login,
        .issued = args->common.now,
        .ttl = args->ttl,
        .lifetime = args->cap,
        .generation = (uint16_t)args->generation,
        .sid = args->session_id != NULL ? args->sid : NULL,
        .bind = str_of(args->common.bind),
        .data = str_of(args->data),
        .auth = {args->has_auth ? (const char *)args->auth : NULL,
                 args->has_auth ? sizeof args->auth : 0},
    };
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    int status = macaw_session_issue(session, &grant, token, &len);

    if (status != MACAW_OK) {
        return explain(args, session, &grant, status);
    }
    printf("%s\n", token);
    macaw_wipe(token, sizeof token);
    return CLI_DONE;
}

static int open_and_issue(issue_args *args)
{
    macaw_session *session;
    cookie_key key;
    int status = cookie_key_load(&args->common, true, &key);

    if (status != CLI_DONE) {
        return status;
    }
    status = cookie_open(&args->common, &key, NULL, true, &session);
    cookie_key_free(&key);
    if (status != CLI_DONE) {
        return status;
    }
    status = log_in(args);
    if (status == CLI_DONE) {
        status = issue(args, session);
    }
    macaw_session_free(session);
    return status;
}

int cli_cookie_issue(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    issue_args args = {0};

    if (!cli_take_options(&parser, take, &args)) {
        return parser.status;
    }
    cookie_settle(&args.common);
    int status = cli_check_operands(&parser, 0, 0, NULL);
    status = status == CLI_DONE ? check(&args) : status;
    status = status == CLI_DONE ? open_and_issue(&args) : status;
    macaw_wipe(args.auth, sizeof args.auth);
    return status;
}

/* macaw cookie password: a row of the password table of Murdoch's cookies. */
#include <stdio.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/random.h"
#include "cookie/cookie.h"

enum {
    OPTION_SUBJECT = COOKIE_OWN,
    OPTION_PASSWORD_FILE,
    OPTION_ROUNDS,
    ROUNDS = 65536,
};

static const cli_option options[] = {
    {OPTION_SUBJECT, "subject", "USER", "whose password it is"},
    {OPTION_PASSWORD_FILE, "password-file", "FILE",
     "the password; a newline at its end is dropped"},
    {OPTION_ROUNDS, "rounds", "N", "length of the hash chain; 65536 unless given"},
    COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie password",
    "--subject USER --password-file FILE [--rounds N]",
    "Print a line for the file of --password-table: user, salt, rounds, verifier. It\n"
    "holds neither the password nor what a cookie proves it with.",
    options,
};

typedef struct password_args {
    char *subject, *password_file;
    int64_t rounds;
} password_args;

int cookie_password_read(const char *path, cli_secret *ret)
{
    int status = cli_secret_read_line("--password-file", path, ret);

    if (status == CLI_DONE && ret->len > MACAW_MURDOCH_PASSWORD_MAX) {
        cli_secret_free(ret);
        return cli_fail(CLI_WRONG, "--password-file", "a password has at most %d bytes",
                        MACAW_MURDOCH_PASSWORD_MAX);
    }
    return status;
}

static int print_row(const password_args *args, const cli_secret *password)
{
    uint8_t salt[16], auth[32], verifier[32];
    char salt_hex[2 * sizeof salt], hex[2 * sizeof verifier];
    int status = macaw_random(salt, sizeof salt);

    if (status == MACAW_OK) {
        status = macaw_murdoch_chain(salt, sizeof salt, password->data, password->len,
                                     (uint32_t)args->rounds, auth);
    }
    if (status != MACAW_OK) {
        return cli_fail_status("cookie password", status);
    }
    macaw_murdoch_verifier(auth, verifier);
    macaw_hex_encode(salt_hex, salt, sizeof salt);
    macaw_hex_encode(hex, verifier, sizeof verifier);
    printf("%s:%.*s:%lld:%.*s\n", args->subject, (int)sizeof salt_hex, salt_hex,
           (long long)args->rounds, (int)sizeof hex, hex);
    macaw_wipe(auth, sizeof auth);
    return CLI_DONE;
}

static int take(void *wish, int code, const cli_args *args)
{
    password_args *ret = wish;

    switch (code) {
    case OPTION_SUBJECT:
        return cli_option_once(args, &ret->subject);
    case OPTION_ROUNDS:
        return cli_option_number(args, 1, MACAW_MURDOCH_ROUNDS_MAX, &ret->rounds);
    default:
        return cli_option_once(args, &ret->password_file);
    }
}

static int check(const password_args *args)
{
    if (args->subject == NULL || args->subject[0] == '\0' ||
        strpbrk(args->subject, ":\n#") != NULL) {
        return cli_fail(CLI_WRONG, "--subject", "expected a user without : and #");
    }
    if (args->password_file == NULL) {
        return cli_fail(CLI_WRONG, "--password-file", "missing; name the file of the password");
    }
    return CLI_DONE;
}

int cli_cookie_password(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    password_args args = {.rounds = ROUNDS};
    cli_secret password;

    if (!cli_take_options(&parser, take, &args)) {
        return parser.status;
    }
    int status = cli_check_operands(&parser, 0, 0, NULL);
    status = status == CLI_DONE ? check(&args) : status;
    status = status == CLI_DONE ? cookie_password_read(args.password_file, &password) : status;
    if (status != CLI_DONE) {
        return status;
    }
    status = print_row(&args, &password);
    cli_secret_free(&password);
    return status;
}

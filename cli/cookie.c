/* macaw cookie: a table of commands of its own. */
#include "cookie/cookie.h"

#include <stdio.h>
#include <string.h>

static const cli_command commands[] = {
    {"issue", cli_cookie_issue, "print a session token"},
    {"verify", cli_cookie_verify, "verify a session token and print what it says"},
    {"inspect", cli_cookie_inspect, "recognise a token; explain why it is refused"},
    {"schemes", cli_cookie_schemes, "list the schemes and what is weak about each"},
    {"guess", cli_cookie_guess, "how likely it is to guess a random session id"},
    {"password", cli_cookie_password, "print a row of the password table of murdoch"},
    {NULL, NULL, NULL},
};

static int help(void)
{
    printf(
        "usage: macaw cookie COMMAND [OPTION...]\n\n"
        "Session tokens: macaw's own, those of the literature, and those of web frameworks.\n\n");
    cli_print_commands(commands);
    printf("\n"
           "  -h, --help                   print this and stop\n");
    return CLI_DONE;
}

int cli_cookie(int argc, char **argv)
{
    const cli_command *command;

    if (argc < 2) {
        help();
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return help();
    }
    command = cli_find_command(commands, argv[1]);
    if (command == NULL) {
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw cookie --help",
                        argv[1][0] == '-' ? "option" : "command");
    }
    return command->run(argc - 1, argv + 1);
}

/* macaw session: a table of commands of its own. */
#include "session/session.h"

#include <stdio.h>
#include <string.h>

static const cli_command commands[] = {
    {"revoke", cli_session_revoke, "end a session, all sessions of a user, or all under a key"},
    {"list", cli_session_list, "list what is revoked"},
    {"show", cli_session_show, "show whether something is revoked, or the state of the store"},
    {NULL, NULL, NULL},
};

static int help(void)
{
    printf("usage: macaw session COMMAND [OPTION...]\n\n"
           "Sessions that a running gateway no longer accepts, in all its workers at once.\n\n");
    cli_print_commands(commands);
    printf("\n"
           "  -h, --help                   print this and stop\n");
    return CLI_DONE;
}

int cli_session(int argc, char **argv)
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
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw session --help",
                        argv[1][0] == '-' ? "option" : "command");
    }
    return command->run(argc - 1, argv + 1);
}

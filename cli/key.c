/* macaw key: a table of commands of its own. */
#include <stdio.h>
#include <string.h>

#include "key_ring.h"

static const cli_command commands[] = {
    {"new", cli_key_new, "add a key, fresh or from a file; makes the keyring if there is none"},
    {"list", cli_key_list, "list the keys, their states and dates, never a secret"},
    {"show", cli_key_show, "show one key; its secret only with --secret"},
    {"rotate", cli_key_rotate, "put a fresh key in the place of the active one"},
    {"retire", cli_key_retire, "take a key out of use at once"},
    {"public", cli_key_public, "write the public parts of keys for signatures to a keyring"},
    {"derive", cli_key_derive, "derive a key for one purpose from another key"},
    {"audit", cli_key_audit, "look for weak, published and forgotten keys"},
    {NULL, NULL, NULL},
};

static int help(void)
{
    printf("usage: macaw key COMMAND [OPTION...]\n\n"
           "A keyring is a JWK Set file of mode 0640 or tighter.\n\n");
    cli_print_commands(commands);
    printf("\n"
           "  -h, --help                   print this and stop\n");
    return CLI_DONE;
}

int cli_key(int argc, char **argv)
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
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw key --help",
                        argv[1][0] == '-' ? "option" : "command");
    }
    return command->run(argc - 1, argv + 1);
}

/* Commands of commands: macaw key, macaw cookie, macaw lab. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

void cli_print_commands(const cli_command *commands)
{
    for (; commands->name != NULL; commands++) {
        printf("  %-10s  %s\n", commands->name, commands->help);
    }
}

const cli_command *cli_find_command(const cli_command *commands, const char *name)
{
    for (; commands->name != NULL; commands++) {
        if (strcmp(commands->name, name) == 0) {
            return commands;
        }
    }
    return NULL;
}

static int help(const cli_group *group)
{
    printf("usage: macaw %s COMMAND [OPTION...]\n\n%s\n\n", group->name, group->about);
    cli_print_commands(group->commands);
    printf("\n"
           "  -h, --help                   print this and stop\n");
    return CLI_DONE;
}

int cli_run_group(const cli_group *group, int argc, char **argv)
{
    const cli_command *command;

    if (argc < 2) {
        help(group);
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return help(group);
    }
    command = cli_find_command(group->commands, argv[1]);
    if (command == NULL) {
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw %s --help",
                        argv[1][0] == '-' ? "option" : "command", group->name);
    }
    return command->run(argc - 1, argv + 1);
}

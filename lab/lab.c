/* macaw-lab: the laboratory, a program of its own so that nothing weak is linked into
 * the command, the library or the module. `macaw lab` runs it. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "lab.h"

static const cli_command commands[] = {
    {"list", lab_list, "list the attacks, or the constructions they are tried on"},
    {"show", lab_show_card, "explain one attack or one construction"},
    {"run", lab_run_command, "run attacks: the target must break, the control must hold"},
    {"matrix", lab_matrix, "try every attack on every kind of construction"},
    {"family", lab_family, "count a finite family of MACs through: forgery chances, entropies"},
    {"entropy", lab_entropy, "entropy, joint entropy and Jensen's inequality, exactly"},
    {NULL, NULL, NULL},
};

static int help(void)
{
    printf("usage: macaw lab COMMAND [OPTION...]\n\n"
           "Attacks on message authentication codes, each run against a construction that\n"
           "breaks and against one that holds. The weak constructions are in this program\n"
           "only; macaw and its library have none of them.\n\n");
    cli_print_commands(commands);
    printf("\n"
           "  -h, --help                   print this and stop\n");
    return CLI_DONE;
}

static int dispatch(int argc, char **argv)
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
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw lab --help",
                        argv[1][0] == '-' ? "option" : "command");
    }
    return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    int status;

    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a silent death */
    status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail_errno("standard output");
    }
    return status;
}

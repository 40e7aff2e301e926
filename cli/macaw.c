/* macaw: the command. A table drives dispatch and help. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static const cli_command commands[] = {
    {"tag", cli_tag, "print the tags of files"},
    {"verify", cli_verify, "check the tag of a file"},
    {"sum", cli_sum, "print a manifest of many files, authenticated as a whole"},
    {"check", cli_check, "check the files of a manifest"},
    {"algorithms", cli_algorithms, "list the algorithms and what this CPU runs them with"},
    {"key", cli_key, "make, list, show, rotate and retire the keys of a keyring"},
    {"cookie", cli_cookie, "issue, verify and explain session cookies"},
    {"session", cli_session, "end sessions of a running gateway, and see which have ended"},
    {"sign", cli_sign, "print the header lines that sign an HTTP request"},
    {"request", cli_request, "send a signed HTTP request and check the signed response"},
    {"audit", cli_audit, "find out which construction and key made a tag"},
    {"serve", cli_serve, "run the gateway: nginx with the macaw module in front of a service"},
    {"lab", cli_lab, "run attacks on weak constructions, and see the sound ones resist"},
    {"bench", cli_bench, "measure the algorithms on this CPU"},
    {NULL, NULL, NULL},
};

static int help(void)
{
    printf("usage: macaw COMMAND [OPTION...]\n\n"
           "Message authentication for web services.\n\n");
    cli_print_commands(commands);
    printf("\n"
           "macaw COMMAND --help explains one of them; so does the page macaw-COMMAND(1).\n"
           "Exit status: 0 done or verified, 1 not verified, 2 wrong use or bad input,\n"
           "3 the machine failed.\n");
    return CLI_DONE;
}

/* macaw help [COMMAND [SUBCOMMAND]] is macaw COMMAND [SUBCOMMAND] --help. */
static int help_on(int argc, char **argv)
{
    char flag[] = "--help";
    char *args[4] = {NULL};
    const cli_command *command;

    if (argc < 2) {
        return help();
    }
    command = cli_find_command(commands, argv[1]);
    if (command == NULL || argc > 3) {
        return cli_fail(CLI_WRONG, argv[argc > 3 ? 3 : 1], "unknown command; see macaw --help");
    }
    args[0] = argv[1];
    args[1] = argc > 2 ? argv[2] : flag;
    args[2] = argc > 2 ? flag : NULL;
    return command->run(argc, args);
}

static int dispatch(int argc, char **argv)
{
    const cli_command *command;

    if (argc < 2) {
        help();
        return CLI_WRONG;
    }
    if (strcmp(argv[1], "help") == 0) {
        return help_on(argc - 1, argv + 1);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        return help();
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("macaw %s\n", MACAW_VERSION);
        return CLI_DONE;
    }
    command = cli_find_command(commands, argv[1]);
    if (command == NULL) {
        return cli_fail(CLI_WRONG, argv[1], "unknown %s; see macaw --help",
                        argv[1][0] == '-' ? "option" : "command");
    }
    return command->run(argc - 1, argv + 1);
}

/* A file opened later must not become standard output by accident. */
static bool occupy_standard_streams(void)
{
    int fd;

    do {
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    } while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd < 0) {
        return false;
    }
    close(fd);
    return true;
}

int main(int argc, char **argv)
{
    int status;

    if (!occupy_standard_streams()) {
        return CLI_FAILED;
    }
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a silent death */
    status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail_errno("standard output");
    }
    return status;
}

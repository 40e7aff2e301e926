/* macaw-lab: the laboratory, a program of its own so that nothing weak is linked into
 * the command, the library or the module. `macaw lab` runs it. */
#include <signal.h>
#include <stdio.h>

#include "cli.h"
#include "lab.h"

static const cli_command commands[] = {
    {"list", lab_list, "list the attacks, or the constructions they are tried on"},
    {"show", lab_show_card, "explain one attack or one construction"},
    {"run", lab_run_command, "run attacks: the target must break, the control must hold"},
    {"matrix", lab_matrix, "try every attack on every kind of construction"},
    {"family", lab_family, "count a finite family of MACs through: forgery chances, entropies"},
    {"entropy", lab_entropy, "entropy, joint entropy and Jensen's inequality, exactly"},
    {"report", lab_report, "run everything and write it as one page, or as a folder of data"},
    {"serve", lab_serve, "a page on this machine to change, run and step through attacks"},
    {NULL, NULL, NULL},
};

static const cli_group group = {
    .name = "lab",
    .about = "Attacks on message authentication codes, each run against a construction that\n"
             "breaks and against one that holds. The weak constructions are in this program\n"
             "only; macaw and its library have none of them.",
    .commands = commands,
};

int main(int argc, char **argv)
{
    int status;

    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error to report, not a silent death */
    status = cli_run_group(&group, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        return cli_fail_errno("standard output");
    }
    return status;
}

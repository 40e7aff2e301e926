/* macaw lab matrix: every attack against every kind of construction. */
#include <unistd.h>

#include "cli.h"
#include "json_out.h"
#include "lab.h"
#include "matrix/matrix.h"

enum { OPTION_JSON = 256, OPTION_SEED };

static const cli_option options[] = {
    {OPTION_SEED, "seed", "N", "of all random choices; 1 unless given"},
    {'j', "jobs", "N", "games side by side; one a processor unless given"},
    {OPTION_JSON, "json", NULL, "as JSON, with what was run for each cell"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab matrix",
    "[--seed N] [-j N] [--json]",
    "Try every attack on every kind of construction, print what broke, and compare it\n"
    "with what the literature lets expect.",
    options,
};

/* CLI_REFUSED: a cell differs, and no correction says why; CLI_FAILED: a game went wrong. */
static int verdict(const json_t *matrix)
{
    int status = CLI_DONE;
    json_t *row, *cell;
    size_t i, j;

    json_array_foreach(json_object_get(matrix, "rows"), i, row)
    {
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            char letter = json_string_value(json_object_get(cell, "cell"))[0];
            if (letter == LAB_CELL_ERROR) {
                return cli_fail(CLI_FAILED, json_string_value(json_object_get(row, "attack")),
                                "a game went wrong");
            }
            if (letter != LAB_CELL_MISSING && !json_is_true(json_object_get(cell, "agrees")) &&
                !json_is_true(json_object_get(cell, "explained"))) {
                status = CLI_REFUSED;
            }
        }
    }
    return status;
}

int lab_matrix(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t seed = 1, jobs = processors > 0 && processors <= 256 ? processors : 1;
    bool as_json = false;
    int code, status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        as_json = as_json || code == OPTION_JSON;
        status = code == 'j'           ? cli_option_number(&args, 1, 256, &jobs)
                 : code == OPTION_SEED ? cli_option_number(&args, 0, INT64_MAX, &seed)
                                       : CLI_DONE;
    }
    if (status == CLI_DONE && code < 0) {
        return args.status;
    }
    if (status == CLI_DONE) {
        status = cli_check_operands(&args, 0, 0, "");
    }
    if (status != CLI_DONE) {
        return status;
    }
    lab_run run = {.seed = (uint64_t)seed, .jobs = (unsigned)jobs, .progress = true};
    json_t *matrix = lab_matrix_run(&run);
    if (matrix == NULL) {
        return CLI_FAILED;
    }
    status = verdict(matrix);
    if (as_json) {
        return cli_print_json(matrix) == CLI_DONE ? status : CLI_FAILED;
    }
    lab_matrix_print(matrix);
    json_decref(matrix);
    return status;
}

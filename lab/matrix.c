/* macaw lab matrix: every attack against every kind of construction. */
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

typedef struct request {
    bool json;
    int64_t seed, jobs;
} request;

static int take(void *wish, int code, const cli_args *args)
{
    request *ret = wish;

    switch (code) {
    case 'j':
        return cli_option_number(args, 1, LAB_JOBS_MAX, &ret->jobs);
    case OPTION_SEED:
        return cli_option_number(args, 0, INT64_MAX, &ret->seed);
    default:
        ret->json = true;
        return CLI_DONE;
    }
}

int lab_matrix(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request want = {.seed = 1, .jobs = cli_processors(LAB_JOBS_MAX)};

    if (!cli_take_options(&args, take, &want)) {
        return args.status;
    }
    int status = cli_check_operands(&args, 0, 0, "");
    if (status != CLI_DONE) {
        return status;
    }
    lab_run run = {.seed = (uint64_t)want.seed, .jobs = (unsigned)want.jobs, .progress = true};
    json_t *matrix = lab_matrix_run(&run);
    if (matrix == NULL) {
        return CLI_FAILED;
    }
    status = verdict(matrix);
    if (want.json) {
        return cli_print_json(matrix) == CLI_DONE ? status : CLI_FAILED;
    }
    lab_matrix_print(matrix);
    json_decref(matrix);
    return status;
}

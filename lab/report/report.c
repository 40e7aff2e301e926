/* macaw lab report: what the lab found, as a page or as a folder of data. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "harness/print_parts.h"
#include "lab.h"
#include "matrix/matrix.h"
#include "report/file.h"
#include "report/folder.h"
#include "report/page.h"

enum { OPTION_FOLDER = 256, OPTION_FROM, OPTION_SEED, OPTION_REPEAT, CARDS_MAX = 128 };

static const cli_option options[] = {
    {'o', "output", "FILE", "write the page there instead of to standard output"},
    {OPTION_FOLDER, "folder", "DIR", "write the page, the results, CSV and SVG files there"},
    {OPTION_FROM, "from", "FILE", "take the results.json of a folder instead of running attacks"},
    {OPTION_REPEAT, "repeat", "N", "games against each construction; each attack's own number"},
    {OPTION_SEED, "seed", "N", "of all random choices; 1 unless given"},
    {'j', "jobs", "N", "games side by side; one a processor unless given"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab report",
    "[-o FILE|--folder DIR] [--from FILE] [NAME]...",
    "Run all attacks and the matrix, or the named attacks only, and write what they came to\n"
    "as one HTML page that needs no network.",
    options,
};

typedef struct request {
    char *output, *folder, *from;
    int64_t seed, repeat, jobs;
    const lab_card *cards[CARDS_MAX + 1];
    bool all;
} request;

static int take(request *ret, int code, const cli_args *args)
{
    switch (code) {
    case 'o':
        return cli_option_once(args, &ret->output);
    case OPTION_FOLDER:
        return cli_option_once(args, &ret->folder);
    case OPTION_FROM:
        return cli_option_once(args, &ret->from);
    case OPTION_REPEAT:
        return cli_option_number(args, 1, 1000000, &ret->repeat);
    case OPTION_SEED:
        return cli_option_number(args, 0, INT64_MAX, &ret->seed);
    default:
        return cli_option_number(args, 1, LAB_JOBS_MAX, &ret->jobs);
    }
}

static int choose(request *ret, const cli_args *args)
{
    size_t n = (size_t)cli_operand_count(args);

    if (ret->output != NULL && ret->folder != NULL) {
        return cli_fail(CLI_WRONG, "--folder", "not with --output");
    }
    if (n > CARDS_MAX || (n > 0 && ret->from != NULL)) {
        return cli_fail(CLI_WRONG, "NAME", n > CARDS_MAX ? "too many" : "not with --from");
    }
    ret->all = n == 0;
    for (size_t i = 0; i < (ret->all ? CARDS_MAX : n); i++) {
        const char *name = ret->all ? "" : cli_operands(args)[i];
        ret->cards[i] = ret->all ? lab_card_at(i) : lab_card_find(name);
        if (ret->cards[i] == NULL && !ret->all) {
            return cli_fail(CLI_WRONG, name, "no such attack; see macaw lab list");
        }
        if (ret->cards[i] == NULL) {
            break;
        }
    }
    return CLI_DONE;
}

/* ---- results ---- */

/* Points of curves have no use for their steps. */
static void drop_traces(json_t *cards)
{
    json_t *card, *one;
    size_t i, j;

    json_array_foreach(cards, i, card)
    {
        json_array_foreach(json_object_get(card, "cases"), j, one)
        {
            if (strcmp(lab_json_text(one, "role"), "curve") == 0) {
                json_object_del(one, "trace");
            }
        }
    }
}

static json_t *run_all(const request *want)
{
    lab_run run = {.seed = (uint64_t)want->seed,
                   .repeats = (unsigned)want->repeat,
                   .jobs = (unsigned)want->jobs,
                   .tracing = true,
                   .progress = true};
    json_t *cards = lab_run_cards(&run, want->cards);
    json_t *matrix = json_null();

    if (cards == NULL) {
        return NULL;
    }
    drop_traces(cards);
    if (want->all) {
        run.tracing = false;
        matrix = lab_matrix_run(&run);
    }
    if (matrix == NULL) {
        json_decref(cards);
        return NULL;
    }
    return json_pack("{s:I, s:o, s:o}", "seed", (json_int_t)want->seed, "cards", cards, "matrix",
                     matrix);
}

static json_t *load(const char *file, int *status)
{
    json_error_t error;
    FILE *in = fopen(file, "re");

    if (in == NULL) {
        *status = cli_fail_errno(file);
        return NULL;
    }
    json_t *ret = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    (void)fclose(in);
    if (ret == NULL) {
        *status = cli_fail(CLI_WRONG, file, "line %d: %s", error.line, error.text);
    } else if (!json_is_array(json_object_get(ret, "cards"))) {
        *status = cli_fail(CLI_WRONG, file, "not the results.json of a report");
        json_decref(ret);
        ret = NULL;
    }
    return ret;
}

/* ---- output ---- */

static int write_page(const char *file, const report *r)
{
    report_file out;

    if (file == NULL) {
        page_write(stdout, r); /* main checks it */
        return CLI_DONE;
    }
    int status = report_file_open(&out, file);
    if (status == CLI_DONE) {
        page_write(out.stream, r);
        status = report_file_close(&out);
    }
    return status;
}

static int write_report(const request *want)
{
    /* Some minutes of attacks are not for a page that cannot be written. */
    int status = want->folder != NULL   ? folder_make(want->folder)
                 : want->output != NULL ? report_file_try(want->output)
                                        : CLI_DONE;
    if (status != CLI_DONE) {
        return status;
    }
    status = CLI_FAILED;
    json_t *results = want->from != NULL ? load(want->from, &status) : run_all(want);
    report r = {results, (unsigned)(want->jobs < 64 ? want->jobs : 64)};

    if (results == NULL) {
        return status;
    }
    status = want->folder != NULL ? folder_write(want->folder, &r) : write_page(want->output, &r);
    json_decref(results);
    return status;
}

int lab_report(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request want = {.seed = 1, .jobs = cli_processors(LAB_JOBS_MAX)};
    int code, status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        status = take(&want, code, &args);
    }
    if (status == CLI_DONE && code < 0) {
        return args.status;
    }
    if (status == CLI_DONE) {
        status = choose(&want, &args);
    }
    return status == CLI_DONE ? write_report(&want) : status;
}

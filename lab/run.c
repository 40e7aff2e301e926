/* macaw lab run: attacks, each against what breaks and what holds. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "harness/print.h"
#include "harness/run.h"
#include "json_out.h"
#include "lab.h"

enum { OPTION_ALL = 256, OPTION_JSON, OPTION_CSV, OPTION_STEP, OPTION_SEED, OPTION_REPEAT };
enum { CARDS_MAX = 128, USERS_MAX = 16 };

static const cli_option options[] = {
    {OPTION_ALL, "all", NULL, "every attack"},
    {'o', "set", "NAME=VALUE", "an option of the attack; bytes are text or hex:DIGITS"},
    {OPTION_REPEAT, "repeat", "N", "games against each construction; the attack's own number"},
    {OPTION_SEED, "seed", "N", "of all random choices; 1 unless given"},
    {'j', "jobs", "N", "games side by side; one a processor unless given"},
    {OPTION_STEP, "step", NULL, "stop before each query and say why it is made"},
    {OPTION_JSON, "json", NULL, "as JSON: an object, with --all an array of them"},
    {OPTION_CSV, "csv", NULL, "as CSV, a line a construction"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab run",
    "NAME|--all [-o NAME=VALUE]... [--repeat N] [--step] [--json|--csv]",
    "Run an attack against constructions that break and others that hold. Status 0 only\n"
    "if each target broke and each control held.",
    options,
};

typedef struct request {
    bool all, json, csv, step;
    int64_t repeat, seed, jobs;
    lab_setting users[USERS_MAX + 1];
    size_t user_count;
    const lab_card *cards[CARDS_MAX + 1];
} request;

static int take_user(request *ret, const cli_args *args)
{
    char *sign = strchr(args->value, '=');

    if (sign == NULL || sign == args->value || ret->user_count == USERS_MAX) {
        return cli_fail(CLI_WRONG, args->label, "expected NAME=VALUE, at most %d times", USERS_MAX);
    }
    *sign = '\0';
    ret->users[ret->user_count++] = (lab_setting){args->value, sign + 1};
    return CLI_DONE;
}

static int take(void *wish, int code, const cli_args *args)
{
    request *ret = wish;

    switch (code) {
    case 'o':
        return take_user(ret, args);
    case 'j':
        return cli_option_number(args, 1, LAB_JOBS_MAX, &ret->jobs);
    case OPTION_REPEAT:
        return cli_option_number(args, 1, 1000000, &ret->repeat);
    case OPTION_SEED:
        return cli_option_number(args, 0, INT64_MAX, &ret->seed);
    case OPTION_ALL:
        ret->all = true;
        return CLI_DONE;
    case OPTION_STEP:
        ret->step = true;
        return CLI_DONE;
    case OPTION_CSV:
        ret->csv = true;
        return CLI_DONE;
    default:
        ret->json = true;
        return CLI_DONE;
    }
}

static int choose(request *ret, const cli_args *args)
{
    int status = cli_check_operands(args, ret->all ? 0 : 1, ret->all ? 0 : 1, "NAME");
    const char *name;

    if (status != CLI_DONE) {
        return status;
    }
    if ((ret->json ? 1 : 0) + (ret->csv ? 1 : 0) + (ret->step ? 1 : 0) > 1) {
        return cli_fail(CLI_WRONG, "--json", "only one of --json, --csv and --step");
    }
    if (ret->all) {
        if (ret->user_count > 0 || ret->step) {
            return cli_fail(CLI_WRONG, "--all", "not with %s", ret->step ? "--step" : "--set");
        }
        for (size_t i = 0; i < CARDS_MAX && lab_card_at(i) != NULL; i++) {
            ret->cards[i] = lab_card_at(i);
        }
        return CLI_DONE;
    }
    name = cli_operands(args)[0];
    ret->cards[0] = lab_card_find(name);
    return ret->cards[0] != NULL ? CLI_DONE
                                 : cli_fail(CLI_WRONG, name, "no such attack; see macaw lab list");
}

/* ---- stepping ---- */

static void print_live(void *context, const json_t *event)
{
    (void)context;
    lab_print_event(event);
}

/* On a terminal, wait for Enter; a pipe needs no patience. */
static void wait_for_enter(void *context)
{
    int c;

    (void)context;
    if (isatty(STDIN_FILENO) != 1 || isatty(STDOUT_FILENO) != 1) {
        return;
    }
    printf("    [Enter] ");
    fflush(stdout);
    do {
        c = getchar();
    } while (c != '\n' && c != EOF);
}

/* ---- output ---- */

static void print_text(const request *want, const json_t *results)
{
    json_t *result, *one;
    size_t i, j;

    json_array_foreach(results, i, result)
    {
        json_array_foreach(json_object_get(result, "cases"), j, one)
        {
            if (!want->all && !want->step) {
                lab_print_case(one);
            }
        }
        lab_print_result(result);
    }
}

static int print_results(const request *want, json_t *results)
{
    json_t *result;
    size_t i;

    if (want->json) {
        return cli_print_json(want->all ? results : json_incref(json_array_get(results, 0)));
    }
    if (want->csv) {
        lab_print_csv_head();
        json_array_foreach(results, i, result)
        {
            lab_print_csv(result);
        }
        return CLI_DONE;
    }
    print_text(want, results);
    return CLI_DONE;
}

/* CLI_DONE, CLI_REFUSED: not all as it must be, CLI_FAILED: a game went wrong. */
static int verdict(const json_t *results)
{
    int status = CLI_DONE;
    json_t *result;
    size_t i;

    json_array_foreach(results, i, result)
    {
        if (json_is_true(json_object_get(result, "error"))) {
            status = cli_fail(CLI_FAILED, json_string_value(json_object_get(result, "card")),
                              "a game went wrong; its case says how");
        } else if (!json_is_true(json_object_get(result, "ok")) && status == CLI_DONE) {
            status = CLI_REFUSED;
        }
    }
    return status;
}

static int check_together(const lab_card *card, const lab_settings *settings)
{
    const char *wrong = card->refuses != NULL ? card->refuses(settings) : NULL;

    return wrong != NULL ? cli_fail(CLI_WRONG, card->name, "%s", wrong) : CLI_DONE;
}

/* Options are checked against every case before anything runs. */
static int check_settings(const request *want)
{
    for (const lab_case *one = want->cards[0]->cases; one->construction != NULL; one++) {
        lab_settings settings;
        int status =
            lab_settings_fill(&settings, want->cards[0]->options, want->users, one->settings);
        if (status != CLI_DONE) {
            return status;
        }
        status = check_together(want->cards[0], &settings);
        lab_settings_free(&settings);
        if (status != CLI_DONE) {
            return status;
        }
    }
    return CLI_DONE;
}

static int run(const request *want)
{
    lab_run run = {.seed = (uint64_t)want->seed,
                   .repeats = (unsigned)want->repeat,
                   .jobs = (unsigned)want->jobs,
                   .users = want->users,
                   .tracing = !want->all && !want->csv,
                   .progress = true};
    json_t *results;
    int status = check_settings(want);

    if (status != CLI_DONE) {
        return status;
    }
    if (!want->all && !want->json && !want->csv) {
        lab_print_card(want->cards[0]);
    }
    if (want->step) {
        run.event = print_live;
        run.pause = wait_for_enter;
    }
    results = lab_run_cards(&run, want->cards);
    if (results == NULL) {
        return CLI_FAILED;
    }
    status = verdict(results);
    int printed = print_results(want, results);
    if (!(want->json && want->all)) {
        json_decref(results);
    }
    return printed != CLI_DONE ? printed : status;
}

int lab_run_command(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request want = {.seed = 1, .jobs = cli_processors(LAB_JOBS_MAX)};

    if (!cli_take_options(&args, take, &want)) {
        return args.status;
    }
    int status = choose(&want, &args);
    return status == CLI_DONE ? run(&want) : status;
}

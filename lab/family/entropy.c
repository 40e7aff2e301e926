/* macaw lab entropy: distributions by themselves. */
#include "entropy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "lab.h"

enum {
    OPTION_COINS = 256,
    OPTION_JOINT,
    OPTION_JENSEN,
    OPTION_VALUES,
    OPTION_JSON,
    OPTION_SVG,
};

static const cli_option options[] = {
    {OPTION_COINS, "coins", "N", "N tosses of a fair coin, 1 to 62, instead of weights"},
    {OPTION_JOINT, "joint", "ROWS", "two quantities, as 1,0/0,1: a row for each value of X"},
    {OPTION_JENSEN, "jensen", "F", "Jensen's inequality for a function of x, such as log2(x)"},
    {OPTION_VALUES, "values", "X,...", "with --jensen: the values; 1, 2, 3 ... if not given"},
    {OPTION_JSON, "json", NULL, "as JSON"},
    {OPTION_SVG, "svg", "DIR", "draw into a folder as well"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab entropy",
    "WEIGHT,... [--jensen F [--values X,...]] | --coins N | --joint ROWS",
    "Entropy of any distribution, exactly; joint entropy of two; Jensen's inequality.",
    options,
};

static int take_option(const cli_args *args, int code, entropy_request *r)
{
    switch (code) {
    case OPTION_COINS:
        return cli_option_number(args, 1, ENTROPY_COINS_MAX, &r->coins);
    case OPTION_JOINT:
        return cli_option_once(args, &r->joint);
    case OPTION_JENSEN:
        return cli_option_once(args, &r->jensen);
    case OPTION_VALUES:
        return cli_option_once(args, &r->values);
    case OPTION_SVG:
        return cli_option_once(args, &r->svg);
    default:
        r->json = true;
        return CLI_DONE;
    }
}

void entropy_print(const char *name, const exact *sum)
{
    char *text = exact_text(sum);

    printf("%-16s %.6f  %s\n", name, exact_value(sum), text);
    free(text);
}

double entropy_part(double p)
{
    return p > 0 ? -p * log2(p) : 0;
}

static int check_request(const cli_args *args, entropy_request *r)
{
    bool weights = cli_operand_count(args) > 0;

    if (weights + (r->coins > 0) + (r->joint != NULL) != 1) {
        return cli_fail(CLI_WRONG, "lab entropy",
                        "expected weights, --coins or --joint, one of them");
    }
    if ((r->jensen != NULL && !weights) || (r->values != NULL && r->jensen == NULL)) {
        return cli_fail(CLI_WRONG, r->jensen != NULL ? "--jensen" : "--values", "only with %s",
                        r->jensen != NULL ? "weights" : "--jensen");
    }
    r->weights = weights ? cli_operands(args)[0] : NULL;
    return cli_check_operands(args, 0, 1, "WEIGHT");
}

int lab_entropy(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    entropy_request r = {.weights = NULL};
    int status = CLI_DONE;
    int code;

    while ((code = cli_next_option(&args)) > 0) {
        status = take_option(&args, code, &r);
        if (status != CLI_DONE) {
            return status;
        }
    }
    if (code < 0) {
        return args.status;
    }
    status = check_request(&args, &r);
    if (status != CLI_DONE) {
        return status;
    }
    return r.coins > 0       ? entropy_of_coins(&r)
           : r.joint != NULL ? entropy_of_two(&r)
                             : entropy_of_weights(&r);
}

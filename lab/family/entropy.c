/* macaw lab entropy: distributions by themselves. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "distribution.h"
#include "jensen.h"
#include "json_out.h"
#include "lab.h"
#include "memory.h"
#include "save.h"
#include "show.h"

enum {
    OPTION_COINS = 256,
    OPTION_JOINT,
    OPTION_JENSEN,
    OPTION_VALUES,
    OPTION_JSON,
    OPTION_SVG,
    COINS_MAX = 62,
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

typedef struct request {
    const char *weights;
    char *joint, *jensen, *values, *svg;
    int64_t coins;
    bool json;
} request;

static int take_option(const cli_args *args, int code, request *r)
{
    switch (code) {
    case OPTION_COINS:
        return cli_option_number(args, 1, COINS_MAX, &r->coins);
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

static void print_exact(const char *name, const exact *sum)
{
    char *text = exact_text(sum);

    printf("%-16s %.6f  %s\n", name, exact_value(sum), text);
    free(text);
}

/* What an event of chance p adds to an entropy. */
static double part(double p)
{
    return p > 0 ? -p * log2(p) : 0;
}

/* ---- one quantity ---- */

static int draw_distribution(const char *dir, const distribution *d)
{
    double *p = family_zeroed(2 * d->columns, sizeof *p);
    double *parts = p + d->columns;
    plot_series series[] = {
        {.label = "pᵢ", .mark = PLOT_BARS, .count = d->columns, .y = p},
        {.label = "−pᵢ log₂ pᵢ, bits", .mark = PLOT_BARS, .count = d->columns, .y = parts},
    };
    plot_figure figure = {
        .id = "entropy",
        .title = "What each value adds to the entropy",
        .about = "The probability of each value, and its part of the entropy.",
        .x = {.label = "value i", .whole = true},
        .y = {.label = "probability, bits"},
        .series = series,
        .series_count = 2,
    };
    int status = save_folder(dir);

    for (size_t i = 0; i < d->columns; i++) {
        p[i] = (double)d->weights[i] / (double)d->sum;
        parts[i] = part(p[i]);
    }
    status = status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &figure) : status;
    free(p);
    return status;
}

static int show_entropy(const request *r, const distribution *d)
{
    exact h = {.terms = NULL};
    exact most = {.terms = NULL};
    size_t possible = 0;
    int status = CLI_DONE;

    for (size_t i = 0; i < d->columns; i++) {
        possible += d->weights[i] > 0;
    }
    distribution_entropy(d, &h);
    exact_add_ratio(&most, 1, 1, possible);
    if (r->json) {
        status = cli_print_json(json_pack("{s:o, s:o, s:b}", "H", show_exact(&h), "log2_values",
                                          show_exact(&most), "uniform", exact_equal(&h, &most)));
    } else {
        print_exact("H(X)", &h);
        print_exact("log2 of values", &most);
        printf("%s\n", exact_equal(&h, &most) ? "equal: the values are equally likely"
                                              : "smaller: some values are likelier than others");
    }
    exact_clear(&h);
    exact_clear(&most);
    return status == CLI_DONE && r->svg != NULL ? draw_distribution(r->svg, d) : status;
}

/* ---- Jensen ---- */

static void print_jensen(const jensen *j)
{
    const char *relation = j->equal ? "=" : j->mean_of_f < j->f_of_mean ? "<" : ">";

    printf("f(x) = %s is %s between %g and %g\n", j->function, jensen_shape_name(j->shape), j->low,
           j->high);
    printf("sum a f(x) = %.10g %s %.10g = f(sum a x), mean %.10g\n", j->mean_of_f, relation,
           j->f_of_mean, j->mean);
    if (j->is_log) {
        print_exact("E(log2 X)", &j->exact_mean);
        print_exact("log2 E(X)", &j->exact_of_mean);
    }
    printf("Jensen's inequality %s\n", j->shape == JENSEN_NEITHER ? "says nothing here"
                                       : j->holds                 ? "holds"
                                                                  : "FAILS");
}

static json_t *jensen_json(const jensen *j)
{
    json_t *json =
        json_pack("{s:s, s:s, s:f, s:f, s:f, s:b, s:b}", "function", j->function, "shape",
                  jensen_shape_name(j->shape), "mean", j->mean, "mean_of_f", j->mean_of_f,
                  "f_of_mean", j->f_of_mean, "equal", j->equal, "holds", j->holds);

    if (j->is_log) {
        json_object_set_new(json, "exact_mean_of_f", show_exact(&j->exact_mean));
        json_object_set_new(json, "exact_f_of_mean", show_exact(&j->exact_of_mean));
    }
    return json;
}

/* The values as many as the weights, at least 1 each; 1, 2 … without the option. */
static int take_values(const request *r, const distribution *d, distribution *ret)
{
    macaw_error err = {.status = MACAW_OK};

    if (r->values == NULL) {
        *ret = (distribution){.weights = family_zeroed(d->columns, sizeof *ret->weights),
                              .columns = d->columns};
        for (size_t i = 0; i < d->columns; i++) {
            ret->weights[i] = (uint32_t)i + 1;
        }
        return CLI_DONE;
    }
    if (distribution_parse(r->values, false, ret, &err) != MACAW_OK) {
        return cli_fail_detail("--values", &err);
    }
    if (ret->columns != d->columns) {
        distribution_clear(ret);
        return cli_fail(CLI_WRONG, "--values", "there must be as many values as weights");
    }
    for (size_t i = 0; i < ret->columns; i++) {
        if (ret->weights[i] == 0) {
            distribution_clear(ret);
            return cli_fail(CLI_WRONG, "--values", "values are 1 to %d", DISTRIBUTION_WEIGHT);
        }
    }
    return CLI_DONE;
}

static int show_jensen(const request *r, const distribution *d)
{
    macaw_error err = {.status = MACAW_OK};
    distribution values;
    jensen j;
    int status = take_values(r, d, &values);

    if (status != CLI_DONE) {
        return status;
    }
    if (jensen_take(r->jensen, d, values.weights, &j, &err) != MACAW_OK) {
        distribution_clear(&values);
        return cli_fail_detail("--jensen", &err);
    }
    if (r->json) {
        status = cli_print_json(jensen_json(&j));
    } else {
        print_jensen(&j);
    }
    if (status == CLI_DONE && r->svg != NULL) {
        status = save_folder(r->svg);
        status = status == CLI_DONE ? jensen_draw(r->svg, &j) : status;
    }
    jensen_clear(&j);
    distribution_clear(&values);
    return status;
}

static int show_weights(const request *r)
{
    macaw_error err = {.status = MACAW_OK};
    distribution d;
    int status;

    if (distribution_parse(r->weights, false, &d, &err) != MACAW_OK) {
        return cli_fail_detail("WEIGHT", &err);
    }
    status = r->jensen != NULL ? show_jensen(r, &d) : show_entropy(r, &d);
    distribution_clear(&d);
    return status;
}

/* ---- two quantities ---- */

typedef struct joint {
    exact x, y, xy, y_given_x, x_given_y, shared;
    bool independent, is_sum;
} joint;

static void take_joint(const distribution *d, joint *ret)
{
    exact sum = {.terms = NULL};

    distribution_row_entropy(d, &ret->x);
    distribution_column_entropy(d, &ret->y);
    distribution_entropy(d, &ret->xy);
    exact_difference(&ret->y_given_x, &ret->xy, &ret->x);
    exact_difference(&ret->x_given_y, &ret->xy, &ret->y);
    exact_difference(&ret->shared, &ret->y, &ret->y_given_x);
    exact_add(&sum, 1, &ret->x);
    exact_add(&sum, 1, &ret->y);
    ret->is_sum = exact_equal(&sum, &ret->xy);
    ret->independent = distribution_independent(d);
    exact_clear(&sum);
}

static void clear_joint(joint *j)
{
    exact *all[] = {&j->x, &j->y, &j->xy, &j->y_given_x, &j->x_given_y, &j->shared};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        exact_clear(all[i]);
    }
}

static int draw_joint(const char *dir, const distribution *d)
{
    double *values = family_zeroed(d->rows * d->columns, sizeof *values);
    plot_heat heat = {.rows = d->rows, .columns = d->columns, .values = values, .label = "p"};
    plot_figure figure = {
        .id = "joint",
        .title = "Joint distribution",
        .about = "The probability of each pair of values.",
        .x = {.label = "Y", .whole = true},
        .y = {.label = "X", .whole = true},
        .heat = &heat,
    };
    int status = save_folder(dir);

    for (size_t i = 0; i < d->rows * d->columns; i++) {
        values[i] = (double)d->weights[i] / (double)d->sum;
        heat.max = fmax(heat.max, values[i]);
    }
    status = status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &figure) : status;
    free(values);
    return status;
}

static int print_joint(const request *r, const joint *j)
{
    if (r->json) {
        return cli_print_json(
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "H_X", show_exact(&j->x), "H_Y",
                      show_exact(&j->y), "H_XY", show_exact(&j->xy), "H_Y_given_X",
                      show_exact(&j->y_given_x), "H_X_given_Y", show_exact(&j->x_given_y), "I_XY",
                      show_exact(&j->shared), "independent", j->independent, "sum", j->is_sum));
    }
    print_exact("H(X)", &j->x);
    print_exact("H(Y)", &j->y);
    print_exact("H(X,Y)", &j->xy);
    print_exact("H(Y|X)", &j->y_given_x);
    print_exact("H(X|Y)", &j->x_given_y);
    print_exact("I(X;Y)", &j->shared);
    printf("X and Y are %s, and H(X,Y) %s H(X)+H(Y)\n",
           j->independent ? "independent" : "dependent", j->is_sum ? "=" : "<");
    return CLI_DONE;
}

static int show_joint(const request *r)
{
    macaw_error err = {.status = MACAW_OK};
    joint j = {.independent = false};
    distribution d;
    int status;

    if (distribution_parse(r->joint, true, &d, &err) != MACAW_OK) {
        return cli_fail_detail("--joint", &err);
    }
    take_joint(&d, &j);
    status = print_joint(r, &j);
    if (status == CLI_DONE && r->svg != NULL) {
        status = draw_joint(r->svg, &d);
    }
    clear_joint(&j);
    distribution_clear(&d);
    return status;
}

/* ---- coins ---- */

static int draw_coins(const char *dir, size_t tosses)
{
    enum { POINTS = 201 };
    double p[POINTS], h[POINTS];
    double counts[COINS_MAX], bits[COINS_MAX];
    plot_series line = {.mark = PLOT_LINE_POINTS, .count = tosses, .x = counts, .y = bits};
    plot_series curve = {.mark = PLOT_LINE, .count = POINTS, .x = p, .y = h};
    plot_figure coins = {
        .id = "coins",
        .title = "n tosses of a fair coin",
        .about = "n tosses have n bits.",
        .x = {.label = "tosses n", .whole = true},
        .y = {.label = "entropy, bits"},
        .series = &line,
        .series_count = 1,
    };
    plot_figure bias = {
        .id = "bias",
        .title = "One toss of a biased coin",
        .about = "The entropy of one toss against the chance of heads: 1 bit at one half.",
        .x = {.label = "chance of heads"},
        .y = {.label = "entropy, bits"},
        .series = &curve,
        .series_count = 1,
    };
    int status = save_folder(dir);

    for (size_t i = 0; i < tosses; i++) {
        exact sum = {.terms = NULL};
        counts[i] = (double)i + 1;
        coins_entropy((unsigned)i + 1, &sum);
        bits[i] = exact_value(&sum);
        exact_clear(&sum);
    }
    for (size_t i = 0; i < POINTS; i++) {
        p[i] = (double)i / (POINTS - 1);
        h[i] = part(p[i]) + part(1 - p[i]);
    }
    status = status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &coins) : status;
    return status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &bias) : status;
}

static int show_coins(const request *r)
{
    exact h = {.terms = NULL};
    int status = CLI_DONE;

    coins_entropy((unsigned)r->coins, &h);
    if (r->json) {
        status = cli_print_json(
            json_pack("{s:I, s:o}", "coins", (json_int_t)r->coins, "H", show_exact(&h)));
    } else {
        print_exact("H", &h);
    }
    exact_clear(&h);
    return status == CLI_DONE && r->svg != NULL ? draw_coins(r->svg, (size_t)r->coins) : status;
}

static int check_request(const cli_args *args, request *r)
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
    request r = {.weights = NULL};
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
    return r.coins > 0 ? show_coins(&r) : r.joint != NULL ? show_joint(&r) : show_weights(&r);
}

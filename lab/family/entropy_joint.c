/* Two quantities: what they share, and what one says about the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "distribution.h"
#include "entropy.h"
#include "json_out.h"
#include "memory.h"
#include "save.h"
#include "show.h"

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

static int print_joint(const entropy_request *r, const joint *j)
{
    if (r->json) {
        return cli_print_json(
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b}", "H_X", show_exact(&j->x), "H_Y",
                      show_exact(&j->y), "H_XY", show_exact(&j->xy), "H_Y_given_X",
                      show_exact(&j->y_given_x), "H_X_given_Y", show_exact(&j->x_given_y), "I_XY",
                      show_exact(&j->shared), "independent", j->independent, "sum", j->is_sum));
    }
    entropy_print("H(X)", &j->x);
    entropy_print("H(Y)", &j->y);
    entropy_print("H(X,Y)", &j->xy);
    entropy_print("H(Y|X)", &j->y_given_x);
    entropy_print("H(X|Y)", &j->x_given_y);
    entropy_print("I(X;Y)", &j->shared);
    printf("X and Y are %s, and H(X,Y) %s H(X)+H(Y)\n",
           j->independent ? "independent" : "dependent", j->is_sum ? "=" : "<");
    return CLI_DONE;
}

int entropy_of_two(const entropy_request *r)
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

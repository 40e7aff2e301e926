/* One distribution: its entropy, and Jensen's inequality under it. */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "distribution.h"
#include "entropy.h"
#include "jensen.h"
#include "json_out.h"
#include "memory.h"
#include "save.h"
#include "show.h"

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
        parts[i] = entropy_part(p[i]);
    }
    status = status == CLI_DONE ? save_figure(&(save_place){.dir = dir}, &figure) : status;
    free(p);
    return status;
}

static int show_entropy(const entropy_request *r, const distribution *d)
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
        entropy_print("H(X)", &h);
        entropy_print("log2 of values", &most);
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
        entropy_print("E(log2 X)", &j->exact_mean);
        entropy_print("log2 E(X)", &j->exact_of_mean);
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
static int take_values(const entropy_request *r, const distribution *d, distribution *ret)
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

static int show_jensen(const entropy_request *r, const distribution *d)
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

int entropy_of_weights(const entropy_request *r)
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

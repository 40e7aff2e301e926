#include "jensen.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli.h"
#include "expression.h"
#include "memory.h"
#include "save.h"

enum { POINTS = 257 };

const char *jensen_shape_name(jensen_shape shape)
{
    static const char *const names[] = {"concave", "convex", "linear", "neither"};

    return names[shape];
}

static double point(const jensen *j, size_t i)
{
    return j->low + (j->high - j->low) * (double)i / (POINTS - 1);
}

/* The function at POINTS places between the values; an error where it has no value. */
static int sample(const jensen *j, double *ys, macaw_error *err)
{
    for (size_t i = 0; i < POINTS; i++) {
        int status = expression_value(j->function, point(j, i), &ys[i], err);
        if (status != MACAW_OK) {
            return status;
        }
        if (!isfinite(ys[i])) {
            return macaw_fail(err, MACAW_EARG, 0, "has no value at x = %g", point(j, i));
        }
    }
    return MACAW_OK;
}

/* From the signs of its second differences. */
static jensen_shape shape_of(const double *ys)
{
    double size = 0;
    bool up = false;
    bool down = false;

    for (size_t i = 0; i < POINTS; i++) {
        size = fmax(size, fabs(ys[i]));
    }
    for (size_t i = 1; i + 1 < POINTS; i++) {
        double bend = ys[i - 1] - 2 * ys[i] + ys[i + 1];
        up |= bend > size * 1e-12;
        down |= bend < -size * 1e-12;
    }
    return up && down ? JENSEN_NEITHER : up ? JENSEN_CONVEX : down ? JENSEN_CONCAVE : JENSEN_LINEAR;
}

static int take_means(jensen *j, macaw_error *err)
{
    const distribution *d = j->d;

    j->low = INFINITY;
    j->high = -INFINITY;
    for (size_t i = 0; i < d->columns; i++) {
        double a = (double)d->weights[i] / (double)d->sum;
        double y;
        int status = expression_value(j->function, j->values[i], &y, err);
        if (status != MACAW_OK) {
            return status;
        }
        if (d->weights[i] == 0) {
            continue;
        }
        if (!isfinite(y)) {
            return macaw_fail(err, MACAW_EARG, 0, "has no value at x = %u", j->values[i]);
        }
        j->low = fmin(j->low, j->values[i]);
        j->high = fmax(j->high, j->values[i]);
        j->mean += a * j->values[i];
        j->mean_of_f += a * y;
    }
    return expression_value(j->function, j->mean, &j->f_of_mean, err);
}

static void decide(jensen *j)
{
    double gap = j->f_of_mean - j->mean_of_f;
    double room = 1e-12 * (fabs(j->f_of_mean) + fabs(j->mean_of_f));

    j->equal = fabs(gap) <= room;
    j->is_log = strcmp(j->function, "log2(x)") == 0;
    if (j->is_log) {
        distribution_mean_log(j->d, j->values, &j->exact_mean);
        distribution_log_mean(j->d, j->values, &j->exact_of_mean);
        j->equal = exact_equal(&j->exact_mean, &j->exact_of_mean);
    }
    j->holds = j->equal || (j->shape == JENSEN_CONCAVE && gap > 0) ||
               (j->shape == JENSEN_CONVEX && gap < 0) || j->shape == JENSEN_NEITHER;
}

int jensen_take(const char *function, const distribution *d, const uint32_t *values, jensen *ret,
                macaw_error *err)
{
    jensen j = {.function = function, .d = d, .values = values};
    double ys[POINTS];
    int status = take_means(&j, err);

    if (status == MACAW_OK) {
        status = sample(&j, ys, err);
    }
    if (status != MACAW_OK) {
        return status;
    }
    j.shape = shape_of(ys);
    decide(&j);
    *ret = j;
    return MACAW_OK;
}

void jensen_clear(jensen *j)
{
    exact_clear(&j->exact_mean);
    exact_clear(&j->exact_of_mean);
}

static double value_at(const jensen *j, double x)
{
    macaw_error err;
    double y = NAN;

    return expression_value(j->function, x, &y, &err) == MACAW_OK ? y : (double)NAN;
}

int jensen_draw(const char *dir, const jensen *j)
{
    size_t count = j->d->columns;
    double xs[POINTS], ys[POINTS];
    double *px = family_zeroed(2 * count, sizeof *px);
    double *py = px + count;
    plot_series series[] = {
        {.label = j->function, .mark = PLOT_LINE, .count = POINTS, .x = xs, .y = ys},
        {.label = "values", .mark = PLOT_POINTS, .count = count, .x = px, .y = py},
        {.label = "f(Σ aᵢxᵢ)", .mark = PLOT_POINTS, .count = 1, .x = &j->mean, .y = &j->f_of_mean},
        {.label = "Σ aᵢf(xᵢ)", .mark = PLOT_POINTS, .count = 1, .x = &j->mean, .y = &j->mean_of_f},
    };
    plot_rule mean = {true, j->mean, "mean Σ aᵢxᵢ"};
    plot_figure figure = {
        .id = "jensen",
        .title = "Jensen's inequality",
        .about = "A function, its values at the points of a distribution, and at their mean: "
                 "under the curve where it is concave, above where it is convex.",
        .x = {.label = "x"},
        .y = {.label = "f(x)"},
        .series = series,
        .series_count = 4,
        .rules = &mean,
        .rule_count = 1,
    };
    int status;

    for (size_t i = 0; i < POINTS; i++) {
        xs[i] = point(j, i);
        ys[i] = value_at(j, xs[i]);
    }
    for (size_t i = 0; i < count; i++) {
        px[i] = j->d->weights[i] > 0 ? (double)j->values[i] : (double)NAN;
        py[i] = value_at(j, j->values[i]);
    }
    status = save_figure(&(save_place){.dir = dir}, &figure);
    free(px);
    return status;
}

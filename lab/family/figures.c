#include "figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "memory.h"
#include "save.h"
#include "sweep.h"

/* A sweep measures a family ten times and more. */
#define SWEEP_PAIRS_MAX 500000000u
enum { HEAT_CELLS_MAX = 1024, BARS_MAX = 2000 };

/* The columns of a sweep. */
typedef struct columns {
    size_t count;
    double *step, *alpha, *beta, *bound_alpha, *bound_beta, *floor;
} columns;

/* One row more than there are steps: the end of the last one. */
static columns columns_of(const sweep_row *rows, size_t count)
{
    size_t room = count + 1;
    double *all = family_zeroed(6 * room, sizeof *all);
    columns c = {.count = count,
                 .step = all,
                 .alpha = all + room,
                 .beta = all + 2 * room,
                 .bound_alpha = all + 3 * room,
                 .bound_beta = all + 4 * room,
                 .floor = all + 5 * room};

    for (size_t i = 0; i < count; i++) {
        c.step[i] = rows[i].step;
        c.alpha[i] = rows[i].alpha_value;
        c.beta[i] = rows[i].beta_value;
        c.bound_alpha[i] = rows[i].bound_alpha;
        c.bound_beta[i] = rows[i].bound_beta;
        c.floor[i] = rows[i].one_over_m;
    }
    c.step[count] = c.step[count - 1] + 1;
    c.alpha[count] = c.alpha[count - 1];
    c.beta[count] = c.beta[count - 1];
    return c;
}

static int draw_skew(const save_place *place, const char *spec, const columns *c)
{
    char *title = family_format("%s: skewed keys", spec);
    plot_series series[] = {
        {.label = "α", .mark = PLOT_LINE_POINTS, .count = c->count, .x = c->step, .y = c->alpha},
        {.label = "β", .mark = PLOT_LINE_POINTS, .count = c->count, .x = c->step, .y = c->beta},
        {.label = "bound of α",
         .mark = PLOT_LINE,
         .count = c->count,
         .x = c->step,
         .y = c->bound_alpha,
         .colour = 1,
         .dashed = true},
        {.label = "bound of β",
         .mark = PLOT_LINE,
         .count = c->count,
         .x = c->step,
         .y = c->bound_beta,
         .colour = 2,
         .dashed = true},
    };
    plot_rule floor = {false, c->floor[0], "1/m"};
    plot_figure figure = {
        .id = "skew",
        .title = title,
        .about = "Forgery probabilities and their entropy bounds while some keys get heavier.",
        .x = {.label = "weight of the favoured keys, the others 1", .scale = PLOT_LOG2},
        .y = {.label = "probability", .min = 0, .max = 1.02},
        .series = series,
        .series_count = 4,
        .rules = &floor,
        .rule_count = 1,
    };
    int status = save_figure(place, &figure);

    free(title);
    return status;
}

static int draw_truncate(const save_place *place, const char *spec, const columns *c)
{
    char *title = family_format("%s: truncated tags", spec);
    plot_series series[] = {
        {.label = "α", .mark = PLOT_STEPS, .count = c->count + 1, .x = c->step, .y = c->alpha},
        {.label = "β", .mark = PLOT_STEPS, .count = c->count + 1, .x = c->step, .y = c->beta},
        {.label = "1/m, the least possible",
         .mark = PLOT_POINTS,
         .count = c->count,
         .x = c->step,
         .y = c->floor,
         .colour = 3},
    };
    plot_figure figure = {
        .id = "truncate",
        .title = title,
        .about = "Forgery probabilities when the tag is taken modulo a number: stairs over 1/m.",
        .x = {.label = "tags left: tag mod m", .min = 1, .max = c->step[c->count], .whole = true},
        .y = {.label = "probability", .min = 0, .max = 1.02},
        .series = series,
        .series_count = 3,
    };
    int status = save_figure(place, &figure);

    free(title);
    return status;
}

static int draw_length(const save_place *place, const char *spec, const columns *c)
{
    char *title = family_format("%s: longer messages", spec);
    double *line = family_zeroed(c->count, sizeof *line);
    plot_series series[] = {
        {.label = "L/q", .mark = PLOT_LINE, .count = c->count, .x = c->step, .y = line},
        {.label = "β, counted", .mark = PLOT_POINTS, .count = c->count, .x = c->step, .y = c->beta},
        {.label = "α, counted",
         .mark = PLOT_POINTS,
         .count = c->count,
         .x = c->step,
         .y = c->alpha},
    };
    plot_figure figure = {
        .id = "length",
        .title = title,
        .about = "Substitution probability of the polynomial family, which grows as L/q.",
        .x = {.label = "length L of the messages", .whole = true},
        .y = {.label = "probability", .min = 0, .max = 1.02},
        .series = series,
        .series_count = 3,
    };
    int status;

    for (size_t i = 0; i < c->count; i++) {
        line[i] = c->step[i] * c->floor[i];
    }
    status = save_figure(place, &figure);
    free(line);
    free(title);
    return status;
}

static int draw_sweep(const save_place *place, const char *spec, sweep_kind kind, unsigned threads)
{
    static int (*const draw[])(const save_place *, const char *,
                               const columns *) = {draw_skew, draw_truncate, draw_length};
    macaw_error err = {.status = MACAW_OK};
    sweep_row *rows;
    columns c;
    size_t count;
    int status;

    if (sweep_take(spec, kind, NULL, threads, &rows, &count, &err) != MACAW_OK) {
        return cli_fail_detail("SPEC", &err);
    }
    c = columns_of(rows, count);
    status = draw[kind](place, spec, &c);
    free(c.step);
    free(rows);
    return status;
}

/* ---- counts ---- */

static int draw_bars(const save_place *place, const char *title, const measures *m,
                     const double *values, const double *times, size_t count)
{
    double expected = (double)m->f->key_sum / ((double)m->f->m * m->f->m);
    double top = fmax(values[count - 1], expected);
    plot_series bars = {.mark = PLOT_BARS, .count = count, .x = values, .y = times};
    plot_rule rule = {true, expected, "the same for all: l/m²"};
    plot_figure figure = {
        .id = "counts",
        .title = title,
        .about = "How many quadruples (x, y, x', y') have each number of keys. One bar at l/m² "
                 "means that the family is 2-universal.",
        .x = {.label = m->f->key_weights != NULL ? "weight of the keys with h(x) = y, h(x') = y'"
                                                 : "keys with h(x) = y and h(x') = y'",
              .min = -0.5 - top * 0.03,
              .max = top + 0.5 + top * 0.06,
              .whole = true},
        .y = {.label = "quadruples (x, y, x', y')"},
        .series = &bars,
        .series_count = 1,
        .rules = &rule,
        .rule_count = 1,
    };

    return save_figure(place, &figure);
}

static int draw_counts(const save_place *place, const char *spec, const measures *m)
{
    char *title = family_format("%s: %s2-universal", spec, m->two_universal ? "" : "not ");
    tally *sum = family_zeroed(1, sizeof *sum);
    tally_entry *list;
    double *values, *times;
    size_t count;
    int status = CLI_DONE;

    measures_histogram(m, sum);
    count = tally_list(sum, &list);
    values = family_zeroed(count, sizeof *values);
    times = family_zeroed(count, sizeof *times);
    for (size_t i = 0; i < count; i++) {
        values[i] = (double)list[i].value;
        times[i] = (double)list[i].times;
    }
    if (count <= BARS_MAX) {
        status = draw_bars(place, title, m, values, times, count);
    }
    free(times);
    free(values);
    free(list);
    tally_clear(sum);
    free(sum);
    free(title);
    return status;
}

int figures_draw(const save_place *place, const char *spec, const measures *m, unsigned threads)
{
    const family *f = m->f;
    uint64_t pairs = (uint64_t)f->n * f->n * (f->l > f->m ? f->l : f->m);
    int status = place->dir != NULL ? save_folder(place->dir) : CLI_DONE;

    for (int kind = SWEEP_SKEW; status == CLI_DONE && kind <= SWEEP_LENGTH; kind++) {
        if (sweep_suits(spec, (sweep_kind)kind) && pairs <= SWEEP_PAIRS_MAX &&
            (kind != SWEEP_TRUNCATE || f->is_group)) {
            status = draw_sweep(place, spec, (sweep_kind)kind, threads);
        }
    }
    if (status == CLI_DONE && m->has_pairs) {
        status = draw_counts(place, spec, m);
    }
    if (status == CLI_DONE && (size_t)f->n * f->m <= HEAT_CELLS_MAX) {
        status = figures_draw_tables(place, spec, m);
    }
    return status;
}

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/print_parts.h"
#include "report/card_plots.h"

enum { SMOOTH = 96 };

/* 1 - exp(-c^2/2) is one half here; q = c * 2^(t/2). */
#define HALF 1.17741

typedef struct curve {
    const char *cipher;
    int bits;
} curve;

static const curve curves[] = {
    {"feistel16", 16}, {"feistel20", 20}, {"feistel24", 24}, {"speck32", 32}};
enum { CURVES = sizeof curves / sizeof *curves };

typedef struct measured {
    size_t count;
    double q[CARD_POINTS], rate[CARD_POINTS], low[CARD_POINTS], high[CARD_POINTS];
} measured;

static void take_points(const json_t *result, const curve *c, double unit, measured *ret)
{
    json_t *one;
    size_t i;

    ret->count = 0;
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        const json_t *fixed = json_object_get(one, "fixed");
        const json_t *interval = json_object_get(one, "interval");
        if (strcmp(lab_json_text(one, "role"), "curve") == 0 && interval != NULL &&
            strcmp(lab_json_text(fixed, "cipher"), c->cipher) == 0 && ret->count < CARD_POINTS) {
            size_t at = ret->count++;
            ret->q[at] = strtod(lab_json_text(fixed, "q"), NULL) / unit;
            ret->rate[at] = lab_json_number(one, "success");
            ret->low[at] = json_number_value(json_array_get(interval, 0));
            ret->high[at] = json_number_value(json_array_get(interval, 1));
        }
    }
}

static void theory(double step, double x[SMOOTH], double y[SMOOTH], double unit)
{
    for (size_t i = 0; i < SMOOTH; i++) {
        double c = step * (double)(i + 1);
        x[i] = c * unit;
        y[i] = 1 - exp(-c * c / 2);
    }
}

static plot_series points_of(const measured *m, const char *label, unsigned colour)
{
    return (plot_series){.label = label,
                         .mark = PLOT_POINTS,
                         .count = m->count,
                         .x = m->q,
                         .y = m->rate,
                         .low = m->low,
                         .high = m->high,
                         .colour = colour};
}

static void draw_one(const json_t *result, const curve *c, unsigned colour, const plot_taker *taker)
{
    double x[SMOOTH], y[SMOOTH], unit = exp2(c->bits / 2.0);
    char id[32], title[100];
    measured m;

    take_points(result, c, 1, &m);
    if (m.count == 0) {
        return;
    }
    theory(2.7 / SMOOTH, x, y, unit);
    snprintf(id, sizeof id, "birthday-%d", c->bits);
    snprintf(title, sizeof title, "Forgeries of CBC-MAC with blocks of %d bits", c->bits);
    plot_series series[] = {
        {.label = "1 − exp(−q²/2^(t+1))",
         .mark = PLOT_LINE,
         .count = SMOOTH,
         .x = x,
         .y = y,
         .colour = 8},
        points_of(&m, "measured, with its 95 % interval", colour),
    };
    plot_rule rules[] = {{true, HALF * unit, "1.1774 · 2^(t/2)"}, {false, 0.5, NULL}};
    plot_figure figure = {.id = id,
                          .title = title,
                          .about = "The measured rate of success over the number of queries lies "
                                   "on the birthday curve, one half at 1.1774 times 2^(t/2).",
                          .x = {.label = "queries q"},
                          .y = {.label = "success rate", .min = 0, .max = 1.02},
                          .series = series,
                          .series_count = 2,
                          .rules = rules,
                          .rule_count = 2};
    taker->take(taker->context, &figure);
}

static void draw_together(const json_t *result, const plot_taker *taker)
{
    static const char *const names[] = {"t = 16", "t = 20", "t = 24", "t = 32"};
    double x[SMOOTH], y[SMOOTH];
    measured m[CURVES];
    plot_series series[CURVES + 1] = {{.label = "1 − exp(−q²/2^(t+1))",
                                       .mark = PLOT_LINE,
                                       .count = SMOOTH,
                                       .x = x,
                                       .y = y,
                                       .colour = 8}};
    plot_rule rules[] = {{true, HALF, "1.1774"}, {false, 0.5, NULL}};

    theory(2.7 / SMOOTH, x, y, 1);
    for (size_t i = 0; i < CURVES; i++) {
        take_points(result, &curves[i], exp2(curves[i].bits / 2.0), &m[i]);
        series[i + 1] = points_of(&m[i], names[i], (unsigned)i + 1);
        for (size_t j = 0; j < m[i].count; j++) {
            m[i].q[j] += 0.02 * ((double)i - 1.5); /* beside one another */
        }
    }
    plot_figure figure = {.id = "birthday-all",
                          .title = "One curve for all block sizes",
                          .about = "Over q divided by 2^(t/2) the measured rates of all block "
                                   "sizes fall on one curve; the sizes stand a little apart.",
                          .x = {.label = "queries q, in units of 2^(t/2)"},
                          .y = {.label = "success rate", .min = 0, .max = 1.02},
                          .series = series,
                          .series_count = CURVES + 1,
                          .rules = rules,
                          .rule_count = 2};
    taker->take(taker->context, &figure);
}

void birthday_plots(const json_t *result, const plot_taker *taker)
{
    draw_together(result, taker);
    for (size_t i = 0; i < CURVES; i++) {
        draw_one(result, &curves[i], (unsigned)i + 1, taker);
    }
}

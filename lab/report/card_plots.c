/* Plots of a card: rates and measured numbers over the setting that varies, or side by
 * side where none does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "harness/print_parts.h"
#include "report/card_plots.h"

/* A fixed setting of a case as a number; NAN where it is none. */
static double setting(const json_t *one, const char *name)
{
    const char *text = lab_json_text(json_object_get(one, "fixed"), name);
    int64_t value;

    return cli_parse_number(text, 0, INT64_MAX, &value) ? (double)value : NAN;
}

/* The mean of a measure over the repeats; NAN where there is none. */
double card_mean(const json_t *one, const char *measure)
{
    const json_t *values = json_object_get(json_object_get(one, "measures"), measure);
    double sum = 0;
    json_t *value;
    size_t i;

    json_array_foreach(values, i, value)
    {
        sum += json_number_value(value);
    }
    return json_array_size(values) > 0 ? sum / (double)json_array_size(values) : NAN;
}

/* The y of a case: a measure, or with NULL the rate of success. */
static double height(const json_t *one, const char *measure)
{
    return measure != NULL                            ? card_mean(one, measure)
           : json_object_get(one, "interval") != NULL ? lab_json_number(one, "success")
                                                      : NAN;
}

/* How many values the setting takes where there is a y. */
static size_t variety(const json_t *cases, const char *name, const char *measure)
{
    double seen[32];
    size_t count = 0, i, j;
    json_t *one;

    json_array_foreach(cases, i, one)
    {
        double x = setting(one, name);
        for (j = 0; j < count && seen[j] != x; j++) {
        }
        if (j == count && count < 32 && isfinite(x) && isfinite(height(one, measure))) {
            seen[count++] = x;
        }
    }
    return count;
}

/* The setting with the most values, at least three; NULL where there is none. */
static const char *axis_of(const json_t *cases, const char *measure)
{
    const char *best = NULL, *name;
    size_t most = 2, i;
    json_t *one, *value;

    json_array_foreach(cases, i, one)
    {
        json_object_foreach(json_object_get(one, "fixed"), name, value)
        {
            size_t count = variety(cases, name, measure);
            if (count > most) {
                most = count;
                best = name;
            }
        }
    }
    return best;
}

/* What tells the series of a plot apart: construction and all settings but the axis. */
static void series_name(const json_t *one, const char *axis, char *ret, size_t size)
{
    const json_t *fixed = json_object_get(one, "fixed");
    const char *name;
    json_t *value;

    snprintf(ret, size, "%s", lab_json_text(one, "construction"));
    json_object_foreach((json_t *)fixed, name, value)
    {
        size_t used = strlen(ret);
        if (axis == NULL || strcmp(name, axis) != 0) {
            snprintf(ret + used, size - used, " %s", json_string_value(value));
        }
    }
}

/* ---- lines over a setting ---- */

typedef struct line {
    char name[80];
    size_t count;
    double x[CARD_POINTS], y[CARD_POINTS], low[CARD_POINTS], high[CARD_POINTS];
    double theory[CARD_POINTS];
} line;

typedef struct lines {
    line list[CARD_LINES];
    size_t count;
    double min, max, low, high; /* of x and y */
} lines;

static line *line_of(lines *all, const char *name)
{
    size_t i = 0;

    while (i < all->count && strcmp(all->list[i].name, name) != 0) {
        i++;
    }
    if (i == CARD_LINES) {
        return NULL;
    }
    if (i == all->count) {
        snprintf(all->list[i].name, sizeof all->list[i].name, "%s", name);
        all->count++;
    }
    return &all->list[i];
}

static void add_point(lines *all, const json_t *one, const char *axis, const char *measure)
{
    double x = setting(one, axis), y = height(one, measure);
    const json_t *interval = json_object_get(one, "interval");
    char name[80];

    if (!isfinite(x) || !isfinite(y)) {
        return;
    }
    series_name(one, axis, name, sizeof name);
    line *to = line_of(all, name);
    if (to == NULL || to->count == CARD_POINTS) {
        return;
    }
    size_t at = to->count++;
    while (at > 0 && to->x[at - 1] > x) {
        at--;
    }
    size_t behind = (to->count - 1 - at) * sizeof(double);
    memmove(to->x + at + 1, to->x + at, behind);
    memmove(to->y + at + 1, to->y + at, behind);
    memmove(to->low + at + 1, to->low + at, behind);
    memmove(to->high + at + 1, to->high + at, behind);
    memmove(to->theory + at + 1, to->theory + at, behind);
    to->x[at] = x;
    to->y[at] = y;
    to->low[at] = json_number_value(json_array_get(interval, 0));
    to->high[at] = json_number_value(json_array_get(interval, 1));
    to->theory[at] = lab_json_number(one, "predicted");
    all->min = fmin(all->min, x);
    all->max = fmax(all->max, x);
    all->low = fmin(all->low, y);
    all->high = fmax(all->high, y);
}

static plot_scale scale_of(double low, double high)
{
    return low > 0 && high / low >= 32 ? PLOT_LOG2 : PLOT_LINEAR;
}

static void draw_lines(const json_t *result, const lines *all, const char *axis,
                       const char *measure, const plot_taker *taker)
{
    char id[100], title[200], label[120];
    plot_series series[2 * CARD_LINES];
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        const line *l = &all->list[i];
        series[count++] = (plot_series){.label = l->name,
                                        .mark = measure != NULL ? PLOT_LINE_POINTS : PLOT_POINTS,
                                        .count = l->count,
                                        .x = l->x,
                                        .y = l->y,
                                        .low = measure == NULL ? l->low : NULL,
                                        .high = measure == NULL ? l->high : NULL,
                                        .colour = (unsigned)i % PLOT_COLOURS + 1};
        if (measure == NULL) {
            series[count++] = (plot_series){.mark = PLOT_LINE,
                                            .count = l->count,
                                            .x = l->x,
                                            .y = l->theory,
                                            .dashed = true,
                                            .colour = (unsigned)i % PLOT_COLOURS + 1};
        }
    }
    snprintf(id, sizeof id, "%s-%s", lab_json_text(result, "card"),
             measure != NULL ? measure : "rate");
    snprintf(title, sizeof title, "%s: %s over %s", lab_json_text(result, "card"),
             measure != NULL ? measure : "success", axis);
    snprintf(label, sizeof label, "%s%s",
             measure != NULL ? measure : "rate of success, dashed: predicted",
             measure != NULL ? ", mean" : "");
    plot_figure figure = {
        .id = id,
        .title = title,
        .about = "Each point is the mean over the games of one construction.",
        .x = {.label = axis, .scale = scale_of(all->min, all->max)},
        .y = {.label = label,
              .scale = measure != NULL ? scale_of(all->low, all->high) : PLOT_LINEAR,
              .min = 0,
              .max = measure != NULL ? 0 : 1.02},
        .series = series,
        .series_count = count};
    taker->take(taker->context, &figure);
}

static bool draw_over(const json_t *result, const char *measure, const plot_taker *taker)
{
    const json_t *cases = json_object_get(result, "cases");
    const char *axis = axis_of(cases, measure);
    lines *all = axis != NULL ? calloc(1, sizeof *all) : NULL;
    json_t *one;
    size_t i;

    if (all == NULL) {
        return false;
    }
    if (measure != NULL && strcmp(measure, axis) == 0) {
        free(all);
        return true; /* a straight line */
    }
    all->min = all->low = INFINITY;
    all->max = all->high = -INFINITY;
    json_array_foreach(cases, i, one)
    {
        add_point(all, one, axis, measure);
    }
    draw_lines(result, all, axis, measure, taker);
    free(all);
    return true;
}

/* ---- bars side by side ---- */

static void draw_bars(const json_t *result, const char *measure, const plot_taker *taker)
{
    const json_t *cases = json_object_get(result, "cases");
    char names[CARD_BARS][80], id[100], title[160], label[100];
    const char *pointers[CARD_BARS];
    double values[CARD_BARS], low = INFINITY, high = 0;
    size_t count = 0, i;
    json_t *one;

    json_array_foreach(cases, i, one)
    {
        double y = card_mean(one, measure);
        if (count < CARD_BARS && isfinite(y)) {
            series_name(one, NULL, names[count], sizeof names[count]);
            pointers[count] = names[count];
            values[count++] = y;
            low = fmin(low, y);
            high = fmax(high, y);
        }
    }
    if (count < 2) {
        return;
    }
    snprintf(id, sizeof id, "%s-%s", lab_json_text(result, "card"), measure);
    snprintf(title, sizeof title, "%s: %s", lab_json_text(result, "card"), measure);
    snprintf(label, sizeof label, "%s, mean", measure);
    plot_series bars = {.mark = PLOT_BARS, .count = count, .y = values};
    plot_figure figure = {.id = id,
                          .title = title,
                          .about = "Each bar is the mean over the games of one construction.",
                          .x = {.names = pointers, .name_count = count},
                          .y = {.label = label, .scale = scale_of(low, high)},
                          .series = &bars,
                          .series_count = 1,
                          .width = fmax(720, 120 * (double)count)};
    taker->take(taker->context, &figure);
}

/* ---- all ---- */

static bool first_has(const json_t *cases, size_t end, const char *measure)
{
    for (size_t i = 0; i < end; i++) {
        if (json_object_get(json_object_get(json_array_get(cases, i), "measures"), measure)) {
            return true;
        }
    }
    return false;
}

static void draw_measures(const json_t *result, const plot_taker *taker)
{
    const json_t *cases = json_object_get(result, "cases");
    const char *measure;
    json_t *one, *values;
    size_t i;

    json_array_foreach(cases, i, one)
    {
        json_object_foreach(json_object_get(one, "measures"), measure, values)
        {
            if (!first_has(cases, i, measure) && !draw_over(result, measure, taker)) {
                draw_bars(result, measure, taker);
            }
        }
    }
}

void card_plots(const json_t *result, const plot_taker *taker)
{
    if (strcmp(lab_json_text(result, "card"), "birthday") == 0) {
        birthday_plots(result, taker);
        return;
    }
    (void)draw_over(result, NULL, taker);
    draw_measures(result, taker);
}

/* Lines over a setting, and histograms. */
#include <math.h>

#include "report/card_plots.h"

static plot_mark mark_of(enum lab_mark mark)
{
    return mark == LAB_DOTS ? PLOT_POINTS : mark == LAB_JOINED ? PLOT_LINE_POINTS : PLOT_STEPS;
}

static plot_series style_of(const card_figure *f, const lab_plot_series *series, plot_mark mark)
{
    unsigned number = (unsigned)(series - f->plot->series);

    return (plot_series){.label = series->label,
                         .mark = mark,
                         .colour = series->colour != 0 ? series->colour
                                                       : number % (PLOT_COLOURS - 1) + 1};
}

/* ---- lines ---- */

static void add_points(card_figure *f, const lab_plot_series *series)
{
    const points *p = &f->points;
    plot_series line = style_of(f, series, mark_of(series->mark));
    double *room;
    bool any = false;

    points_take(&f->points, f->result, f->plot, series);
    room = card_numbers(f, 4 * p->count);
    if (room == NULL) {
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        room[i] = p->list[i].x;
        room[p->count + i] = p->list[i].y;
        room[2 * p->count + i] = p->list[i].low;
        room[3 * p->count + i] = p->list[i].high;
        any = any || isfinite(p->list[i].low);
    }
    line.count = p->count;
    line.x = room;
    line.y = room + p->count;
    line.low = any ? room + 2 * p->count : NULL;
    line.high = any ? room + 3 * p->count : NULL;
    card_add(f, &line);
}

static void add_read(card_figure *f, const lab_plot_series *series)
{
    plot_series line = style_of(f, series, mark_of(series->mark));
    double *x, *y;

    line.count = card_read(f, series, &x, &y);
    line.x = x;
    line.y = y;
    card_add(f, &line);
}

/* What takes the theory to the first series, in the mean of the logarithms. */
static double fit(const card_figure *f)
{
    const lab_theory *theory = f->plot->theory;
    const plot_series *line = &f->series[0];
    double sum = 0;
    size_t n = 0;

    if (theory == NULL || !theory->fitted || f->series_count == 0) {
        return 1;
    }
    for (size_t i = 0; i < line->count; i++) {
        double ratio = line->y[i] / theory->at(line->x[i], theory->parameter);
        if (ratio > 0 && isfinite(ratio)) {
            sum += log(ratio);
            n++;
        }
    }
    return n > 0 ? exp(sum / (double)n) : 1;
}

void card_lines(card_figure *f)
{
    double low = INFINITY, high = -INFINITY;

    for (const lab_plot_series *s = f->plot->series; s->label != NULL; s++) {
        if (s->quantity == LAB_SERIES) {
            add_read(f, s);
        } else {
            add_points(f, s);
        }
    }
    for (size_t i = 0; i < f->series_count; i++) {
        for (size_t j = 0; j < f->series[i].count; j++) {
            low = fmin(low, f->series[i].x[j]);
            high = fmax(high, f->series[i].x[j]);
        }
    }
    if (f->plot->x.min < f->plot->x.max) {
        low = f->plot->x.min;
        high = f->plot->x.max;
    }
    if (f->series_count > 0 || f->plot->series->label == NULL) {
        card_add_theory(f, low, high, fit(f));
    }
}

/* ---- histograms ---- */

static double width_of(const lab_plot *plot)
{
    return (plot->x.max - plot->x.min) / plot->bins;
}

/* What lies beyond the ends counts in the last bins, so that shares add up. */
static void count_case(const lab_plot *plot, const lab_plot_series *series, const json_t *one,
                       double *counts)
{
    double unit = series->unit != 0 ? series->unit : 1;
    json_t *value;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(one, "measures"), series->measure), i, value)
    {
        double bin = (json_number_value(value) / unit - plot->x.min) / width_of(plot);
        counts[(size_t)fmin(fmax(bin, 0), plot->bins - 1)]++;
    }
}

static size_t count_samples(card_figure *f, const lab_plot_series *series, double **x, double **y)
{
    size_t bins = f->plot->bins < CARD_BINS ? f->plot->bins : CARD_BINS, i;
    json_t *one;

    *x = card_numbers(f, bins);
    *y = card_numbers(f, bins);
    if (*x == NULL || *y == NULL) {
        return 0;
    }
    for (i = 0; i < bins; i++) {
        (*x)[i] = f->plot->x.min + ((double)i + 0.5) * width_of(f->plot);
        (*y)[i] = 0;
    }
    json_array_foreach(json_object_get(f->result, "cases"), i, one)
    {
        if (points_match(one, series)) {
            count_case(f->plot, series, one, *y);
        }
    }
    return bins;
}

/* Counts become shares; false: there are none. */
static bool share(double *counts, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        sum += counts[i];
    }
    for (size_t i = 0; sum > 0 && i < n; i++) {
        counts[i] /= sum;
    }
    return sum > 0;
}

void card_histogram(card_figure *f)
{
    for (const lab_plot_series *s = f->plot->series; s->label != NULL; s++) {
        plot_series bars = style_of(f, s, PLOT_BARS);
        double *x = NULL, *y = NULL;
        size_t n =
            s->quantity == LAB_SERIES ? card_read(f, s, &x, &y) : count_samples(f, s, &x, &y);
        if (share(y, n)) {
            bars.count = n;
            bars.x = x;
            bars.y = y;
            card_add(f, &bars);
        }
    }
    if (f->series_count > 0 && f->plot->bins > 0) {
        card_add_theory(f, f->plot->x.min, f->plot->x.max, width_of(f->plot));
    }
}

/* The plots that a card names, from its results. */
#include "report/card_plots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/print_parts.h"

double *card_numbers(card_figure *f, size_t n)
{
    double *ret = f->numbers + f->used;

    if (n > CARD_NUMBERS - f->used) {
        return NULL;
    }
    f->used += n;
    return ret;
}

void card_add(card_figure *f, const plot_series *series)
{
    if (f->series_count < CARD_SERIES && series->count > 0) {
        f->series[f->series_count++] = *series;
    }
}

static size_t read_numbers(card_figure *f, const json_t *list, double **ret)
{
    size_t n = json_array_size(list);

    *ret = card_numbers(f, n);
    for (size_t i = 0; *ret != NULL && i < n; i++) {
        (*ret)[i] = json_number_value(json_array_get(list, i));
    }
    return *ret != NULL ? n : 0;
}

size_t card_read(card_figure *f, const lab_plot_series *series, double **x, double **y)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(f->result, "cases"), i, one)
    {
        const json_t *list = json_object_get(json_object_get(one, "points"), series->measure);
        if (list != NULL && points_match(one, series)) {
            size_t n = read_numbers(f, json_object_get(list, "x"), x);
            return read_numbers(f, json_object_get(list, "y"), y) == n ? n : 0;
        }
    }
    return 0;
}

/* ---- theory ---- */

static void add_curve(card_figure *f, const lab_theory *theory, double low, double high,
                      double factor)
{
    double *x = card_numbers(f, CARD_SMOOTH), *y = card_numbers(f, CARD_SMOOTH);
    bool even = f->plot->x.scale == LAB_SCALE_LINEAR;
    char *label = f->labels[f->series_count];

    for (size_t i = 0; x != NULL && y != NULL && i < CARD_SMOOTH; i++) {
        double part = (double)i / (CARD_SMOOTH - 1);
        x[i] = even ? low + part * (high - low) : low * pow(high / low, part);
        y[i] = factor * theory->at(x[i], theory->parameter);
    }
    if (y == NULL) {
        return;
    }
    snprintf(label, CARD_LABEL, theory->fitted ? "%s, times %.3g" : "%s", theory->label, factor);
    card_add(f, &(plot_series){.label = label,
                               .mark = PLOT_LINE,
                               .count = CARD_SMOOTH,
                               .x = x,
                               .y = y,
                               .dashed = theory->dashed,
                               .colour = theory->colour != 0 ? theory->colour : PLOT_COLOURS});
}

void card_add_theory(card_figure *f, double low, double high, double factor)
{
    plot_series measured[CARD_SERIES];
    size_t count = f->series_count;

    if (f->plot->theory == NULL || !(low < high)) {
        return;
    }
    memcpy(measured, f->series, sizeof measured);
    f->series_count = 0;
    for (const lab_theory *t = f->plot->theory; t->label != NULL; t++) {
        add_curve(f, t, low, high, factor);
    }
    for (size_t i = 0; i < count; i++) {
        card_add(f, &measured[i]);
    }
}

/* ---- all ---- */

static plot_axis axis_of(const lab_axis *axis)
{
    static const plot_scale scales[] = {[LAB_SCALE_LINEAR] = PLOT_LINEAR,
                                        [LAB_SCALE_LOG2] = PLOT_LOG2,
                                        [LAB_SCALE_LOG10] = PLOT_LOG10};

    return (plot_axis){.label = axis->label,
                       .scale = scales[axis->scale],
                       .min = axis->min,
                       .max = axis->max,
                       .zero = axis->zero};
}

static void add_rules(card_figure *f)
{
    const lab_plot_rule *rule = f->plot->rules;

    for (; rule != NULL && rule->label != NULL && f->figure.rule_count < CARD_RULES; rule++) {
        f->rules[f->figure.rule_count++] = (plot_rule){rule->vertical, rule->at, rule->label};
    }
    f->figure.rules = f->rules;
}

static void begin(card_figure *f, const lab_plot *plot, const json_t *result)
{
    memset(f, 0, sizeof *f);
    f->plot = plot;
    f->result = result;
    f->figure = (plot_figure){.id = plot->id,
                              .title = plot->title,
                              .about = plot->about,
                              .x = axis_of(&plot->x),
                              .y = axis_of(&plot->y),
                              .values = plot->values};
    add_rules(f);
}

void card_plots(const json_t *result, const plot_taker *taker)
{
    static void (*const draw[])(card_figure *) = {[LAB_LINES] = card_lines,
                                                  [LAB_BARS] = card_bars,
                                                  [LAB_HISTOGRAM] = card_histogram,
                                                  [LAB_HEAT] = card_heat};
    const lab_card *card = lab_card_find(lab_json_text(result, "card"));
    const lab_plot *plot = card != NULL ? card->plots : NULL;
    card_figure *f = plot != NULL ? malloc(sizeof *f) : NULL;

    for (; f != NULL && plot->id != NULL; plot++) {
        begin(f, plot, result);
        draw[plot->kind](f);
        f->figure.series = f->series;
        f->figure.series_count = f->series_count;
        if (f->series_count > 0 || f->figure.heat != NULL) {
            taker->take(taker->context, &f->figure);
        }
    }
    free(f);
}

/* How the kinds of plots that cards name are drawn. */
#ifndef MACAW_LAB_REPORT_CARD_PLOTS_H
#define MACAW_LAB_REPORT_CARD_PLOTS_H

#include "report/page.h"
#include "report/points.h"

enum {
    CARD_SERIES = 24,
    CARD_SMOOTH = 161, /* points of a curve of theory */
    CARD_RULES = 8,
    CARD_BINS = 64,
    CARD_NAMES = 32,
    CARD_LABEL = 96,
    CARD_NUMBERS = 1 << 14,
};

/* A figure being put together, with all that it points to. */
typedef struct card_figure {
    const lab_plot *plot;
    const json_t *result;
    plot_figure figure;
    size_t series_count;
    plot_series series[CARD_SERIES];
    plot_rule rules[CARD_RULES];
    plot_heat heat;
    char labels[CARD_SERIES][CARD_LABEL];
    size_t name_count;
    char names[CARD_NAMES][POINT_NAME]; /* what bars or rows stand over */
    const char *name_list[CARD_NAMES], *column_list[CARD_SERIES];
    char cells[CARD_NAMES * CARD_SERIES][POINT_NAME];
    const char *cell_list[CARD_NAMES * CARD_SERIES];
    size_t used;
    double numbers[CARD_NUMBERS];
    points points; /* of the series at hand */
} card_figure;

/* Room for n numbers in it; NULL: it is full. */
double *card_numbers(card_figure *f, size_t n);

/* Another series. What there is no room for is left out. */
void card_add(card_figure *f, const plot_series *series);

/* x and y of a case's lab_points; the number of points, 0 where there are none. */
size_t card_read(card_figure *f, const lab_plot_series *series, double **x, double **y);

/* The plot's curves of theory over x from low to high, times a factor, before all series
 * there are. */
void card_add_theory(card_figure *f, double low, double high, double factor);

/* Fill in what the kind needs. */
void card_lines(card_figure *f);
void card_histogram(card_figure *f);
void card_bars(card_figure *f);
void card_heat(card_figure *f);

#endif

/* The plots that a card names, as data: what stands on the axes, which results are the
 * points, which theory stands beside them. The report draws them from the results. */
#ifndef MACAW_LAB_PLOTS_H
#define MACAW_LAB_PLOTS_H

#include <stdbool.h>

#include "harness/settings.h"

/* What is shown of a case, or of several that differ in nothing that the plot shows. */
enum lab_quantity {
    LAB_SUCCESS, /* the rate of success, with its exact interval */
    LAB_MEAN,    /* the mean of a measure over the games, with Student's interval */
    LAB_SHARE,   /* a measure that is a rate of so many tries as the setting "tries" says */
    LAB_PER_TRY, /* successes of all the tries that a measure counts */
    LAB_SAMPLES, /* a measure's values in all games, for a histogram */
    LAB_SERIES,  /* what lab_points left, of one case */
};

enum lab_plot_kind {
    LAB_LINES,     /* over a setting, or series of lab_points */
    LAB_BARS,      /* side by side, by construction or settings */
    LAB_HISTOGRAM, /* the share of the samples in each of some intervals */
    LAB_HEAT,      /* a row for what bars stand over, a column for each series */
};

enum lab_scale { LAB_SCALE_LINEAR, LAB_SCALE_LOG2, LAB_SCALE_LOG10 };

enum lab_mark { LAB_DOTS, LAB_JOINED, LAB_STAIRS };

typedef struct lab_axis {
    const char *label; /* with its unit */
    enum lab_scale scale;
    double min, max; /* equal: as the points want it */
    bool zero;       /* and 0 is shown in any case */
} lab_axis;

typedef struct lab_plot_series {
    const char *label;        /* NULL ends a list */
    const char *construction; /* of the cases; NULL: of any */
    lab_setting where[3];     /* and what these settings are; ends with a NULL name */
    const char *role;         /* "target", "control" or "curve"; NULL: any */
    enum lab_quantity quantity;
    const char *measure; /* or the name of a lab_points; NULL with LAB_SUCCESS */
    double unit;         /* x is divided by it; 0: by 1 */
    double shift;        /* and moved by this: beside the points of others */
    enum lab_mark mark;
    bool stacked;    /* bars: on top of the series before */
    unsigned colour; /* 1 to 8; 0: by position */
    /* Bars: what theory says of a construction; NULL: what is predicted of the case. */
    double (*expected)(const char *construction);
} lab_plot_series;

typedef struct lab_theory {
    const char *label; /* NULL ends a list */
    double (*at)(double x, double parameter);
    double parameter;
    /* Only up to a factor, which is the one that suits the first series. */
    bool fitted;
    bool dashed;
    unsigned colour; /* 0: grey */
} lab_theory;

typedef struct lab_plot_rule {
    const char *label; /* NULL ends a list */
    bool vertical;
    double at;
} lab_plot_rule;

typedef struct lab_plot {
    const char *id;    /* NULL ends a list; begins with the card's name */
    const char *title; /* what there is to see */
    const char *about; /* a sentence or two below, and for those who do not see it */
    enum lab_plot_kind kind;
    /* Settings, with a space between them, whose values are x or name the bars;
     * "construction" is one of them. Lines take the number that ends the value. */
    const char *over;
    lab_axis x, y;
    double times, plus; /* y is drawn as times y + plus; 0, 0: as it is */
    unsigned bins;      /* of a histogram of LAB_SAMPLES, from x.min to x.max */
    bool values;        /* print the numbers on the bars */
    const lab_plot_series *series;
    const lab_theory *theory;   /* may be NULL */
    const lab_plot_rule *rules; /* may be NULL */
    const char *expected;       /* bars: what the points of theory are called; NULL: none */
} lab_plot;

#endif

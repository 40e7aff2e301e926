/* The points of a card's plots, taken from its results. */
#ifndef MACAW_LAB_REPORT_POINTS_H
#define MACAW_LAB_REPORT_POINTS_H

#include <stddef.h>

#include <jansson.h>

#include "harness/plots.h"

enum { POINTS_MAX = 96, POINT_NAME = 64 };

/* One position of a series: the cases that share it, put together. */
typedef struct point {
    double x, y, low, high; /* low and high are not finite where there is no interval */
    char name[POINT_NAME];  /* of the position: "cmac-aes128" */
    const json_t *first;    /* of the cases */
    double successes, trials, predicted;
    size_t count; /* of a measure's values */
    double sum, squares;
} point;

typedef struct points {
    size_t count;
    point list[POINTS_MAX];
} points;

/* In the order of x, for bars in that of the cases. */
void points_take(points *ret, const json_t *result, const lab_plot *plot,
                 const lab_plot_series *series);

/* Whether a case belongs to a series. */
bool points_match(const json_t *one, const lab_plot_series *series);

/* What the plot's over says of a case: "cmac-aes128 12". */
void points_name(const json_t *one, const char *over, char ret[POINT_NAME]);

/* A case's value of a setting, "" where it has none. */
const char *points_setting(const json_t *one, const char *name);

#endif

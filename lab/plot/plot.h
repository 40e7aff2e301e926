/* Figures as SVG: a caller fills a plot_figure and writes it.
 *
 * The drawing uses classes and CSS variables (--mp-paper, --mp-ink, --mp-soft,
 * --mp-grid, --mp-c1 … --mp-c8), light and dark by prefers-color-scheme, light in
 * print; nothing is loaded from elsewhere. Series differ by colour, by marker and,
 * where dashed is set, by dashes. Title and about become <title> and <desc>.
 *
 * Strings are UTF-8 and are escaped here. Points that are not finite, or not
 * positive on a logarithmic axis, are left out and interrupt a line. */
#ifndef MACAW_LAB_PLOT_H
#define MACAW_LAB_PLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define PLOT_COLOURS 8

typedef enum plot_scale {
    PLOT_LINEAR,
    PLOT_LOG2,
    PLOT_LOG10,
} plot_scale;

typedef struct plot_axis {
    const char *label; /* what is measured, with its unit; NULL: none */
    plot_scale scale;
    double min, max;          /* the range; equal: taken from the data */
    const char *const *names; /* categories: position i is called names[i]; NULL: numbers */
    size_t name_count;
    bool whole; /* no ticks between whole numbers */
    bool zero;  /* 0 is in the range that is taken from the data */
} plot_axis;

typedef enum plot_mark {
    PLOT_LINE,
    PLOT_POINTS,
    PLOT_LINE_POINTS,
    PLOT_STEPS, /* y holds from its x to the next x */
    PLOT_BARS,  /* histogram or categories; several series of bars stand side by side */
    PLOT_BAND,  /* the area between low and high; y is not used and may be NULL */
} plot_mark;

typedef struct plot_series {
    const char *label; /* in the legend; NULL: not there */
    plot_mark mark;
    size_t count;
    const double *x; /* NULL: 0, 1, 2 … */
    const double *y;
    const double *low, *high; /* ends of an interval bar at each point, or NULL */
    unsigned colour;          /* 1 … PLOT_COLOURS; 0: by position in the figure */
    bool dashed;
    bool stacked; /* bars: on top of those of the series before, position by position */
} plot_series;

/* A straight dashed line over the whole figure, such as a bound. */
typedef struct plot_rule {
    bool vertical;
    double at;
    const char *label; /* beside it; NULL: none */
} plot_rule;

/* A heat map fills the figure instead of series; row 0 is on top. */
typedef struct plot_heat {
    size_t rows, columns;
    const double *values;         /* rows × columns, row by row; not finite: empty */
    double min, max;              /* range of the shade; equal: from the values */
    const char *const *row_names; /* NULL: numbered by the axis */
    const char *const *column_names;
    const char *const *texts; /* printed in the cells, rows × columns, or NULL */
    const char *label;        /* what the shade means */
} plot_heat;

typedef struct plot_figure {
    const char *id;    /* unique in the page: prefix of the ids in the drawing */
    const char *title; /* one line above the drawing */
    const char *about; /* what it shows, for those who do not see it */
    plot_axis x, y;
    const plot_series *series;
    size_t series_count;
    const plot_rule *rules;
    size_t rule_count;
    bool values;           /* print the numbers over the bars */
    const plot_heat *heat; /* NULL: series and rules */
    double width, height;  /* 0: 720 and 440 */
    bool inlined;          /* part of an HTML page, which has plot_write_style once */
} plot_figure;

/* Write the drawing. MACAW_OK, MACAW_EARG (no title, no id, an id that is not
 * [A-Za-z][A-Za-z0-9-]*, or a series that lacks its values) or MACAW_EIO. */
int plot_write_svg(FILE *out, const plot_figure *figure);

/* The data behind it: "series,x,y,low,high", for a heat map "row,column,value". */
int plot_write_csv(FILE *out, const plot_figure *figure);

/* The rules that inlined drawings rely on, without the <style> tags. A page may
 * set the variables itself, on .macaw-plot. */
int plot_write_style(FILE *out);

/* Text with & < > " ' escaped, for the code that writes around the drawings. */
void plot_put_text(FILE *out, const char *text);

#endif

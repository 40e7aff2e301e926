/* What the files of this folder share: the frame of a figure, its two scales. */
#ifndef MACAW_LAB_PLOT_LAYOUT_H
#define MACAW_LAB_PLOT_LAYOUT_H

#include "plot.h"

enum { PLOT_TICKS = 24, PLOT_TICK_TEXT = 32 };

/* Pixels: a line of the legend, what the title takes. */
enum { PLOT_LEGEND_LINE = 20, PLOT_TITLE_ROOM = 34 };

/* Maps min..max to from..to, in pixels. */
typedef struct plot_map {
    plot_scale kind;
    double min, max;
    double from, to;
    bool whole; /* no ticks between whole numbers */
} plot_map;

typedef struct plot_tick {
    double at;
    char text[PLOT_TICK_TEXT];
} plot_tick;

typedef struct plot_ticks {
    size_t count;
    plot_tick tick[PLOT_TICKS];
} plot_ticks;

typedef struct plot_frame {
    double width, height;            /* of the whole drawing */
    double left, right, top, bottom; /* edges of the field, in pixels */
    plot_map x, y;
} plot_frame;

typedef struct plot_canvas {
    plot_figure figure; /* names of a heat map put on the axes */
    plot_frame frame;
    plot_ticks x, y;
    bool slanted; /* the names below do not fit side by side */
} plot_canvas;

/* Smallest and largest of some values. */
typedef struct plot_range {
    double min, max;
    bool any;
} plot_range;

/* Can the value be drawn on such a scale? */
bool plot_drawable(plot_scale kind, double value);

void plot_range_add(plot_range *range, plot_scale kind, double value);

/* The range that an axis shows: its own, or the data's widened to full ticks. */
void plot_map_choose(plot_map *map, const plot_axis *axis, plot_range data);

double plot_map_at(const plot_map *map, double value);

/* At most about wanted ticks inside the map's range. */
void plot_choose_ticks(const plot_map *map, size_t wanted, plot_ticks *ret);

/* A number in few characters, as ticks print it. */
void plot_format_number(char text[PLOT_TICK_TEXT], double value);

double plot_text_width(const char *text, double size);

double plot_x(const plot_series *series, size_t i);

/* What bar i of series s stands on. */
double plot_floor(const plot_figure *figure, size_t s, size_t i);

/* 1 … PLOT_COLOURS. */
unsigned plot_colour(const plot_series *series, size_t position);

/* Fill frame, ticks and slanted from the figure. */
void plot_lay_out(plot_canvas *c);

/* Draws the legend, or only measures it where out is NULL; returns its lines. */
int plot_legend(FILE *out, const plot_figure *figure, double left, double right, double top);

/* A text element; anchor is start, middle or end. */
void plot_put_label(FILE *out, double x, double y, const char *class, const char *anchor,
                    const char *text);

void plot_draw_axes(FILE *out, const plot_canvas *c);
void plot_draw_rules(FILE *out, const plot_canvas *c);
void plot_draw_series(FILE *out, const plot_figure *figure, const plot_frame *frame);
void plot_draw_heat(FILE *out, const plot_figure *figure, const plot_frame *frame);

/* A marker of the colour's shape around a point. */
void plot_draw_marker(FILE *out, double x, double y, unsigned colour);

#endif

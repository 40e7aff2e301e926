/* Lines, points, steps, bars and bands inside the frame. */
#include "layout.h"

#include <math.h>

double plot_x(const plot_series *series, size_t i)
{
    return series->x != NULL ? series->x[i] : (double)i;
}

unsigned plot_colour(const plot_series *series, size_t position)
{
    unsigned wanted = series->colour != 0 ? series->colour - 1 : (unsigned)position;

    return 1 + wanted % PLOT_COLOURS;
}

/* Where point i lies; false where it cannot be drawn. */
static bool place(const plot_frame *frame, double x, double y, double *px, double *py)
{
    if (!plot_drawable(frame->x.kind, x) || !plot_drawable(frame->y.kind, y)) {
        return false;
    }
    *px = plot_map_at(&frame->x, x);
    *py = plot_map_at(&frame->y, y);
    return true;
}

/* Whether the axis reaches a point; what it leaves out stands in the table beside. */
static bool is_reached(const plot_map *x, double at)
{
    double px = plot_drawable(x->kind, at) ? plot_map_at(x, at) : INFINITY;

    return px > fmin(x->from, x->to) - 0.5 && px < fmax(x->from, x->to) + 0.5;
}

void plot_draw_marker(FILE *out, double x, double y, unsigned colour)
{
    switch ((colour - 1) % 4) {
    case 0:
        fprintf(out, "<circle class=\"mp-dot\" cx=\"%.2f\" cy=\"%.2f\" r=\"3.4\"/>\n", x, y);
        break;
    case 1:
        fprintf(out, "<path class=\"mp-dot\" d=\"M%.2f %.2fh6v6h-6z\"/>\n", x - 3, y - 3);
        break;
    case 2:
        fprintf(out, "<path class=\"mp-dot\" d=\"M%.2f %.2fl4.2 4.2 -4.2 4.2 -4.2 -4.2z\"/>\n", x,
                y - 4.2);
        break;
    default:
        fprintf(out, "<path class=\"mp-dot\" d=\"M%.2f %.2fl4 7h-8z\"/>\n", x, y - 4.4);
        break;
    }
}

static void draw_path(FILE *out, const plot_frame *frame, const plot_series *series)
{
    bool pen_down = false;
    double px, py;

    fprintf(out, "<path class=\"mp-line%s\" d=\"", series->dashed ? " mp-dashed" : "");
    for (size_t i = 0; i < series->count; i++) {
        if (!place(frame, plot_x(series, i), series->y[i], &px, &py)) {
            pen_down = false;
            continue;
        }
        if (pen_down && series->mark == PLOT_STEPS) {
            fprintf(out, "H%.2fV%.2f", px, py);
        } else {
            fprintf(out, "%c%.2f %.2f", pen_down ? 'L' : 'M', px, py);
        }
        pen_down = true;
    }
    fputs("\"/>\n", out);
}

static void draw_points(FILE *out, const plot_frame *frame, const plot_series *series,
                        unsigned colour)
{
    double px, py;

    for (size_t i = 0; i < series->count; i++) {
        if (is_reached(&frame->x, plot_x(series, i)) &&
            place(frame, plot_x(series, i), series->y[i], &px, &py)) {
            plot_draw_marker(out, px, py, colour);
        }
    }
}

/* An end that cannot be drawn, such as 0 on a logarithmic axis, is the axis. */
static double end_of(const plot_frame *frame, double value)
{
    double at;

    if (!plot_drawable(frame->y.kind, value)) {
        return frame->bottom;
    }
    at = plot_map_at(&frame->y, value);
    return fmin(fmax(at, frame->top), frame->bottom);
}

static void draw_intervals(FILE *out, const plot_frame *frame, const plot_series *series,
                           double shift)
{
    if (series->low == NULL || series->high == NULL) {
        return;
    }
    for (size_t i = 0; i < series->count; i++) {
        double x = plot_x(series, i);
        if (!is_reached(&frame->x, x) || !isfinite(series->low[i]) ||
            !isfinite(series->high[i])) {
            continue;
        }
        double px = plot_map_at(&frame->x, x) + shift;
        fprintf(out, "<path class=\"mp-interval\" d=\"M%.2f %.2fh8m-4 0V%.2fm-4 0h8\"/>\n", px - 4,
                end_of(frame, series->low[i]), end_of(frame, series->high[i]));
    }
}

static void draw_band(FILE *out, const plot_frame *frame, const plot_series *series)
{
    char letter = 'M';

    fputs("<path class=\"mp-band\" d=\"", out);
    for (size_t i = 0; i < series->count; i++) {
        if (plot_drawable(frame->x.kind, plot_x(series, i)) && isfinite(series->low[i])) {
            fprintf(out, "%c%.2f %.2f", letter, plot_map_at(&frame->x, plot_x(series, i)),
                    end_of(frame, series->low[i]));
            letter = 'L';
        }
    }
    for (size_t i = series->count; letter == 'L' && i-- > 0;) {
        if (plot_drawable(frame->x.kind, plot_x(series, i)) && isfinite(series->high[i])) {
            fprintf(out, "L%.2f %.2f", plot_map_at(&frame->x, plot_x(series, i)),
                    end_of(frame, series->high[i]));
        }
    }
    fputs(letter == 'L' ? "Z\"/>\n" : "\"/>\n", out);
}

/* ---- bars ---- */

typedef struct bar_group {
    size_t series; /* how many series of bars */
    size_t index;  /* which one this is, from 1 */
    double slot;   /* pixels from one position to the next */
} bar_group;

/* The smallest distance of two positions, over all series of bars. */
static double slot_of(const plot_figure *figure, const plot_frame *frame)
{
    double slot = frame->right - frame->left;

    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        for (size_t i = 1; series->mark == PLOT_BARS && i < series->count; i++) {
            double step = fabs(plot_map_at(&frame->x, plot_x(series, i)) -
                               plot_map_at(&frame->x, plot_x(series, i - 1)));
            if (step > 0) {
                slot = fmin(slot, step);
            }
        }
    }
    return fmin(slot, 90);
}

double plot_floor(const plot_figure *figure, size_t s, size_t i)
{
    double floor = 0;

    for (; s > 0 && figure->series[s].stacked; s--) {
        floor += i < figure->series[s - 1].count ? figure->series[s - 1].y[i] : 0;
    }
    return floor;
}

/* The number of a bar, over its interval where it has one. */
static void draw_value(FILE *out, const plot_frame *frame, const plot_series *series, size_t i,
                       double x, double top)
{
    char text[PLOT_TICK_TEXT];

    if (series->high != NULL && isfinite(series->high[i])) {
        top = fmin(top, end_of(frame, series->high[i]));
    }
    snprintf(text, sizeof text, "%.4g", series->y[i]);
    plot_put_label(out, x, fmax(top - 5, frame->top + 9), "mp-tick", "middle", text);
}

/* Whether the bars of the next series stand on these. */
static bool carries(const plot_figure *figure, size_t s)
{
    return s + 1 < figure->series_count && figure->series[s + 1].stacked;
}

static void draw_bars(FILE *out, const plot_figure *figure, const plot_frame *frame, size_t s,
                      const bar_group *bars)
{
    const plot_series *series = &figure->series[s];
    double room = bars->slot * (bars->slot > 6 ? 0.82 : 1);
    double width = room / (double)bars->series;
    double shift = -room / 2 + width * (double)(bars->index - 1);
    double px, py;

    for (size_t i = 0; i < series->count; i++) {
        double floor = plot_floor(figure, s, i), base = end_of(frame, floor);
        if (!place(frame, plot_x(series, i), floor + series->y[i], &px, &py)) {
            continue;
        }
        fprintf(out,
                "<rect class=\"mp-bar\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"/>\n",
                px + shift, fmin(py, base), width, fabs(py - base));
        if (figure->values && !carries(figure, s)) {
            draw_value(out, frame, series, i, px + shift + width / 2, fmin(py, base));
        }
    }
    draw_intervals(out, frame, series, shift + width / 2);
}

static bool starts_group(const plot_series *series)
{
    return series->mark == PLOT_BARS && !series->stacked;
}

static void draw_one(FILE *out, const plot_frame *frame, const plot_series *series, unsigned colour)
{
    if (series->mark == PLOT_BAND) {
        draw_band(out, frame, series);
        return;
    }
    if (series->mark != PLOT_POINTS) {
        draw_path(out, frame, series);
    }
    draw_intervals(out, frame, series, 0);
    if (series->mark == PLOT_POINTS || series->mark == PLOT_LINE_POINTS) {
        draw_points(out, frame, series, colour);
    }
}

void plot_draw_series(FILE *out, const plot_figure *figure, const plot_frame *frame)
{
    bar_group bars = {.series = 0};

    for (size_t s = 0; s < figure->series_count; s++) {
        bars.series += starts_group(&figure->series[s]);
    }
    bars.slot = slot_of(figure, frame);
    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        unsigned colour = plot_colour(series, s);

        fprintf(out, "<g class=\"mp-c%u\">\n", colour);
        if (series->mark == PLOT_BARS) {
            bars.index += starts_group(series);
            draw_bars(out, figure, frame, s, &bars);
        } else {
            draw_one(out, frame, series, colour);
        }
        fputs("</g>\n", out);
    }
}

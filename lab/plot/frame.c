/* What the axes show, and where everything lies. */
#include "layout.h"

#include <math.h>

/* Nearly: the font is the reader's. Counts characters, not bytes. */
double plot_text_width(const char *text, double size)
{
    size_t characters = 0;

    for (; *text != '\0'; text++) {
        characters += ((unsigned char)*text & 0xc0) != 0x80;
    }
    return (double)characters * size * 0.58;
}

/* Where the range begins, before there are data. */
static plot_range range_of(const plot_axis *axis)
{
    return (plot_range){.any = axis->zero && axis->scale == PLOT_LINEAR};
}

static plot_range x_range(const plot_figure *figure)
{
    plot_range range = range_of(&figure->x);

    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        for (size_t i = 0; i < series->count; i++) {
            plot_range_add(&range, figure->x.scale, plot_x(series, i));
        }
    }
    for (size_t i = 0; i < figure->rule_count; i++) {
        if (figure->rules[i].vertical) {
            plot_range_add(&range, figure->x.scale, figure->rules[i].at);
        }
    }
    return range;
}

static void add_values(plot_range *range, plot_scale scale, const double *values, size_t count)
{
    for (size_t i = 0; values != NULL && i < count; i++) {
        plot_range_add(range, scale, values[i]);
    }
}

/* From the ground to their tops, with room for numbers over them. */
static void add_bars(plot_range *range, const plot_figure *figure, size_t s)
{
    const plot_series *series = &figure->series[s];
    double room = figure->values ? 1.07 : 1;

    plot_range_add(range, figure->y.scale, 0);
    for (size_t i = 0; i < series->count; i++) {
        double top = plot_floor(figure, s, i) + series->y[i];
        plot_range_add(range, figure->y.scale, room * top);
    }
}

static plot_range y_range(const plot_figure *figure)
{
    plot_range range = range_of(&figure->y);

    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        if (series->mark != PLOT_BAND) {
            add_values(&range, figure->y.scale, series->y, series->count);
        }
        add_values(&range, figure->y.scale, series->low, series->count);
        add_values(&range, figure->y.scale, series->high, series->count);
        if (series->mark == PLOT_BARS) {
            add_bars(&range, figure, s);
        }
    }
    for (size_t i = 0; i < figure->rule_count; i++) {
        if (!figure->rules[i].vertical) {
            plot_range_add(&range, figure->y.scale, figure->rules[i].at);
        }
    }
    return range;
}

/* The smallest distance of two bars, 0 where there are none or one. */
static double bar_distance(const plot_figure *figure)
{
    double least = 0;

    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        for (size_t i = 1; series->mark == PLOT_BARS && i < series->count; i++) {
            double step = fabs(plot_x(series, i) - plot_x(series, i - 1));
            least = step > 0 && (least == 0 || step < least) ? step : least;
        }
    }
    return least;
}

/* Room for half a bar at each end. */
static void pad_for_bars(const plot_figure *figure, plot_map *map, plot_range data)
{
    double half = bar_distance(figure) * 0.55;

    if (half == 0 || figure->x.names != NULL || map->kind != PLOT_LINEAR ||
        figure->x.min < figure->x.max) {
        return;
    }
    map->min = fmin(map->min, data.min - half);
    map->max = fmax(map->max, data.max + half);
}

/* Categories as ticks. */
static void name_ticks(const char *const *names, size_t count, double step, plot_ticks *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < count && ret->count < PLOT_TICKS; i += (size_t)step) {
        ret->tick[ret->count].at = (double)i;
        snprintf(ret->tick[ret->count++].text, PLOT_TICK_TEXT, "%.*s", PLOT_TICK_TEXT - 1,
                 names[i]);
    }
}

static void axis_ticks(const plot_axis *axis, const plot_map *map, size_t wanted, plot_ticks *ret)
{
    if (axis->names == NULL) {
        plot_choose_ticks(map, wanted, ret);
        return;
    }
    name_ticks(axis->names, axis->name_count, ceil((double)axis->name_count / PLOT_TICKS), ret);
}

/* ---- the frame ---- */

static double widest(const plot_ticks *ticks)
{
    double width = 0;

    for (size_t i = 0; i < ticks->count; i++) {
        width = fmax(width, plot_text_width(ticks->tick[i].text, 11));
    }
    return width;
}

static bool crowded(const plot_ticks *ticks, double room)
{
    return widest(ticks) + 6 > room / (double)(ticks->count > 0 ? ticks->count : 1);
}

static void take_heat_names(plot_figure *figure)
{
    if (figure->heat == NULL) {
        return;
    }
    figure->x.names = figure->heat->column_names;
    figure->x.name_count = figure->heat->columns;
    figure->y.names = figure->heat->row_names;
    figure->y.name_count = figure->heat->rows;
    if (figure->x.min >= figure->x.max) {
        figure->x.min = 0;
        figure->x.max = (double)figure->heat->columns;
    }
    if (figure->y.min >= figure->y.max) {
        figure->y.min = 0;
        figure->y.max = (double)figure->heat->rows;
    }
}

void plot_lay_out(plot_canvas *c)
{
    plot_figure *f = &c->figure;
    plot_frame *frame = &c->frame;
    int lines;

    take_heat_names(f);
    frame->width = f->width > 0 ? f->width : 720;
    frame->height = f->height > 0 ? f->height : 440;
    plot_map_choose(&frame->x, &f->x, x_range(f));
    pad_for_bars(f, &frame->x, x_range(f));
    plot_map_choose(&frame->y, &f->y, y_range(f));
    axis_ticks(&f->y, &frame->y, 6, &c->y);
    axis_ticks(&f->x, &frame->x, frame->width > 500 ? 9 : 6, &c->x);

    frame->left = 14 + widest(&c->y) + 10 + (f->y.label != NULL ? 20 : 0);
    frame->right = frame->width - 24;
    lines = plot_legend(NULL, f, frame->left, frame->right, 0);
    frame->top = PLOT_TITLE_ROOM + PLOT_LEGEND_LINE * lines + 12 + (f->heat != NULL ? 20 : 0);
    c->slanted = f->x.names != NULL && crowded(&c->x, frame->right - frame->left);
    frame->bottom =
        frame->height - (f->x.label != NULL ? 46 : 28) - (c->slanted ? widest(&c->x) * 0.72 : 0);
    frame->x.from = frame->left;
    frame->x.to = frame->right;
    frame->y.from = f->heat != NULL ? frame->top : frame->bottom;
    frame->y.to = f->heat != NULL ? frame->bottom : frame->top;
}

/* Bars side by side, and maps. */
#include <math.h>
#include <string.h>

#include "report/card_plots.h"

enum { BAR_ROOM = 56 }; /* pixels of a wide figure for each */

static void collect_name(card_figure *f, const char name[POINT_NAME])
{
    size_t at = 0;

    while (at < f->name_count && strcmp(f->names[at], name) != 0) {
        at++;
    }
    if (at == f->name_count && at < CARD_NAMES) {
        memcpy(f->names[at], name, POINT_NAME);
        f->name_list[at] = f->names[at];
        f->name_count++;
    }
}

/* All names that any series has. */
static void collect_names(card_figure *f)
{
    for (const lab_plot_series *s = f->plot->series; s->label != NULL; s++) {
        points_take(&f->points, f->result, f->plot, s);
        for (size_t i = 0; i < f->points.count; i++) {
            collect_name(f, f->points.list[i].name);
        }
    }
}

static const point *find(const points *all, const char *name)
{
    for (size_t i = 0; i < all->count; i++) {
        if (strcmp(all->list[i].name, name) == 0) {
            return &all->list[i];
        }
    }
    return NULL;
}

/* Of the points that were taken, those at the names: y, low, high and predicted. */
static double *rows_of(card_figure *f, bool *interval)
{
    size_t n = f->name_count;
    double *room = card_numbers(f, 4 * n);

    *interval = false;
    for (size_t i = 0; room != NULL && i < n; i++) {
        const point *p = find(&f->points, f->names[i]);
        room[i] = p != NULL ? p->y : NAN;
        room[n + i] = p != NULL ? p->low : NAN;
        room[2 * n + i] = p != NULL ? p->high : NAN;
        room[3 * n + i] = p != NULL ? p->predicted : NAN;
        *interval = *interval || isfinite(room[n + i]);
    }
    return room;
}

static void add_bars(card_figure *f, const lab_plot_series *series)
{
    size_t n = f->name_count;
    bool interval;

    points_take(&f->points, f->result, f->plot, series);
    double *room = f->points.count > 0 ? rows_of(f, &interval) : NULL;
    if (room == NULL) {
        return;
    }
    card_add(f, &(plot_series){.label = series->label,
                               .mark = PLOT_BARS,
                               .count = n,
                               .y = room,
                               .low = interval ? room + n : NULL,
                               .high = interval ? room + 2 * n : NULL,
                               .colour = series->colour,
                               .stacked = series->stacked});
    if (f->plot->expected != NULL) {
        card_add(f, &(plot_series){.label = f->plot->expected,
                                   .mark = PLOT_POINTS,
                                   .count = n,
                                   .y = room + 3 * n,
                                   .colour = 2});
    }
}

void card_bars(card_figure *f)
{
    collect_names(f);
    for (const lab_plot_series *s = f->plot->series; s->label != NULL; s++) {
        add_bars(f, s);
    }
    f->figure.x.names = f->name_list;
    f->figure.x.name_count = f->name_count;
    f->figure.width = fmax(720, BAR_ROOM * (double)f->name_count);
}

/* ---- maps ---- */

/* A rate in few characters; where it was never seen, what it is below. */
static void write_cell(char ret[POINT_NAME], const point *p)
{
    if (p == NULL) {
        ret[0] = '\0';
    } else if (p->y == 0 && isfinite(p->high)) {
        snprintf(ret, POINT_NAME, "0 (below 2^%.1f)", log2(p->high));
    } else if (p->y > 0 && p->y < 0.01) {
        snprintf(ret, POINT_NAME, "2^%.1f", log2(p->y));
    } else {
        snprintf(ret, POINT_NAME, "%.3g", p->y);
    }
}

static size_t count_columns(const lab_plot *plot)
{
    size_t n = 0;

    while (n < CARD_SERIES && plot->series[n].label != NULL) {
        n++;
    }
    return n;
}

void card_heat(card_figure *f)
{
    size_t columns = count_columns(f->plot), rows;
    double *values;

    collect_names(f);
    rows = f->name_count;
    values = card_numbers(f, rows * columns);
    if (values == NULL || rows == 0) {
        return;
    }
    for (size_t j = 0; j < columns; j++) {
        f->column_list[j] = f->plot->series[j].label;
        points_take(&f->points, f->result, f->plot, &f->plot->series[j]);
        for (size_t i = 0; i < rows; i++) {
            const point *p = find(&f->points, f->names[i]);
            values[i * columns + j] = p != NULL ? p->y : NAN;
            write_cell(f->cells[i * columns + j], p);
            f->cell_list[i * columns + j] = f->cells[i * columns + j];
        }
    }
    f->heat = (plot_heat){.rows = rows,
                          .columns = columns,
                          .values = values,
                          .min = 0,
                          .max = 1,
                          .row_names = f->name_list,
                          .column_names = f->column_list,
                          .texts = f->cell_list,
                          .label = f->plot->y.label};
    f->figure.heat = &f->heat;
    f->figure.y.label = NULL;
    f->figure.height = 140 + 46 * (double)rows;
}

#include "layout.h"

#include <math.h>
#include <string.h>

#include <macaw/status.h>

/* Quoted where it must be (RFC 4180). */
static void put_field(FILE *out, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            fputc('"', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

static void put_position(FILE *out, const plot_axis *axis, double x)
{
    if (axis->names != NULL && x >= 0 && (size_t)x < axis->name_count) {
        put_field(out, axis->names[(size_t)x]);
    } else {
        fprintf(out, "%.10g", x);
    }
}

/* Nothing where there is no number. */
static void put_number(FILE *out, const double *values, size_t i)
{
    fputc(',', out);
    if (values != NULL && isfinite(values[i])) {
        fprintf(out, "%.10g", values[i]);
    }
}

static void put_point(FILE *out, const plot_figure *figure, const plot_series *series, size_t i)
{
    put_field(out, series->label);
    fputc(',', out);
    put_position(out, &figure->x, plot_x(series, i));
    put_number(out, series->y, i);
    put_number(out, series->low, i);
    put_number(out, series->high, i);
    fputc('\n', out);
}

static void put_name(FILE *out, const char *const *names, size_t i)
{
    if (names != NULL) {
        put_field(out, names[i]);
    } else {
        fprintf(out, "%zu", i);
    }
}

static void put_heat(FILE *out, const plot_heat *heat)
{
    fputs("row,column,value\n", out);
    for (size_t i = 0; i < heat->rows * heat->columns; i++) {
        put_name(out, heat->row_names, i / heat->columns);
        fputc(',', out);
        put_name(out, heat->column_names, i % heat->columns);
        fprintf(out, ",%.10g\n", heat->values[i]);
    }
}

int plot_write_csv(FILE *out, const plot_figure *figure)
{
    if (figure->heat != NULL) {
        put_heat(out, figure->heat);
        return ferror(out) ? MACAW_EIO : MACAW_OK;
    }
    fputs("series,x,y,low,high\n", out);
    for (size_t s = 0; s < figure->series_count; s++) {
        for (size_t i = 0; i < figure->series[s].count; i++) {
            put_point(out, figure, &figure->series[s], i);
        }
    }
    return ferror(out) ? MACAW_EIO : MACAW_OK;
}

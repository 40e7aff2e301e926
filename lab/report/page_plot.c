/* A plot on the page, and its numbers for who cannot see it. */
#include <math.h>

#include "report/html.h"
#include "report/page.h"

enum { ROWS_MAX = 48 };

static void write_x(FILE *out, const plot_figure *figure, const plot_series *s, size_t i)
{
    double x = s->x != NULL ? s->x[i] : (double)i;

    if (figure->x.names != NULL && i < figure->x.name_count) {
        html_write(out, "<th scope=\"row\">%s</th>", figure->x.names[i]);
    } else {
        html_write(out, "<th scope=\"row\">%g</th>", x);
    }
}

static void write_number(FILE *out, double value)
{
    if (isfinite(value)) {
        html_write(out, "<td class=\"n\">%g</td>", value);
    } else {
        fputs("<td></td>", out);
    }
}

static void write_series(FILE *out, const plot_figure *figure, const plot_series *s)
{
    size_t step = s->count / ROWS_MAX + 1; /* of a smooth line some points */
    const char *y = figure->y.label != NULL ? figure->y.label : "y";

    html_write(out,
               "<table><caption>%s</caption><thead><tr><th scope=\"col\">%s</th>"
               "<th scope=\"col\">%s</th>%c",
               s->label != NULL ? s->label : figure->title,
               figure->x.label != NULL ? figure->x.label : "x", y, '\n');
    fputs(s->low != NULL ? "<th scope=\"col\">from</th><th scope=\"col\">to</th>" : "", out);
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; i < s->count; i += step) {
        fputs("<tr>", out);
        write_x(out, figure, s, i);
        write_number(out, s->y != NULL ? s->y[i] : NAN);
        if (s->low != NULL) {
            write_number(out, s->low[i]);
            write_number(out, s->high[i]);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

static void write_names(FILE *out, const plot_heat *heat)
{
    fputs("<thead><tr><td></td>", out);
    for (size_t j = 0; j < heat->columns; j++) {
        if (heat->column_names != NULL) {
            html_write(out, "<th scope=\"col\">%s</th>", heat->column_names[j]);
        } else {
            html_write(out, "<th scope=\"col\">%zu</th>", j);
        }
    }
    fputs("</tr></thead><tbody>\n", out);
}

static void write_heat(FILE *out, const plot_figure *figure)
{
    const plot_heat *heat = figure->heat;

    html_write(out, "<table><caption>%s</caption>", figure->title);
    write_names(out, heat);
    for (size_t i = 0; i < heat->rows; i++) {
        fputs("<tr>", out);
        if (heat->row_names != NULL) {
            html_write(out, "<th scope=\"row\">%s</th>", heat->row_names[i]);
        } else {
            html_write(out, "<th scope=\"row\">%zu</th>", i);
        }
        for (size_t j = 0; j < heat->columns; j++) {
            double value = heat->values[i * heat->columns + j];
            if (heat->texts != NULL) {
                html_write(out, "<td class=\"n\">%s</td>", heat->texts[i * heat->columns + j]);
            } else {
                write_number(out, value);
            }
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

void page_plot_table(FILE *out, const plot_figure *figure)
{
    if (figure->heat != NULL) {
        write_heat(out, figure);
    }
    for (size_t i = 0; figure->heat == NULL && i < figure->series_count; i++) {
        write_series(out, figure, &figure->series[i]);
    }
}

void page_plot(FILE *out, const plot_figure *figure)
{
    plot_figure inlined = *figure;

    inlined.inlined = true;
    fputs("<figure>\n", out);
    (void)plot_write_svg(out, &inlined);
    html_write(out, "<figcaption>%s</figcaption>\n", figure->about);
    html_write(out,
               "<details><summary>The numbers of “%s”</summary><div class=\"scroll\" "
               "tabindex=\"0\" role=\"group\" aria-label=\"Numbers of %s\">",
               figure->title, figure->title);
    page_plot_table(out, figure);
    fputs("</div></details></figure>\n", out);
}

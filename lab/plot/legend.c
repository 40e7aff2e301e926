#include "layout.h"

static double legend_width(const plot_series *series)
{
    return 34 + plot_text_width(series->label, 12) + 18;
}

static void draw_sample(FILE *out, const plot_series *series, double x, double y, unsigned colour)
{
    if (series->mark == PLOT_BARS || series->mark == PLOT_BAND) {
        fprintf(out, "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"26\" height=\"10\"/>\n",
                series->mark == PLOT_BARS ? "mp-bar" : "mp-band", x, y - 9);
        return;
    }
    if (series->mark != PLOT_POINTS) {
        fprintf(out, "<path class=\"mp-line%s\" d=\"M%.2f %.2fh26\"/>\n",
                series->dashed ? " mp-dashed" : "", x, y - 4);
    }
    if (series->mark == PLOT_POINTS || series->mark == PLOT_LINE_POINTS) {
        plot_draw_marker(out, x + 13, y - 4, colour);
    }
}

int plot_legend(FILE *out, const plot_figure *figure, double left, double right, double top)
{
    double x = left;
    int line = 0;
    bool any = false;

    for (size_t s = 0; s < figure->series_count; s++) {
        const plot_series *series = &figure->series[s];
        if (series->label == NULL) {
            continue;
        }
        if (any && x + legend_width(series) > right) {
            x = left;
            line++;
        }
        if (out != NULL) {
            double y = top + PLOT_LEGEND_LINE * line + 12;
            fprintf(out, "<g class=\"mp-c%u\">", plot_colour(series, s));
            draw_sample(out, series, x, y, plot_colour(series, s));
            fputs("</g>", out);
            plot_put_label(out, x + 34, y, "mp-legend", "start", series->label);
        }
        x += legend_width(series);
        any = true;
    }
    return any ? line + 1 : 0;
}

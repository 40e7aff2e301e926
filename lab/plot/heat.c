#include "layout.h"

#include <math.h>

static plot_range shades(const plot_heat *heat)
{
    plot_range range = {.any = false};

    if (heat->min < heat->max) {
        return (plot_range){heat->min, heat->max, true};
    }
    for (size_t i = 0; i < heat->rows * heat->columns; i++) {
        plot_range_add(&range, PLOT_LINEAR, heat->values[i]);
    }
    return range;
}

/* Text stays readable on the darkest shade under it, in both themes. */
static double darkest(const plot_heat *heat)
{
    return heat->texts != NULL ? 0.55 : 1;
}

static double shade_of(const plot_heat *heat, const plot_range *range, double value)
{
    if (range->max <= range->min) {
        return 0.5;
    }
    return darkest(heat) * fmin(fmax((value - range->min) / (range->max - range->min), 0), 1);
}

static void draw_cell(FILE *out, const plot_heat *heat, const plot_frame *frame,
                      const plot_range *range, size_t cell)
{
    double width = (frame->right - frame->left) / (double)heat->columns;
    double height = (frame->bottom - frame->top) / (double)heat->rows;
    double x = frame->left + width * (double)(cell % heat->columns);
    double y = frame->top + height * (double)(cell / heat->columns);

    if (!isfinite(heat->values[cell])) {
        return;
    }
    fprintf(out,
            "<rect class=\"mp-shade\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
            "fill-opacity=\"%.3f\"/>\n",
            x, y, width, height, shade_of(heat, range, heat->values[cell]));
    if (heat->texts != NULL && heat->texts[cell] != NULL) {
        fprintf(out, "<text class=\"mp-cell\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\">",
                x + width / 2, y + height / 2 + 4);
        plot_put_text(out, heat->texts[cell]);
        fputs("</text>\n", out);
    }
}

/* Boxes from the lightest shade to the darkest, above the field's right end. */
static void draw_key(FILE *out, const plot_heat *heat, const plot_frame *frame,
                     const plot_range *range)
{
    enum { BOXES = 8 };
    char low[PLOT_TICK_TEXT], high[PLOT_TICK_TEXT];
    double y = frame->top - 24;
    double right = frame->right;

    plot_format_number(low, range->min);
    plot_format_number(high, range->max);
    right -= plot_text_width(high, 11) + 6;
    for (int i = 0; i < BOXES; i++) {
        fprintf(out,
                "<rect class=\"mp-shade\" x=\"%.2f\" y=\"%.2f\" width=\"14\" height=\"12\" "
                "fill-opacity=\"%.3f\"/>\n",
                right - 14 * (BOXES - i), y, darkest(heat) * i / (BOXES - 1));
    }
    fprintf(out,
            "<rect class=\"mp-frame\" x=\"%.2f\" y=\"%.2f\" width=\"%d\" height=\"12\"/>\n"
            "<text class=\"mp-tick\" x=\"%.2f\" y=\"%.2f\">%s</text>\n"
            "<text class=\"mp-tick\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"end\">",
            right - 14 * BOXES, y, 14 * BOXES, right + 6, y + 10, high, right - 14 * BOXES - 6,
            y + 10);
    if (heat->label != NULL) {
        plot_put_text(out, heat->label);
        fputs("  ", out);
    }
    fprintf(out, "%s</text>\n", low);
}

void plot_draw_heat(FILE *out, const plot_figure *figure, const plot_frame *frame)
{
    const plot_heat *heat = figure->heat;
    plot_range range = shades(heat);

    fputs("<g class=\"mp-c1\">\n", out);
    for (size_t i = 0; i < heat->rows * heat->columns; i++) {
        draw_cell(out, heat, frame, &range, i);
    }
    if (range.any && range.max > range.min) {
        draw_key(out, heat, frame, &range);
    }
    fputs("</g>\n", out);
}

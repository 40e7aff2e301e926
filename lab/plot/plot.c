#include "layout.h"

#include <ctype.h>

#include <macaw/status.h>

void plot_put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(*text, out);
            break;
        }
    }
}

void plot_put_label(FILE *out, double x, double y, const char *class, const char *anchor,
                    const char *text)
{
    fprintf(out, "<text class=\"%s\" x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\">", class, x, y,
            anchor);
    plot_put_text(out, text);
    fputs("</text>\n", out);
}

/* Before the field: who may read it, in which colours. */
static void open_drawing(FILE *out, const plot_canvas *c)
{
    const plot_figure *f = &c->figure;

    fprintf(out, "<svg%s class=\"macaw-plot\" viewBox=\"0 0 %g %g\" ",
            f->inlined ? "" : " xmlns=\"http://www.w3.org/2000/svg\"", c->frame.width,
            c->frame.height);
    if (!f->inlined) {
        fprintf(out, "width=\"%g\" height=\"%g\" ", c->frame.width, c->frame.height);
    }
    fprintf(out, "role=\"img\" aria-labelledby=\"%s-title %s-desc\">\n<title id=\"%s-title\">",
            f->id, f->id, f->id);
    plot_put_text(out, f->title);
    fprintf(out, "</title>\n<desc id=\"%s-desc\">", f->id);
    plot_put_text(out, f->about != NULL ? f->about : "");
    fputs("</desc>\n", out);
    if (!f->inlined) {
        fputs("<style>\n", out);
        (void)plot_write_style(out); /* the caller looks at the stream at the end */
        fputs("</style>\n", out);
    }
    fprintf(out, "<rect class=\"mp-paper\" width=\"%g\" height=\"%g\"/>\n", c->frame.width,
            c->frame.height);
    fprintf(out,
            "<clipPath id=\"%s-field\"><rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
            "height=\"%.2f\"/></clipPath>\n",
            f->id, c->frame.left - 5, c->frame.top - 5, c->frame.right - c->frame.left + 10,
            c->frame.bottom - c->frame.top + 10);
}

static bool well_formed(const plot_figure *f)
{
    if (f->id == NULL || f->title == NULL || !isalpha((unsigned char)f->id[0])) {
        return false;
    }
    for (const char *c = f->id; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '-') {
            return false;
        }
    }
    for (size_t s = 0; s < f->series_count; s++) {
        const plot_series *series = &f->series[s];
        bool band = series->mark == PLOT_BAND;
        if (series->count > 0 &&
            (band ? series->low == NULL || series->high == NULL : series->y == NULL)) {
            return false;
        }
    }
    return f->heat == NULL ||
           (f->heat->rows > 0 && f->heat->columns > 0 && f->heat->values != NULL);
}

int plot_write_svg(FILE *out, const plot_figure *figure)
{
    plot_canvas c = {.figure = *figure};

    if (!well_formed(figure)) {
        return MACAW_EARG;
    }
    plot_lay_out(&c);
    open_drawing(out, &c);
    plot_put_label(out, c.frame.left, 24, "mp-title", "start", figure->title);
    (void)plot_legend(out, &c.figure, c.frame.left, c.frame.right, PLOT_TITLE_ROOM);
    plot_draw_axes(out, &c);
    if (figure->heat != NULL) {
        plot_draw_heat(out, figure, &c.frame);
    } else {
        fprintf(out, "<g clip-path=\"url(#%s-field)\">\n", figure->id);
        plot_draw_series(out, figure, &c.frame);
        fputs("</g>\n", out);
    }
    plot_draw_rules(out, &c);
    fprintf(out,
            "<rect class=\"mp-frame\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" "
            "height=\"%.2f\"/>\n</svg>\n",
            c.frame.left, c.frame.top, c.frame.right - c.frame.left, c.frame.bottom - c.frame.top);
    return ferror(out) ? MACAW_EIO : MACAW_OK;
}

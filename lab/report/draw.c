#include "report/draw.h"

#include <string.h>

#include "harness/print_parts.h"
#include "report/html.h"

const json_t *draw_cell(const drawing *d, size_t row, size_t column)
{
    const json_t *value = json_array_get(json_array_get(d->cells, row), column);

    return json_is_object(value) ? value : NULL;
}

const char *draw_row_name(const drawing *d, size_t row)
{
    return json_string_value(json_array_get(d->rows, row));
}

const char *draw_column_name(const drawing *d, size_t column)
{
    return json_string_value(json_array_get(d->columns, column));
}

void draw_text(const drawing *d, const char *class, const char *anchor, int x, int y,
               const char *text)
{
    html_write(d->out, "<text class=\"%s\" x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", class,
               x, y, anchor, text);
}

/* How much of the text fits: up to a space where there is one. */
static size_t fitting(const char *text, size_t most)
{
    size_t n = strlen(text), at = most;

    if (n <= most) {
        return n;
    }
    while (at > 0 && text[at] != ' ') {
        at--;
    }
    if (at == 0) {
        at = most;
        while (at > 1 && ((unsigned char)text[at] & 0xc0) == 0x80) {
            at--; /* not inside a UTF-8 character */
        }
    }
    return at;
}

int draw_wrapped(const drawing *d, const char *class, const char *anchor, int x, int y,
                 int characters, const char *text)
{
    int lines = 0;

    while (*text != '\0') {
        char line[200];
        size_t n = fitting(text, (size_t)characters);
        snprintf(line, sizeof line, "%.*s", (int)n, text);
        draw_text(d, class, anchor, x, y + lines * DRAW_LINE, line);
        lines++;
        text += n;
        text += *text == ' ' ? 1 : 0;
    }
    return lines;
}

void draw_arrow(const drawing *d, int x1, int y1, int x2, int y2)
{
    html_write(d->out, "<path class=\"arrow\" d=\"M%d %dL%d %d\" marker-end=\"url(#%s-m)\"/>\n", x1,
               y1, x2, y2, d->id);
}

/* ---- boxes ---- */

/* Eight bytes to a line of digits; readable text has its quotes, too. */
static size_t line_chars(const diagram_text *text)
{
    return text->text[0] == '"' ? DRAW_BOX_CHARS : DRAW_BOX_CHARS - 2;
}

static int value_lines(const json_t *value)
{
    diagram_text text = diagram_value(value, DRAW_BOX_CHARS * DRAW_BOX_LINES - 16);
    size_t chars = line_chars(&text);

    return (int)((text.len + chars - 1) / chars);
}

int draw_box_height(const json_t *value)
{
    return value == NULL ? 0 : 14 + DRAW_LINE * (1 + value_lines(value));
}

int draw_row_height(const drawing *d, size_t row)
{
    int height = 2 * DRAW_LINE;

    for (size_t i = 0; i < d->column_count; i++) {
        int one = draw_box_height(draw_cell(d, row, i));
        height = one > height ? one : height;
    }
    return height;
}

void draw_box(const drawing *d, const json_t *value, int x, int y, int height)
{
    diagram_text text = diagram_value(value, DRAW_BOX_CHARS * DRAW_BOX_LINES - 16);
    size_t chars = line_chars(&text);
    const char *at = text.text;

    html_write(d->out,
               "<g class=\"role-%s\"><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
               "height=\"%d\" rx=\"5\"/>\n",
               lab_json_text(value, "role"), x, y, DRAW_BOX_WIDTH, height);
    draw_text(d, "name", "middle", x + DRAW_BOX_WIDTH / 2, y + 18, lab_json_text(value, "name"));
    for (int line = 0; *at != '\0'; line++) {
        char some[DRAW_BOX_CHARS + 8];
        size_t n = strlen(at) <= chars ? strlen(at) : chars;
        while (n > 1 && ((unsigned char)at[n] & 0xc0) == 0x80) {
            n--;
        }
        snprintf(some, sizeof some, "%.*s", (int)n, at);
        draw_text(d, "bytes", "middle", x + DRAW_BOX_WIDTH / 2, y + 18 + (line + 1) * DRAW_LINE,
                  some);
        at += n;
    }
    fputs("</g>\n", d->out);
}

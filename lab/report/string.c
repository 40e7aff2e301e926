/* One string of bytes, read in several ways: the fields of each under one another. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

enum { LEFT = 150, CHARACTER = 11, ROW = 86, FIELD_MIN = 2 };

static bool is_quoted(const diagram_text *text)
{
    return text->len > 2 && text->text[0] == '"' && text->text[text->len - 1] == '"';
}

/* Readable text stands for itself, other bytes are two digits each. */
static int field_chars(const json_t *value)
{
    diagram_text text = diagram_value(value, 300);
    int n = (int)text.len;

    n -= is_quoted(&text) ? 2 : 0;
    return n < FIELD_MIN ? FIELD_MIN : n;
}

static int row_chars(const drawing *d, size_t row)
{
    int chars = 0;

    for (size_t i = 0; i < d->column_count; i++) {
        const json_t *value = draw_cell(d, row, i);
        chars += value != NULL ? field_chars(value) : 0;
    }
    return chars;
}

draw_size string_size(const drawing *d)
{
    int most = 26;

    for (size_t row = 0; row < d->row_count; row++) {
        int chars = row_chars(d, row);
        most = chars > most ? chars : most;
    }
    return (draw_size){LEFT + most * CHARACTER + 16, DRAW_TOP + (int)d->row_count * ROW};
}

/* Names of narrow fields would run into one another: every other one is below. */
static int draw_field(const drawing *d, const json_t *value, int x, int y, bool below)
{
    diagram_text text = diagram_value(value, 300);
    int width = field_chars(value) * CHARACTER;

    if (is_quoted(&text)) {
        memmove(text.text, text.text + 1, text.len);
        text.text[text.len - 2] = '\0';
    }
    html_write(d->out,
               "<g class=\"role-%s\"><rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" "
               "height=\"30\" rx=\"3\"/><text class=\"letters\" xml:space=\"preserve\" x=\"%d\" "
               "y=\"%d\" textLength=\"%d\">%s</text>\n",
               lab_json_text(value, "role"), x, y, width, x + 2, y + 20, width - 4, text.text);
    draw_text(d, "name small", "start", x + 2, below ? y + 44 : y - 6,
              lab_json_text(value, "name"));
    fputs("</g>\n", d->out);
    return width;
}

void string_draw(const drawing *d)
{
    for (size_t row = 0; row < d->row_count; row++) {
        int y = DRAW_TOP + (int)row * ROW + 26, x = LEFT;
        bool below = false;
        draw_wrapped(d, "head", "start", 12, y + 12, 20, draw_row_name(d, row));
        for (size_t i = 0; i < d->column_count; i++) {
            const json_t *value = draw_cell(d, row, i);
            if (value != NULL) {
                x += draw_field(d, value, x, y, below);
                below = !below;
            }
        }
    }
}

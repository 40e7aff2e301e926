/* Who tells whom what, from top to bottom; and what is remembered when, from left to
 * right. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

enum { PARTY = 236, NOTE = 224, LEFT = 124, STEP = 74, FIRST = 96 };
enum { MOMENT = 168, LANES = 150, LANE = 76 };

static int party_x(size_t party)
{
    return LEFT + (int)party * PARTY;
}

draw_size sequence_size(const drawing *d)
{
    return (draw_size){2 * LEFT + (int)(d->column_count - 1) * PARTY,
                       FIRST + (int)d->row_count * STEP + 8};
}

static void draw_parties(const drawing *d)
{
    int bottom = FIRST + (int)d->row_count * STEP - 12;

    for (size_t i = 0; i < d->column_count; i++) {
        int x = party_x(i);
        html_write(
            d->out,
            "<path class=\"life\" d=\"M%d 74V%d\"/>\n<rect class=\"party\" x=\"%d\" y=\"44\" "
            "width=\"160\" height=\"30\" rx=\"5\"/>\n",
            x, bottom, x - 80);
        draw_text(d, "name", "middle", x, 64, draw_column_name(d, i));
    }
}

/* Who speaks in a row and who hears it; to is column_count where nobody does. */
static const json_t *who(const drawing *d, size_t row, size_t *from, size_t *to)
{
    const json_t *message = NULL;

    *to = d->column_count;
    for (size_t i = 0; i < d->column_count; i++) {
        const json_t *cell = draw_cell(d, row, i);
        if (cell != NULL && strcmp(lab_json_text(cell, "name"), "->") == 0) {
            *to = i;
        } else if (cell != NULL) {
            *from = i;
            message = cell;
        }
    }
    return message;
}

static void draw_message(const drawing *d, size_t row)
{
    int y = FIRST + (int)row * STEP + 34;
    size_t from = 0, to;
    const json_t *message = who(d, row, &from, &to);

    if (message == NULL) {
        return;
    }
    bool sent = to < d->column_count;
    int x = sent ? (party_x(from) + party_x(to)) / 2 : party_x(from);
    int apart = !sent ? 1 : from > to ? (int)(from - to) : (int)(to - from);
    diagram_text text = diagram_value(message, (size_t)(apart * PARTY - 24) / DRAW_CHAR);
    const char *name = lab_json_text(message, "name");
    int lines = draw_line_count(apart * PARTY / 8, name);
    draw_open(d, message);
    if (sent) {
        int way = from < to ? 3 : -3;
        draw_arrow(d, "arrow", party_x(from) + way, y, party_x(to) - way, y);
    } else {
        html_write(d->out,
                   "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
                   "rx=\"5\"/>\n",
                   x - NOTE / 2, y - 12 - lines * DRAW_LINE, NOTE,
                   lines * DRAW_LINE + (text.len > 0 ? 30 : 12));
    }
    draw_wrapped(d, sent ? "name halo" : "name", "middle", x,
                 y - 10 - (lines - 1) * DRAW_LINE + (sent ? 0 : 4), apart * PARTY / 8, name);
    draw_text(d, sent ? "bytes halo" : "bytes", "middle", x, y + (sent ? 17 : 11), text.text);
    draw_close(d);
}

void sequence_draw(const drawing *d)
{
    draw_parties(d);
    for (size_t row = 0; row < d->row_count; row++) {
        draw_message(d, row);
    }
}

/* ---- time ---- */

draw_size timeline_size(const drawing *d)
{
    return (draw_size){LANES + (int)d->column_count * MOMENT + 12, 72 + (int)d->row_count * LANE};
}

static void draw_moment(const drawing *d, size_t row, size_t column)
{
    const json_t *value = draw_cell(d, row, column);
    int x = LANES + (int)column * MOMENT + MOMENT / 2, y = 72 + (int)row * LANE + 14;

    if (value == NULL) {
        return;
    }
    html_write(d->out, "<g class=\"role-%s\"><circle class=\"box\" cx=\"%d\" cy=\"%d\" r=\"6\"/>\n",
               lab_json_text(value, "role"), x, y);
    int lines =
        draw_wrapped(d, "name small", "middle", x, y + 22, 24, lab_json_text(value, "name"));
    diagram_text text = diagram_value(value, 20);
    draw_text(d, "bytes", "middle", x, y + 22 + lines * DRAW_LINE, text.text);
    fputs("</g>\n", d->out);
}

void timeline_draw(const drawing *d)
{
    int right = LANES + (int)d->column_count * MOMENT;

    for (size_t i = 0; i < d->column_count; i++) {
        draw_text(d, "head", "middle", LANES + (int)i * MOMENT + MOMENT / 2, 58,
                  draw_column_name(d, i));
    }
    for (size_t row = 0; row < d->row_count; row++) {
        int y = 72 + (int)row * LANE + 14;
        draw_arrow(d, "arrow", LANES, y, right, y);
        draw_wrapped(d, "head", "start", 12, y + 4, 20, draw_row_name(d, row));
        for (size_t column = 0; column < d->column_count; column++) {
            draw_moment(d, row, column);
        }
    }
}

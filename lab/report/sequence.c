/* Who tells whom what, from top to bottom; and what is remembered when, from left to
 * right. */
#include <string.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

enum { PARTY = 236, NOTE = 224, LEFT = 124, STEP = 74, FIRST = 96 };
enum { MOMENT = 96, MOMENTS = 6, LANES = 150, LANE = 80, LINE_TOP = 64 };

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

/* Time goes on in the next line, under the first one. */
static int line_height(const drawing *d)
{
    return (int)d->row_count * LANE + 30;
}

static int moment_x(size_t column)
{
    return LANES + (int)(column % MOMENTS) * MOMENT + MOMENT / 2;
}

static int lane_y(const drawing *d, size_t row, size_t column)
{
    return LINE_TOP + (int)(column / MOMENTS) * line_height(d) + (int)row * LANE + 20;
}

draw_size timeline_size(const drawing *d)
{
    int lines = (int)((d->column_count + MOMENTS - 1) / MOMENTS);
    int moments = d->column_count < MOMENTS ? (int)d->column_count : MOMENTS;

    return (draw_size){LANES + moments * MOMENT + 12, LINE_TOP + lines * line_height(d) - 8};
}

static void draw_moment(const drawing *d, size_t row, size_t column)
{
    const json_t *value = draw_cell(d, row, column);
    int x = moment_x(column), y = lane_y(d, row, column);

    if (value == NULL) {
        return;
    }
    draw_open(d, value);
    html_write(d->out, "<circle class=\"box\" cx=\"%d\" cy=\"%d\" r=\"6\"/>\n", x, y);
    int lines = draw_wrapped(d, "name small", "middle", x, y + 22, MOMENT / DRAW_CHAR,
                             lab_json_text(value, "name"));
    diagram_text text = diagram_value(value, MOMENT / DRAW_CHAR);
    draw_text(d, "bytes", "middle", x, y + 22 + lines * DRAW_LINE, text.text);
    draw_close(d);
}

static void draw_line(const drawing *d, size_t first)
{
    size_t n = d->column_count - first < MOMENTS ? d->column_count - first : MOMENTS;

    for (size_t row = 0; row < d->row_count; row++) {
        int y = lane_y(d, row, first);
        draw_arrow(d, "link", LANES, y, LANES + (int)n * MOMENT, y);
        draw_wrapped(d, "head", "start", 12, y + 4, 20, draw_row_name(d, row));
    }
}

void timeline_draw(const drawing *d)
{
    for (size_t column = 0; column < d->column_count; column++) {
        if (column % MOMENTS == 0) {
            draw_line(d, column);
        }
        draw_text(d, "head", "middle", moment_x(column), lane_y(d, 0, column) - 14,
                  draw_column_name(d, column));
        for (size_t row = 0; row < d->row_count; row++) {
            draw_moment(d, row, column);
        }
    }
}

/* A chain of blocks, and the same without arrows: a table. */
#include <string.h>

#include "report/draw.h"
#include "report/html.h"

enum { HEAD_WIDTH = 158, GAP_X = 46, GAP_Y = 24, HEAD_CHARS = 22 };

static int column_x(size_t column)
{
    return HEAD_WIDTH + (int)column * (DRAW_BOX_WIDTH + GAP_X);
}

static int row_y(const drawing *d, size_t row)
{
    int y = DRAW_TOP + 26;

    for (size_t i = 0; i < row; i++) {
        y += draw_row_height(d, i) + GAP_Y;
    }
    return y;
}

draw_size grid_size(const drawing *d)
{
    return (draw_size){column_x(d->column_count) - GAP_X + 24, row_y(d, d->row_count) - GAP_Y + 16};
}

void grid_draw(const drawing *d)
{
    for (size_t column = 0; column < d->column_count; column++) {
        draw_text(d, "head", "middle", column_x(column) + DRAW_BOX_WIDTH / 2, DRAW_TOP + 14,
                  draw_column_name(d, column));
    }
    for (size_t row = 0; row < d->row_count; row++) {
        int y = row_y(d, row);
        draw_wrapped(d, "head", "start", 12, y + 19, HEAD_CHARS, draw_row_name(d, row));
        for (size_t column = 0; column < d->column_count; column++) {
            const json_t *value = draw_cell(d, row, column);
            if (value != NULL) {
                draw_box(d, value, column_x(column), y, draw_row_height(d, row));
            }
        }
    }
}

/* ---- arrows ---- */

draw_size chain_size(const drawing *d)
{
    return grid_size(d);
}

/* Down to the next cell of the column that is not empty. */
static void draw_down(const drawing *d, size_t row, size_t column)
{
    size_t next = row + 1;
    int x = column_x(column) + DRAW_BOX_WIDTH / 2;

    while (next < d->row_count && draw_cell(d, next, column) == NULL) {
        next++;
    }
    if (draw_cell(d, row, column) != NULL && next < d->row_count) {
        draw_arrow(d, x, row_y(d, row) + draw_row_height(d, row), x, row_y(d, next) - 1);
    }
}

/* From the last cell of a column up to where the next column takes it in. */
static void draw_feed(const drawing *d, size_t column)
{
    size_t last = d->row_count - 1, into = d->row_count > 2 ? 1 : 0;
    int from_x = column_x(column) + DRAW_BOX_WIDTH, middle = from_x + GAP_X / 2;

    while (last > into && draw_cell(d, last, column) == NULL) {
        last--;
    }
    while (into < last && draw_cell(d, into, column + 1) == NULL) {
        into++;
    }
    html_write(d->out,
               "<path class=\"arrow feed\" d=\"M%d %dH%dV%dH%d\" marker-end=\"url(#%s-m)\"/>\n",
               from_x, row_y(d, last) + draw_row_height(d, last) / 2, middle,
               row_y(d, into) + draw_row_height(d, into) / 2, column_x(column + 1) - 1, d->id);
}

void chain_draw(const drawing *d)
{
    grid_draw(d);
    for (size_t column = 0; column < d->column_count; column++) {
        for (size_t row = 0; row + 1 < d->row_count; row++) {
            draw_down(d, row, column);
        }
        if (column + 1 < d->column_count && d->row_count > 1) {
            draw_feed(d, column);
        }
    }
}

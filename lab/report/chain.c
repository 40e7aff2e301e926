/* A chain of blocks, column by column as it runs. */
#include "report/draw.h"
#include "report/html.h"

draw_size chain_size(const drawing *d)
{
    return grid_size(d);
}

/* Down from the cell above that is not empty. */
static void draw_down(const drawing *d, size_t row, size_t column)
{
    int x = draw_column_x(d, column) + DRAW_BOX_WIDTH / 2;
    size_t above = row;

    do {
        if (above-- == 0) {
            return;
        }
    } while (draw_cell(d, above, column) == NULL);
    draw_arrow(d, "link", x, draw_row_y(d, above) + draw_row_height(d, above), x,
               draw_row_y(d, row) - 1);
}

/* The last cell of a column. */
static size_t last_of(const drawing *d, size_t column)
{
    size_t last = d->row_count - 1;

    while (last > 0 && draw_cell(d, last, column) == NULL) {
        last--;
    }
    return last;
}

/* Where a column takes in what the one before it came to: under its first cell. */
static size_t into_of(const drawing *d, size_t column)
{
    size_t into = d->row_count > 2 ? 1 : 0;

    while (into + 1 < d->row_count && draw_cell(d, into, column) == NULL) {
        into++;
    }
    return into;
}

static void draw_feed(const drawing *d, size_t column)
{
    size_t last = last_of(d, column - 1), into = into_of(d, column);
    int from_x = draw_column_x(d, column - 1) + DRAW_BOX_WIDTH;

    html_write(d->out, "<path class=\"link\" d=\"M%d %dH%dV%dH%d\" marker-end=\"url(#%s-m)\"/>\n",
               from_x, draw_row_y(d, last) + draw_row_height(d, last) / 2, from_x + DRAW_GAP_X / 2,
               draw_row_y(d, into) + draw_row_height(d, into) / 2, draw_column_x(d, column) - 1,
               d->id);
}

void chain_draw(const drawing *d)
{
    draw_heads(d);
    for (size_t column = 0; column < d->column_count; column++) {
        for (size_t row = 0; row < d->row_count; row++) {
            if (draw_cell(d, row, column) == NULL) {
                continue;
            }
            draw_open(d, draw_cell(d, row, column));
            draw_down(d, row, column);
            if (column > 0 && row == into_of(d, column)) {
                draw_feed(d, column);
            }
            draw_place(d, row, column);
            draw_close(d);
        }
    }
}

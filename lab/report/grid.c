/* Boxes in rows and columns: a table without lines, and what other kinds begin with. */
#include "report/draw.h"

enum { HEAD_WIDTH = 158, NO_HEAD = 14, HEAD_CHARS = 22 };

/* Where no row has a name there is no room for them. */
static int head_width(const drawing *d)
{
    for (size_t row = 0; row < d->row_count; row++) {
        if (draw_row_name(d, row)[0] != '\0') {
            return HEAD_WIDTH;
        }
    }
    return NO_HEAD;
}

int draw_column_x(const drawing *d, size_t column)
{
    return head_width(d) + (int)column * (DRAW_BOX_WIDTH + DRAW_GAP_X);
}

int draw_row_y(const drawing *d, size_t row)
{
    int y = DRAW_TOP + 26;

    for (size_t i = 0; i < row; i++) {
        y += draw_row_height(d, i) + DRAW_GAP_Y;
    }
    return y;
}

void draw_heads(const drawing *d)
{
    for (size_t column = 0; column < d->column_count; column++) {
        draw_text(d, "head", "middle", draw_column_x(d, column) + DRAW_BOX_WIDTH / 2, DRAW_TOP + 14,
                  draw_column_name(d, column));
    }
    for (size_t row = 0; row < d->row_count; row++) {
        draw_wrapped(d, "head", "start", 12, draw_row_y(d, row) + 19, HEAD_CHARS,
                     draw_row_name(d, row));
    }
}

void draw_place(const drawing *d, size_t row, size_t column)
{
    draw_box(d, draw_cell(d, row, column), draw_column_x(d, column), draw_row_y(d, row),
             draw_row_height(d, row));
}

draw_size grid_size(const drawing *d)
{
    return (draw_size){draw_column_x(d, d->column_count) - DRAW_GAP_X + 24,
                       draw_row_y(d, d->row_count) - DRAW_GAP_Y + 16};
}

void grid_draw(const drawing *d)
{
    draw_heads(d);
    for (size_t row = 0; row < d->row_count; row++) {
        for (size_t column = 0; column < d->column_count; column++) {
            if (draw_cell(d, row, column) != NULL) {
                draw_open(d, draw_cell(d, row, column));
                draw_place(d, row, column);
                draw_close(d);
            }
        }
    }
}

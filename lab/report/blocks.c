/* Boxes, and arrows that say what is made of what. */
#include <stdlib.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

draw_size blocks_size(const drawing *d)
{
    return grid_size(d);
}

/* ---- arrows ---- */

static int middle_x(const drawing *d, size_t column)
{
    return draw_column_x(d, column) + DRAW_BOX_WIDTH / 2;
}

static int middle_y(const drawing *d, size_t row)
{
    return draw_row_y(d, row) + draw_row_height(d, row) / 2;
}

static void draw_column(const drawing *d, diagram_link e, const char *label)
{
    bool down = e.to_row > e.row;
    size_t upper = down ? e.row : e.to_row, lower = down ? e.to_row : e.row;
    int above = draw_row_y(d, upper) + draw_row_height(d, upper), below = draw_row_y(d, lower);
    int x = middle_x(d, e.column);

    draw_arrow(d, "link", x, down ? above : below, x, down ? below - 1 : above + 1);
    draw_text(d, "label", "start", x + 7, below - DRAW_GAP_Y / 2 + 2, label);
}

/* Along the row, and in the gap before the end's column up or down to its side. */
static void draw_across(const drawing *d, diagram_link e, const char *label)
{
    bool right = e.to_column > e.column;
    int from = draw_column_x(d, e.column) + (right ? DRAW_BOX_WIDTH : 0);
    int to = draw_column_x(d, e.to_column) + (right ? -1 : DRAW_BOX_WIDTH + 1);
    int gap = right ? to - DRAW_GAP_X / 2 : to + DRAW_GAP_X / 2;

    html_write(d->out, "<path class=\"link\" d=\"M%d %dH%dV%dH%d\" marker-end=\"url(#%s-m)\"/>\n",
               from, middle_y(d, e.row), gap, middle_y(d, e.to_row), to, d->id);
    if (e.row == e.to_row) {
        draw_text(d, "label", "middle", gap, middle_y(d, e.row) - 6, label);
    }
}

static void draw_link(const drawing *d, const json_t *link)
{
    const char *label = lab_json_text(link, "label");
    diagram_link e = diagram_link_of(link);

    if (e.column == e.to_column) {
        draw_column(d, e, label);
    } else {
        draw_across(d, e, label);
    }
}

/* ---- boxes, each behind all that it is made of ---- */

static bool is_ready(const drawing *d, const bool *drawn, size_t row, size_t column)
{
    json_t *link;
    size_t i;

    json_array_foreach(d->links, i, link)
    {
        diagram_link e = diagram_link_of(link);
        if (e.to_row == row && e.to_column == column && draw_cell(d, e.row, e.column) != NULL &&
            !drawn[e.row * d->column_count + e.column]) {
            return false;
        }
    }
    return true;
}

static void draw_one(const drawing *d, size_t row, size_t column)
{
    json_t *link;
    size_t i;

    draw_open(d, draw_cell(d, row, column));
    json_array_foreach(d->links, i, link)
    {
        diagram_link e = diagram_link_of(link);
        if (e.to_row == row && e.to_column == column && draw_cell(d, e.row, e.column) != NULL) {
            draw_link(d, link);
        }
    }
    draw_place(d, row, column);
    draw_close(d);
}

/* Draw what can be; false: nothing could. */
static bool draw_ready(const drawing *d, bool *drawn, bool any)
{
    bool progress = false;

    for (size_t i = 0; i < d->row_count * d->column_count; i++) {
        size_t row = i / d->column_count, column = i % d->column_count;
        if (!drawn[i] && draw_cell(d, row, column) != NULL &&
            (any || is_ready(d, drawn, row, column))) {
            draw_one(d, row, column);
            drawn[i] = progress = true;
        }
    }
    return progress;
}

void blocks_draw(const drawing *d)
{
    bool *drawn = calloc(d->row_count * d->column_count + 1, sizeof *drawn);

    draw_heads(d);
    while (drawn != NULL && draw_ready(d, drawn, false)) {
    }
    if (drawn != NULL) {
        (void)draw_ready(d, drawn, true); /* where arrows run in a circle */
    }
    free(drawn);
}

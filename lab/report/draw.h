/* What the kinds of diagrams share: a sheet to draw on, boxes with bytes, arrows. */
#ifndef MACAW_LAB_REPORT_DRAW_H
#define MACAW_LAB_REPORT_DRAW_H

#include <stdio.h>

#include <jansson.h>

#include "report/diagram.h"

enum {
    DRAW_CHAR = 7, /* width of a character of the fixed-width type */
    DRAW_LINE = 16,
    DRAW_TOP = 34, /* room for the title */
    DRAW_BOX_CHARS = 18,
    DRAW_BOX_WIDTH = DRAW_BOX_CHARS * DRAW_CHAR + 16,
    DRAW_BOX_LINES = 4,
    DRAW_BOX_VALUE = 200, /* more than fits, so that it is cut at whole lines */
};

/* A figure taken apart. */
typedef struct drawing {
    FILE *out;
    const json_t *rows, *columns, *cells, *links;
    size_t row_count, column_count;
    const char *id;
} drawing;

typedef struct draw_size {
    int width, height;
} draw_size;

/* One kind: how large it gets, and drawing it. */
draw_size chain_size(const drawing *d);
void chain_draw(const drawing *d);
draw_size grid_size(const drawing *d);
void grid_draw(const drawing *d);
draw_size sequence_size(const drawing *d);
void sequence_draw(const drawing *d);
draw_size timeline_size(const drawing *d);
void timeline_draw(const drawing *d);
draw_size string_size(const drawing *d);
void string_draw(const drawing *d);
draw_size blocks_size(const drawing *d);
void blocks_draw(const drawing *d);
draw_size bits_size(const drawing *d);
void bits_draw(const drawing *d);

/* The value in a cell, NULL where it is empty; the names of a row and a column. */
const json_t *draw_cell(const drawing *d, size_t row, size_t column);
const char *draw_row_name(const drawing *d, size_t row);
const char *draw_column_name(const drawing *d, size_t column);

/* Left, middle and right: "start", "middle", "end". */
void draw_text(const drawing *d, const char *class, const char *anchor, int x, int y,
               const char *text);
/* A text broken at spaces into lines of so many characters; returns how many lines. */
int draw_wrapped(const drawing *d, const char *class, const char *anchor, int x, int y,
                 int characters, const char *text);
int draw_line_count(int characters, const char *text);
/* A straight arrow: class "arrow" has the colour of its role, "link" none. */
void draw_arrow(const drawing *d, const char *class, int x1, int y1, int x2, int y2);

/* What belongs to a value is between these: in steps it appears together. */
void draw_open(const drawing *d, const json_t *value);
void draw_close(const drawing *d);
/* A box of DRAW_BOX_WIDTH with name and bytes. */
void draw_box(const drawing *d, const json_t *value, int x, int y, int height);

/* ---- boxes in rows and columns: grid.c ---- */

enum { DRAW_GAP_X = 46, DRAW_GAP_Y = 24 };

int draw_column_x(const drawing *d, size_t column);
int draw_row_y(const drawing *d, size_t row);
/* The highest box of a row. */
int draw_row_height(const drawing *d, size_t row);
/* The names of rows and columns; the box in a place, which is not empty. */
void draw_heads(const drawing *d);
void draw_place(const drawing *d, size_t row, size_t column);

#endif

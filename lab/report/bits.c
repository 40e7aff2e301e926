/* Strings bit by bit: a row has the ones of a value as marks, so that one sees where
 * rows differ. */
#include <stdlib.h>
#include <string.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

enum {
    HEAD = 150,
    GAP = 24,
    COUNT = 60, /* "128/256" behind the bits */
    TALL = 10,  /* of a row; a mark is one less, as diagram.css has it */
    PITCH = 15,
    BYTE_GAP = 2,
};

static size_t bits_of(const json_t *value)
{
    return 4 * strlen(lab_json_text(value, "hex"));
}

static size_t most_bits(const drawing *d, size_t column)
{
    size_t most = 8;

    for (size_t row = 0; row < d->row_count; row++) {
        size_t n = bits_of(draw_cell(d, row, column));
        most = n > most ? n : most;
    }
    return most;
}

/* Bits to a line; longer strings have several. */
static size_t line_bits(const drawing *d)
{
    return d->column_count > 1 ? 128 : 256;
}

/* The width of a bit: what fits, neither hair nor brick; one width for a figure. */
static int bit_width(const drawing *d)
{
    int fitting = (int)(560 / most_bits(d, 0));

    return d->column_count > 1 || fitting < 3 ? 3 : fitting > 9 ? 9 : fitting;
}

static int line_width(const drawing *d, size_t column)
{
    size_t bits = most_bits(d, column);
    int n = (int)(bits > line_bits(d) ? line_bits(d) : bits);

    return n * bit_width(d) + n / 8 * BYTE_GAP;
}

static int column_x(const drawing *d, size_t column)
{
    int x = HEAD;

    for (size_t i = 0; i < column; i++) {
        x += line_width(d, i) + COUNT + GAP;
    }
    return x;
}

static int row_lines(const drawing *d)
{
    size_t lines = 1;

    for (size_t i = 0; i < d->column_count; i++) {
        size_t n = (most_bits(d, i) + line_bits(d) - 1) / line_bits(d);
        lines = n > lines ? n : lines;
    }
    return (int)lines;
}

static int row_y(const drawing *d, size_t row)
{
    return DRAW_TOP + 28 + (int)row * (row_lines(d) * PITCH + (row_lines(d) > 1 ? 6 : 2));
}

draw_size bits_size(const drawing *d)
{
    return (draw_size){column_x(d, d->column_count) - GAP + 8, row_y(d, d->row_count) + 10};
}

static bool bit_at(const char *hex, size_t i)
{
    const char digit[2] = {hex[i / 4], '\0'};

    return (strtol(digit, NULL, 16) >> (3 - i % 4) & 1) != 0;
}

/* Ones that stand together in a byte are one mark, a thick line. */
static size_t draw_ones(const drawing *d, const char *hex, size_t bits, int x, int y)
{
    size_t ones = 0, run, line = line_bits(d);
    int width = bit_width(d);

    fputs("<path class=\"ones\" d=\"", d->out);
    for (size_t i = 0; i < bits; i += run + 1) {
        size_t at = i % line;
        run = 0;
        while (i + run < bits && bit_at(hex, i + run) && (run == 0 || (i + run) % 8 != 0)) {
            run++;
        }
        if (run > 0) {
            html_write(d->out, "M%d %dh%d", x + (int)at * width + (int)(at / 8) * BYTE_GAP,
                       y + TALL / 2 + (int)(i / line) * PITCH, (int)run * width - 1);
            ones += run;
            run -= (i + run) % 8 == 0 ? 1 : 0; /* the bit behind may be a one of the next byte */
        }
    }
    fputs("\"/>\n", d->out);
    return ones;
}

static void draw_value(const drawing *d, size_t row, size_t column)
{
    const json_t *value = draw_cell(d, row, column);
    size_t bits = bits_of(value), line = line_bits(d);
    int x = column_x(d, column), y = row_y(d, row), width = bit_width(d);
    char count[48];

    draw_open(d, value);
    for (size_t done = 0; done < bits; done += line) {
        size_t n = bits - done < line ? bits - done : line;
        html_write(d->out, "<rect class=\"bits\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
                   x - 1, y + (int)(done / line) * PITCH - 1,
                   (int)n * width + (int)(n / 8) * BYTE_GAP, TALL + 2);
    }
    size_t ones = draw_ones(d, lab_json_text(value, "hex"), bits, x, y);
    snprintf(count, sizeof count, "%zu/%zu", ones, bits);
    draw_text(d, "label", "start", x + line_width(d, column) + 8, y + TALL, count);
    draw_close(d);
}

void bits_draw(const drawing *d)
{
    for (size_t column = 0; column < d->column_count; column++) {
        draw_text(d, "head", "start", column_x(d, column), DRAW_TOP + 14,
                  draw_column_name(d, column));
    }
    for (size_t row = 0; row < d->row_count; row++) {
        draw_text(d, "head", "start", 12, row_y(d, row) + TALL, draw_row_name(d, row));
        for (size_t column = 0; column < d->column_count; column++) {
            if (draw_cell(d, row, column) != NULL) {
                draw_value(d, row, column);
            }
        }
    }
}

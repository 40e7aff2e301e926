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

int draw_line_count(int characters, const char *text)
{
    int lines = 0;

    while (*text != '\0') {
        text += fitting(text, (size_t)characters);
        text += *text == ' ' ? 1 : 0;
        lines++;
    }
    return lines;
}

void draw_arrow(const drawing *d, const char *class, int x1, int y1, int x2, int y2)
{
    html_write(d->out, "<path class=\"%s\" d=\"M%d %dL%d %d\" marker-end=\"url(#%s-m)\"/>\n", class,
               x1, y1, x2, y2, d->id);
}

/* ---- boxes ---- */

enum { NAME_CHARS = DRAW_BOX_CHARS, SPACES_MAX = 3, LINE_MAX = DRAW_BOX_CHARS + 14 };

typedef struct box_text {
    char lines[DRAW_BOX_LINES][LINE_MAX];
    int count;
} box_text;

/* Spaces that fill a text up are counted; ret: how many, and text without them. */
static size_t cut_spaces(diagram_text *text)
{
    size_t n = 0;

    while (text->len >= 3 + n && text->text[text->len - 2 - n] == ' ') {
        n++;
    }
    if (text->text[text->len - 1] != '"' || n <= SPACES_MAX) {
        return 0;
    }
    text->len -= n;
    memcpy(text->text + text->len - 1, "\"", 2);
    return n;
}

/* Eight bytes to a line of digits; readable text has its quotes, too. */
static box_text box_lines(const json_t *value)
{
    diagram_text text = diagram_value(value, DRAW_BOX_VALUE);
    bool readable = text.text[0] == '"';
    size_t chars = readable ? DRAW_BOX_CHARS : DRAW_BOX_CHARS - 2;
    size_t spaces = readable ? cut_spaces(&text) : 0;
    size_t most = DRAW_BOX_LINES - (spaces > 0 ? 1 : 0);
    bool cut = text.len > most * chars;
    bool empty = spaces > 0 && text.len == 2;
    box_text ret = {.count = 0};

    if (empty) {
        text.len = 0;
    }

    for (size_t at = 0; at < text.len && (size_t)ret.count + cut < most; at += chars) {
        snprintf(ret.lines[ret.count++], LINE_MAX, "%.*s", (int)chars, text.text + at);
    }
    if (cut) {
        snprintf(ret.lines[ret.count++], LINE_MAX, "… (%.0f bytes)",
                 lab_json_number(value, "length"));
    }
    if (spaces > 0) {
        snprintf(ret.lines[ret.count++], LINE_MAX, "%s%zu spaces", empty ? "" : "+ ", spaces);
    }
    return ret;
}

static int box_height(const json_t *value)
{
    return 14 + DRAW_LINE * (draw_line_count(NAME_CHARS, lab_json_text(value, "name")) +
                             box_lines(value).count);
}

int draw_row_height(const drawing *d, size_t row)
{
    int height = 2 * DRAW_LINE;

    for (size_t i = 0; i < d->column_count; i++) {
        const json_t *value = draw_cell(d, row, i);
        int one = value != NULL ? box_height(value) : 0;
        height = one > height ? one : height;
    }
    return height;
}

void draw_open(const drawing *d, const json_t *value)
{
    html_write(d->out, "<g class=\"role-%s\">\n", lab_json_text(value, "role"));
}

void draw_close(const drawing *d)
{
    fputs("</g>\n", d->out);
}

void draw_box(const drawing *d, const json_t *value, int x, int y, int height)
{
    box_text text = box_lines(value);
    int at = y + (height - box_height(value)) / 2 + 18;

    html_write(d->out,
               "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\"/>\n", x,
               y, DRAW_BOX_WIDTH, height);
    at += DRAW_LINE * draw_wrapped(d, "name", "middle", x + DRAW_BOX_WIDTH / 2, at, NAME_CHARS,
                                   lab_json_text(value, "name"));
    for (int i = 0; i < text.count; i++) { /* one is in the middle, several begin alike */
        bool one = text.count == 1;
        draw_text(d, "bytes", one ? "middle" : "start", one ? x + DRAW_BOX_WIDTH / 2 : x + 10,
                  at + i * DRAW_LINE, text.lines[i]);
    }
}

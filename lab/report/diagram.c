#include "report/diagram.h"

#include <stdlib.h>
#include <string.h>

#include "harness/print_parts.h"
#include "report/draw.h"
#include "report/html.h"

enum { DIAGRAM_COLUMN = 740 }; /* wider than what is still read in half a page */

static const struct kind {
    const char *name;
    draw_size (*size)(const drawing *d);
    void (*draw)(const drawing *d);
} kinds[] = {
    {"chain", chain_size, chain_draw},
    {"sequence", sequence_size, sequence_draw},
    {"timeline", timeline_size, timeline_draw},
    {"string", string_size, string_draw},
    {"blocks", blocks_size, blocks_draw},
    {"bits", bits_size, bits_draw},
    {"table", grid_size, grid_draw},
};

static const struct kind *kind_of(const json_t *figure)
{
    const char *name = lab_json_text(figure, "kind");
    size_t i = 0;

    while (i + 1 < sizeof kinds / sizeof *kinds && strcmp(kinds[i].name, name) != 0) {
        i++;
    }
    return &kinds[i]; /* an unknown kind is a table */
}

/* ---- bytes as text ---- */

enum { VALUE_MOST = 360 };

/* Whether all of it can be read; ret has as much as VALUE_MOST characters of it. */
static bool read_text(const char *hex, char ret[VALUE_MOST + 1])
{
    size_t n = strlen(hex) / 2;

    if (n < 3) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        long value = strtol(byte, NULL, 16);
        if (value < 0x20 || value > 0x7e) {
            return false;
        }
        if (i < VALUE_MOST) {
            ret[i] = (char)value;
        }
    }
    ret[n < VALUE_MOST ? n : VALUE_MOST] = '\0';
    return true;
}

diagram_text diagram_value(const json_t *value, size_t most)
{
    const char *hex = lab_json_text(value, "hex");
    double length = lab_json_number(value, "length");
    char read[VALUE_MOST + 1], suffix[40];
    bool readable = read_text(hex, read);
    diagram_text ret;

    most = most < VALUE_MOST ? most : VALUE_MOST;
    snprintf(suffix, sizeof suffix, "(%.0f bytes)", length);
    size_t beside = strlen(suffix) + (readable ? 4 : 2);
    int kept = most > beside + 4 ? (int)(most - beside) : 4;
    if (strcmp(lab_json_text(value, "role"), "hidden") == 0) {
        snprintf(ret.text, sizeof ret.text, "not known");
    } else if (readable && length + 2 <= (double)most) {
        snprintf(ret.text, sizeof ret.text, "\"%s\"", read);
    } else if (readable) {
        snprintf(ret.text, sizeof ret.text, "\"%.*s…\" %s", kept, read, suffix);
    } else if (length * 2 <= (double)most) {
        snprintf(ret.text, sizeof ret.text, "%.*s", (int)VALUE_MOST, hex);
    } else {
        snprintf(ret.text, sizeof ret.text, "%.*s… %s", kept / 2 * 2, hex, suffix);
    }
    ret.len = strlen(ret.text);
    return ret;
}

/* ---- the sheet ---- */

/* One sentence: who is in it. */
static void describe(FILE *out, const json_t *figure)
{
    const json_t *rows = json_object_get(figure, "rows");
    const json_t *columns = json_object_get(figure, "columns");
    json_t *name;
    size_t i;

    html_write(out, "A %s of", lab_json_text(figure, "kind"));
    json_array_foreach(columns, i, name)
    {
        html_write(out, "%s %s", i > 0 ? "," : "", json_string_value(name));
    }
    fputs("; its rows:", out);
    json_array_foreach(rows, i, name)
    {
        html_write(out, "%s %s", i > 0 ? "," : "", json_string_value(name));
    }
    fputs(". The bytes are in the table that follows.", out);
}

void diagram_draw(FILE *out, const json_t *figure, const char *id, bool inlined)
{
    drawing d = {.out = out,
                 .rows = json_object_get(figure, "rows"),
                 .columns = json_object_get(figure, "columns"),
                 .cells = json_object_get(figure, "cells"),
                 .links = json_object_get(figure, "links"),
                 .id = id};
    const struct kind *kind = kind_of(figure);
    draw_size size;

    d.row_count = json_array_size(d.rows);
    d.column_count = json_array_size(d.columns);
    size = kind->size(&d);
    int title = (int)strlen(lab_json_text(figure, "title")) * 8 + 24;
    size.width = size.width > title ? size.width : title;
    html_write(out,
               "<svg class=\"diagram%s\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
               "aria-labelledby=\"%s-t %s-d\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n"
               "<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">",
               size.width > DIAGRAM_COLUMN ? " wide" : "", id, id, size.width, size.height,
               size.width, size.height, id, lab_json_text(figure, "title"), id);
    describe(out, figure);
    fputs("</desc>\n", out);
    if (!inlined) {
        fprintf(out, "<style>%s</style>\n", diagram_css);
    }
    html_write(out,
               "<defs><marker id=\"%s-m\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
               "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"tip\" "
               "d=\"M0 0L8 4L0 8z\"/></marker></defs>\n"
               "<rect class=\"paper\" width=\"%d\" height=\"%d\" rx=\"6\"/>\n",
               id, size.width, size.height);
    draw_text(&d, "title", "start", 12, 21, lab_json_text(figure, "title"));
    kind->draw(&d);
    fputs("</svg>\n", out);
}

/* ---- the table ---- */

diagram_link diagram_link_of(const json_t *link)
{
    const json_t *from = json_object_get(link, "from"), *to = json_object_get(link, "to");

    return (diagram_link){(size_t)json_integer_value(json_array_get(from, 0)),
                          (size_t)json_integer_value(json_array_get(from, 1)),
                          (size_t)json_integer_value(json_array_get(to, 0)),
                          (size_t)json_integer_value(json_array_get(to, 1))};
}

/* What arrows lead to a place. */
static void table_sources(FILE *out, const json_t *figure, size_t row, size_t column)
{
    const json_t *cells = json_object_get(figure, "cells");
    const char *before = " (from ", *behind = "";
    json_t *link;
    size_t i;

    json_array_foreach(json_object_get(figure, "links"), i, link)
    {
        diagram_link one = diagram_link_of(link);
        if (one.to_row == row && one.to_column == column) {
            html_write(
                out, "%s%s", before,
                lab_json_text(json_array_get(json_array_get(cells, one.row), one.column), "name"));
            before = ", ";
            behind = ")";
        }
    }
    fputs(behind, out);
}

static void table_cell(FILE *out, const json_t *value)
{
    diagram_text text = diagram_value(value, 160);

    if (json_is_object(value)) {
        html_write(out, "%s", lab_json_text(value, "name"));
        if (text.len > 0) {
            html_write(out, " <code>%s</code>", text.text);
        }
    }
}

void diagram_table(FILE *out, const json_t *figure)
{
    json_t *row, *cell;
    size_t i, j;

    html_write(out, "<table><caption>%s</caption><thead><tr><td></td>",
               lab_json_text(figure, "title"));
    json_array_foreach(json_object_get(figure, "columns"), i, cell)
    {
        const char *name = json_string_value(cell);
        html_write(out, name[0] != '\0' ? "<th scope=\"col\">%s</th>" : "<td>%s</td>", name);
    }
    fputs("</tr></thead><tbody>\n", out);
    json_array_foreach(json_object_get(figure, "cells"), i, row)
    {
        const char *name = json_string_value(json_array_get(json_object_get(figure, "rows"), i));
        html_write(out, name[0] != '\0' ? "<tr><th scope=\"row\">%s</th>" : "<tr><td>%s</td>",
                   name);
        json_array_foreach(row, j, cell)
        {
            fputs("<td>", out);
            table_cell(out, cell);
            table_sources(out, figure, i, j);
            fputs("</td>", out);
        }
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table>\n", out);
}

#include "harness/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "harness/attacker.h"
#include "harness/wire.h"

enum { TEXT_MAX = 600, SHOWN_BYTES = 4096 };

static const char *const role_names[LAB_ROLES] = {"plain", "chosen", "answer", "derived",
                                                  "glue",  "forged", "hidden"};

void lab_emit(lab_oracle *o, json_t *event)
{
    char *line = event != NULL ? json_dumps(event, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;

    if (line == NULL || !lab_write_all(o->trace_fd, line, strlen(line)) ||
        !lab_write_all(o->trace_fd, "\n", 1)) {
        lab_attacker_fail();
    }
    free(line);
    json_decref(event);
}

/* Long strings lose their end: length says how much there was. */
json_t *lab_value_json(const lab_value *value)
{
    char hex[MACAW_HEX_LEN(SHOWN_BYTES)];
    size_t len = value->bytes.len < SHOWN_BYTES ? value->bytes.len : SHOWN_BYTES;

    if (value->name == NULL) {
        return json_null();
    }
    macaw_hex_encode(hex, value->bytes.data, len);
    return json_pack("{s:s, s:s, s:s%, s:I}", "name", value->name, "role", role_names[value->role],
                     "hex", hex, MACAW_HEX_LEN(len), "length", (json_int_t)value->bytes.len);
}

static json_t *values_json(const lab_value *values, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, lab_value_json(&values[i]));
    }
    return list;
}

void lab_say(lab_oracle *o, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;

    if (!o->tracing) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    lab_emit(o, json_pack("{s:s, s:s}", "event", "say", "text", text));
}

void lab_show(lab_oracle *o, const char *name, const lab_value *pieces, size_t n)
{
    if (o->tracing) {
        lab_emit(o, json_pack("{s:s, s:s, s:o}", "event", "show", "name", name, "pieces",
                              values_json(pieces, n)));
    }
}

void lab_show_one(lab_oracle *o, const char *name, enum lab_role role, const uint8_t *data,
                  size_t len)
{
    lab_value piece = {name, role, {data, len}};

    lab_show(o, name, &piece, 1);
}

void lab_equation(lab_oracle *o, const lab_value *result, const char *sign, const lab_value *terms,
                  size_t n)
{
    if (o->tracing) {
        lab_emit(o,
                 json_pack("{s:s, s:o, s:s, s:o}", "event", "equation", "result",
                           lab_value_json(result), "sign", sign, "terms", values_json(terms, n)));
    }
}

static json_t *words_json(const char *const *words, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, json_string(words[i]));
    }
    return list;
}

static json_t *links_json(const lab_link *links, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const lab_link *one = &links[i];
        json_array_append_new(list,
                              json_pack("{s:[II], s:[II], s:s}", "from", (json_int_t)one->from.row,
                                        (json_int_t)one->from.column, "to", (json_int_t)one->to.row,
                                        (json_int_t)one->to.column, "label",
                                        one->label != NULL ? one->label : ""));
    }
    return list;
}

static json_t *figure_json(const lab_figure *figure)
{
    json_t *cells = json_array();

    for (size_t row = 0; row < figure->row_count; row++) {
        const lab_value *first = figure->cells + row * figure->column_count;
        json_array_append_new(cells, values_json(first, figure->column_count));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "event", "figure", "kind", figure->kind,
                     "title", figure->title, "rows", words_json(figure->rows, figure->row_count),
                     "columns", words_json(figure->columns, figure->column_count), "cells", cells);
}

void lab_draw(lab_oracle *o, const lab_figure *figure)
{
    if (o->tracing) {
        lab_emit(o, figure_json(figure));
    }
}

void lab_draw_blocks(lab_oracle *o, const lab_figure *figure, const lab_link *links, size_t n)
{
    json_t *event;

    if (o->tracing) {
        event = figure_json(figure);
        json_object_set_new(event, "links", links_json(links, n));
        lab_emit(o, event);
    }
}

void lab_measure(lab_oracle *o, const char *name, double value)
{
    lab_emit(o, json_pack("{s:s, s:s, s:f}", "event", "measure", "name", name, "value", value));
}

static json_t *numbers_json(const double *list, size_t n)
{
    json_t *ret = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(ret, json_real(list[i]));
    }
    return ret;
}

void lab_points(lab_oracle *o, const char *name, const double *x, const double *y, size_t n)
{
    n = n < LAB_POINTS_MAX ? n : LAB_POINTS_MAX;
    lab_emit(o, json_pack("{s:s, s:s, s:o, s:o}", "event", "points", "name", name, "x",
                          numbers_json(x, n), "y", numbers_json(y, n)));
}

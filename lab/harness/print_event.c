/* The events of a trace. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/print.h"
#include "harness/print_parts.h"

enum { HEX_LINE = 96, TEXT_MAX = 240, NAME_WIDTH = 14 };

/* ---- values ---- */

/* The text that hex stands for, if all of it can be read. */
static bool read_text(const char *hex, size_t digits, char text[TEXT_MAX + 1])
{
    size_t n = digits / 2;

    if (n < 3 || n > TEXT_MAX) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        long value = strtol(byte, NULL, 16);
        if (value < 0x20 || value > 0x7e) {
            return false;
        }
        text[i] = (char)value;
    }
    text[n] = '\0';
    return true;
}

/* Long texts are shown as such only: cookies, requests. */
static void print_hex(const json_t *value)
{
    const char *hex = lab_json_text(value, "hex");
    size_t digits = strlen(hex);
    char text[TEXT_MAX + 1];
    bool readable = read_text(hex, digits, text);

    if (strcmp(lab_json_text(value, "role"), "hidden") == 0) {
        printf("(not known)");
        return;
    }
    printf("%s", lab_colour(lab_json_text(value, "role")));
    if (digits > HEX_LINE && readable) {
        printf("\"%s\"%s", text, lab_plain());
    } else if (digits > HEX_LINE) {
        printf("%.*s..%s (%.0f bytes)", HEX_LINE, hex, lab_plain(),
               lab_json_number(value, "length"));
    } else {
        printf("%s%s", digits > 0 ? hex : "(empty)", lab_plain());
        if (readable) {
            printf("  \"%s\"", text);
        }
    }
}

static void print_value(const char *indent, const json_t *value)
{
    printf("%s%-*s = ", indent, NAME_WIDTH, lab_json_text(value, "name"));
    print_hex(value);
    putchar('\n');
}

/* What stands in a figure may be a name only. */
static void print_bytes(const json_t *value)
{
    if (lab_json_number(value, "length") > 0 ||
        strcmp(lab_json_text(value, "role"), "hidden") == 0) {
        printf(" = ");
        print_hex(value);
    }
}

static void print_values(const char *indent, const json_t *values)
{
    json_t *one;
    size_t i;

    json_array_foreach(values, i, one)
    {
        print_value(indent, one);
    }
}

/* ---- events ---- */

static void print_ask(const json_t *event)
{
    double count = lab_json_number(event, "count");

    printf("\n  %s%s%s", lab_colour("bold"), lab_json_text(event, "kind"), lab_plain());
    if (count != 1) {
        printf(" of %.0f", count);
    }
    printf(": %s\n", lab_json_text(event, "why"));
    print_values("    ", json_object_get(event, "values"));
}

static void print_answer(const json_t *event)
{
    const json_t *values = json_object_get(event, "values");

    print_values("    ", values);
    if (json_array_size(values) == 0) {
        printf("    -> %s\n",
               json_is_true(json_object_get(event, "accepted")) ? "accepted" : "refused");
    }
}

static void print_show(const json_t *event)
{
    const json_t *pieces = json_object_get(event, "pieces");
    json_t *one;
    size_t i;

    if (json_array_size(pieces) == 1) {
        printf("    %-*s = ", NAME_WIDTH, lab_json_text(event, "name"));
        print_hex(json_array_get(pieces, 0));
        putchar('\n');
        return;
    }
    printf("    %s =\n", lab_json_text(event, "name"));
    json_array_foreach(pieces, i, one)
    {
        print_value("      ", one);
    }
}

static void print_equation(const json_t *event)
{
    const json_t *result = json_object_get(event, "result");
    const json_t *terms = json_object_get(event, "terms");
    const char *sign = lab_json_text(event, "sign");
    json_t *one;
    size_t i;

    printf("    %s =", lab_json_text(result, "name"));
    json_array_foreach(terms, i, one)
    {
        printf("%s%s%s %s", i > 0 ? " " : "", i > 0 ? sign : "", "", lab_json_text(one, "name"));
    }
    putchar('\n');
    print_values("      ", terms);
    print_value("      ", result);
}

/* Row by row: "victim -> server: name = bytes". */
static void print_sequence(const json_t *event)
{
    const json_t *columns = json_object_get(event, "columns");
    json_t *row, *cell;
    size_t i, j;

    json_array_foreach(json_object_get(event, "cells"), i, row)
    {
        const json_t *message = NULL;
        const char *from = "", *to = "";
        json_array_foreach(row, j, cell)
        {
            const char *party = json_string_value(json_array_get(columns, j));
            if (strcmp(lab_json_text(cell, "name"), "->") == 0) {
                to = party;
            } else if (json_is_object(cell)) {
                from = party;
                message = cell;
            }
        }
        printf("      %s%s%s: %s ", from, *to != '\0' ? " -> " : "", to,
               lab_json_text(message, "name"));
        if (lab_json_number(message, "length") > 0) {
            print_hex(message);
        }
        putchar('\n');
    }
}

/* "<- t, m": what arrows lead to a place. */
static void print_sources(const json_t *event, size_t row, size_t column)
{
    const json_t *cells = json_object_get(event, "cells");
    const char *before = "  <- ";
    json_t *link;
    size_t i;

    json_array_foreach(json_object_get(event, "links"), i, link)
    {
        const json_t *from = json_object_get(link, "from"), *to = json_object_get(link, "to");
        const json_t *cells_of =
            json_array_get(cells, (size_t)json_integer_value(json_array_get(from, 0)));
        if ((size_t)json_integer_value(json_array_get(to, 0)) == row &&
            (size_t)json_integer_value(json_array_get(to, 1)) == column) {
            printf("%s%s", before,
                   lab_json_text(json_array_get(
                                     cells_of, (size_t)json_integer_value(json_array_get(from, 1))),
                                 "name"));
            before = ", ";
        }
    }
}

static void print_table(const json_t *event)
{
    const json_t *rows = json_object_get(event, "rows");
    const json_t *columns = json_object_get(event, "columns");
    const json_t *cells = json_object_get(event, "cells");
    json_t *column, *row;
    size_t i, j;

    json_array_foreach(columns, i, column)
    {
        printf("      %s\n", json_string_value(column));
        json_array_foreach(rows, j, row)
        {
            const json_t *value = json_array_get(json_array_get(cells, j), i);
            if (json_is_object(value)) {
                printf("        %-22s %-*s", json_string_value(row), NAME_WIDTH,
                       lab_json_text(value, "name"));
                print_bytes(value);
                print_sources(event, j, i);
                putchar('\n');
            }
        }
    }
}

/* Digits, with a dot for four zero bits, so that one sees where ones are. */
static void print_bits(const json_t *event)
{
    const json_t *cells = json_object_get(event, "cells");
    json_t *column, *row;
    size_t i, j;

    json_array_foreach(json_object_get(event, "columns"), i, column)
    {
        printf("      %s\n", json_string_value(column));
        json_array_foreach(json_object_get(event, "rows"), j, row)
        {
            const json_t *value = json_array_get(json_array_get(cells, j), i);
            const char *hex = lab_json_text(value, "hex");
            printf("        %-22s %s", json_string_value(row),
                   lab_colour(lab_json_text(value, "role")));
            for (; *hex != '\0'; hex++) {
                putchar(*hex == '0' ? '.' : *hex);
            }
            printf("%s\n", lab_plain());
        }
    }
}

static void print_figure(const json_t *event)
{
    static const struct form {
        const char *kind;
        void (*print)(const json_t *event);
    } forms[] = {{"sequence", print_sequence}, {"bits", print_bits}, {"", print_table}};
    const struct form *form = forms;

    while (form->kind[0] != '\0' && strcmp(form->kind, lab_json_text(event, "kind")) != 0) {
        form++;
    }
    printf("\n    %s\n", lab_json_text(event, "title"));
    form->print(event);
}

static void print_say(const json_t *event)
{
    printf("    %s\n", lab_json_text(event, "text"));
}

void lab_print_event(const json_t *event)
{
    static const struct printer {
        const char *event;
        void (*print)(const json_t *event);
    } printers[] = {{"ask", print_ask},           {"answer", print_answer},  {"show", print_show},
                    {"equation", print_equation}, {"figure", print_figure},  {"say", print_say},
                    {"begin", lab_print_heading}, {"end", lab_print_verdict}};

    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++) {
        if (strcmp(printers[i].event, lab_json_text(event, "event")) == 0) {
            printers[i].print(event);
        }
    }
}

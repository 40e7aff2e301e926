#include "harness/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { HEX_LINE = 96, NAME_WIDTH = 14 };

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static double number_of(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

/* ---- colours ---- */

static const struct colour {
    const char *role, *code;
} colours[] = {
    {"plain", ""},        {"chosen", "\033[36m"}, {"answer", "\033[33m"}, {"derived", "\033[35m"},
    {"glue", "\033[34m"}, {"forged", "\033[31m"}, {"bold", "\033[1m"},    {"good", "\033[32m"},
};

static bool coloured(void)
{
    return isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
}

static const char *colour(const char *role)
{
    for (size_t i = 0; coloured() && i < sizeof colours / sizeof *colours; i++) {
        if (strcmp(colours[i].role, role) == 0) {
            return colours[i].code;
        }
    }
    return "";
}

static const char *plain(void)
{
    return coloured() ? "\033[0m" : "";
}

/* ---- values ---- */

/* The text that hex stands for, if all of it can be read; else nothing. */
static void print_readable(const char *hex, size_t digits)
{
    char text[HEX_LINE / 2 + 1];
    size_t n = digits / 2;

    if (n < 3 || n > HEX_LINE / 2) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        long value = strtol(byte, NULL, 16);
        if (value < 0x20 || value > 0x7e) {
            return;
        }
        text[i] = (char)value;
    }
    text[n] = '\0';
    printf("  \"%s\"", text);
}

static void print_hex(const json_t *value)
{
    const char *hex = text_of(value, "hex");
    size_t digits = strlen(hex);

    printf("%s", colour(text_of(value, "role")));
    if (digits > HEX_LINE) {
        printf("%.*s..%s (%.0f bytes)", HEX_LINE, hex, plain(), number_of(value, "length"));
    } else {
        printf("%s%s", digits > 0 ? hex : "(empty)", plain());
        print_readable(hex, digits);
    }
}

static void print_value(const char *indent, const json_t *value)
{
    printf("%s%-*s = ", indent, NAME_WIDTH, text_of(value, "name"));
    print_hex(value);
    putchar('\n');
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
    double count = number_of(event, "count");

    printf("\n  %s%s%s", colour("bold"), text_of(event, "kind"), plain());
    if (count != 1) {
        printf(" of %.0f", count);
    }
    printf(": %s\n", text_of(event, "why"));
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
        printf("    %-*s = ", NAME_WIDTH, text_of(event, "name"));
        print_hex(json_array_get(pieces, 0));
        putchar('\n');
        return;
    }
    printf("    %s =\n", text_of(event, "name"));
    json_array_foreach(pieces, i, one)
    {
        print_value("      ", one);
    }
}

static void print_equation(const json_t *event)
{
    const json_t *result = json_object_get(event, "result");
    const json_t *terms = json_object_get(event, "terms");
    const char *sign = text_of(event, "sign");
    json_t *one;
    size_t i;

    printf("    %s =", text_of(result, "name"));
    json_array_foreach(terms, i, one)
    {
        printf("%s%s%s %s", i > 0 ? " " : "", i > 0 ? sign : "", "", text_of(one, "name"));
    }
    putchar('\n');
    print_values("      ", terms);
    print_value("      ", result);
}

static void print_figure(const json_t *event)
{
    const json_t *rows = json_object_get(event, "rows");
    const json_t *columns = json_object_get(event, "columns");
    const json_t *cells = json_object_get(event, "cells");
    json_t *column, *row;
    size_t i, j;

    printf("\n    %s\n", text_of(event, "title"));
    json_array_foreach(columns, i, column)
    {
        printf("      %s\n", json_string_value(column));
        json_array_foreach(rows, j, row)
        {
            const json_t *value = json_array_get(json_array_get(cells, j), i);
            if (json_is_object(value)) {
                printf("        %-22s %-*s = ", json_string_value(row), NAME_WIDTH,
                       text_of(value, "name"));
                print_hex(value);
                putchar('\n');
            }
        }
    }
}

static void print_say(const json_t *event)
{
    printf("    %s\n", text_of(event, "text"));
}

/* ---- cards ---- */

void lab_print_card(const lab_card *card)
{
    printf("%s%s. %s%s (%s)\n", colour("bold"), card->number, card->title, plain(), card->name);
    printf("%s\n", card->about);
}

static void print_settings(const json_t *settings)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)settings, name, value)
    {
        printf(" %s=", name);
        cli_put_visible(stdout, json_string_value(value), json_string_length(value));
    }
}

static void plural(double n, const char *word, const char *more)
{
    printf(", %.0f %s%s", n, word, n == 1 ? "" : more);
}

/* FORGED existential, adaptive chosen text, 1 tag, 1 verification, offline work 0, 0.001 s */
static void print_verdict(const json_t *one)
{
    bool forged = number_of(one, "successes") > 0;

    if (strcmp(text_of(one, "verdict"), "error") == 0) {
        printf("  ERROR: %s\n", text_of(one, "error"));
        return;
    }
    if (forged) {
        printf("  %sFORGED %s%s", colour("forged"), text_of(one, "level"), plain());
    } else {
        printf("  %sNOT FORGED%s", colour("good"), plain());
    }
    printf(", %s", text_of(one, "mode"));
    plural(number_of(one, "queries"), "tag", "s");
    plural(number_of(one, "verifications"), "verification", "s");
    if (number_of(one, "actions") > 0) {
        plural(number_of(one, "actions"), "action", "s");
    }
    printf(", offline work %.0f, %.3f s\n", number_of(one, "work"), number_of(one, "seconds"));
}

static void print_heading(const json_t *one)
{
    printf("\n%s%s: %s%s", colour("bold"), text_of(one, "role"), text_of(one, "construction"),
           plain());
    print_settings(json_object_get(one, "settings"));
    putchar('\n');
    if (text_of(one, "note")[0] != '\0') {
        printf("  (%s)\n", text_of(one, "note"));
    }
}

void lab_print_case(const json_t *one)
{
    const json_t *trace = json_object_get(one, "trace");
    json_t *event;
    size_t i;

    print_heading(one);
    json_array_foreach(trace, i, event)
    {
        lab_print_event(event);
    }
    print_verdict(one);
}

void lab_print_event(const json_t *event)
{
    static const struct printer {
        const char *event;
        void (*print)(const json_t *event);
    } printers[] = {{"ask", print_ask},           {"answer", print_answer}, {"show", print_show},
                    {"equation", print_equation}, {"figure", print_figure}, {"say", print_say},
                    {"begin", print_heading},     {"end", print_verdict}};

    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++) {
        if (strcmp(printers[i].event, text_of(event, "event")) == 0) {
            printers[i].print(event);
        }
    }
}

static void print_row(const json_t *one)
{
    const json_t *interval = json_object_get(one, "interval");

    printf("  %-8s %-24s %-8s", text_of(one, "role"), text_of(one, "construction"),
           text_of(one, "verdict"));
    if (interval != NULL) {
        printf(" %5.0f of %-5.0f %6.4f [%6.4f, %6.4f] predicted %6.4f%s",
               number_of(one, "successes"), number_of(one, "repeats"), number_of(one, "success"),
               json_number_value(json_array_get(interval, 0)),
               json_number_value(json_array_get(interval, 1)), number_of(one, "predicted"),
               json_is_true(json_object_get(one, "agrees")) ? "" : " (outside)");
    } else {
        printf(" %s", text_of(one, "error"));
    }
    print_settings(json_object_get(one, "fixed"));
    putchar('\n');
}

void lab_print_result(const json_t *result)
{
    bool ok = json_is_true(json_object_get(result, "ok"));
    json_t *one;
    size_t i;

    printf("\n%s %s: %s%s%s\n", text_of(result, "number"), text_of(result, "card"),
           colour(ok ? "good" : "forged"), ok ? "ok" : "NOT AS IT MUST BE", plain());
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        print_row(one);
    }
}

/* ---- CSV ---- */

void lab_print_csv_head(void)
{
    puts("card,role,construction,verdict,level,mode,queries,verifications,actions,work,"
         "successes,repeats,success,low,high,predicted,settings");
}

/* A field with a comma, a quote or a line break is quoted (RFC 4180). */
static void print_field(const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, stdout);
    }
    putchar('"');
}

/* Of the case, "NAME=VALUE NAME=VALUE". */
static void print_csv_settings(const json_t *settings)
{
    char text[512] = "";
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)settings, name, value)
    {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%s=%s", used > 0 ? " " : "", name,
                 json_string_value(value));
    }
    print_field(text);
}

static void print_csv_case(const char *card, const json_t *one)
{
    static const char *const texts[] = {"verdict", "level", "mode"};
    static const char *const numbers[] = {"queries", "verifications", "actions",
                                          "work",    "successes",     "repeats"};
    const json_t *interval = json_object_get(one, "interval");

    printf("%s,%s,%s", card, text_of(one, "role"), text_of(one, "construction"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        putchar(',');
        print_field(text_of(one, texts[i]));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        printf(",%.0f", number_of(one, numbers[i]));
    }
    printf(",%.6g,%.6g,%.6g,%.6g,", number_of(one, "success"),
           json_number_value(json_array_get(interval, 0)),
           json_number_value(json_array_get(interval, 1)), number_of(one, "predicted"));
    print_csv_settings(json_object_get(one, "fixed"));
    putchar('\n');
}

void lab_print_csv(const json_t *result)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        print_csv_case(text_of(result, "card"), one);
    }
}

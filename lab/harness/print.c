#include "harness/print.h"

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "harness/print_parts.h"

void lab_print_card(const lab_card *card)
{
    printf("%s%s. %s%s (%s)\n", lab_colour("bold"), card->number, card->title, lab_plain(),
           card->name);
    printf("%s\n", card->about);
}

enum { ROW_VALUE_MAX = 32 };

/* Of values over max bytes only the beginning. */
static void print_settings(const json_t *settings, size_t max)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)settings, name, value)
    {
        printf(" %s=", name);
        size_t len = json_string_length(value);
        cli_put_visible(stdout, json_string_value(value), len < max ? len : max);
        fputs(len > max ? ".." : "", stdout);
    }
}

static void plural(double n, const char *word, const char *more)
{
    printf(", %.0f %s%s", n, word, n == 1 ? "" : more);
}

/* FORGED existential, adaptive chosen text, 1 tag, 1 verification, offline work 0, 0.001 s */
void lab_print_verdict(const json_t *one)
{
    bool forged = lab_json_number(one, "successes") > 0;

    if (strcmp(lab_json_text(one, "verdict"), "error") == 0) {
        printf("  ERROR: %s\n", lab_json_text(one, "error"));
        return;
    }
    if (forged) {
        printf("  %sFORGED %s%s", lab_colour("forged"), lab_json_text(one, "level"), lab_plain());
    } else {
        printf("  %sNOT FORGED%s", lab_colour("good"), lab_plain());
    }
    printf(", %s", lab_json_text(one, "mode"));
    plural(lab_json_number(one, "queries"), "tag", "s");
    plural(lab_json_number(one, "verifications"), "verification", "s");
    if (lab_json_number(one, "actions") > 0) {
        plural(lab_json_number(one, "actions"), "action", "s");
    }
    printf(", offline work %.0f, %.3f s\n", lab_json_number(one, "work"),
           lab_json_number(one, "seconds"));
}

void lab_print_heading(const json_t *one)
{
    printf("\n%s%s: %s%s", lab_colour("bold"), lab_json_text(one, "role"),
           lab_json_text(one, "construction"), lab_plain());
    print_settings(json_object_get(one, "settings"), SIZE_MAX);
    putchar('\n');
    if (lab_json_text(one, "note")[0] != '\0') {
        printf("  (%s)\n", lab_json_text(one, "note"));
    }
}

void lab_print_case(const json_t *one)
{
    const json_t *trace = json_object_get(one, "trace");
    json_t *event;
    size_t i;

    lab_print_heading(one);
    json_array_foreach(trace, i, event)
    {
        lab_print_event(event);
    }
    lab_print_verdict(one);
}

static void print_row(const json_t *one)
{
    const json_t *interval = json_object_get(one, "interval");

    printf("  %-8s %-24s %-8s", lab_json_text(one, "role"), lab_json_text(one, "construction"),
           lab_json_text(one, "verdict"));
    if (interval != NULL) {
        printf(" %5.0f of %-5.0f %6.4f [%6.4f, %6.4f] predicted %6.4f%s",
               lab_json_number(one, "successes"), lab_json_number(one, "repeats"),
               lab_json_number(one, "success"), json_number_value(json_array_get(interval, 0)),
               json_number_value(json_array_get(interval, 1)), lab_json_number(one, "predicted"),
               json_is_true(json_object_get(one, "agrees")) ? "" : " (outside)");
    } else {
        printf(" %s", lab_json_text(one, "error"));
    }
    print_settings(json_object_get(one, "fixed"), ROW_VALUE_MAX);
    putchar('\n');
}

void lab_print_result(const json_t *result)
{
    bool ok = json_is_true(json_object_get(result, "ok"));
    json_t *one;
    size_t i;

    printf("\n%s %s: %s%s%s\n", lab_json_text(result, "number"), lab_json_text(result, "card"),
           lab_colour(ok ? "good" : "forged"), ok ? "ok" : "NOT AS IT MUST BE", lab_plain());
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        print_row(one);
    }
}

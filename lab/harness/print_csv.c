#include <stdio.h>
#include <string.h>

#include "harness/print.h"
#include "harness/print_parts.h"

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

    printf("%s,%s,%s", card, lab_json_text(one, "role"), lab_json_text(one, "construction"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        putchar(',');
        print_field(lab_json_text(one, texts[i]));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        printf(",%.0f", lab_json_number(one, numbers[i]));
    }
    printf(",%.6g,%.6g,%.6g,%.6g,", lab_json_number(one, "success"),
           json_number_value(json_array_get(interval, 0)),
           json_number_value(json_array_get(interval, 1)), lab_json_number(one, "predicted"));
    print_csv_settings(json_object_get(one, "fixed"));
    putchar('\n');
}

void lab_print_csv(const json_t *result)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        print_csv_case(lab_json_text(result, "card"), one);
    }
}

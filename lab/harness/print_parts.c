#include "harness/print_parts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *lab_json_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

double lab_json_number(const json_t *object, const char *name)
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
    const char *no = getenv("NO_COLOR"); /* no-color.org */

    return isatty(STDOUT_FILENO) == 1 && (no == NULL || no[0] == '\0');
}

const char *lab_colour(const char *role)
{
    for (size_t i = 0; coloured() && i < sizeof colours / sizeof *colours; i++) {
        if (strcmp(colours[i].role, role) == 0) {
            return colours[i].code;
        }
    }
    return "";
}

const char *lab_plain(void)
{
    return coloured() ? "\033[0m" : "";
}

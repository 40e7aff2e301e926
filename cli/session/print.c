/* Entries for people. */
#include <stdio.h>
#include <string.h>

#include "key_ring.h"
#include "session/session.h"

static const char *date_of(const json_t *entry, const char *name, char text[ISO_TIME_SIZE])
{
    const json_t *date = json_object_get(entry, name);

    cli_iso_time(json_integer_value(date), text);
    return json_is_integer(date) ? text : "-";
}

/* The member named as the kind is, or the same with "_hex". */
static void print_who(const json_t *entry, const char *kind)
{
    const char *text = json_string_value(json_object_get(entry, kind));
    char name[32];

    if (text != NULL) {
        cli_put_visible(stdout, text, strlen(text));
        return;
    }
    snprintf(name, sizeof name, "%s_hex", kind);
    text = json_string_value(json_object_get(entry, name));
    printf("hex:%s", text != NULL ? text : "");
}

void session_print_entry(const json_t *entry)
{
    const char *kind = json_string_value(json_object_get(entry, "kind"));
    const json_t *generation = json_object_get(entry, "generation");
    char before[ISO_TIME_SIZE], until[ISO_TIME_SIZE];

    if (kind == NULL) {
        return;
    }
    if (json_is_null(json_object_get(entry, "until"))) {
        printf("%-8s%-28s", kind, "for ever");
    } else {
        printf("%-8suntil %-22s", kind, date_of(entry, "until", until));
    }
    print_who(entry, kind);
    if (json_object_get(entry, "before") != NULL) {
        printf("  before %s", date_of(entry, "before", before));
    }
    if (generation != NULL) {
        printf("  generation %d", (int)json_integer_value(generation));
    }
    putchar('\n');
}

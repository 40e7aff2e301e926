#include "serve/template.h"

#include <stddef.h>
#include <string.h>

static const char *value_of(const template_value *values, const char *name, size_t len)
{
    for (; values->name != NULL; values++) {
        if (strlen(values->name) == len && memcmp(values->name, name, len) == 0) {
            return values->value;
        }
    }
    return NULL;
}

/* A name is lower-case letters and underscores; other @ stand for themselves. */
static size_t name_length(const char *name)
{
    size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

    return name[len] == '@' ? len : 0;
}

static void write_line(FILE *out, const char *line, size_t len, const template_value *values)
{
    const char *end = line + len;

    while (line < end) {
        size_t name = *line == '@' ? name_length(line + 1) : 0;
        if (name == 0) {
            fputc(*line++, out);
            continue;
        }
        const char *value = value_of(values, line + 1, name);
        fputs(value != NULL ? value : "", out);
        line += name + 2;
    }
}

void template_write(FILE *out, const char *text, const template_value *values)
{
    bool skip = false;

    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        len += text[len] == '\n';
        if (strncmp(text, "@if ", 4) == 0) {
            skip = value_of(values, text + 4, name_length(text + 4)) == NULL;
        } else if (strncmp(text, "@end@", 5) == 0) {
            skip = false;
        } else if (!skip) {
            write_line(out, text, len, values);
        }
        text += len;
    }
}

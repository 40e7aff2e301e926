#include "report/html.h"

#include <stdarg.h>
#include <string.h>

static void put_escaped(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            putc(*text, out);
        }
    }
}

/* at is behind the percent sign; returns what follows the conversion. */
static const char *convert(FILE *out, const char *at, va_list *args)
{
    int precision = 0;

    if (*at == 'z') {
        fprintf(out, "%zu", va_arg(*args, size_t));
        return at + 2;
    }
    if (*at == '.') {
        precision = at[1] - '0';
        at += 2;
    }
    switch (*at) {
    case 's':
        put_escaped(out, va_arg(*args, const char *));
        break;
    case 'd':
        fprintf(out, "%d", va_arg(*args, int));
        break;
    case 'c':
        put_escaped(out, (char[]){(char)va_arg(*args, int), '\0'});
        break;
    case 'f':
        fprintf(out, "%.*f", precision, va_arg(*args, double));
        break;
    case 'g':
        fprintf(out, "%g", va_arg(*args, double));
        break;
    default:
        putc(*at, out);
    }
    return at + 1;
}

void html_write(FILE *out, const char *markup, ...)
{
    va_list args;

    va_start(args, markup);
    while (*markup != '\0') {
        size_t plain = strcspn(markup, "%");
        fwrite(markup, 1, plain, out);
        markup += plain;
        if (*markup == '%') {
            markup = convert(out, markup + 1, &args);
        }
    }
    va_end(args);
}

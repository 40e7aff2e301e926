#include "report/html.h"

#include <stdarg.h>
#include <string.h>

#include "plot/plot.h"

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
        plot_put_text(out, va_arg(*args, const char *));
        break;
    case 'd':
        fprintf(out, "%d", va_arg(*args, int));
        break;
    case 'c':
        plot_put_text(out, (char[]){(char)va_arg(*args, int), '\0'});
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

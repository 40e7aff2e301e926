#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whether a byte begins U+0080 to U+009F in UTF-8. */
static bool is_c1(const unsigned char *p, size_t len)
{
    return len >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f;
}

void cli_put_visible(FILE *out, const char *text, size_t len)
{
    const unsigned char *p = (const unsigned char *)text;

    for (size_t i = 0; i < len; i++) {
        if (is_c1(p + i, len - i)) {
            fprintf(out, "\\x%02x\\x%02x", p[i], p[i + 1]);
            i++;
        } else if (p[i] < 0x20 || p[i] == 0x7f) {
            fprintf(out, "\\x%02x", p[i]);
        } else {
            fputc(p[i], out);
        }
    }
}

/* One line whatever it holds: file names may contain anything. */
static void print_line(const char *text)
{
    cli_put_visible(stderr, text, strlen(text));
    fputc('\n', stderr);
}

static void print_message(const char *what, const char *kind, const char *why, va_list args)
{
    char reason[1024];
    char line[sizeof reason + 4400];

    vsnprintf(reason, sizeof reason, why, args);
    snprintf(line, sizeof line, "macaw: %s: %s%s", what, kind, reason);
    fflush(stdout);
    print_line(line);
}

int cli_fail(int status, const char *what, const char *why, ...)
{
    va_list args;

    va_start(args, why);
    print_message(what, "", why, args);
    va_end(args);
    return status;
}

void cli_warn(const char *what, const char *why, ...)
{
    va_list args;

    va_start(args, why);
    print_message(what, "warning: ", why, args);
    va_end(args);
}

int cli_fail_errno(const char *what)
{
    return cli_fail(CLI_FAILED, what, "%s", strerror(errno));
}

static int exit_status(int status)
{
    switch (status) {
    case MACAW_OK:
        return CLI_DONE;
    case MACAW_EFORGED:
        return CLI_REFUSED;
    case MACAW_EIO:
    case MACAW_ENOMEM:
    case MACAW_ECRYPTO:
    case MACAW_EUNAVAILABLE:
        return CLI_FAILED;
    default:
        return CLI_WRONG;
    }
}

int cli_fail_status(const char *what, int status)
{
    return cli_fail(exit_status(status), what, "%s", macaw_strerror(status));
}

int cli_fail_detail(const char *what, const macaw_error *err)
{
    if (err->offset != 0) {
        return cli_fail(exit_status(err->status), what, "byte %zu: %s", err->offset, err->text);
    }
    return cli_fail(exit_status(err->status), what, "%s", err->text);
}

#include "memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void *sure(void *p)
{
    if (p == NULL) {
        exit(cli_fail(CLI_FAILED, "family", "out of memory"));
    }
    return p;
}

void *family_zeroed(size_t count, size_t size)
{
    return sure(calloc(count > 0 ? count : 1, size));
}

void *family_resized(void *p, size_t count, size_t size)
{
    return sure(reallocarray(p, count > 0 ? count : 1, size));
}

char *family_copy(const char *text, size_t len)
{
    char *copy = family_zeroed(len + 1, 1);

    memcpy(copy, text, len);
    return copy;
}

char *family_format(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    int len;

    va_start(args, fmt);
    len = vasprintf(&text, fmt, args);
    va_end(args);
    return sure(len < 0 ? NULL : text);
}

#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"

const char *macaw_strerror(int status)
{
    static const char *const text[] = {
        [-MACAW_OK] = "success",
        [-MACAW_EFORGED] = "not authentic",
        [-MACAW_EARG] = "argument out of range",
        [-MACAW_ESTATE] = "message is not in progress",
        [-MACAW_ESPENT] = "one-time key was used before",
        [-MACAW_ELIMIT] = "limit reached",
        [-MACAW_EWEAK] = "too weak",
        [-MACAW_EFORMAT] = "malformed",
        [-MACAW_ENOTFOUND] = "not found",
        [-MACAW_EEXIST] = "exists already",
        [-MACAW_EUNAVAILABLE] = "not available on this machine",
        [-MACAW_ENOMEM] = "out of memory",
        [-MACAW_EIO] = "input or output failed",
        [-MACAW_ECRYPTO] = "libcrypto failed",
    };
    size_t i = status > 0 ? sizeof text : (size_t)-status;

    return i < sizeof text / sizeof *text ? text[i] : "unknown status";
}

int macaw_fail(macaw_error *err, int status, size_t offset, const char *fmt, ...)
{
    if (err != NULL) {
        va_list ap;
        err->status = status;
        err->offset = offset;
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

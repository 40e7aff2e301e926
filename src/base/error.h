#ifndef MACAW_BASE_ERROR_H
#define MACAW_BASE_ERROR_H

#include <stddef.h>

#include <macaw/status.h>

/* Fill err, which may be NULL, and return status: "return macaw_fail(err, …)". */
int macaw_fail(macaw_error *err, int status, size_t offset, const char *fmt, ...)
    MACAW_PRINTF(4, 5);

#endif

/* macaw/str.h: a view of bytes that belong to somebody else; no NUL at the end. */
#ifndef MACAW_STR_H
#define MACAW_STR_H

#include <stddef.h>

typedef struct macaw_str {
    const char *data;
    size_t len;
} macaw_str;

#endif

/* Memory for the exact computations. GMP ends the program where memory is short;
 * so do these, with the exit status and the one line of every failure of the
 * machine, and no caller has to look. */
#ifndef MACAW_LAB_FAMILY_MEMORY_H
#define MACAW_LAB_FAMILY_MEMORY_H

#include <stddef.h>

/* count elements of size bytes, zeroed; never NULL. */
void *family_zeroed(size_t count, size_t size);

/* Like reallocarray, never NULL for count > 0. */
void *family_resized(void *p, size_t count, size_t size);

/* A copy of len characters with NUL. */
char *family_copy(const char *text, size_t len);

/* A formatted string. */
char *family_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

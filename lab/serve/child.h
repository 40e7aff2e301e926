/* A command of this program in a process of its own, within limits. */
#ifndef MACAW_LAB_SERVE_CHILD_H
#define MACAW_LAB_SERVE_CHILD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum {
    CHILD_SECONDS = 30, /* on the clock, and on the processor */
    CHILD_OUTPUT = 16 << 20,
};
#define CHILD_MEMORY ((size_t)1 << 30)

typedef struct child_result {
    int status; /* exit status; -1: ended by a limit */
    char *out;  /* what it wrote to standard output, with NUL; free it */
    size_t len;
    char err[400]; /* the beginning of standard error */
} child_result;

/* argv ends with NULL and is not the program's name. Safe in threads. Ends the child,
 * with all that it started, once *stop is true. false: it could not be started. */
bool child_run(const char *const *argv, const atomic_bool *stop, child_result *ret);

#endif

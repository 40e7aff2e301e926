/* Comparison and wiping of secrets. */
#ifndef MACAW_BASE_CT_H
#define MACAW_BASE_CT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Whether n bytes are equal, in time that depends on n only. */
bool macaw_ct_equal(const void *a, const void *b, size_t n);

/* Overwrite memory so that the compiler cannot leave it out. NULL with n 0 is fine. */
static inline void macaw_wipe(void *p, size_t n)
{
    if (n > 0) {
        memset(p, 0, n);
        /* For all the compiler knows, somebody looks at the memory here. */
        __asm__ volatile("" : : "r"(p) : "memory");
    }
}

#endif

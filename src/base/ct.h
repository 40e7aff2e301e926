/* Comparison and wiping of secrets. */
#ifndef MACAW_BASE_CT_H
#define MACAW_BASE_CT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Whether n bytes are equal, in time that depends on n only. */
static inline bool macaw_ct_equal(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    uint64_t difference = 0;

    for (; n >= sizeof difference; n -= sizeof difference) {
        uint64_t u, v;
        memcpy(&u, x, sizeof u);
        memcpy(&v, y, sizeof v);
        difference |= u ^ v;
        x += sizeof u;
        y += sizeof v;
    }
    for (; n > 0; n--) {
        difference |= (uint64_t)(*x++ ^ *y++);
    }
    /* Opaque to the compiler until here, so that it cannot stop at the first. */
    __asm__ volatile("" : "+r"(difference));
    return difference == 0;
}

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

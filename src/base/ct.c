#include "base/ct.h"

#include <stdint.h>

#include "base/bytes.h"

bool macaw_ct_equal(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a, *y = b;
    uint64_t difference = 0;

    for (; n >= 8; n -= 8, x += 8, y += 8) {
        difference |= macaw_load_le64(x) ^ macaw_load_le64(y);
    }
    for (; n > 0; n--) {
        difference |= (uint64_t)(*x++ ^ *y++);
    }
    /* Opaque to the compiler until here, so that it cannot stop at the first. */
    __asm__ volatile("" : "+r"(difference));
    return difference == 0;
}

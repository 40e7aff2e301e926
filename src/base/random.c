#include "base/random.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

int macaw_random(void *out, size_t n)
{
    uint8_t *p = out;

    while (n > 0) {
        ssize_t got = getrandom(p, n, 0);
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            return MACAW_EIO;
        }
        p += got;
        n -= (size_t)got;
    }
    return MACAW_OK;
}

#ifndef MACAW_BASE_RANDOM_H
#define MACAW_BASE_RANDOM_H

#include <stddef.h>

#include <macaw/status.h>

/* Fill with bytes of the operating system's generator. MACAW_EIO if it has none. */
int macaw_random(void *out, size_t n) MACAW_MUST_USE;

#endif

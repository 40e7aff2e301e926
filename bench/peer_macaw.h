#ifndef BENCH_PEER_MACAW_H
#define BENCH_PEER_MACAW_H

#include <macaw/mac.h>

#include "peers.h"

extern const bench_mac bench_macaw;

/* A state of bench_macaw with that kernel, NULL for the best; it is the
 * macaw_key. NULL if this CPU does not have the kernel. */
void *bench_macaw_open(const char *hash, const uint8_t *key, const char *kernel);

#endif

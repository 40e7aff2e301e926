#ifndef MACAW_MAC_REGISTRY_H
#define MACAW_MAC_REGISTRY_H

#include <macaw/mac.h>

/* Algorithms that macaw_alg_find does not offer because they are no sound MACs
 * (MACAW_ALG_INSECURE), for callers behind a switch that says so. */
const macaw_alg *macaw_alg_find_insecure(const char *name);

#endif

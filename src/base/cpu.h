/* What this CPU and its operating system offer. The only place that asks. */
#ifndef MACAW_BASE_CPU_H
#define MACAW_BASE_CPU_H

#include <stdbool.h>

/* SHA extensions for SHA-1 and SHA-256, with SSE4.1. */
bool macaw_cpu_has_shani(void);

#endif

#ifndef MACAW_SIGNING_SKEW_H
#define MACAW_SIGNING_SKEW_H

#include <macaw/signing.h>

/* Judge verdict->skew: OK, or STALE or EARLY and why in detail. */
macaw_reason macaw_skew_judge(macaw_verdict *verdict, uint32_t window);

#endif

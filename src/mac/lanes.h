/* Many messages side by side: the scheduler above all kernels that take several
 * chains at once.
 *
 * A message is two segments: its body, whole blocks absorbed where the caller
 * has them, and its end, the padded rest in a buffer. Messages are started
 * longest first; each lane that comes to the end of a message starts the next
 * one, so that lanes idle only once no message is left. What a construction does
 * to final values (an outer hash, another encryption) it does afterwards, to all
 * of them together. */
#ifndef MACAW_MAC_LANES_H
#define MACAW_MAC_LANES_H

#include "mac/class.h"

#define MACAW_LANES_MAX    16
#define MACAW_LANE_VALUE   64        /* bytes of a chaining value at most */
#define MACAW_LANE_END     (3 * 128) /* bytes of a message's end at most */

typedef struct macaw_lanes {
    const void *key;  /* handed to the functions below */
    const void *start; /* the first chaining value */
    size_t lanes;     /* that a step takes at most */
    size_t block_len; /* a power of two */
    size_t value_len;
    /* How many blocks of a message of len bytes are its body. */
    size_t (*body)(const void *key, size_t len);
    /* Write the blocks that follow the body to out; returns how many, at least 1. */
    size_t (*end)(const void *key, const macaw_msg *msg, size_t body, uint8_t *out);
    /* Absorb n >= 1 blocks from in[i] into the i-th of count chaining values. There
     * is room for MACAW_LANES_MAX of both; those from count on may be destroyed. */
    void (*step)(const void *key, void *values, const uint8_t **in, size_t n, size_t count);
} macaw_lanes;

/* The final values of n <= MACAW_GROUP_MAX messages, value_len bytes each, at the
 * beginning of MACAW_LANES_VALUES(value_len) bytes of room. */
#define MACAW_LANES_VALUES(value_len) ((MACAW_GROUP_MAX + MACAW_LANES_MAX) * (value_len))
void macaw_lanes_run(const macaw_lanes *work, const macaw_msg *msgs, size_t n, void *values);

#endif

/* A compression function with a small state: a random function, public. */
#ifndef MACAW_LAB_SMALL_HASH_H
#define MACAW_LAB_SMALL_HASH_H

#include "harness/target.h"

#define LAB_SMALL_BLOCK 4

/* bits is 16 to 32; states are below 2^bits. */
uint32_t lab_small_compress(unsigned bits, uint32_t state, const uint8_t block[LAB_SMALL_BLOCK]);

#endif

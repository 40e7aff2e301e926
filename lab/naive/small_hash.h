/* A compression function with a small state: a random function, public. */
#ifndef MACAW_LAB_SMALL_HASH_H
#define MACAW_LAB_SMALL_HASH_H

#include "harness/target.h"

#define LAB_SMALL_BLOCK 4

/* bits is 16 to 40; states are below 2^bits. */
uint64_t lab_small_compress(unsigned bits, uint64_t state, const uint8_t block[LAB_SMALL_BLOCK]);
/* Where the hash begins. */
uint64_t lab_small_iv(unsigned bits);

#endif

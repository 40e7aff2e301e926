/* The inside of a generator. */
#ifndef MACAW_KEY_DRBG_H
#define MACAW_KEY_DRBG_H

#include <macaw/kdf.h>

struct macaw_drbg {
    const macaw_alg *alg;
    macaw_key *key;           /* K, expanded */
    uint8_t v[MACAW_TAG_MAX]; /* V: alg->tag_len bytes */
    uint64_t calls;           /* reseed_counter: this call's number since the last seed, from 1 */
};

#endif

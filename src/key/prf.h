/* A PRF on a message that lies in several pieces. */
#ifndef MACAW_KEY_PRF_H
#define MACAW_KEY_PRF_H

#include <stdbool.h>

#include <macaw/mac.h>

typedef struct macaw_part {
    const void *data;
    size_t len;
} macaw_part;

/* Whether derivation may use it: a PRF on messages of any length. */
bool macaw_prf_is_usable(const macaw_alg *alg);

/* The same for what keys it with salts, chaining values or nothing secret at all:
 * the HMAC family, whose keys have any length. */
bool macaw_prf_is_extractor(const macaw_alg *alg);

/* The full tag of all parts, one after the other. */
int macaw_prf(const macaw_key *key, const macaw_part *parts, size_t n, uint8_t *tag) MACAW_MUST_USE;

#endif

/* Whether a key still takes a message: one-time keys, fixed lengths, bounds. */
#ifndef MACAW_MAC_ADMIT_H
#define MACAW_MAC_ADMIT_H

#include "mac/class.h"

/* Before a message: spend a one-time key, refuse past the hard bound. */
int macaw_admit_slow(macaw_key *key) MACAW_MUST_USE;

/* After the length is known: hold it to the key's. */
int macaw_admit_length(macaw_key *key, uint64_t len) MACAW_MUST_USE;

/* The counters and flags are all that changes in a key; every other field is
 * constant after macaw_key_new. */
static inline macaw_key *macaw_key_mutable(const macaw_key *key)
{
    return (macaw_key *)(uintptr_t)key;
}

static inline bool macaw_admit_is_plain(const macaw_alg *alg)
{
    return (alg->flags & (MACAW_ALG_ONE_TIME | MACAW_ALG_FIXED)) == 0 &&
           (alg->bound == NULL || alg->bound->hard_log2 == 0);
}

/* A message starts. */
static inline int macaw_admit_start(const macaw_key *key)
{
    return macaw_admit_is_plain(key->alg) ? MACAW_OK : macaw_admit_slow(macaw_key_mutable(key));
}

/* n messages, of len bytes together, are done. */
static inline int macaw_admit_end(const macaw_key *key, uint64_t n, uint64_t len)
{
    macaw_use_add(&macaw_key_mutable(key)->use, n, len);
    return (key->alg->flags & MACAW_ALG_FIXED) == 0
               ? MACAW_OK
               : macaw_admit_length(macaw_key_mutable(key), len);
}

#endif

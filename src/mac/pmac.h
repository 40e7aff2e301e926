/* The PMAC family: a row says what the members differ in (pmac.c tells them). */
#ifndef MACAW_MAC_PMAC_H
#define MACAW_MAC_PMAC_H

#include "prim/block.h"
#include "prim/gf.h"

typedef struct macaw_pmac_key macaw_pmac_key;
typedef struct macaw_pmac_place macaw_pmac_place; /* where in a message the next block stands */

/* The param of an algorithm. */
typedef struct macaw_pmac_row {
    const macaw_cipher *cipher;
    bool two_keys;   /* k1 of the masks before the key of the cipher */
    bool always_pad; /* a message of whole blocks gets one more */
    /* Tabulate masks from powers[0]. */
    void (*tabulate)(macaw_pmac_key *key);
    macaw_gf128 (*mask)(const macaw_pmac_key *key, uint64_t number);
    /* Add the encryptions of n blocks of one group from at on, and move at. */
    void (*add)(const macaw_pmac_key *key, macaw_pmac_place *at, uint8_t *sum, const uint8_t *in,
                size_t n);
    /* What the last block, whose number is at's, adds to the sum besides itself. */
    macaw_gf128 (*last)(const macaw_pmac_key *key, const macaw_pmac_place *at, bool whole);
} macaw_pmac_row;

#endif

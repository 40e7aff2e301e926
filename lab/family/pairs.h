/* Counting pairs: N(x,y,x',y') is the weight of the keys with h(x) = y and h(x') = y'.
 * For every pair of messages all m*m of them are looked at, none is stored. */
#ifndef MACAW_LAB_FAMILY_PAIRS_H
#define MACAW_LAB_FAMILY_PAIRS_H

#include "family.h"
#include "tally.h"

/* The largest weight of a kind of coincidence of two messages, and where. */
typedef struct pair_peak {
    uint64_t weight;
    uint32_t x, other; /* messages */
    uint32_t value;    /* the difference, or the xor */
} pair_peak;

typedef struct pair_counts {
    uint32_t *best;    /* n*m: largest N(x,y,x',y') over x' != x and y' */
    uint64_t min, max; /* of all N(x,y,x',y'), x < x' */
    unsigned classes;  /* different message weights */
    uint32_t class_weight[FAMILY_CLASSES];
    uint32_t *class_of; /* n: which of them a message has */
    /* How often each N occurs over the pairs x < x' of two classes, see
     * pair_tally; the values of (x', x) are the same. */
    tally *tallies;
    pair_peak collision;         /* h(x) = h(x') */
    pair_peak difference, xored; /* h(x') - h(x) = d mod m; h(x) xor h(x') = d */
} pair_counts;

/* Count all pairs of messages, in as many threads. unit: every key weighs 1.
 * MACAW_ELIMIT: more than FAMILY_CLASSES different message weights. */
int pairs_count(const family *f, unsigned threads, bool unit, pair_counts *ret,
                macaw_error *err) MACAW_MUST_USE;

void pairs_clear(pair_counts *counts);

/* The tally of the pairs with these two classes, in any order. */
tally *pair_tally(const pair_counts *counts, unsigned class, unsigned other);

unsigned pair_tally_count(unsigned classes);

#endif

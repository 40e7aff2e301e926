/* How often each value occurs. */
#ifndef MACAW_LAB_FAMILY_TALLY_H
#define MACAW_LAB_FAMILY_TALLY_H

#include <stddef.h>
#include <stdint.h>

enum { TALLY_SMALL = 1024 };

typedef struct tally_entry {
    uint64_t value, times; /* times 0: free */
} tally_entry;

/* Small values in an array, others in a hash table with linear probing. */
typedef struct tally {
    uint64_t small[TALLY_SMALL];
    tally_entry *large;
    size_t used, room; /* room is a power of two */
} tally;

void tally_clear(tally *t);

void tally_add_large(tally *t, uint64_t value, uint64_t times);

static inline void tally_add(tally *t, uint64_t value, uint64_t times)
{
    if (value < TALLY_SMALL) {
        t->small[value] += times;
    } else {
        tally_add_large(t, value, times);
    }
}

void tally_merge(tally *t, const tally *other);

/* The values that occur, rising; returns how many, the caller frees *ret. */
size_t tally_list(const tally *t, tally_entry **ret);

#endif

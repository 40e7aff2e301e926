#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

void tally_clear(tally *t)
{
    free(t->large);
    memset(t, 0, sizeof *t);
}

static void put(tally_entry *entries, size_t room, uint64_t value, uint64_t times, size_t *used)
{
    size_t at = (size_t)(value * 0x9e3779b97f4a7c15) & (room - 1);

    while (entries[at].times != 0 && entries[at].value != value) {
        at = (at + 1) & (room - 1);
    }
    *used += entries[at].times == 0;
    entries[at].value = value;
    entries[at].times += times;
}

static void grow(tally *t)
{
    size_t room = t->room > 0 ? 2 * t->room : 64;
    tally_entry *entries = family_zeroed(room, sizeof *entries);
    size_t used = 0;

    for (size_t i = 0; i < t->room; i++) {
        if (t->large[i].times != 0) {
            put(entries, room, t->large[i].value, t->large[i].times, &used);
        }
    }
    free(t->large);
    t->large = entries;
    t->room = room;
}

void tally_add_large(tally *t, uint64_t value, uint64_t times)
{
    if (times == 0) {
        return;
    }
    if (t->used * 2 >= t->room) {
        grow(t);
    }
    put(t->large, t->room, value, times, &t->used);
}

void tally_merge(tally *t, const tally *other)
{
    for (size_t i = 0; i < TALLY_SMALL; i++) {
        t->small[i] += other->small[i];
    }
    for (size_t i = 0; i < other->room; i++) {
        tally_add_large(t, other->large[i].value, other->large[i].times);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = ((const tally_entry *)a)->value;
    uint64_t right = ((const tally_entry *)b)->value;

    return (left > right) - (left < right);
}

size_t tally_list(const tally *t, tally_entry **ret)
{
    tally_entry *list = family_zeroed(TALLY_SMALL + t->used, sizeof *list);
    size_t count = 0;

    for (size_t i = 0; i < TALLY_SMALL; i++) {
        if (t->small[i] != 0) {
            list[count++] = (tally_entry){i, t->small[i]};
        }
    }
    for (size_t i = 0; i < t->room; i++) {
        if (t->large[i].times != 0) {
            list[count++] = t->large[i];
        }
    }
    qsort(list, count, sizeof *list, by_value);
    *ret = list;
    return count;
}

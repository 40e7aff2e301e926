/* The threads of pair counting; the loops themselves are in pair_rows.c. */
#include "pairs.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory.h"
#include "pair_rows.h"

enum { THREADS_MAX = 64 };

unsigned pair_tally_count(unsigned classes)
{
    return classes * (classes + 1) / 2;
}

tally *pair_tally(const pair_counts *counts, unsigned class, unsigned other)
{
    unsigned high = class > other ? class : other;
    unsigned low = class > other ? other : class;

    return &counts->tallies[high * (high + 1) / 2 + low];
}

void pairs_clear(pair_counts *counts)
{
    for (unsigned i = 0; counts->tallies != NULL && i < pair_tally_count(counts->classes); i++) {
        tally_clear(&counts->tallies[i]);
    }
    free(counts->tallies);
    free(counts->class_of);
    free(counts->best);
    *counts = (pair_counts){.best = NULL};
}

/* Number the different message weights. */
static int classify(const family *f, pair_counts *counts, macaw_error *err)
{
    counts->class_of = family_zeroed(f->n, sizeof *counts->class_of);
    for (uint32_t x = 0; x < f->n; x++) {
        uint32_t weight = family_message_weight(f, x);
        unsigned class = 0;
        while (class < counts->classes && counts->class_weight[class] != weight) {
            class ++;
        }
        if (class == FAMILY_CLASSES) {
            return macaw_fail(err, MACAW_ELIMIT, 0, "at most %d different message weights",
                              FAMILY_CLASSES);
        }
        counts->class_weight[class] = weight;
        counts->class_of[x] = class;
        counts->classes += class == counts->classes;
    }
    return MACAW_OK;
}

static void prepare(const family *f, pair_counts *counts)
{
    counts->min = UINT64_MAX;
    counts->best = family_zeroed((size_t)f->n * f->m, sizeof *counts->best);
    counts->tallies = family_zeroed(pair_tally_count(counts->classes), sizeof *counts->tallies);
}

/* Same classes as an empty copy, for one thread. */
static void copy_classes(const family *f, const pair_counts *from, pair_counts *ret)
{
    *ret = (pair_counts){.classes = from->classes};
    memcpy(ret->class_weight, from->class_weight, sizeof ret->class_weight);
    ret->class_of = family_zeroed(f->n, sizeof *ret->class_of);
    memcpy(ret->class_of, from->class_of, f->n * sizeof *ret->class_of);
    prepare(f, ret);
}

/* The first in the order of messages wins, whatever thread found it. */
static void keep_peak(pair_peak *peak, const pair_peak *other)
{
    bool earlier = other->x != peak->x ? other->x < peak->x : other->other < peak->other;

    if (other->weight > peak->weight || (other->weight == peak->weight && earlier)) {
        *peak = *other;
    }
}

static void merge(const family *f, pair_counts *into, const pair_counts *from)
{
    for (size_t i = 0; i < (size_t)f->n * f->m; i++) {
        into->best[i] = from->best[i] > into->best[i] ? from->best[i] : into->best[i];
    }
    for (unsigned i = 0; i < pair_tally_count(into->classes); i++) {
        tally_merge(&into->tallies[i], &from->tallies[i]);
    }
    into->min = from->min < into->min ? from->min : into->min;
    into->max = from->max > into->max ? from->max : into->max;
    keep_peak(&into->collision, &from->collision);
    keep_peak(&into->difference, &from->difference);
    keep_peak(&into->xored, &from->xored);
}

typedef struct worker {
    pthread_t thread;
    const family *f;
    bool unit;
    atomic_uint *next; /* the next x to be taken, by any worker */
    pair_counts counts;
} worker;

static void *work(void *arg)
{
    worker *w = arg;
    pair_rows *rows = pair_rows_new(w->f, w->unit);
    uint32_t x;

    while ((x = atomic_fetch_add(w->next, 1)) + 1 < w->f->n) {
        pair_rows_count(rows, x, &w->counts);
    }
    pair_rows_free(rows);
    return NULL;
}

static void run(const family *f, unsigned threads, bool unit, pair_counts *counts)
{
    worker workers[THREADS_MAX];
    atomic_uint next = 0;
    unsigned started = 0;

    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (worker){.f = f, .unit = unit, .next = &next};
        copy_classes(f, counts, &workers[i].counts);
    }
    while (started + 1 < threads &&
           pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0) {
        started++;
    }
    work(&workers[threads - 1]); /* this thread is one of them, the only one if need be */
    for (unsigned i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    for (unsigned i = 0; i < threads; i++) {
        merge(f, counts, &workers[i].counts);
        pairs_clear(&workers[i].counts);
    }
}

int pairs_count(const family *f, unsigned threads, bool unit, pair_counts *ret, macaw_error *err)
{
    pair_counts counts = {.best = NULL};
    int status = classify(f, &counts, err);

    if (status != MACAW_OK) {
        pairs_clear(&counts);
        return status;
    }
    prepare(f, &counts);
    threads = threads > f->n ? f->n : threads;
    threads = threads > THREADS_MAX ? THREADS_MAX : threads;
    run(f, threads > 0 ? threads : 1, unit, &counts);
    *ret = counts;
    return MACAW_OK;
}

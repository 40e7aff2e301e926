/* What the tests of the replay table share. */
#ifndef MACAW_TESTS_REPLAY_UTIL_H
#define MACAW_TESTS_REPLAY_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>

#include "replay/layout.h"
#include "unit/random.h"

/* A table that children share. */
struct shared_table {
    void *mem;
    size_t size;
    macaw_replay *table;
};

static inline struct shared_table make_table(size_t size, uint32_t window, uint32_t since)
{
    struct shared_table t = { .size = size };

    t.mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(t.mem != MAP_FAILED);
    assert_int_equal(macaw_replay_init(&t.table, t.mem, size, window, since), MACAW_OK);
    return t;
}

static inline void drop_table(struct shared_table *t)
{
    macaw_replay_detach(t->table);
    assert_int_equal(munmap(t->mem, t->size), 0);
}

/* An identity of one part, the number itself, which must outlive it. */
static inline macaw_claim_id number_id(const uint64_t *number, uint32_t timestamp)
{
    return (macaw_claim_id){ .part = { { number, sizeof *number } },
                             .parts = 1,
                             .timestamp = timestamp };
}

static inline int claim_number(macaw_replay *table, uint64_t number, uint32_t timestamp,
                               uint32_t now)
{
    macaw_claim_id id = number_id(&number, timestamp);

    return macaw_replay_claim(table, &id, now);
}

static inline int peek_number(macaw_replay *table, uint64_t number, uint32_t timestamp,
                              uint32_t now)
{
    macaw_claim_id id = number_id(&number, timestamp);

    return macaw_replay_peek(table, &id, now);
}

static inline macaw_replay_stats stats_at(macaw_replay *table, uint32_t now)
{
    macaw_replay_stats stats;

    macaw_replay_stat(table, now, &stats);
    return stats;
}

/* The n-th print of a bucket, n < 2^32. */
static inline uint64_t print_in(const macaw_replay *table, uint64_t bucket, uint64_t n)
{
    uint64_t buckets = (uint64_t)table->shards * MACAW_REPLAY_BUCKETS;

    return ((bucket << 32) / buckets + 1) << 32 | n;
}

/* Invariant 1 of layout.h: whether every entry with a stamp of at least cutoff
 * is found on its path. */
static inline bool is_sound(const macaw_replay *table, uint32_t cutoff)
{
    for (uint64_t b = 0; b < (uint64_t)table->shards * MACAW_REPLAY_BUCKETS; b++) {
        for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
            uint32_t stamp = table->bucket[b].stamp[i];
            struct macaw_replay_home home = macaw_replay_home(table, table->bucket[b].print[i]);
            const struct macaw_replay_bucket *at = &home.buckets[home.first];
            if (stamp < cutoff) {
                continue;
            }
            if (home.shard != &table->shard[b / MACAW_REPLAY_BUCKETS]) {
                return false;
            }
            for (unsigned k = home.first; at != &table->bucket[b]; at = &home.buckets[k]) {
                if (at->overflow < stamp) {
                    return false;
                }
                k = (k + 1) % MACAW_REPLAY_BUCKETS;
            }
        }
    }
    return true;
}

#endif

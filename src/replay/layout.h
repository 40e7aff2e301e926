/* The replay table as it lies in shared memory.
 *
 *     head | shard[shards] | bucket[shards * 256]
 *
 * No pointer is stored (a held mutex aside), so every process may map it
 * elsewhere. An identity is reduced to its print, SipHash-2-4 of it under the
 * table's random key; the print alone tells home shard and bucket, for a table of
 * any size. An entry lies in its home bucket or, where that was full, in a later
 * one of the same shard, cyclically.
 *
 * Slots keep timestamps, not expiry times: what is live follows from the window
 * and the clock of the moment, and changing the window changes no entry.
 *
 * Three invariants carry the promise of replay.h. They hold between any two
 * stores, so also where a process dies:
 *   1. an entry that lies past a bucket of its path has a stamp of at most that
 *      bucket's overflow word;
 *   2. a slot is given to another entry only after the shard's forgotten word has
 *      reached the stamp it held;
 *   3. overflow and forgotten words never fall.
 * So a second claim of an identity, whose stamp is the same, either finds it or
 * is not newer than forgotten, whatever the clock says. */
#ifndef MACAW_REPLAY_LAYOUT_H
#define MACAW_REPLAY_LAYOUT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdalign.h>

#include <macaw/replay.h>

#include "prim/siphash.h"

#define MACAW_REPLAY_SLOTS   5
#define MACAW_REPLAY_BUCKETS 256 /* in a shard */
#define MACAW_REPLAY_MIN     65536
#define MACAW_REPLAY_WINDOW_MAX 86400

/* "macawrt1": also says the byte order. */
#define MACAW_REPLAY_MAGIC 0x6d61636177727431u

/* One cache line. */
struct macaw_replay_bucket {
    uint64_t print[MACAW_REPLAY_SLOTS];
    uint32_t stamp[MACAW_REPLAY_SLOTS]; /* 0: free; else the timestamp, 0 counted as 1 */
    uint32_t overflow; /* newest stamp that found this bucket full and went on */
};

/* The first cache line is all that an ordinary claim touches. */
struct macaw_replay_shard {
    alignas(64) pthread_mutex_t lock; /* robust, shared */
    uint32_t forgotten; /* newest stamp that was overwritten */
    uint64_t claimed;
    uint64_t seen;
    uint64_t stale;
    uint64_t full;
    uint64_t owner_deaths;
};

struct macaw_replay_head {
    _Atomic uint64_t magic; /* set last; 0 while the table is being made or loaded */
    uint64_t size;
    uint32_t shard_size; /* differs where pthread_mutex_t does */
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    _Atomic uint32_t window;
    _Atomic uint32_t since;
    alignas(64) _Atomic uint32_t newest; /* written once a second or so, read always */
};

_Static_assert(sizeof(struct macaw_replay_bucket) == 64, "a bucket is a cache line");
_Static_assert(sizeof(struct macaw_replay_head) % 64 == 0, "shards are aligned");

/* One page of a file, in this machine's byte order. */
#define MACAW_MARK_SIZE  4096
#define MACAW_MARK_MAGIC "macaw-mark-1\n\0\0"
struct macaw_replay_mark {
    char magic[16];
    _Atomic uint32_t newest;
};

/* A process's handle. */
struct macaw_replay {
    struct macaw_replay_head *head;
    struct macaw_replay_shard *shard;
    struct macaw_replay_bucket *bucket;
    uint32_t shards;
    struct macaw_replay_mark *mark; /* NULL: none */
};

/* Where a print has its home. */
struct macaw_replay_home {
    struct macaw_replay_shard *shard;
    struct macaw_replay_bucket *buckets; /* of the shard */
    unsigned first;
};

static inline struct macaw_replay_home macaw_replay_home(const macaw_replay *table, uint64_t print)
{
    uint64_t bucket = (print >> 32) * ((uint64_t)table->shards * MACAW_REPLAY_BUCKETS) >> 32;
    uint64_t shard = bucket / MACAW_REPLAY_BUCKETS;

    return (struct macaw_replay_home){
        .shard = &table->shard[shard],
        .buckets = &table->bucket[shard * MACAW_REPLAY_BUCKETS],
        .first = (unsigned)(bucket % MACAW_REPLAY_BUCKETS),
    };
}

/* The oldest stamp that is live: stamp + window + 1 >= now, without overflow.
 * At least 1, so that a free slot is never live. */
static inline uint32_t macaw_replay_cutoff(const macaw_replay *table, uint32_t now)
{
    uint32_t window = atomic_load_explicit(&table->head->window, memory_order_relaxed);

    return now > window + 1 ? now - window - 1 : 1;
}

static inline uint32_t macaw_replay_stamp(uint32_t timestamp)
{
    return timestamp > 0 ? timestamp : 1;
}

static inline void macaw_replay_raise(uint32_t *word, uint32_t value)
{
    if (*word < value) {
        *word = value;
    }
}

static inline void macaw_replay_raise_shared(_Atomic uint32_t *word, uint32_t value)
{
    uint32_t old = atomic_load_explicit(word, memory_order_relaxed);

    while (old < value && !atomic_compare_exchange_weak_explicit(
                              word, &old, value, memory_order_relaxed, memory_order_relaxed)) {
    }
}

/* Take a shard, also from an owner that died. False: its memory is damaged, leave it alone. */
bool macaw_replay_lock(struct macaw_replay_shard *shard) MACAW_MUST_USE;
void macaw_replay_unlock(struct macaw_replay_shard *shard);

/* Room for an entry: a slot, and how many full buckets lie before it. */
struct macaw_replay_room {
    unsigned passed;
    unsigned slot;
};

/* Follow the whole path of a print, on which a live entry of it may lie: SEEN if
 * it does, else NEW with the first room on it, or FULL. The caller holds the
 * shard, here and below, or has the table for itself. */
enum macaw_claim macaw_replay_look(struct macaw_replay_home home, uint64_t print, uint32_t cutoff,
                                   struct macaw_replay_room *ret);
void macaw_replay_enter(struct macaw_replay_home home, struct macaw_replay_room room,
                        uint64_t print, uint32_t stamp);

/* A claim of an identity known by its print: the rest of macaw_replay_claim. */
enum macaw_claim macaw_replay_claim_print(macaw_replay *table, uint64_t print, uint32_t timestamp,
                                          uint32_t now);

#endif

/* Keys of 12 bytes, each with the last second at which it counts, in memory that
 * processes share.
 *
 *     shard[shards] | bucket[shards * buckets] | record[slots], record_size bytes each
 *
 * No pointer is stored (a held mutex aside), so every process may map it
 * elsewhere. A key's home bucket follows from SipHash-2-4 of it under a random key
 * of the table. An entry lies there or, where that was full, in a later bucket of
 * the same shard, cyclically.
 *
 * Changes need the shard's lock; looking does not. What lets both go on together,
 * and makes it harmless to be killed between any two stores:
 *   1. an entry that lies past a bucket of its path has an end of at most that
 *      bucket's overflow word, which never falls;
 *   2. the key's last bytes and its end are one word, the mark, stored last and
 *      emptied before anything else of the slot changes. Whoever finds the same
 *      mark before and after reading the rest has read one entry. */
#ifndef MACAW_STORE_CELLS_H
#define MACAW_STORE_CELLS_H

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prim/siphash.h"

#define MACAW_CELL_KEY_LEN 12
#define MACAW_CELL_SLOTS   7
#define MACAW_CELL_BUCKETS 256 /* in a shard, where there are several */

/* Two cache lines. To learn that a key is not there takes the first. */
struct macaw_cell_bucket {
    _Atomic uint64_t mark[MACAW_CELL_SLOTS]; /* end << 32 | last 4 bytes of the key; 0: free */
    _Atomic uint32_t overflow; /* latest end that found this bucket full and went on */
    uint32_t unused;
    _Atomic uint64_t head[MACAW_CELL_SLOTS]; /* first 8 bytes of the key */
    uint64_t unused_too;
};

struct macaw_cell_shard {
    alignas(64) pthread_mutex_t lock;
    uint64_t owner_deaths;
};

_Static_assert(sizeof(struct macaw_cell_bucket) == 128, "a bucket is two cache lines");

/* How much of what. Several shards have MACAW_CELL_BUCKETS buckets each, one alone
 * has up to twice as many. */
typedef struct macaw_cells_shape {
    uint32_t shards;
    uint32_t buckets; /* in each */
    size_t record_size; /* a multiple of 8 */
} macaw_cells_shape;

/* The least shape for so many entries at a load of 0.8; false: too many. */
bool macaw_cells_for(uint64_t entries, size_t record_size, macaw_cells_shape *ret);
/* The largest shape that fits into so many bytes; false: none, or one too large. */
bool macaw_cells_within(size_t bytes, size_t record_size, macaw_cells_shape *ret);
size_t macaw_cells_bytes(const macaw_cells_shape *shape);
uint64_t macaw_cells_slots(const macaw_cells_shape *shape);

/* A process's handle. */
typedef struct macaw_cells {
    macaw_cells_shape shape;
    struct macaw_cell_shard *shard;
    struct macaw_cell_bucket *bucket;
    uint8_t *record;
    macaw_siphash hash;
} macaw_cells;

/* Cells of that shape in mem, 64-byte aligned and macaw_cells_bytes long. */
void macaw_cells_use(macaw_cells *cells, const macaw_cells_shape *shape, void *mem,
                     const uint8_t hash_key[MACAW_SIPHASH_KEY_LEN]);
/* Make the locks, once; the rest of mem is zeroed. */
int macaw_cells_init(macaw_cells *cells) MACAW_MUST_USE;

/* Where a key belongs. */
typedef struct macaw_cell_home {
    struct macaw_cell_shard *shard;
    struct macaw_cell_bucket *buckets; /* of the shard */
    uint64_t base;                     /* number of the shard's first slot */
    uint32_t first;
    uint32_t tail;
    uint64_t head;
} macaw_cell_home;

macaw_cell_home macaw_cells_home(const macaw_cells *cells,
                                 const uint8_t key[MACAW_CELL_KEY_LEN]);

/* A live entry: where it lies, and the mark it was found under. */
typedef struct macaw_cell_spot {
    uint64_t slot;
    uint64_t mark;
    uint32_t passed; /* buckets of the path before its own */
} macaw_cell_spot;

/* The entry of a key with an end of at least cutoff, which is not 0. Without a
 * lock, what is read of its record counts only if macaw_cells_same holds after. */
bool macaw_cells_find(const macaw_cells *cells, const macaw_cell_home *home, uint32_t cutoff,
                      macaw_cell_spot *ret);
bool macaw_cells_same(const macaw_cells *cells, const macaw_cell_spot *spot);

static inline uint32_t macaw_cell_end(uint64_t mark)
{
    return (uint32_t)(mark >> 32);
}

/* The mark, key and record of a slot. */
uint64_t macaw_cells_mark(const macaw_cells *cells, uint64_t slot);
void macaw_cells_key(const macaw_cells *cells, uint64_t slot, uint8_t key[MACAW_CELL_KEY_LEN]);
void *macaw_cells_record(const macaw_cells *cells, uint64_t slot);

/* ---- changes; the caller holds the shard ---- */

bool macaw_cells_lock(struct macaw_cell_shard *shard) MACAW_MUST_USE;
void macaw_cells_unlock(struct macaw_cell_shard *shard);

/* Empty the first slot of the path whose end lies before cutoff, for the key of
 * home, of which there is no entry. False: there is none. Fill its record, then
 * publish it. */
bool macaw_cells_open(macaw_cells *cells, const macaw_cell_home *home, uint32_t cutoff,
                      macaw_cell_spot *ret) MACAW_MUST_USE;
/* Give the entry this end; also a later one to an entry that was found. */
void macaw_cells_publish(macaw_cells *cells, const macaw_cell_home *home,
                         const macaw_cell_spot *spot, uint32_t end);
void macaw_cells_erase(macaw_cells *cells, const macaw_cell_spot *spot);

/* Every slot with an end of at least cutoff, from *at on: false at the end. */
bool macaw_cells_next(const macaw_cells *cells, uint32_t cutoff, uint64_t *at,
                      macaw_cell_spot *ret);
uint64_t macaw_cells_live(const macaw_cells *cells, uint32_t cutoff);
uint64_t macaw_cells_owner_deaths(const macaw_cells *cells);

/* Times of the interface are Unix seconds below 2^32. */
static inline bool macaw_store_is_time(int64_t t)
{
    return t >= 0 && t <= UINT32_MAX;
}

/* The least end that is live at now; never 0, so that a free slot is not live. */
static inline uint32_t macaw_store_cutoff(int64_t now)
{
    return now < 1 ? 1 : now > UINT32_MAX ? UINT32_MAX : (uint32_t)now;
}

#endif

#include "store/cells.h"

#include "base/bytes.h"
#include "base/robust.h"

/* A home is found with 32 bits of the hash. */
#define BUCKETS_MAX UINT32_MAX

/* ---- shape ---- */

static bool shape_of(uint64_t buckets, size_t record_size, macaw_cells_shape *ret)
{
    if (buckets < 1 || buckets > BUCKETS_MAX) {
        return false;
    }
    ret->record_size = record_size;
    if (buckets < 2 * MACAW_CELL_BUCKETS) {
        ret->shards = 1;
        ret->buckets = (uint32_t)buckets;
    } else {
        ret->shards = (uint32_t)(buckets / MACAW_CELL_BUCKETS);
        ret->buckets = MACAW_CELL_BUCKETS;
    }
    return true;
}

bool macaw_cells_for(uint64_t entries, size_t record_size, macaw_cells_shape *ret)
{
    uint64_t buckets;

    if (entries > (uint64_t)BUCKETS_MAX * 4) {
        return false;
    }
    /* 7 slots at a load of 0.8 are 28/5 entries. */
    buckets = entries * 5 / 28 + 1;
    if (buckets >= 2 * MACAW_CELL_BUCKETS) {
        buckets = (buckets + MACAW_CELL_BUCKETS - 1) / MACAW_CELL_BUCKETS * MACAW_CELL_BUCKETS;
    }
    return shape_of(buckets, record_size, ret);
}

static size_t bucket_bytes(size_t record_size)
{
    return sizeof(struct macaw_cell_bucket) + MACAW_CELL_SLOTS * record_size;
}

size_t macaw_cells_bytes(const macaw_cells_shape *shape)
{
    return shape->shards *
           (sizeof(struct macaw_cell_shard) + shape->buckets * bucket_bytes(shape->record_size));
}

bool macaw_cells_within(size_t bytes, size_t record_size, macaw_cells_shape *ret)
{
    size_t bucket = bucket_bytes(record_size);
    size_t shard = sizeof(struct macaw_cell_shard) + MACAW_CELL_BUCKETS * bucket;

    if (bytes / shard >= 2) {
        return shape_of((uint64_t)(bytes / shard) * MACAW_CELL_BUCKETS, record_size, ret);
    }
    return bytes > sizeof(struct macaw_cell_shard) &&
           shape_of((bytes - sizeof(struct macaw_cell_shard)) / bucket, record_size, ret);
}

uint64_t macaw_cells_slots(const macaw_cells_shape *shape)
{
    return (uint64_t)shape->shards * shape->buckets * MACAW_CELL_SLOTS;
}

void macaw_cells_use(macaw_cells *cells, const macaw_cells_shape *shape, void *mem,
                     const uint8_t hash_key[MACAW_SIPHASH_KEY_LEN])
{
    cells->shape = *shape;
    cells->shard = mem;
    cells->bucket = (void *)(cells->shard + shape->shards);
    cells->record = (void *)(cells->bucket + (size_t)shape->shards * shape->buckets);
    macaw_siphash_start(&cells->hash, hash_key, 2, 4, 8);
}

int macaw_cells_init(macaw_cells *cells)
{
    int status = MACAW_OK;

    for (uint32_t i = 0; i < cells->shape.shards && status == MACAW_OK; i++) {
        status = macaw_robust_init(&cells->shard[i].lock);
    }
    return status;
}

/* ---- looking ---- */

macaw_cell_home macaw_cells_home(const macaw_cells *cells, const uint8_t key[MACAW_CELL_KEY_LEN])
{
    const macaw_cells_shape *shape = &cells->shape;
    uint64_t bucket;
    uint32_t shard;
    uint8_t hash[8];

    macaw_siphash_whole(&cells->hash, key, MACAW_CELL_KEY_LEN, hash);
    bucket = (macaw_load_le64(hash) >> 32) * ((uint64_t)shape->shards * shape->buckets) >> 32;
    shard = shape->shards == 1 ? 0 : (uint32_t)(bucket / MACAW_CELL_BUCKETS);
    return (macaw_cell_home){
        .shard = &cells->shard[shard],
        .buckets = &cells->bucket[(size_t)shard * shape->buckets],
        .base = (uint64_t)shard * shape->buckets * MACAW_CELL_SLOTS,
        .first = (uint32_t)(bucket - (uint64_t)shard * shape->buckets),
        .head = macaw_load_le64(key),
        .tail = macaw_load_le32(key + 8),
    };
}

static inline uint32_t at_step(const macaw_cells *cells, const macaw_cell_home *home, uint32_t step)
{
    uint32_t at = home->first + step;

    return at < cells->shape.buckets ? at : at - cells->shape.buckets;
}

/* The slots with that tail, a bit each, without a branch on them. */
static inline unsigned slots_of(const struct macaw_cell_bucket *b, uint32_t tail)
{
    unsigned same = 0;

    for (unsigned i = 0; i < MACAW_CELL_SLOTS; i++) {
        uint64_t mark = atomic_load_explicit(&b->mark[i], memory_order_acquire);
        same |= (unsigned)((uint32_t)mark == tail) << i;
    }
    return same;
}

/* One slot, whole: false where it holds something else, or is being changed. */
static bool holds(const struct macaw_cell_bucket *b, unsigned i, const macaw_cell_home *home,
                  uint32_t cutoff, uint64_t *mark)
{
    *mark = atomic_load_explicit(&b->mark[i], memory_order_acquire);
    return (uint32_t)*mark == home->tail && macaw_cell_end(*mark) >= cutoff &&
           atomic_load_explicit(&b->head[i], memory_order_relaxed) == home->head;
}

static bool find_in(const struct macaw_cell_bucket *b, const macaw_cell_home *home, uint32_t cutoff,
                    unsigned *slot, uint64_t *mark)
{
    for (unsigned same = slots_of(b, home->tail); same != 0; same &= same - 1) {
        *slot = (unsigned)__builtin_ctz(same);
        if (holds(b, *slot, home, cutoff, mark)) {
            return true;
        }
    }
    return false;
}

bool macaw_cells_find(const macaw_cells *cells, const macaw_cell_home *home, uint32_t cutoff,
                      macaw_cell_spot *ret)
{
    for (uint32_t step = 0; step < cells->shape.buckets; step++) {
        uint32_t at = at_step(cells, home, step);
        const struct macaw_cell_bucket *b = &home->buckets[at];
        unsigned slot;
        if (find_in(b, home, cutoff, &slot, &ret->mark)) {
            ret->slot = home->base + (uint64_t)at * MACAW_CELL_SLOTS + slot;
            ret->passed = step;
            if (macaw_cells_same(cells, ret)) {
                return true;
            }
            step--; /* it changed while we looked: the same bucket again */
            continue;
        }
        if (atomic_load_explicit(&b->overflow, memory_order_acquire) < cutoff) {
            return false;
        }
    }
    return false;
}

static inline struct macaw_cell_bucket *bucket_of(const macaw_cells *cells, uint64_t slot)
{
    return &cells->bucket[slot / MACAW_CELL_SLOTS];
}

bool macaw_cells_same(const macaw_cells *cells, const macaw_cell_spot *spot)
{
    atomic_thread_fence(memory_order_acquire);
    return macaw_cells_mark(cells, spot->slot) == spot->mark;
}

uint64_t macaw_cells_mark(const macaw_cells *cells, uint64_t slot)
{
    return atomic_load_explicit(&bucket_of(cells, slot)->mark[slot % MACAW_CELL_SLOTS],
                                memory_order_acquire);
}

void macaw_cells_key(const macaw_cells *cells, uint64_t slot, uint8_t key[MACAW_CELL_KEY_LEN])
{
    const struct macaw_cell_bucket *b = bucket_of(cells, slot);
    unsigned i = (unsigned)(slot % MACAW_CELL_SLOTS);

    macaw_store_le64(key, atomic_load_explicit(&b->head[i], memory_order_relaxed));
    macaw_store_le32(key + 8, (uint32_t)atomic_load_explicit(&b->mark[i], memory_order_relaxed));
}

void *macaw_cells_record(const macaw_cells *cells, uint64_t slot)
{
    return cells->record + slot * cells->shape.record_size;
}

/* ---- changes ---- */

bool macaw_cells_lock(struct macaw_cell_shard *shard)
{
    return macaw_robust_lock(&shard->lock, &shard->owner_deaths);
}

void macaw_cells_unlock(struct macaw_cell_shard *shard)
{
    macaw_robust_unlock(&shard->lock);
}

static bool find_room(const macaw_cells *cells, const macaw_cell_home *home, uint32_t cutoff,
                      macaw_cell_spot *ret)
{
    for (uint32_t step = 0; step < cells->shape.buckets; step++) {
        uint32_t at = at_step(cells, home, step);
        for (unsigned i = 0; i < MACAW_CELL_SLOTS; i++) {
            uint64_t mark = atomic_load_explicit(&home->buckets[at].mark[i], memory_order_relaxed);
            if (macaw_cell_end(mark) < cutoff) {
                ret->slot = home->base + (uint64_t)at * MACAW_CELL_SLOTS + i;
                ret->passed = step;
                return true;
            }
        }
    }
    return false;
}

bool macaw_cells_open(macaw_cells *cells, const macaw_cell_home *home, uint32_t cutoff,
                      macaw_cell_spot *ret)
{
    struct macaw_cell_bucket *b;
    unsigned i;

    if (!find_room(cells, home, cutoff, ret)) {
        return false;
    }
    b = bucket_of(cells, ret->slot);
    i = (unsigned)(ret->slot % MACAW_CELL_SLOTS);
    atomic_store_explicit(&b->mark[i], 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&b->head[i], home->head, memory_order_relaxed);
    ret->mark = 0;
    return true;
}

static void raise(_Atomic uint32_t *word, uint32_t value)
{
    if (atomic_load_explicit(word, memory_order_relaxed) < value) {
        atomic_store_explicit(word, value, memory_order_release);
    }
}

void macaw_cells_publish(macaw_cells *cells, const macaw_cell_home *home,
                         const macaw_cell_spot *spot, uint32_t end)
{
    struct macaw_cell_bucket *b = bucket_of(cells, spot->slot);

    for (uint32_t step = 0; step < spot->passed; step++) {
        raise(&home->buckets[at_step(cells, home, step)].overflow, end);
    }
    atomic_store_explicit(&b->mark[spot->slot % MACAW_CELL_SLOTS], (uint64_t)end << 32 | home->tail,
                          memory_order_release);
}

void macaw_cells_erase(macaw_cells *cells, const macaw_cell_spot *spot)
{
    struct macaw_cell_bucket *b = bucket_of(cells, spot->slot);

    atomic_store_explicit(&b->mark[spot->slot % MACAW_CELL_SLOTS], 0, memory_order_release);
}

/* ---- all of them ---- */

bool macaw_cells_next(const macaw_cells *cells, uint32_t cutoff, uint64_t *at, macaw_cell_spot *ret)
{
    uint64_t slots = macaw_cells_slots(&cells->shape);

    while (*at < slots) {
        ret->slot = (*at)++;
        ret->mark = macaw_cells_mark(cells, ret->slot);
        if (macaw_cell_end(ret->mark) >= cutoff) {
            return true;
        }
    }
    return false;
}

uint64_t macaw_cells_live(const macaw_cells *cells, uint32_t cutoff)
{
    size_t buckets = (size_t)cells->shape.shards * cells->shape.buckets;
    uint64_t live = 0;

    for (size_t at = 0; at < buckets; at++) {
        for (unsigned i = 0; i < MACAW_CELL_SLOTS; i++) {
            uint64_t mark = atomic_load_explicit(&cells->bucket[at].mark[i], memory_order_relaxed);
            live += macaw_cell_end(mark) >= cutoff;
        }
    }
    return live;
}

uint64_t macaw_cells_owner_deaths(const macaw_cells *cells)
{
    uint64_t deaths = 0;

    for (uint32_t i = 0; i < cells->shape.shards; i++) {
        deaths += __atomic_load_n(&cells->shard[i].owner_deaths, __ATOMIC_RELAXED);
    }
    return deaths;
}

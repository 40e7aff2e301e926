/* Claiming identities. */
#include "replay/layout.h"

#include <string.h>

#include "base/bytes.h"

/* Claims whose cache misses overlap in a batch. */
#define BATCH 32

static inline struct macaw_replay_bucket *bucket_at(struct macaw_replay_home home, unsigned step)
{
    return &home.buckets[(home.first + step) % MACAW_REPLAY_BUCKETS];
}

/* The live slots of a bucket, a bit each, without a branch on them. */
static inline unsigned live_slots(const struct macaw_replay_bucket *b, uint32_t cutoff)
{
    unsigned live = 0;

    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        live |= (unsigned)(b->stamp[i] >= cutoff) << i;
    }
    return live;
}

static inline unsigned slots_of(const struct macaw_replay_bucket *b, uint64_t print)
{
    unsigned same = 0;

    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        same |= (unsigned)(b->print[i] == print) << i;
    }
    return same;
}

enum macaw_claim macaw_replay_look(struct macaw_replay_home home, uint64_t print, uint32_t cutoff,
                                   struct macaw_replay_room *ret)
{
    const unsigned all = (1u << MACAW_REPLAY_SLOTS) - 1;
    bool have_room = false, may_follow = true;

    for (unsigned step = 0; step < MACAW_REPLAY_BUCKETS; step++) {
        const struct macaw_replay_bucket *b = bucket_at(home, step);
        unsigned live = live_slots(b, cutoff);
        if (live & slots_of(b, print)) {
            return MACAW_CLAIM_SEEN;
        }
        if (!have_room && live != all) {
            ret->passed = step;
            ret->slot = (unsigned)__builtin_ctz(~live);
            have_room = true;
        }
        may_follow = may_follow && b->overflow >= cutoff;
        if (have_room && !may_follow) {
            return MACAW_CLAIM_NEW;
        }
    }
    return have_room ? MACAW_CLAIM_NEW : MACAW_CLAIM_FULL;
}

/* The order of the stores keeps the invariants of layout.h if the process ends
 * between any two. Until the last one the slot is dead, whichever print it holds. */
void macaw_replay_enter(struct macaw_replay_home home, struct macaw_replay_room room,
                        uint64_t print, uint32_t stamp)
{
    struct macaw_replay_bucket *b = bucket_at(home, room.passed);

    for (unsigned step = 0; step < room.passed; step++) {
        macaw_replay_raise(&bucket_at(home, step)->overflow, stamp);
    }
    macaw_replay_raise(&home.shard->forgotten, b->stamp[room.slot]);
    __atomic_store_n(&b->print[room.slot], print, __ATOMIC_RELEASE);
    __atomic_store_n(&b->stamp[room.slot], stamp, __ATOMIC_RELEASE);
}

/* Too old to be told from what was forgotten; the caller holds the shard. */
static bool is_stale(const macaw_replay *table, const struct macaw_replay_shard *shard,
                     uint32_t timestamp, uint32_t cutoff)
{
    uint32_t stamp = macaw_replay_stamp(timestamp);

    return stamp < cutoff || stamp <= shard->forgotten ||
           timestamp < atomic_load_explicit(&table->head->since, memory_order_relaxed);
}

static enum macaw_claim decide(const macaw_replay *table, struct macaw_replay_home home,
                               uint64_t print, uint32_t timestamp, uint32_t cutoff)
{
    struct macaw_replay_shard *shard = home.shard;
    struct macaw_replay_room room;

    if (is_stale(table, shard, timestamp, cutoff)) {
        shard->stale++;
        return MACAW_CLAIM_STALE;
    }
    switch (macaw_replay_look(home, print, cutoff, &room)) {
    case MACAW_CLAIM_SEEN:
        shard->seen++;
        return MACAW_CLAIM_SEEN;
    case MACAW_CLAIM_NEW:
        macaw_replay_enter(home, room, print, macaw_replay_stamp(timestamp));
        shard->claimed++;
        return MACAW_CLAIM_NEW;
    default:
        shard->full++;
        return MACAW_CLAIM_FULL;
    }
}

static enum macaw_claim claim_at(macaw_replay *table, struct macaw_replay_home home,
                                 uint64_t print, uint32_t timestamp, uint32_t cutoff)
{
    enum macaw_claim verdict;

    if (!macaw_replay_lock(home.shard)) {
        return MACAW_CLAIM_FULL;
    }
    verdict = decide(table, home, print, timestamp, cutoff);
    macaw_replay_unlock(home.shard);
    if (verdict == MACAW_CLAIM_NEW) {
        macaw_replay_raise_shared(&table->head->newest, timestamp);
        if (table->mark != NULL) {
            macaw_replay_raise_shared(&table->mark->newest, timestamp);
        }
    }
    return verdict;
}

/* A lock is a barrier: ask for both cache lines before it, to wait for them once. */
static inline void prefetch(struct macaw_replay_home home)
{
    __builtin_prefetch(home.shard, 1);
    __builtin_prefetch(bucket_at(home, 0), 1);
}

enum macaw_claim macaw_replay_claim_print(macaw_replay *table, uint64_t print, uint32_t timestamp,
                                          uint32_t now)
{
    struct macaw_replay_home home = macaw_replay_home(table, print);

    prefetch(home);
    return claim_at(table, home, print, timestamp, macaw_replay_cutoff(table, now));
}

static bool valid_id(const macaw_claim_id *id)
{
    if (id->parts < 1 || id->parts > sizeof id->part / sizeof *id->part) {
        return false;
    }
    for (size_t i = 0; i < id->parts; i++) {
        if (id->part[i].data == NULL && id->part[i].len > 0) {
            return false;
        }
    }
    return true;
}

/* Gathers short parts, since a hash is fastest over one piece of memory. */
struct gather {
    macaw_siphash hash;
    size_t have;
    uint8_t bytes[256];
};

static inline void feed(struct gather *g, const void *data, size_t len)
{
    if (len > sizeof g->bytes - g->have) {
        macaw_siphash_update(&g->hash, g->bytes, g->have);
        g->have = 0;
    }
    if (len > sizeof g->bytes) {
        macaw_siphash_update(&g->hash, data, len);
    } else if (len > 0) {
        memcpy(g->bytes + g->have, data, len);
        g->have += len;
    }
}

/* One byte where it is enough, so that a claim hashes fewer words. */
static inline void feed_len(struct gather *g, size_t len)
{
    uint8_t coded[9] = {(uint8_t)len};

    if (len < 255) {
        feed(g, coded, 1);
    } else {
        coded[0] = 255;
        macaw_store_le64(coded + 1, len);
        feed(g, coded, sizeof coded);
    }
}

static uint64_t print_of(const macaw_replay *table, const macaw_claim_id *id)
{
    struct gather g;
    uint8_t out[8];

    g.have = 0;
    macaw_siphash_start(&g.hash, table->head->key, 2, 4, sizeof out);
    for (size_t i = 0; i < id->parts; i++) {
        feed_len(&g, id->part[i].len);
        feed(&g, id->part[i].data, id->part[i].len);
    }
    macaw_siphash_update(&g.hash, g.bytes, g.have);
    macaw_siphash_finish(&g.hash, out);
    return macaw_load_le64(out);
}

int macaw_replay_claim(macaw_replay *table, const macaw_claim_id *id, uint32_t now)
{
    if (table == NULL || id == NULL || !valid_id(id)) {
        return MACAW_EARG;
    }
    return (int)macaw_replay_claim_print(table, print_of(table, id), id->timestamp, now);
}

static void claim_batch(macaw_replay *table, const macaw_claim_id *ids, size_t n, uint32_t cutoff,
                        uint8_t *verdicts)
{
    struct macaw_replay_home home[BATCH];
    uint64_t print[BATCH];

    for (size_t i = 0; i < n; i++) {
        print[i] = print_of(table, &ids[i]);
        home[i] = macaw_replay_home(table, print[i]);
        prefetch(home[i]);
    }
    for (size_t i = 0; i < n; i++) {
        verdicts[i] = (uint8_t)claim_at(table, home[i], print[i], ids[i].timestamp, cutoff);
    }
}

int macaw_replay_claim_many(macaw_replay *table, const macaw_claim_id *ids, size_t n, uint32_t now,
                            uint8_t *verdicts)
{
    uint32_t cutoff;

    if (table == NULL || (n > 0 && (ids == NULL || verdicts == NULL))) {
        return MACAW_EARG;
    }
    for (size_t i = 0; i < n; i++) {
        if (!valid_id(&ids[i])) {
            return MACAW_EARG;
        }
    }
    cutoff = macaw_replay_cutoff(table, now);
    for (size_t i = 0; i < n; i += BATCH) {
        size_t m = n - i < BATCH ? n - i : BATCH;
        claim_batch(table, ids + i, m, cutoff, verdicts + i);
    }
    return MACAW_OK;
}

int macaw_replay_peek(macaw_replay *table, const macaw_claim_id *id, uint32_t now)
{
    struct macaw_replay_home home;
    struct macaw_replay_room room;
    enum macaw_claim verdict;
    uint32_t cutoff;
    uint64_t print;

    if (table == NULL || id == NULL || !valid_id(id)) {
        return MACAW_EARG;
    }
    cutoff = macaw_replay_cutoff(table, now);
    print = print_of(table, id);
    home = macaw_replay_home(table, print);
    if (!macaw_replay_lock(home.shard)) {
        return MACAW_CLAIM_FULL;
    }
    verdict = is_stale(table, home.shard, id->timestamp, cutoff)
                  ? MACAW_CLAIM_STALE
                  : macaw_replay_look(home, print, cutoff, &room);
    macaw_replay_unlock(home.shard);
    return (int)verdict;
}

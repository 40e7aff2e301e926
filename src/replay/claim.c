/* Claiming identities. */
#include "replay/layout.h"

#include "base/bytes.h"

/* Claims whose cache misses overlap in a batch. */
#define BATCH 32

/* Room for an entry: a slot, and how many full buckets lie before it. */
struct room {
    unsigned passed;
    unsigned slot; /* MACAW_REPLAY_SLOTS: none found */
};

static inline struct macaw_replay_bucket *bucket_at(struct macaw_replay_home home, unsigned step)
{
    return &home.buckets[(home.first + step) % MACAW_REPLAY_BUCKETS];
}

/* The first dead slot of a bucket, MACAW_REPLAY_SLOTS if all are live. */
static inline unsigned dead_slot(const struct macaw_replay_bucket *b, uint32_t cutoff)
{
    unsigned i = 0;

    while (i < MACAW_REPLAY_SLOTS && b->stamp[i] >= cutoff) {
        i++;
    }
    return i;
}

/* Every slot is looked at, so that there is one branch to predict. */
static inline bool holds(const struct macaw_replay_bucket *b, uint64_t print, uint32_t cutoff)
{
    unsigned hit = 0;

    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        hit |= (unsigned)(b->print[i] == print) & (unsigned)(b->stamp[i] >= cutoff);
    }
    return hit != 0;
}

/* Follow the path of a print to where no live entry of it can lie any more. */
static bool is_claimed(struct macaw_replay_home home, uint64_t print, uint32_t cutoff)
{
    for (unsigned step = 0; step < MACAW_REPLAY_BUCKETS; step++) {
        const struct macaw_replay_bucket *b = bucket_at(home, step);
        if (holds(b, print, cutoff)) {
            return true;
        }
        if (b->overflow < cutoff) {
            return false;
        }
    }
    return false;
}

static bool find_room(struct macaw_replay_home home, uint32_t cutoff, struct room *ret)
{
    for (unsigned step = 0; step < MACAW_REPLAY_BUCKETS; step++) {
        unsigned slot = dead_slot(bucket_at(home, step), cutoff);
        if (slot < MACAW_REPLAY_SLOTS) {
            *ret = (struct room){ .passed = step, .slot = slot };
            return true;
        }
    }
    return false;
}

/* The order of the stores keeps the invariants of layout.h if the process ends
 * between any two. Until the last one the slot is dead, whichever print it holds. */
bool macaw_replay_enter(struct macaw_replay_home home, uint64_t print, uint32_t stamp,
                        uint32_t cutoff)
{
    struct macaw_replay_bucket *b;
    struct room room;

    if (!find_room(home, cutoff, &room)) {
        return false;
    }
    for (unsigned step = 0; step < room.passed; step++) {
        macaw_replay_raise(&bucket_at(home, step)->overflow, stamp);
    }
    b = bucket_at(home, room.passed);
    macaw_replay_raise(&home.shard->forgotten, b->stamp[room.slot]);
    __atomic_store_n(&b->print[room.slot], print, __ATOMIC_RELEASE);
    __atomic_store_n(&b->stamp[room.slot], stamp, __ATOMIC_RELEASE);
    return true;
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

    if (is_stale(table, shard, timestamp, cutoff)) {
        shard->stale++;
        return MACAW_CLAIM_STALE;
    }
    if (is_claimed(home, print, cutoff)) {
        shard->seen++;
        return MACAW_CLAIM_SEEN;
    }
    if (!macaw_replay_enter(home, print, macaw_replay_stamp(timestamp), cutoff)) {
        shard->full++;
        return MACAW_CLAIM_FULL;
    }
    shard->claimed++;
    return MACAW_CLAIM_NEW;
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

enum macaw_claim macaw_replay_claim_print(macaw_replay *table, uint64_t print, uint32_t timestamp,
                                          uint32_t now)
{
    return claim_at(table, macaw_replay_home(table, print), print, timestamp,
                    macaw_replay_cutoff(table, now));
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

static uint64_t print_of(const macaw_replay *table, const macaw_claim_id *id)
{
    macaw_siphash hash;
    uint8_t out[8];

    macaw_siphash_start(&hash, table->head->key, 2, 4, sizeof out);
    for (size_t i = 0; i < id->parts; i++) {
        uint8_t len[8];
        macaw_store_le64(len, id->part[i].len);
        macaw_siphash_update(&hash, len, sizeof len);
        macaw_siphash_update(&hash, id->part[i].data, id->part[i].len);
    }
    macaw_siphash_finish(&hash, out);
    return macaw_load_le64(out);
}

int macaw_replay_claim(macaw_replay *table, const macaw_claim_id *id, uint32_t now)
{
    if (table == NULL || id == NULL || !valid_id(id)) {
        return MACAW_EARG;
    }
    return macaw_replay_claim_print(table, print_of(table, id), id->timestamp, now);
}

static void claim_batch(macaw_replay *table, const macaw_claim_id *ids, size_t n, uint32_t cutoff,
                        uint8_t *verdicts)
{
    struct macaw_replay_home home[BATCH];
    uint64_t print[BATCH];

    for (size_t i = 0; i < n; i++) {
        print[i] = print_of(table, &ids[i]);
        home[i] = macaw_replay_home(table, print[i]);
        __builtin_prefetch(home[i].shard, 1);
        __builtin_prefetch(bucket_at(home[i], 0), 1);
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
    enum macaw_claim verdict = MACAW_CLAIM_NEW;
    struct room room;
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
    if (is_stale(table, home.shard, id->timestamp, cutoff)) {
        verdict = MACAW_CLAIM_STALE;
    } else if (is_claimed(home, print, cutoff)) {
        verdict = MACAW_CLAIM_SEEN;
    } else if (!find_room(home, cutoff, &room)) {
        verdict = MACAW_CLAIM_FULL;
    }
    macaw_replay_unlock(home.shard);
    return verdict;
}

/* The keyed hash table.
 *
 * Buckets of one cache line hold five entries each: a piece of the hash to
 * compare, and a pointer. An entry lies in its home bucket or, where that was
 * full, in a later one, cyclically; a bucket counts the entries that passed it,
 * so that a search knows where to stop, and a removal leaves nothing behind.
 *
 * Growth makes a second, larger array; from then on every insertion moves two
 * buckets over, and a search looks in both, until the first is empty. It cannot
 * be overtaken: the larger array is less than half full when the last bucket of
 * the smaller one has moved. */
#include <macaw/table.h>

#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "base/random.h"
#include "prim/siphash.h"

#define SLOTS       5
#define MOVE        2 /* buckets, at each insertion */
#define BUCKETS_MIN 4
#define BATCH       16

typedef struct entry {
    uint64_t hash;
    void *value;
    size_t len;
    uint8_t key[];
} entry;

typedef struct bucket {
    _Alignas(64) entry *slot[SLOTS]; /* NULL: free */
    uint32_t piece[SLOTS];
    uint32_t passed; /* entries that lie behind, from a home at or before here */
} bucket;

_Static_assert(sizeof(bucket) == 64, "a bucket is a cache line");

typedef struct array {
    bucket *buckets; /* a power of two of them; NULL: none */
    size_t mask;
    size_t count; /* entries */
} array;

struct macaw_table {
    macaw_siphash keyed; /* before any message */
    array now;
    array old;    /* being moved over */
    size_t moved; /* buckets of old that are empty for good */
};

/* ---- arrays ---- */

static bool make_array(array *a, size_t buckets)
{
    bucket *b = aligned_alloc(sizeof *b, buckets * sizeof *b);

    if (b == NULL) {
        return false;
    }
    memset(b, 0, buckets * sizeof *b);
    *a = (array){.buckets = b, .mask = buckets - 1};
    return true;
}

static uint32_t piece_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

static bucket *home_of(const array *a, uint64_t hash)
{
    return &a->buckets[hash & a->mask];
}

static bucket *after(const array *a, const bucket *b)
{
    return &a->buckets[((size_t)(b - a->buckets) + 1) & a->mask];
}

static bool is_key(const entry *e, uint64_t hash, const void *key, size_t len)
{
    return e->hash == hash && e->len == len && (len == 0 || memcmp(e->key, key, len) == 0);
}

/* Where a key lies. */
typedef struct place {
    bucket *b; /* NULL: nowhere */
    unsigned slot;
} place;

static place find_from(const array *a, bucket *b, uint64_t hash, const void *key, size_t len)
{
    for (;; b = after(a, b)) {
        for (unsigned i = 0; i < SLOTS; i++) {
            if (b->piece[i] == piece_of(hash) && b->slot[i] != NULL &&
                is_key(b->slot[i], hash, key, len)) {
                return (place){b, i};
            }
        }
        if (b->passed == 0) {
            return (place){NULL, 0};
        }
    }
}

static place find(const array *a, uint64_t hash, const void *key, size_t len)
{
    return a->count > 0 ? find_from(a, home_of(a, hash), hash, key, len) : (place){NULL, 0};
}

/* There is a free slot: the load stays under three quarters. */
static void place_entry(array *a, entry *e)
{
    bucket *b = home_of(a, e->hash);

    for (;; b = after(a, b)) {
        for (unsigned i = 0; i < SLOTS; i++) {
            if (b->slot[i] == NULL) {
                b->slot[i] = e;
                b->piece[i] = piece_of(e->hash);
                a->count++;
                return;
            }
        }
        b->passed++;
    }
}

static entry *take_entry(array *a, place at)
{
    entry *e = at.b->slot[at.slot];

    at.b->slot[at.slot] = NULL;
    for (bucket *b = home_of(a, e->hash); b != at.b; b = after(a, b)) {
        b->passed--;
    }
    a->count--;
    return e;
}

/* ---- growth ---- */

static void move_bucket(macaw_table *t, bucket *b)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (b->slot[i] != NULL) {
            place_entry(&t->now, take_entry(&t->old, (place){b, i}));
        }
    }
}

static void move_some(macaw_table *t)
{
    for (unsigned n = 0; n < MOVE && t->old.buckets != NULL; n++) {
        move_bucket(t, &t->old.buckets[t->moved++]);
        if (t->moved > t->old.mask) {
            free(t->old.buckets);
            t->old = (array){0};
        }
    }
}

static bool is_full(const array *a)
{
    return a->count >= (a->mask + 1) * SLOTS / 4 * 3;
}

/* Room for one entry more, or false. */
static bool grow(macaw_table *t)
{
    array larger;

    if (!is_full(&t->now)) {
        return true;
    }
    while (t->old.buckets != NULL) {
        move_some(t); /* cannot be, by the argument above; sound all the same */
    }
    if (!make_array(&larger, 2 * (t->now.mask + 1))) {
        return false;
    }
    t->old = t->now;
    t->now = larger;
    t->moved = 0;
    return true;
}

/* ---- the table ---- */

static int draw_key(macaw_table *t, enum macaw_table_hash hash)
{
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    bool light = hash == MACAW_TABLE_SIPHASH_1_3;
    int rc = macaw_random(key, sizeof key);

    macaw_siphash_start(&t->keyed, key, light ? 1 : 2, light ? 3 : 4, 8);
    macaw_wipe(key, sizeof key);
    return rc;
}

int macaw_table_new(macaw_table **ret, size_t expected, enum macaw_table_hash hash)
{
    size_t buckets = BUCKETS_MIN;

    if (ret == NULL || expected > SIZE_MAX / 4096 || (unsigned)hash > MACAW_TABLE_SIPHASH_1_3) {
        return MACAW_EARG;
    }
    while (buckets * SLOTS / 4 * 3 <= expected) {
        buckets *= 2;
    }
    macaw_table *t = calloc(1, sizeof *t);
    if (t == NULL || !make_array(&t->now, buckets)) {
        free(t);
        return MACAW_ENOMEM;
    }
    int rc = draw_key(t, hash);
    if (rc != MACAW_OK) {
        macaw_table_free(t);
        return rc;
    }
    *ret = t;
    return MACAW_OK;
}

static void free_entries(array *a)
{
    for (size_t i = 0; a->buckets != NULL && i <= a->mask; i++) {
        for (unsigned s = 0; s < SLOTS; s++) {
            free(a->buckets[i].slot[s]);
        }
    }
    free(a->buckets);
}

void macaw_table_free(macaw_table *table)
{
    if (table == NULL) {
        return;
    }
    free_entries(&table->now);
    free_entries(&table->old);
    macaw_wipe(table, sizeof *table);
    free(table);
}

size_t macaw_table_count(const macaw_table *table)
{
    return table->now.count + table->old.count;
}

static uint64_t hash_of(const macaw_table *t, const void *key, size_t len)
{
    uint64_t hash;

    macaw_siphash_whole(&t->keyed, key, len, (uint8_t *)&hash);
    return hash;
}

void *macaw_table_get(const macaw_table *table, const void *key, size_t len)
{
    uint64_t hash = hash_of(table, key, len);
    place at = find(&table->now, hash, key, len);

    if (at.b == NULL) {
        at = find(&table->old, hash, key, len);
    }
    return at.b != NULL ? at.b->slot[at.slot]->value : NULL;
}

/* Fetch ahead what a search will touch first: the bucket, then the entry in it
 * that the piece points to. */
static void prefetch_entry(const bucket *b, uint64_t hash)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (b->piece[i] == piece_of(hash)) {
            __builtin_prefetch(b->slot[i]);
        }
    }
}

static void get_batch(const macaw_table *table, const macaw_table_key *keys, size_t n,
                      void **values)
{
    uint64_t hash[BATCH];

    for (size_t i = 0; i < n; i++) {
        hash[i] = hash_of(table, keys[i].data, keys[i].len);
        __builtin_prefetch(home_of(&table->now, hash[i]));
    }
    for (size_t i = 0; i < n; i++) {
        prefetch_entry(home_of(&table->now, hash[i]), hash[i]);
    }
    for (size_t i = 0; i < n; i++) {
        place at = find(&table->now, hash[i], keys[i].data, keys[i].len);
        if (at.b == NULL) {
            at = find(&table->old, hash[i], keys[i].data, keys[i].len);
        }
        values[i] = at.b != NULL ? at.b->slot[at.slot]->value : NULL;
    }
}

void macaw_table_get_many(const macaw_table *table, const macaw_table_key *keys, size_t n,
                          void **values)
{
    for (size_t done = 0; done < n; done += BATCH) {
        get_batch(table, keys + done, n - done < BATCH ? n - done : BATCH, values + done);
    }
}

static int add_entry(macaw_table *t, uint64_t hash, const void *key, size_t len, void *value)
{
    entry *e = len <= SIZE_MAX - sizeof *e ? malloc(sizeof *e + len) : NULL;

    if (e == NULL || !grow(t)) {
        free(e);
        return MACAW_ENOMEM;
    }
    e->hash = hash;
    e->value = value;
    e->len = len;
    if (len > 0) {
        memcpy(e->key, key, len);
    }
    place_entry(&t->now, e);
    move_some(t);
    return MACAW_OK;
}

int macaw_table_set(macaw_table *table, const void *key, size_t len, void *value, void **old)
{
    if (value == NULL || (key == NULL && len > 0)) {
        return MACAW_EARG;
    }
    uint64_t hash = hash_of(table, key, len);
    place at = find(&table->now, hash, key, len);
    if (at.b == NULL) {
        at = find(&table->old, hash, key, len);
    }
    void *before = at.b != NULL ? at.b->slot[at.slot]->value : NULL;
    if (at.b != NULL) {
        at.b->slot[at.slot]->value = value;
    } else if (add_entry(table, hash, key, len, value) != MACAW_OK) {
        return MACAW_ENOMEM;
    }
    if (old != NULL) {
        *old = before;
    }
    return MACAW_OK;
}

void *macaw_table_remove(macaw_table *table, const void *key, size_t len)
{
    uint64_t hash = hash_of(table, key, len);
    array *a = &table->now;
    place at = find(a, hash, key, len);

    if (at.b == NULL) {
        a = &table->old;
        at = find(a, hash, key, len);
    }
    if (at.b == NULL) {
        return NULL;
    }
    entry *e = take_entry(a, at);
    void *value = e->value;
    free(e);
    return value;
}

bool macaw_table_next(const macaw_table *table, size_t *at, const void **key, size_t *len,
                      void **value)
{
    const array *arrays[] = {&table->now, &table->old};
    size_t skip = 0;

    for (size_t a = 0; a < 2; a++) {
        size_t slots = arrays[a]->buckets != NULL ? (arrays[a]->mask + 1) * SLOTS : 0;
        for (; *at >= skip && *at - skip < slots; ++*at) {
            const entry *e = arrays[a]->buckets[(*at - skip) / SLOTS].slot[(*at - skip) % SLOTS];
            if (e != NULL) {
                *key = e->key;
                *len = e->len;
                *value = e->value;
                ++*at;
                return true;
            }
        }
        skip += slots;
    }
    return false;
}

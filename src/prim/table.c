/* The keyed hash table.
 *
 * Buckets of two cache lines, fetched together, hold four entries each; keys of up to
 * 16 bytes lie in the bucket, longer ones in an arena. An entry lies in its home
 * bucket or, where that was full, in a later one, cyclically; a bucket counts the
 * entries that passed it, so that a search knows where to stop, and a removal leaves
 * nothing behind.
 *
 * Growth makes a second, larger array, of pages that are cleared when they are first
 * touched; from then on every insertion moves two buckets over, and a search looks in
 * both, until the first is empty, its pages having gone back on the way. It cannot
 * be overtaken: the larger array is less than half full when the last bucket of
 * the smaller one has moved. */
#include "prim/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "base/pages.h"
#include "base/random.h"
#include "prim/arena.h"
#include "prim/siphash.h"

#define SLOTS       4
#define MOVE        2 /* buckets, at each insertion */
#define BUCKETS_MIN 4
#define BATCH       16
#define SHORT_MAX   16 /* bytes of a key that lies in the bucket */

/* What a slot holds: nothing, a short key of kind - 1 bytes, a long one. */
enum { FREE = 0, LONG = SHORT_MAX + 2 };

typedef struct slot {
    void *value;
    uint64_t word[2]; /* a short key, zeros behind it; or where a long one is, and its length */
} slot;

typedef struct bucket {
    _Alignas(64) uint32_t low[SLOTS]; /* of the hash; chooses the home bucket */
    uint16_t high[SLOTS];
    uint8_t kind[SLOTS];
    uint32_t passed; /* entries that lie behind, from a home at or before here */
    slot slot[SLOTS];
} bucket;

_Static_assert(sizeof(bucket) == 128, "a bucket is two cache lines");

#define BUCKETS_MAX  ((size_t)1 << 32)
#define DROP_BUCKETS (MACAW_PAGES_HUGE / sizeof(bucket))

typedef struct array {
    bucket *buckets; /* a power of two of them; NULL: none */
    size_t mask;
    size_t count; /* entries */
} array;

struct macaw_table {
    macaw_siphash keyed; /* before any message */
    const macaw_siphash_kernel *kernel;
    array now;
    array old;      /* being moved over */
    size_t moved;   /* buckets of old that are empty for good */
    size_t dropped; /* buckets of old that are given back */
    macaw_arena keys;
};

/* An entry outside of a bucket; for a search, word is the key's own address. */
typedef struct item {
    uint32_t low;
    uint16_t high;
    uint8_t kind;
    slot slot;
} item;

static item make_item(uint64_t hash, const void *key, size_t len)
{
    item e = {.low = (uint32_t)hash, .high = (uint16_t)(hash >> 48)};

    if (len > SHORT_MAX) {
        e.kind = LONG;
        e.slot.word[0] = (uintptr_t)key;
        e.slot.word[1] = len;
    } else {
        e.kind = (uint8_t)(len + 1);
        if (len == SHORT_MAX) { /* the usual length, without a call */
            memcpy(e.slot.word, key, SHORT_MAX);
        } else if (len > 0) {
            memcpy(e.slot.word, key, len);
        }
    }
    return e;
}

static const void *key_of(uint8_t kind, const slot *s)
{
    return kind == LONG ? (const void *)(uintptr_t)s->word[0] : s->word;
}

static size_t key_len(uint8_t kind, const slot *s)
{
    return kind == LONG ? (size_t)s->word[1] : (size_t)kind - 1;
}

/* ---- arrays ---- */

static bool make_array(array *a, size_t buckets)
{
    bucket *b = buckets <= BUCKETS_MAX ? macaw_pages_new(buckets * sizeof *b) : NULL;

    if (b == NULL) {
        return false;
    }
    *a = (array){.buckets = b, .mask = buckets - 1};
    return true;
}

static void free_array(array *a)
{
    macaw_pages_free(a->buckets, (a->mask + 1) * sizeof *a->buckets);
    *a = (array){0};
}

static bucket *home_of(const array *a, uint32_t low)
{
    return &a->buckets[low & a->mask];
}

static bucket *after(const array *a, const bucket *b)
{
    return &a->buckets[((size_t)(b - a->buckets) + 1) & a->mask];
}

static bool is_hash(const bucket *b, unsigned i, const item *e)
{
    return b->low[i] == e->low && b->high[i] == e->high && b->kind[i] == e->kind;
}

static bool is_key(const slot *s, const item *e)
{
    if (e->kind != LONG) {
        return s->word[0] == e->slot.word[0] && s->word[1] == e->slot.word[1];
    }
    return s->word[1] == e->slot.word[1] &&
           memcmp(key_of(LONG, s), key_of(LONG, &e->slot), s->word[1]) == 0;
}

/* Where a key lies. */
typedef struct place {
    bucket *b; /* NULL: nowhere */
    unsigned slot;
} place;

static place find(const array *a, const item *e)
{
    if (a->count == 0) {
        return (place){NULL, 0};
    }
    for (bucket *b = home_of(a, e->low);; b = after(a, b)) {
        for (unsigned i = 0; i < SLOTS; i++) { /* branches let searches overlap */
            if (is_hash(b, i, e) && is_key(&b->slot[i], e)) {
                return (place){b, i};
            }
        }
        if (b->passed == 0) {
            return (place){NULL, 0};
        }
    }
}

/* There is a free slot: the load stays under three quarters. */
static void put_item(array *a, const item *e)
{
    bucket *b = home_of(a, e->low);

    for (;; b = after(a, b)) {
        for (unsigned i = 0; i < SLOTS; i++) {
            if (b->kind[i] == FREE) {
                b->low[i] = e->low;
                b->high[i] = e->high;
                b->kind[i] = e->kind;
                b->slot[i] = e->slot;
                a->count++;
                return;
            }
        }
        b->passed++;
    }
}

static item take_item(array *a, place at)
{
    bucket *from = at.b;
    item e = {from->low[at.slot], from->high[at.slot], from->kind[at.slot], from->slot[at.slot]};

    from->kind[at.slot] = FREE;
    for (bucket *b = home_of(a, e.low); b != from; b = after(a, b)) {
        b->passed--;
    }
    a->count--;
    return e;
}

/* ---- growth ---- */

static void move_bucket(macaw_table *t, bucket *b)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        if (b->kind[i] != FREE) {
            item e = take_item(&t->old, (place){b, i});
            put_item(&t->now, &e);
        }
    }
}

/* Give pages of old back before all of them are due at once. Where no entry passed
 * the last of the buckets, all counters before it are zero too, and so the pages read
 * as they did. */
static void drop_moved(macaw_table *t)
{
    size_t n = t->moved - t->dropped;

    if (n >= DROP_BUCKETS && t->moved % DROP_BUCKETS == 0 &&
        t->old.buckets[t->moved - 1].passed == 0) {
        macaw_pages_drop(t->old.buckets, t->dropped * sizeof(bucket), n * sizeof(bucket));
        t->dropped = t->moved;
    }
}

static void move_some(macaw_table *t)
{
    for (unsigned n = 0; n < MOVE && t->old.buckets != NULL; n++) {
        move_bucket(t, &t->old.buckets[t->moved++]);
        drop_moved(t);
        if (t->moved > t->old.mask) {
            free_array(&t->old);
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
    t->dropped = 0;
    return true;
}

/* ---- the table ---- */

static const macaw_siphash_kernel *choose_kernel(void)
{
    size_t i = 0;

    while (!macaw_siphash_kernels[i]->usable()) {
        i++;
    }
    return macaw_siphash_kernels[i];
}

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
    t->kernel = choose_kernel();
    int rc = draw_key(t, hash);
    if (rc != MACAW_OK) {
        macaw_table_free(t);
        return rc;
    }
    *ret = t;
    return MACAW_OK;
}

static void free_key(macaw_table *t, uint8_t kind, const slot *s)
{
    if (kind == LONG) {
        macaw_arena_give(&t->keys, (void *)(uintptr_t)s->word[0], (size_t)s->word[1]);
    }
}

static void free_keys(macaw_table *t, const array *a)
{
    for (size_t i = 0; a->count > 0 && i <= a->mask; i++) {
        for (unsigned n = 0; n < SLOTS; n++) {
            free_key(t, a->buckets[i].kind[n], &a->buckets[i].slot[n]);
        }
    }
}

void macaw_table_free(macaw_table *table)
{
    if (table == NULL) {
        return;
    }
    free_keys(table, &table->now);
    free_keys(table, &table->old);
    free_array(&table->now);
    free_array(&table->old);
    macaw_arena_end(&table->keys);
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

/* Where a key lies, in either array. */
static place find_both(const macaw_table *t, const item *e)
{
    place at = find(&t->now, e);

    return at.b != NULL ? at : find(&t->old, e);
}

static void prefetch(const bucket *b)
{
    __builtin_prefetch(b);
    __builtin_prefetch(&b->slot[2]); /* in the other line */
}

void *macaw_table_get(const macaw_table *table, const void *key, size_t len)
{
    item e = make_item(hash_of(table, key, len), key, len);

    prefetch(home_of(&table->now, e.low));
    place at = find_both(table, &e);
    return at.b != NULL ? at.b->slot[at.slot].value : NULL;
}

static void hash_batch(const macaw_table *t, const macaw_table_key *keys, size_t n, uint64_t *hash)
{
    macaw_msg msgs[BATCH];

    for (size_t i = 0; i < n; i++) {
        msgs[i] = (macaw_msg){.data = keys[i].data, .len = keys[i].len};
    }
    t->kernel->many(&t->keyed, msgs, n, (uint8_t *)hash, sizeof *hash);
}

/* Where the home bucket was full and has not the key, the next one comes too. */
static void prefetch_next(const array *a, const item *e)
{
    const bucket *b = home_of(a, e->low);
    bool here = false;

    for (unsigned i = 0; i < SLOTS; i++) {
        here |= b->low[i] == e->low;
    }
    if (!here && b->passed > 0) {
        prefetch(after(a, b));
    }
}

static void get_batch(const macaw_table *table, const macaw_table_key *keys, size_t n,
                      void **values)
{
    uint64_t hash[BATCH];
    item e[BATCH];

    hash_batch(table, keys, n, hash);
    for (size_t i = 0; i < n; i++) {
        prefetch(home_of(&table->now, (uint32_t)hash[i]));
        e[i] = make_item(hash[i], keys[i].data, keys[i].len);
    }
    for (size_t i = 0; i < n; i++) {
        prefetch_next(&table->now, &e[i]);
    }
    for (size_t i = 0; i < n; i++) {
        place at = find_both(table, &e[i]);
        values[i] = at.b != NULL ? at.b->slot[at.slot].value : NULL;
    }
}

void macaw_table_get_many(const macaw_table *table, const macaw_table_key *keys, size_t n,
                          void **values)
{
    for (size_t done = 0; done < n; done += BATCH) {
        get_batch(table, keys + done, n - done < BATCH ? n - done : BATCH, values + done);
    }
}

/* Put a new entry, whose long key is the caller's, into the table. */
static int add_item(macaw_table *t, item *e)
{
    if (e->kind == LONG) {
        void *copy = macaw_arena_take(&t->keys, (size_t)e->slot.word[1]);
        if (copy == NULL) {
            return MACAW_ENOMEM;
        }
        memcpy(copy, key_of(LONG, &e->slot), (size_t)e->slot.word[1]);
        e->slot.word[0] = (uintptr_t)copy;
    }
    if (!grow(t)) {
        free_key(t, e->kind, &e->slot);
        return MACAW_ENOMEM;
    }
    put_item(&t->now, e);
    move_some(t);
    return MACAW_OK;
}

int macaw_table_set(macaw_table *table, const void *key, size_t len, void *value, void **old)
{
    if (value == NULL || (key == NULL && len > 0)) {
        return MACAW_EARG;
    }
    item e = make_item(hash_of(table, key, len), key, len);
    place at = find_both(table, &e);
    void *before = at.b != NULL ? at.b->slot[at.slot].value : NULL;
    if (at.b != NULL) {
        at.b->slot[at.slot].value = value;
    } else {
        e.slot.value = value;
        int rc = add_item(table, &e);
        if (rc != MACAW_OK) {
            return rc;
        }
    }
    if (old != NULL) {
        *old = before;
    }
    return MACAW_OK;
}

void *macaw_table_remove(macaw_table *table, const void *key, size_t len)
{
    item e = make_item(hash_of(table, key, len), key, len);
    array *a = &table->now;
    place at = find(a, &e);

    if (at.b == NULL) {
        a = &table->old;
        at = find(a, &e);
    }
    if (at.b == NULL) {
        return NULL;
    }
    e = take_item(a, at);
    free_key(table, e.kind, &e.slot);
    return e.slot.value;
}

/* The n-th slot of both arrays, NULL past the end. */
static const bucket *nth_slot(const macaw_table *t, size_t n, unsigned *slot_number)
{
    size_t first = (t->now.mask + 1) * SLOTS;
    size_t second = t->old.buckets != NULL ? (t->old.mask + 1) * SLOTS : 0;

    *slot_number = (unsigned)(n % SLOTS);
    if (n < first) {
        return &t->now.buckets[n / SLOTS];
    }
    return n - first < second ? &t->old.buckets[(n - first) / SLOTS] : NULL;
}

bool macaw_table_next(const macaw_table *table, size_t *at, const void **key, size_t *len,
                      void **value)
{
    const bucket *b;
    unsigned i;

    while ((b = nth_slot(table, (*at)++, &i)) != NULL) {
        if (b->kind[i] != FREE) {
            *key = key_of(b->kind[i], &b->slot[i]);
            *len = key_len(b->kind[i], &b->slot[i]);
            *value = b->slot[i].value;
            return true;
        }
    }
    --*at;
    return false;
}

size_t macaw_table_steps(const macaw_table *table, const void *key, size_t len)
{
    const array *arrays[] = {&table->now, &table->old};
    item e = make_item(hash_of(table, key, len), key, len);
    size_t steps = 0;

    for (size_t a = 0; a < 2; a++) {
        const bucket *b = arrays[a]->count > 0 ? home_of(arrays[a], e.low) : NULL;
        for (; b != NULL; b = b->passed > 0 ? after(arrays[a], b) : NULL) {
            steps++;
            for (unsigned i = 0; i < SLOTS; i++) {
                steps += is_hash(b, i, &e);
            }
        }
    }
    return steps;
}

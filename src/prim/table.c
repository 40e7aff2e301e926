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
#include "prim/buckets.h"
#include "prim/siphash.h"

#define MOVE         2 /* buckets, at each insertion */
#define BUCKETS_MIN  4
#define BATCH        16
#define DROP_BUCKETS (MACAW_PAGES_HUGE / sizeof(macaw_bucket))

struct macaw_table {
    macaw_siphash keyed; /* before any message */
    const macaw_siphash_kernel *kernel;
    macaw_buckets now;
    macaw_buckets old;      /* being moved over */
    size_t moved;   /* buckets of old that are empty for good */
    size_t dropped; /* buckets of old that are given back */
    macaw_arena keys;
};

/* ---- growth ---- */

static void move_bucket(macaw_table *t, macaw_bucket *b)
{
    for (unsigned i = 0; i < MACAW_BUCKET_SLOTS; i++) {
        if (b->kind[i] != MACAW_ITEM_FREE) {
            macaw_item e = macaw_buckets_take(&t->old, (macaw_place){b, i});
            macaw_buckets_put(&t->now, &e);
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
        macaw_pages_drop(t->old.buckets, t->dropped * sizeof(macaw_bucket),
                         n * sizeof(macaw_bucket));
        t->dropped = t->moved;
    }
}

static void move_some(macaw_table *t)
{
    for (unsigned n = 0; n < MOVE && t->old.buckets != NULL; n++) {
        move_bucket(t, &t->old.buckets[t->moved++]);
        drop_moved(t);
        if (t->moved > t->old.mask) {
            macaw_buckets_free(&t->old);
        }
    }
}

static bool is_full(const macaw_buckets *a)
{
    return a->count >= (a->mask + 1) * MACAW_BUCKET_SLOTS / 4 * 3;
}

/* Room for one entry more, or false. */
static bool grow(macaw_table *t)
{
    macaw_buckets larger;

    if (!is_full(&t->now)) {
        return true;
    }
    while (t->old.buckets != NULL) {
        move_some(t); /* cannot be, by the argument above; sound all the same */
    }
    if (!macaw_buckets_new(&larger, 2 * (t->now.mask + 1))) {
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
    while (buckets * MACAW_BUCKET_SLOTS / 4 * 3 <= expected) {
        buckets *= 2;
    }
    macaw_table *t = calloc(1, sizeof *t);
    if (t == NULL || !macaw_buckets_new(&t->now, buckets)) {
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

static void free_key(macaw_table *t, uint8_t kind, const macaw_slot *s)
{
    if (kind == MACAW_ITEM_LONG) {
        macaw_arena_give(&t->keys, (void *)(uintptr_t)s->word[0], (size_t)s->word[1]);
    }
}

static void free_keys(macaw_table *t, const macaw_buckets *a)
{
    for (size_t i = 0; a->count > 0 && i <= a->mask; i++) {
        for (unsigned n = 0; n < MACAW_BUCKET_SLOTS; n++) {
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
    macaw_buckets_free(&table->now);
    macaw_buckets_free(&table->old);
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
static macaw_place find_both(const macaw_table *t, const macaw_item *e)
{
    macaw_place at = macaw_buckets_find(&t->now, e);

    return at.b != NULL ? at : macaw_buckets_find(&t->old, e);
}

static void prefetch(const macaw_bucket *b)
{
    __builtin_prefetch(b);
    __builtin_prefetch(&b->slot[2]); /* in the other line */
}

void *macaw_table_get(const macaw_table *table, const void *key, size_t len)
{
    macaw_item e = macaw_item_make(hash_of(table, key, len), key, len);

    prefetch(macaw_buckets_home(&table->now, e.low));
    macaw_place at = find_both(table, &e);
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
static void prefetch_next(const macaw_buckets *a, const macaw_item *e)
{
    const macaw_bucket *b = macaw_buckets_home(a, e->low);
    bool here = false;

    for (unsigned i = 0; i < MACAW_BUCKET_SLOTS; i++) {
        here |= b->low[i] == e->low;
    }
    if (!here && b->passed > 0) {
        prefetch(macaw_buckets_after(a, b));
    }
}

static void get_batch(const macaw_table *table, const macaw_table_key *keys, size_t n,
                      void **values)
{
    uint64_t hash[BATCH];
    macaw_item e[BATCH];

    hash_batch(table, keys, n, hash);
    for (size_t i = 0; i < n; i++) {
        prefetch(macaw_buckets_home(&table->now, (uint32_t)hash[i]));
        e[i] = macaw_item_make(hash[i], keys[i].data, keys[i].len);
    }
    for (size_t i = 0; i < n; i++) {
        prefetch_next(&table->now, &e[i]);
    }
    for (size_t i = 0; i < n; i++) {
        macaw_place at = find_both(table, &e[i]);
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
static int add_item(macaw_table *t, macaw_item *e)
{
    if (e->kind == MACAW_ITEM_LONG) {
        void *copy = macaw_arena_take(&t->keys, (size_t)e->slot.word[1]);
        if (copy == NULL) {
            return MACAW_ENOMEM;
        }
        memcpy(copy, macaw_item_key(MACAW_ITEM_LONG, &e->slot), (size_t)e->slot.word[1]);
        e->slot.word[0] = (uintptr_t)copy;
    }
    if (!grow(t)) {
        free_key(t, e->kind, &e->slot);
        return MACAW_ENOMEM;
    }
    macaw_buckets_put(&t->now, e);
    move_some(t);
    return MACAW_OK;
}

int macaw_table_set(macaw_table *table, const void *key, size_t len, void *value, void **old)
{
    if (value == NULL || (key == NULL && len > 0)) {
        return MACAW_EARG;
    }
    macaw_item e = macaw_item_make(hash_of(table, key, len), key, len);
    macaw_place at = find_both(table, &e);
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
    macaw_item e = macaw_item_make(hash_of(table, key, len), key, len);
    macaw_buckets *a = &table->now;
    macaw_place at = macaw_buckets_find(a, &e);

    if (at.b == NULL) {
        a = &table->old;
        at = macaw_buckets_find(a, &e);
    }
    if (at.b == NULL) {
        return NULL;
    }
    e = macaw_buckets_take(a, at);
    free_key(table, e.kind, &e.slot);
    return e.slot.value;
}

/* The n-th slot of both arrays, NULL past the end. */
static const macaw_bucket *nth_slot(const macaw_table *t, size_t n, unsigned *slot_number)
{
    size_t first = (t->now.mask + 1) * MACAW_BUCKET_SLOTS;
    size_t second = t->old.buckets != NULL ? (t->old.mask + 1) * MACAW_BUCKET_SLOTS : 0;

    *slot_number = (unsigned)(n % MACAW_BUCKET_SLOTS);
    if (n < first) {
        return &t->now.buckets[n / MACAW_BUCKET_SLOTS];
    }
    return n - first < second ? &t->old.buckets[(n - first) / MACAW_BUCKET_SLOTS] : NULL;
}

bool macaw_table_next(const macaw_table *table, size_t *at, const void **key, size_t *len,
                      void **value)
{
    const macaw_bucket *b;
    unsigned i;

    while ((b = nth_slot(table, (*at)++, &i)) != NULL) {
        if (b->kind[i] != MACAW_ITEM_FREE) {
            *key = macaw_item_key(b->kind[i], &b->slot[i]);
            *len = macaw_item_key_len(b->kind[i], &b->slot[i]);
            *value = b->slot[i].value;
            return true;
        }
    }
    --*at;
    return false;
}

size_t macaw_table_steps(const macaw_table *table, const void *key, size_t len)
{
    const macaw_buckets *arrays[] = {&table->now, &table->old};
    macaw_item e = macaw_item_make(hash_of(table, key, len), key, len);
    size_t steps = 0;

    for (size_t a = 0; a < 2; a++) {
        const macaw_bucket *b = arrays[a]->count > 0 ? macaw_buckets_home(arrays[a], e.low) : NULL;
        for (; b != NULL; b = b->passed > 0 ? macaw_buckets_after(arrays[a], b) : NULL) {
            steps++;
            for (unsigned i = 0; i < MACAW_BUCKET_SLOTS; i++) {
                steps += macaw_bucket_may_hold(b, i, &e);
            }
        }
    }
    return steps;
}

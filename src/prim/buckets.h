/* The array of a keyed hash table: buckets of two cache lines, fetched together,
 * with four entries each. Keys of up to 16 bytes lie in the bucket, longer ones
 * elsewhere, and the bucket points to them. */
#ifndef MACAW_PRIM_BUCKETS_H
#define MACAW_PRIM_BUCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACAW_BUCKET_SLOTS   4
#define MACAW_ITEM_SHORT_MAX 16 /* bytes of a key that lies in the bucket */

/* What a slot holds: nothing, a short key of kind - 1 bytes, a long one. */
enum { MACAW_ITEM_FREE = 0, MACAW_ITEM_LONG = MACAW_ITEM_SHORT_MAX + 2 };

typedef struct macaw_slot {
    void *value;
    uint64_t word[2]; /* a short key, zeros behind it; or where a long one is, and its length */
} macaw_slot;

typedef struct macaw_bucket {
    _Alignas(64) uint32_t low[MACAW_BUCKET_SLOTS]; /* of the hash; chooses the home bucket */
    uint16_t high[MACAW_BUCKET_SLOTS];
    uint8_t kind[MACAW_BUCKET_SLOTS];
    uint32_t passed; /* entries that lie behind, from a home at or before here */
    macaw_slot slot[MACAW_BUCKET_SLOTS];
} macaw_bucket;

_Static_assert(sizeof(macaw_bucket) == 128, "a bucket is two cache lines");

typedef struct macaw_buckets {
    macaw_bucket *buckets; /* a power of two of them; NULL: none */
    size_t mask;
    size_t count; /* entries */
} macaw_buckets;

/* An entry outside of a bucket; for a search, word is the key's own address. */
typedef struct macaw_item {
    uint32_t low;
    uint16_t high;
    uint8_t kind;
    macaw_slot slot;
} macaw_item;

/* Where a key lies. */
typedef struct macaw_place {
    macaw_bucket *b; /* NULL: nowhere */
    unsigned slot;
} macaw_place;

/* An item without value for a key; it borrows a key that is not short. */
macaw_item macaw_item_make(uint64_t hash, const void *key, size_t len);

/* buckets is a power of two. False: no memory. */
bool macaw_buckets_new(macaw_buckets *a, size_t buckets);
void macaw_buckets_free(macaw_buckets *a);

macaw_place macaw_buckets_find(const macaw_buckets *a, const macaw_item *e);

/* The key is not there, and the array less than three quarters full. */
void macaw_buckets_put(macaw_buckets *a, const macaw_item *e);

/* Free the slot and return what it held. */
macaw_item macaw_buckets_take(macaw_buckets *a, macaw_place at);

static inline const void *macaw_item_key(uint8_t kind, const macaw_slot *s)
{
    return kind == MACAW_ITEM_LONG ? (const void *)(uintptr_t)s->word[0] : s->word;
}

static inline size_t macaw_item_key_len(uint8_t kind, const macaw_slot *s)
{
    return kind == MACAW_ITEM_LONG ? (size_t)s->word[1] : (size_t)kind - 1;
}

static inline macaw_bucket *macaw_buckets_home(const macaw_buckets *a, uint32_t low)
{
    return &a->buckets[low & a->mask];
}

static inline macaw_bucket *macaw_buckets_after(const macaw_buckets *a, const macaw_bucket *b)
{
    return &a->buckets[((size_t)(b - a->buckets) + 1) & a->mask];
}

static inline bool macaw_bucket_may_hold(const macaw_bucket *b, unsigned i, const macaw_item *e)
{
    return b->low[i] == e->low && b->high[i] == e->high && b->kind[i] == e->kind;
}

#endif

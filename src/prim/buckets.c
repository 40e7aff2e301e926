#include "prim/buckets.h"

#include <string.h>

#include "base/pages.h"

#define BUCKETS_MAX ((size_t)1 << 32)

macaw_item macaw_item_make(uint64_t hash, const void *key, size_t len)
{
    macaw_item e = {.low = (uint32_t)hash, .high = (uint16_t)(hash >> 48)};

    if (len > MACAW_ITEM_SHORT_MAX) {
        e.kind = MACAW_ITEM_LONG;
        e.slot.word[0] = (uintptr_t)key;
        e.slot.word[1] = len;
    } else {
        e.kind = (uint8_t)(len + 1);
        if (len == MACAW_ITEM_SHORT_MAX) { /* the usual length, without a call */
            memcpy(e.slot.word, key, MACAW_ITEM_SHORT_MAX);
        } else if (len > 0) {
            memcpy(e.slot.word, key, len);
        }
    }
    return e;
}

bool macaw_buckets_new(macaw_buckets *a, size_t buckets)
{
    macaw_bucket *b = buckets <= BUCKETS_MAX ? macaw_pages_new(buckets * sizeof *b) : NULL;

    if (b == NULL) {
        return false;
    }
    *a = (macaw_buckets){.buckets = b, .mask = buckets - 1};
    return true;
}

void macaw_buckets_free(macaw_buckets *a)
{
    macaw_pages_free(a->buckets, (a->mask + 1) * sizeof *a->buckets);
    *a = (macaw_buckets){0};
}

static bool is_key(const macaw_slot *s, const macaw_item *e)
{
    if (e->kind != MACAW_ITEM_LONG) {
        return s->word[0] == e->slot.word[0] && s->word[1] == e->slot.word[1];
    }
    return s->word[1] == e->slot.word[1] &&
           memcmp(macaw_item_key(MACAW_ITEM_LONG, s), macaw_item_key(MACAW_ITEM_LONG, &e->slot),
                  s->word[1]) == 0;
}

macaw_place macaw_buckets_find(const macaw_buckets *a, const macaw_item *e)
{
    if (a->count == 0) {
        return (macaw_place){NULL, 0};
    }
    for (macaw_bucket *b = macaw_buckets_home(a, e->low);; b = macaw_buckets_after(a, b)) {
        for (unsigned i = 0; i < MACAW_BUCKET_SLOTS; i++) { /* branches let searches overlap */
            if (macaw_bucket_may_hold(b, i, e) && is_key(&b->slot[i], e)) {
                return (macaw_place){b, i};
            }
        }
        if (b->passed == 0) {
            return (macaw_place){NULL, 0};
        }
    }
}

void macaw_buckets_put(macaw_buckets *a, const macaw_item *e)
{
    macaw_bucket *b = macaw_buckets_home(a, e->low);

    for (;; b = macaw_buckets_after(a, b)) {
        for (unsigned i = 0; i < MACAW_BUCKET_SLOTS; i++) {
            if (b->kind[i] == MACAW_ITEM_FREE) {
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

macaw_item macaw_buckets_take(macaw_buckets *a, macaw_place at)
{
    macaw_bucket *from = at.b;
    macaw_item e = {from->low[at.slot], from->high[at.slot], from->kind[at.slot],
                    from->slot[at.slot]};

    from->kind[at.slot] = MACAW_ITEM_FREE;
    for (macaw_bucket *b = macaw_buckets_home(a, e.low); b != from; b = macaw_buckets_after(a, b)) {
        b->passed--;
    }
    a->count--;
    return e;
}

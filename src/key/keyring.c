#include <macaw/keyring.h>

#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "base/error.h"
#include "key/ring.h"
#include "key/state.h"

/* ---- order of the indexes ---- */

typedef int node_order(const macaw_ring_node *a, const macaw_ring_node *b);

static int order_kid(const macaw_ring_node *a, const macaw_ring_node *b)
{
    return strcmp(a->entry.kid, b->entry.kid);
}

static int order_fingerprint(const macaw_ring_node *a, const macaw_ring_node *b)
{
    return memcmp(a->entry.fingerprint, b->entry.fingerprint, MACAW_FINGERPRINT_LEN);
}

/* Purpose, verify-only keys first, newest first; of equal age the later in the
 * file, which was appended later. Never 0 for two different nodes. */
static int order_use(const macaw_ring_node *a, const macaw_ring_node *b)
{
    int use = strcmp(a->entry.use, b->entry.use);
    if (use != 0) {
        return use;
    }
    bool a_verify = macaw_entry_may_verify_only(&a->entry);
    bool b_verify = macaw_entry_may_verify_only(&b->entry);
    if (a_verify != b_verify) {
        return a_verify ? -1 : 1;
    }
    if (a->entry.iat != b->entry.iat) {
        return a->entry.iat > b->entry.iat ? -1 : 1;
    }
    return (a->index < b->index) - (a->index > b->index);
}

/* Where x is, or belongs, among n sorted nodes. */
static size_t place_of(macaw_ring_node *const *nodes, size_t n, const macaw_ring_node *x,
                       node_order *order)
{
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (order(nodes[mid], x) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

static macaw_ring_node *lookup(macaw_ring_node *const *nodes, size_t n, const macaw_ring_node *x,
                               node_order *order)
{
    size_t at = place_of(nodes, n, x, order);

    return at < n && order(nodes[at], x) == 0 ? nodes[at] : NULL;
}

static void put(macaw_ring_node **nodes, size_t n, macaw_ring_node *x, node_order *order)
{
    size_t at = place_of(nodes, n, x, order);

    memmove(nodes + at + 1, nodes + at, (n - at) * sizeof *nodes);
    nodes[at] = x;
}

static void put_use(macaw_keyring *ring, macaw_ring_node *node)
{
    if (node->entry.state != MACAW_RETIRED) {
        put(ring->by_use, ring->use_size++, node, order_use);
    }
}

static void take_use(macaw_keyring *ring, const macaw_ring_node *node)
{
    if (node->entry.state != MACAW_RETIRED) {
        size_t at = place_of(ring->by_use, ring->use_size, node, order_use);
        ring->use_size--;
        memmove(ring->by_use + at, ring->by_use + at + 1,
                (ring->use_size - at) * sizeof *ring->by_use);
    }
}

/* ---- the collection ---- */

int macaw_ring_new(macaw_keyring **ret, json_t *doc)
{
    macaw_keyring *ring = calloc(1, sizeof *ring);

    if (ring == NULL) {
        macaw_json_wipe_free(doc);
        return MACAW_ENOMEM;
    }
    ring->doc = doc;
    ring->keys = json_object_get(doc, "keys");
    *ret = ring;
    return MACAW_OK;
}

void macaw_keyring_free(macaw_keyring *ring)
{
    if (ring == NULL) {
        return;
    }
    for (size_t i = 0; i < ring->size; i++) {
        macaw_ring_node *node = ring->by_order[i];
        macaw_key_free((macaw_key *)node->entry.key);
        macaw_wipe(node, sizeof *node);
        free(node);
    }
    free(ring->by_order);
    free(ring->by_kid);
    free(ring->by_fingerprint);
    free(ring->by_use);
    macaw_ring_free_jwks(ring);
    macaw_json_wipe_free(ring->doc);
    free(ring);
}

static int grow(macaw_ring_node ***nodes, size_t room)
{
    macaw_ring_node **more = realloc(*nodes, room * sizeof *more);

    if (more == NULL) {
        return MACAW_ENOMEM;
    }
    *nodes = more;
    return MACAW_OK;
}

/* Room for one more in every index. */
static int make_room(macaw_keyring *ring)
{
    if (ring->size < ring->room) {
        return MACAW_OK;
    }
    size_t room = ring->room == 0 ? 8 : ring->room * 2;
    if (grow(&ring->by_order, room) != MACAW_OK || grow(&ring->by_kid, room) != MACAW_OK ||
        grow(&ring->by_fingerprint, room) != MACAW_OK || grow(&ring->by_use, room) != MACAW_OK) {
        return MACAW_ENOMEM;
    }
    ring->room = room;
    return MACAW_OK;
}

bool macaw_ring_has_kid(const macaw_keyring *ring, const char *kid)
{
    size_t len = strlen(kid);

    return macaw_ring_find(ring, kid, len) != NULL || macaw_ring_find_jwk(ring, kid, len) != NULL;
}

const char *macaw_ring_same_key(const macaw_keyring *ring,
                                const uint8_t fingerprint[MACAW_FINGERPRINT_LEN])
{
    macaw_ring_node probe;

    memcpy(probe.entry.fingerprint, fingerprint, MACAW_FINGERPRINT_LEN);
    const macaw_ring_node *same =
        lookup(ring->by_fingerprint, ring->size, &probe, order_fingerprint);
    if (same != NULL) {
        return same->entry.kid;
    }
    for (size_t i = 0; i < ring->jwk_size; i++) {
        if (memcmp(ring->jwks[i]->jwk.fingerprint, fingerprint, MACAW_FINGERPRINT_LEN) == 0) {
            return ring->jwks[i]->jwk.kid;
        }
    }
    return NULL;
}

static int check_unique(const macaw_keyring *ring, const macaw_ring_node *node,
                        const macaw_entry_site *site)
{
    if (macaw_ring_has_kid(ring, node->entry.kid)) {
        return macaw_entry_refuse(site, MACAW_EEXIST, "kid", "is there already");
    }
    const char *same = macaw_ring_same_key(ring, node->entry.fingerprint);
    if (same != NULL) {
        return macaw_fail(site->err, MACAW_EEXIST, 0,
                          "keys[%zu] \"%s\": k: is the secret of \"%s\" as well", site->index,
                          node->entry.kid, same);
    }
    return MACAW_OK;
}

int macaw_ring_insert(macaw_keyring *ring, const macaw_entry *entry, size_t index,
                      const macaw_entry_site *site)
{
    macaw_ring_node *node = malloc(sizeof *node);

    if (node == NULL || make_room(ring) != MACAW_OK) {
        free(node);
        return macaw_fail(site->err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    *node = (macaw_ring_node){.entry = *entry, .index = index};
    int status = check_unique(ring, node, site);
    if (status != MACAW_OK) {
        free(node);
        return status;
    }
    put(ring->by_kid, ring->size, node, order_kid);
    put(ring->by_fingerprint, ring->size, node, order_fingerprint);
    put_use(ring, node);
    ring->by_order[ring->size++] = node;
    return MACAW_OK;
}

void macaw_ring_change(macaw_keyring *ring, macaw_ring_node *node, macaw_key_state state,
                       int64_t sign_until, int64_t exp)
{
    take_use(ring, node);
    node->entry.state = state;
    node->entry.sign_until = sign_until;
    node->entry.exp = exp;
    put_use(ring, node);
}

/* ---- lookups ---- */

size_t macaw_keyring_size(const macaw_keyring *ring)
{
    return ring->size;
}

const macaw_entry *macaw_keyring_at(const macaw_keyring *ring, size_t i)
{
    return i < ring->size ? &ring->by_order[i]->entry : NULL;
}

macaw_ring_node *macaw_ring_find(const macaw_keyring *ring, const char *kid, size_t len)
{
    macaw_ring_node probe;

    if (len == 0 || len > MACAW_KID_MAX || memchr(kid, '\0', len) != NULL) {
        return NULL;
    }
    memcpy(probe.entry.kid, kid, len);
    probe.entry.kid[len] = '\0';
    return lookup(ring->by_kid, ring->size, &probe, order_kid);
}

const macaw_entry *macaw_keyring_find(const macaw_keyring *ring, const char *kid, size_t len)
{
    const macaw_ring_node *node = macaw_ring_find(ring, kid, len);

    return node == NULL ? NULL : &node->entry;
}

/* The first key of a purpose in by_use. */
static size_t use_begin(const macaw_keyring *ring, const char *use)
{
    size_t lo = 0, hi = ring->use_size;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(ring->by_use[mid]->entry.use, use) < 0) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return lo;
}

/* What a purpose offers at a time, seen as far as an answer needs it. */
typedef struct offer {
    const macaw_entry *active; /* the first one */
    size_t active_count;       /* counted up to 2 */
    const macaw_entry *verify[MACAW_KEYRING_VERIFY_MAX];
    size_t verify_count;
} offer;

static void look_over(const macaw_keyring *ring, const char *use, int64_t now, offer *ret)
{
    *ret = (offer){0};
    for (size_t i = use_begin(ring, use); i < ring->use_size; i++) {
        const macaw_entry *entry = &ring->by_use[i]->entry;
        bool verify_full = ret->verify_count == MACAW_KEYRING_VERIFY_MAX;
        if (strcmp(entry->use, use) != 0 ||
            (ret->active_count == 2 && (verify_full || !macaw_entry_may_verify_only(entry)))) {
            return;
        }
        macaw_key_state state = macaw_entry_state(entry, now);
        if (state == MACAW_VERIFY && !verify_full) {
            ret->verify[ret->verify_count++] = entry;
        } else if (state == MACAW_ACTIVE && ret->active_count < 2) {
            ret->active = ret->active_count++ == 0 ? entry : ret->active;
        }
    }
}

int macaw_keyring_signer(const macaw_keyring *ring, const char *use, int64_t now,
                         const macaw_entry **ret)
{
    offer seen;

    look_over(ring, use, now, &seen);
    if (seen.active_count == 0) {
        return MACAW_ENOTFOUND;
    }
    if (seen.active_count > 1) {
        return MACAW_EEXIST;
    }
    *ret = seen.active;
    return MACAW_OK;
}

size_t macaw_keyring_candidates(const macaw_keyring *ring, const char *use, int64_t now,
                                const macaw_entry *out[1 + MACAW_KEYRING_VERIFY_MAX])
{
    offer seen;
    size_t n = 0;

    look_over(ring, use, now, &seen);
    if (seen.active_count == 1) {
        out[n++] = seen.active;
    }
    for (size_t i = 0; i < seen.verify_count; i++) {
        out[n++] = seen.verify[i];
    }
    return n;
}

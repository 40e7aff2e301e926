/* The inside of a keyring: the JSON document, which is what gets written, and
 * its usable keys, indexed by what they are looked up by. */
#ifndef MACAW_KEY_RING_H
#define MACAW_KEY_RING_H

#include <jansson.h>
#include <stddef.h>

#include <macaw/keyring.h>

#include "key/entry.h"

/* An entry with its place in the document; the entry comes first, so that a
 * pointer to one is a pointer to the other. */
typedef struct macaw_ring_node {
    macaw_entry entry;
    size_t index; /* in the array "keys", which only ever grows */
} macaw_ring_node;

/* A key that is no MAC; its bytes stay in the document. There are few, and they are
 * looked up while a program starts: no index. */
typedef struct macaw_jwk_node {
    macaw_jwk jwk;
    size_t index;
} macaw_jwk_node;

struct macaw_keyring {
    json_t *doc;
    json_t *keys; /* borrowed from doc */
    size_t size, room;
    macaw_ring_node **by_order;       /* file order; owns the nodes */
    macaw_ring_node **by_kid;         /* sorted */
    macaw_ring_node **by_fingerprint; /* sorted */
    /* Sorted by purpose; within it the keys that can be in state verify come
     * first, newest iat first. Keys written as retired are not in it. */
    macaw_ring_node **by_use;
    size_t use_size;
    macaw_jwk_node **jwks; /* file order; owns the nodes */
    size_t jwk_size, jwk_room;
};

/* A keyring without entries around a document, which it takes over, also on
 * failure. doc must be an object whose member "keys" is an array. */
int macaw_ring_new(macaw_keyring **ret, json_t *doc) MACAW_MUST_USE;

/* Insert the key that member site->index of the document describes. Keys that are
 * not understood stay in the document and are otherwise left alone (RFC 7517
 * section 5). */
int macaw_ring_read(macaw_keyring *ring, const json_t *jwk, macaw_entry_site *site) MACAW_MUST_USE;

/* Take over an entry whose place in the document is index. MACAW_EEXIST names
 * what is there already; the caller then still owns the entry's key. */
int macaw_ring_insert(macaw_keyring *ring, const macaw_entry *entry, size_t index,
                      const macaw_entry_site *site) MACAW_MUST_USE;

/* Whether a key of either list has that kid; the kid of one that has that
 * fingerprint, or NULL. */
bool macaw_ring_has_kid(const macaw_keyring *ring, const char *kid);
const char *macaw_ring_same_key(const macaw_keyring *ring,
                                const uint8_t fingerprint[MACAW_FINGERPRINT_LEN]);

/* The same for a key that is no MAC. */
int macaw_ring_read_jwk(macaw_keyring *ring, const json_t *jwk,
                        macaw_entry_site *site) MACAW_MUST_USE;
int macaw_ring_insert_jwk(macaw_keyring *ring, const macaw_jwk *jwk, size_t index,
                          const macaw_entry_site *site) MACAW_MUST_USE;
macaw_jwk_node *macaw_ring_find_jwk(const macaw_keyring *ring, const char *kid, size_t len);
void macaw_ring_free_jwks(macaw_keyring *ring);

/* Change what the order of by_use depends on. */
void macaw_ring_change(macaw_keyring *ring, macaw_ring_node *node, macaw_key_state state,
                       int64_t sign_until, int64_t exp);

/* NULL: none of that id. */
macaw_ring_node *macaw_ring_find(const macaw_keyring *ring, const char *kid, size_t len);

/* Overwrite every string of a document with zeros, then release it. NULL is a no-op. */
void macaw_json_wipe_free(json_t *doc);

/* The document as a file holds it, without NUL; the caller wipes and frees it.
 * MACAW_ELIMIT: longer than a file may be. */
int macaw_ring_print(const macaw_keyring *ring, char **ret, size_t *ret_len) MACAW_MUST_USE;

#endif

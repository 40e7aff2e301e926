/* macaw/table.h: a hash table that an attacker who chooses the keys cannot slow
 * down. Positions follow SipHash under a random key drawn when the table is made;
 * seeding an ordinary hash would not do, because collisions that hold for every
 * seed exist for those.
 *
 * Keys are byte strings, copied into the table; values are pointers, which the
 * table does not own. Growth is spread over the insertions that cause it: no
 * single call moves more than a fixed number of entries. Not thread-safe for
 * writers; any number of readers between writes. */
#ifndef MACAW_TABLE_H
#define MACAW_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct macaw_table macaw_table;

enum macaw_table_hash {
    MACAW_TABLE_SIPHASH_2_4 = 0, /* the default */
    MACAW_TABLE_SIPHASH_1_3 = 1, /* faster, a smaller margin */
};

/* expected: how many entries there will be, 0 if unknown. */
MACAW_API int macaw_table_new(macaw_table **ret, size_t expected,
                              enum macaw_table_hash hash) MACAW_MUST_USE;
/* NULL is a no-op. Values are not touched. */
MACAW_API void macaw_table_free(macaw_table *table);

MACAW_API size_t macaw_table_count(const macaw_table *table);

/* The value of a key, or NULL. */
MACAW_API void *macaw_table_get(const macaw_table *table, const void *key, size_t len);

/* n look-ups at once, hiding memory latency: values[i] is that of keys[i]. */
typedef struct macaw_table_key {
    const void *data;
    size_t len;
} macaw_table_key;
MACAW_API void macaw_table_get_many(const macaw_table *table, const macaw_table_key *keys, size_t n,
                                    void **values);

/* Set the value of a key; *old (may be NULL) is the one before, or NULL. value is
 * not NULL: MACAW_EARG. MACAW_ENOMEM leaves the table as it was. */
MACAW_API int macaw_table_set(macaw_table *table, const void *key, size_t len, void *value,
                              void **old) MACAW_MUST_USE;

/* Remove a key; returns its value, or NULL if it was not there. */
MACAW_API void *macaw_table_remove(macaw_table *table, const void *key, size_t len);

/* Walk over all entries in no order: start with *at = 0, until it returns false.
 * The table must not change meanwhile. */
MACAW_API bool macaw_table_next(const macaw_table *table, size_t *at, const void **key, size_t *len,
                                void **value);

#ifdef __cplusplus
}
#endif
#endif

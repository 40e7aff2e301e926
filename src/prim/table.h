/* What tests look at inside the keyed hash table. */
#ifndef MACAW_PRIM_TABLE_H
#define MACAW_PRIM_TABLE_H

#include <macaw/table.h>

/* How many buckets and entries a search for a key looks at, at most. */
size_t macaw_table_steps(const macaw_table *table, const void *key, size_t len);

#endif

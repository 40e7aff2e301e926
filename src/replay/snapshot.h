/* A saved table, as save.c writes it and load.c takes it over.
 *
 *     magic 16 | key 16 | entries 12 each | horizons 12 | SHA-256 of all before
 *     entry: print 8, stamp 4; horizons: since 4, forgotten 4, newest 4
 *
 * Integers are little-endian; the number of entries follows from the size. */
#ifndef MACAW_REPLAY_SNAPSHOT_H
#define MACAW_REPLAY_SNAPSHOT_H

#include "prim/siphash.h"

#define SAVED_MAGIC        "macaw-replay-1\n"
#define SAVED_MAGIC_LEN    16
#define SAVED_HEAD_LEN     (SAVED_MAGIC_LEN + MACAW_SIPHASH_KEY_LEN)
#define SAVED_ENTRY_LEN    12
#define SAVED_HORIZONS_LEN 12

#endif

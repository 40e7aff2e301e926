/* The revocation table as it lies in shared memory:
 *
 *     head | cells of session ids | cells of names
 *
 * A name is a subject or a key id. Its key in the cells is 12 bytes of SipHash-2-4
 * of kind and text, and its record has both, so that nothing is revoked by a
 * collision. All of a record but its text only ever grows while it is live. */
#ifndef MACAW_STORE_LAYOUT_H
#define MACAW_STORE_LAYOUT_H

#include <macaw/revocation.h>

#include "store/cells.h"

#define MACAW_REVOCATION_SIDS_MIN 1024

/* "macawrv1": also says the byte order. */
#define MACAW_REVOCATION_MAGIC 0x6d61636177727631u

/* What the processes that append to the journal share; see journal.h. */
struct macaw_journal_state {
    alignas(64) pthread_mutex_t write_lock;
    pthread_mutex_t sync_lock; /* taken before write_lock where both are */
    uint64_t owner_deaths;
    uint64_t opened;           /* counts the journals that this table has had */
    _Atomic uint64_t file;     /* which one end is about, by its key; see journal.h */
    _Atomic uint64_t end;      /* bytes of whole records */
    /* What a sync has covered last; guarded by sync_lock. */
    uint64_t synced_file;
    uint64_t synced;
    _Atomic uint32_t failed;   /* a sync failed: what the file holds is not known */
};

struct macaw_revocation_head {
    _Atomic uint64_t magic; /* set last */
    uint64_t size;
    uint64_t names;
    uint32_t shard_size; /* differs where pthread_mutex_t does */
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    _Atomic uint32_t known; /* 1 << kind of every kind ever entered */
    _Atomic uint64_t revoked[MACAW_REVOCATION_KINDS];
    _Atomic uint64_t full;
    struct macaw_journal_state journal;
};

#define MACAW_NAME_WORDS 32

/* Read without a lock, hence words. */
struct macaw_name {
    _Atomic uint32_t before;
    _Atomic uint32_t generation;
    _Atomic uint64_t kind_len; /* kind << 8 | length of the text */
    _Atomic uint64_t text[MACAW_NAME_WORDS]; /* zeros after the end */
};

_Static_assert(MACAW_NAME_WORDS * 8 > MACAW_REVOCATION_TEXT_MAX, "a text and a zero fit");

/* A process's handle. */
struct macaw_revocation {
    struct macaw_revocation_head *head;
    macaw_cells sids;
    macaw_cells names;
    macaw_siphash name_hash;
};

/* A kind and text made ready to look for. */
struct macaw_name_key {
    uint64_t kind_len;
    uint64_t text[MACAW_NAME_WORDS];
    macaw_cell_home home;
};

/* text_len is 1..MACAW_REVOCATION_TEXT_MAX. */
void macaw_name_prepare(const macaw_revocation *table, macaw_revocation_kind kind,
                        const char *text, size_t text_len, struct macaw_name_key *ret);

/* The live entry of a name. Without the shard, what is read of its record counts
 * only if macaw_cells_same holds after. */
bool macaw_name_find(const macaw_revocation *table, const struct macaw_name_key *key,
                     uint32_t cutoff, macaw_cell_spot *ret);

static inline struct macaw_name *macaw_name_at(const macaw_revocation *table, uint64_t slot)
{
    return macaw_cells_record(&table->names, slot);
}

/* Whether every member is in its documented range. */
bool macaw_revocation_valid(const macaw_revocation_entry *entry);

#endif

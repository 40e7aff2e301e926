/* The table of handles as it lies in shared memory: head | cells. A record's key
 * in the cells is the beginning of its hash; its end there is when it expires. */
#ifndef MACAW_STORE_HANDLES_H
#define MACAW_STORE_HANDLES_H

#include <macaw/handles.h>

#include "store/cells.h"

#define MACAW_HANDLES_MIN 16

/* "macawhd1": also says the byte order. */
#define MACAW_HANDLES_MAGIC 0x6d61636177686431u

struct macaw_handles_head {
    _Atomic uint64_t magic; /* set last */
    uint64_t size;
    uint32_t shard_size;
    uint32_t data_limit;
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    _Atomic uint64_t created;
    _Atomic uint64_t deleted;
    _Atomic uint64_t full;
    alignas(64) uint8_t cells[];
};

/* Read and written by who holds the shard. */
struct macaw_handle {
    uint32_t changing; /* not 0: whoever changed it died, and left it between two states */
    uint32_t login;
    uint32_t issued;
    uint32_t ttl;
    uint32_t cap; /* 0: none */
    uint32_t data_len;
    uint16_t generation;
    uint8_t subject_len;
    uint8_t hash[MACAW_SESSION_HANDLE_LEN];
    uint8_t sid[MACAW_SESSION_SID_LEN];
    char subject[MACAW_SESSION_SUBJECT_MAX];
    char data[];
};

struct macaw_handles {
    struct macaw_handles_head *head;
    macaw_cells cells;
};

static inline struct macaw_handle *macaw_handle_at(const macaw_handles *handles, uint64_t slot)
{
    return macaw_cells_record(&handles->cells, slot);
}

/* Fill the views and numbers of a record from a slot; texts go into room. */
void macaw_handle_read(const struct macaw_handle *handle, uint32_t expires, void *room,
                       macaw_handle_record *ret);

/* Enter a record that ends at expires, which is not before cutoff. EEXIST, ELIMIT. */
int macaw_handle_enter(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                       const macaw_handle_record *record, uint32_t expires,
                       uint32_t cutoff) MACAW_MUST_USE;

/* Whether every member is in its documented range, for a table with that limit. */
bool macaw_handle_valid(const macaw_handle_record *record, size_t data_limit);

#endif

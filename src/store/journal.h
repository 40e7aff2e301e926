/* The journal of revocations: a file of records in the order they were made.
 *
 *     magic 16 | file key 16 | check 8 | records
 *     record: length 2 | its complement 2 | kind 1 | 0 | generation 2 | until 4 |
 *             session id 12, or: before 4 | text | check 8
 *
 * Integers are little-endian; length is that of the whole record. The check of a
 * record is SipHash-2-4, under the file's random key, of its offset in the file
 * (8 bytes) and of all before the check, with 1 in place of 0. It finds damage,
 * not forgery: whoever may write the file may revoke. A last record that a crash
 * left unfinished is known by its end: the file ends within it, or zeros stand in
 * place of its check and of what follows (a file system may know the new size
 * before it has the bytes).
 *
 * Among processes: a record is written under write_lock, which keeps end and
 * file, and synced under sync_lock; whoever comes to sync_lock and finds that
 * another has synced past its record need not do it again. A sync that fails makes the file
 * unusable until it is written anew, because the system reports such an error
 * once only. */
#ifndef MACAW_STORE_JOURNAL_H
#define MACAW_STORE_JOURNAL_H

#include "store/layout.h"

#define MACAW_JOURNAL_MAGIC       "macaw-revoked-1\n"
#define MACAW_JOURNAL_MAGIC_LEN   16
#define MACAW_JOURNAL_CHECK_LEN   8
#define MACAW_JOURNAL_HEAD_LEN                                                                     \
    (MACAW_JOURNAL_MAGIC_LEN + MACAW_SIPHASH_KEY_LEN + MACAW_JOURNAL_CHECK_LEN)
#define MACAW_JOURNAL_RECORD_MAX (24 + MACAW_REVOCATION_TEXT_MAX)

struct macaw_revocation_journal {
    macaw_revocation table; /* a handle of its own */
    char *path;
    int fd;
    int lock_fd;
    uint64_t opened;        /* of the table, when this was opened */
    uint64_t file;          /* which one fd is */
    macaw_siphash check;    /* started with the file's key */
};

/* ---- bytes ---- */

/* A new head with that key. */
void macaw_journal_head(uint8_t head[MACAW_JOURNAL_HEAD_LEN],
                        const uint8_t key[MACAW_SIPHASH_KEY_LEN]);
/* Read a head; start check with its key, and take a number that tells the file
 * from every other. */
bool macaw_journal_read_head(const uint8_t head[MACAW_JOURNAL_HEAD_LEN], macaw_siphash *check,
                             uint64_t *file);

/* Write the record that stands at offset of a file; returns its length. */
size_t macaw_journal_encode(const macaw_siphash *check, uint64_t offset,
                            const macaw_revocation_entry *entry,
                            uint8_t out[MACAW_JOURNAL_RECORD_MAX]);

enum macaw_journal_found {
    MACAW_JOURNAL_RECORD,
    MACAW_JOURNAL_MORE,   /* it goes on past the n bytes */
    MACAW_JOURNAL_EMPTY,  /* never written: all zeros, or from its check on */
    MACAW_JOURNAL_DAMAGE,
};

/* Read the record at offset of a file; in has n > 0 bytes from there. *len is the
 * length of a RECORD. EMPTY goes on to the end of in. */
enum macaw_journal_found macaw_journal_decode(const macaw_siphash *check, uint64_t offset,
                                              const uint8_t *in, size_t n,
                                              macaw_revocation_entry *ret, size_t *len);

/* ---- the file; the caller holds write_lock, or has the table for itself ---- */

/* Open the file at path, check its head, and use it. */
int macaw_journal_use(macaw_revocation_journal *journal, macaw_error *err);
/* Write all live entries to a new file, put it in place, and use it; *end is its size. */
int macaw_journal_renew(macaw_revocation_journal *journal, int64_t now, uint64_t *end,
                        macaw_error *err);
/* Read all records into the table, and remove one that was never finished; *end is
 * where they end. */
int macaw_journal_load(macaw_revocation_journal *journal, int64_t now,
                       macaw_revocation_loaded *ret, uint64_t *end, macaw_error *err);
/* Tell the other processes of the file in use, which is synced up to its end. The
 * caller holds both locks. */
void macaw_journal_tell(macaw_revocation_journal *journal, uint64_t end);

/* Take both locks, in their order. */
int macaw_journal_lock_all(macaw_revocation_journal *journal, macaw_error *err);
void macaw_journal_unlock_all(macaw_revocation_journal *journal);

static inline struct macaw_journal_state *macaw_journal_shared(
    const macaw_revocation_journal *journal)
{
    return &journal->table.head->journal;
}

#endif

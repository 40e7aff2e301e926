/* macaw/revocation.h: end sessions before their time.
 *
 * A revocation table holds, in one fixed block of memory shared by processes,
 * what must no longer be accepted:
 *   a session, by its id;
 *   a subject: every session that began at or before a time, or of a generation
 *     below a least one;
 *   a key, by its id: every session under it.
 * Entries are exact: nothing is revoked that was not named. Looking up takes no
 * lock and, for a session id that is not there, one cache line out of memory. An entry counts up to
 * and including the second "until", which the caller sets to the latest end of
 * any token it is about, plus the clock difference allowed; then its place is
 * used again. A full table refuses (MACAW_ELIMIT) and forgets nothing.
 *
 * A process that dies while it changes the table stops nobody: changes are
 * guarded by robust mutexes and ordered so that a half-done one revokes nothing
 * and loses nothing.
 *
 * The library never reads the clock: all times are Unix seconds,
 * 0 <= value < 2^32, given by the caller. A clock that is set forward makes
 * entries expire early, and their places may be used again before it is set back. */
#ifndef MACAW_REVOCATION_H
#define MACAW_REVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/session.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct macaw_revocation macaw_revocation;

#define MACAW_REVOCATION_TEXT_MAX 255   /* bytes of a subject; key ids are MACAW_KID_MAX */
#define MACAW_REVOCATION_NEVER UINT32_MAX /* until: the entry does not expire */

typedef enum macaw_revocation_kind {
    MACAW_REVOCATION_SID = 0,
    MACAW_REVOCATION_SUBJECT = 1,
    MACAW_REVOCATION_KEY = 2,
    MACAW_REVOCATION_KINDS
} macaw_revocation_kind;

/* "sid", "subject", "kid"; never NULL. */
MACAW_API const char *macaw_revocation_kind_name(macaw_revocation_kind kind);

typedef struct macaw_revocation_entry {
    macaw_revocation_kind kind;
    uint8_t sid[MACAW_SESSION_SID_LEN]; /* SID */
    char text[MACAW_REVOCATION_TEXT_MAX + 1]; /* SUBJECT: any bytes; KEY: the key id */
    size_t text_len;                    /* 1.. ; out: text ends with NUL besides */
    int64_t before;      /* SUBJECT: sessions begun at this second or earlier; 0: none by time */
    uint16_t generation; /* SUBJECT: sessions with a lower one; 0: none by generation */
    int64_t until;       /* last second at which the entry counts */
} macaw_revocation_entry;

/* ---- the table ---- */

/* Bytes for so many session ids (load 0.8, 22.9 bytes each) and so many subjects
 * and key ids together (about 370 bytes each). SIZE_MAX: too many. */
MACAW_API size_t macaw_revocation_size(uint64_t sids, uint64_t names);

/* Make a table in mem, which is 64-byte aligned, size bytes long, zeroed, and
 * shared by all processes that will use it (mapped at any address). It has room
 * for that many subjects and key ids; session ids get the rest. Draws the random
 * key that entries are placed by.
 * MACAW_EARG: unaligned, or too small for the names and 1024 session ids. */
MACAW_API int macaw_revocation_init(macaw_revocation **ret, void *mem, size_t size,
                                    uint64_t names) MACAW_MUST_USE;

/* Use a table that another process, or this one before, has made in mem.
 * MACAW_EFORMAT: there is none of this version and size. */
MACAW_API int macaw_revocation_attach(macaw_revocation **ret, void *mem,
                                      size_t size) MACAW_MUST_USE;

/* Release this process's handle; the memory of the table stays as it is. NULL is
 * a no-op. */
MACAW_API void macaw_revocation_detach(macaw_revocation *table);

/* ---- revoking, in memory ---- */

/* From the return on, every process that checks sees it. An entry that is there
 * is only made stronger: the later before, generation and until hold.
 * MACAW_EARG: outside a range, an empty text, a subject with neither before nor
 * generation, something else with one. MACAW_ELIMIT: the table is full, nothing was revoked.
 * An entry with until < now is OK and does nothing. */
MACAW_API int macaw_revocation_revoke(macaw_revocation *table, const macaw_revocation_entry *entry,
                                      int64_t now) MACAW_MUST_USE;

/* ---- checking ---- */

typedef enum macaw_revoked {
    MACAW_REVOKED_NO = 0,
    MACAW_REVOKED_SID = 1,        /* this session */
    MACAW_REVOKED_SUBJECT = 2,    /* the subject's sessions up to a time that covers this one */
    MACAW_REVOKED_GENERATION = 3, /* the subject's sessions of older generations */
    MACAW_REVOKED_KEY = 4,        /* everything under this key */
} macaw_revoked;

/* "no", "sid", "subject", "generation", "key"; never NULL. */
MACAW_API const char *macaw_revoked_name(macaw_revoked revoked);

/* What is known of a session, all of it authenticated. */
typedef struct macaw_revocation_session {
    const uint8_t *sid;  /* MACAW_SESSION_SID_LEN bytes; NULL: it has none */
    macaw_str subject;   /* len 0: none. Longer than any entry: matches none */
    const char *kid;     /* NULL or "": none */
    int64_t login;       /* when it began; 0: not known */
    int64_t issued;      /* stands in for login; 0: not known, then any time covers it */
    uint16_t generation; /* 0 where there is none: below every least one */
} macaw_revocation_session;

/* Whether a session is revoked, at a time; the first reason in the order sid,
 * subject, generation, key. Callable from any thread of any process. */
MACAW_API macaw_revoked macaw_revocation_check(const macaw_revocation *table,
                                               const macaw_revocation_session *session,
                                               int64_t now) MACAW_MUST_USE;

/* Ask for the memory that a check of this session id will need: with millions of
 * entries, that is nearly all a check costs. Call it as soon as an id is seen, before
 * it is authenticated; the check then finds the memory there. Decides nothing. */
MACAW_API void macaw_revocation_prefetch(const macaw_revocation *table,
                                         const uint8_t sid[MACAW_SESSION_SID_LEN]);

/* ---- looking ---- */

/* The live entry of that kind and sid or text. MACAW_ENOTFOUND: none. ret may be
 * the entry asked for. */
MACAW_API int macaw_revocation_find(const macaw_revocation *table,
                                    const macaw_revocation_entry *asked, int64_t now,
                                    macaw_revocation_entry *ret) MACAW_MUST_USE;

/* Walk over the live entries: start with *at = 0; false at the end. Session ids
 * come first, then subjects and key ids mixed, each in no order. kinds is a sum
 * of 1 << kind. Each entry is consistent in itself; what is revoked while the
 * walk runs may be missing. *at may be kept between calls and processes. */
MACAW_API bool macaw_revocation_next(const macaw_revocation *table, unsigned kinds, int64_t now,
                                     uint64_t *at, macaw_revocation_entry *ret) MACAW_MUST_USE;

typedef struct macaw_revocation_stats {
    uint64_t sid_capacity;  /* places; about 0.8 of them can be relied upon */
    uint64_t name_capacity; /* for subjects and key ids together */
    uint64_t live[MACAW_REVOCATION_KINDS];    /* walks the table */
    uint64_t revoked[MACAW_REVOCATION_KINDS]; /* made or made stronger, loading included */
    uint64_t full;          /* refused for want of room */
    uint64_t owner_deaths;  /* locks recovered from a process that died */
} macaw_revocation_stats;
MACAW_API void macaw_revocation_stat(const macaw_revocation *table, int64_t now,
                                     macaw_revocation_stats *ret);

/* ---- outliving the memory: the journal ----
 *
 * A file to which each revocation is appended, and synced, before success is
 * reported. One gateway uses it at a time, as many processes as it has: they
 * inherit the journal that one of them has opened, and share the table. A lock
 * file, path with ".lock", keeps others out. docs/revocation.md has the layout. */
typedef struct macaw_revocation_journal macaw_revocation_journal;

typedef struct macaw_revocation_loaded {
    uint64_t records;   /* read */
    uint64_t expired;   /* of them no longer live */
    uint64_t cut;       /* bytes of a record that a crash had cut short, removed; 0: none */
    bool compacted;     /* the file was written anew, without what had expired */
} macaw_revocation_loaded;

/* Open a journal, create it (mode 0600) where there is none, take its entries
 * into the table, cut off a last record that was never finished (it was never
 * acknowledged), and write the file anew where that saves much or the table holds
 * entries that it lacks. loaded may be NULL.
 * MACAW_ESTATE: another process has it open. MACAW_EFORMAT: not a journal,
 * damaged, or others than its owner may write it. MACAW_ELIMIT: the entries do
 * not fit. MACAW_EIO: cannot be read, written or locked. After a failure the
 * table may hold some of the entries. */
MACAW_API int macaw_revocation_journal_open(macaw_revocation_journal **ret,
                                            macaw_revocation *table, const char *path, int64_t now,
                                            macaw_revocation_loaded *loaded,
                                            macaw_error *err) MACAW_MUST_USE;

/* Revoke as macaw_revocation_revoke does, append, and wait until it is on the
 * disk: blocks; call it where waiting is allowed. MACAW_EIO: not durable, though
 * revoked in memory. After a failed sync, nothing can be appended until the file
 * is compacted. From any thread of any process that holds the journal. */
MACAW_API int macaw_revocation_journal_append(macaw_revocation_journal *journal,
                                              const macaw_revocation_entry *entry, int64_t now,
                                              macaw_error *err) MACAW_MUST_USE;

/* Write the live entries to a new file, sync it, and put it in place of the old:
 * whole or not at all, wherever it is killed. Appending waits meanwhile. Processes
 * that inherited the old file open the new one by its path when they append next;
 * where they may not, appending fails there with MACAW_EIO. */
MACAW_API int macaw_revocation_journal_compact(macaw_revocation_journal *journal, int64_t now,
                                               macaw_error *err) MACAW_MUST_USE;

/* Bytes of the file that are in use, and whether it is unusable until compacted: a sync
 * failed, or the file was removed, moved, replaced or cut. */
MACAW_API uint64_t macaw_revocation_journal_size(const macaw_revocation_journal *journal);
MACAW_API bool macaw_revocation_journal_failed(const macaw_revocation_journal *journal);

/* Close this process's handle. The file stays locked while another process
 * holds it. NULL is a no-op. */
MACAW_API void macaw_revocation_journal_close(macaw_revocation_journal *journal);

#ifdef __cplusplus
}
#endif
#endif

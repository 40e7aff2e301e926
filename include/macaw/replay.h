/* macaw/replay.h: refuse what was accepted before.
 *
 * A replay table remembers, in one fixed block of memory shared by processes,
 * the identity of every accepted message until its timestamp leaves the
 * acceptance window. Claiming an identity is atomic over all processes: of any
 * number of claims of one identity, exactly one gets MACAW_CLAIM_NEW.
 *
 * What the table promises, whatever the clocks of its users do: an identity
 * with a signed timestamp ts is accepted at most once, ever. Forgetting is what
 * makes that hard; the table therefore keeps, for every shard, the newest
 * timestamp it has forgotten, and refuses (MACAW_CLAIM_STALE) what is not
 * newer. A process whose clock lags, or a clock set back, costs refusals, never
 * a replay.
 *
 * A process that dies while it holds a shard stops nobody: shards are guarded by
 * robust mutexes and every change is ordered so that a half-done one is no claim.
 *
 * The library never reads the clock: "now" and timestamps are Unix seconds,
 * 0 <= value < 2^32. */
#ifndef MACAW_REPLAY_H
#define MACAW_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct macaw_replay macaw_replay;

enum macaw_claim {
    MACAW_CLAIM_NEW = 0,   /* first time: accept */
    MACAW_CLAIM_SEEN = 1,  /* a replay */
    MACAW_CLAIM_STALE = 2, /* so old that the table may have forgotten it */
    MACAW_CLAIM_FULL = 3,  /* no room; nothing was remembered */
};

/* Bytes that a table for so many live entries needs (load 0.65 at most). */
MACAW_API size_t macaw_replay_size(uint64_t entries);

/* Make a table in mem, which is 64-byte aligned, size bytes long, zeroed, and
 * shared by all processes that will use it (mapped at any address). window is
 * the acceptance window in seconds, 1..86400: an entry is kept until
 * ts + window + 1. Claims with a timestamp before since are refused as stale:
 * pass the time of creation where an earlier table was lost, else 0.
 * Draws the random key that entries are hashed with.
 * MACAW_EARG: too small (under 64 KiB), unaligned, or window out of range. */
MACAW_API int macaw_replay_init(macaw_replay **ret, void *mem, size_t size, uint32_t window,
                                uint32_t since) MACAW_MUST_USE;

/* Use a table that another process, or this one before exec, has made in mem.
 * MACAW_EFORMAT: there is none of this version and size. */
MACAW_API int macaw_replay_attach(macaw_replay **ret, void *mem, size_t size) MACAW_MUST_USE;

/* Change the window, while in use. Widening it makes the table refuse, as
 * stale, what it may have forgotten under the narrower one. */
MACAW_API int macaw_replay_set_window(macaw_replay *table, uint32_t window) MACAW_MUST_USE;

/* From now on, refuse claims with a timestamp before since as stale; an earlier
 * since is not taken back. For the start after a crash: make the table, try to
 * load, take the mark, and where nothing was loaded, set since to
 * max(now, mark + 1). */
MACAW_API int macaw_replay_set_since(macaw_replay *table, uint32_t since) MACAW_MUST_USE;

/* One identity to claim. parts are hashed with their lengths, so that no two
 * different lists collide by concatenation. */
typedef struct macaw_claim_id {
    struct {
        const void *data;
        size_t len;
    } part[4];
    size_t parts;       /* 1..4 */
    uint32_t timestamp; /* signed by the message */
} macaw_claim_id;

/* Claim one identity: an enum macaw_claim value, or a negative status
 * (MACAW_EARG). Callable from any thread of any process. */
MACAW_API int macaw_replay_claim(macaw_replay *table, const macaw_claim_id *id,
                                 uint32_t now) MACAW_MUST_USE;

/* n identities at once; verdicts[i] is an enum macaw_claim value. Hides memory
 * latency; otherwise the same as n single claims in order. */
MACAW_API int macaw_replay_claim_many(macaw_replay *table, const macaw_claim_id *ids, size_t n,
                                      uint32_t now, uint8_t *verdicts) MACAW_MUST_USE;

/* Would a claim be refused? Remembers nothing. Same values as a claim. */
MACAW_API int macaw_replay_peek(macaw_replay *table, const macaw_claim_id *id,
                                uint32_t now) MACAW_MUST_USE;

typedef struct macaw_replay_stats {
    uint64_t capacity;     /* slots */
    uint64_t live;         /* entries not yet expired at now; walks the table */
    uint64_t claimed;      /* counters since creation */
    uint64_t seen;
    uint64_t stale;
    uint64_t full;
    uint64_t owner_deaths; /* locks recovered from a process that died */
    uint32_t window;
    uint32_t since;        /* claims with older timestamps are refused */
    uint32_t newest;       /* newest timestamp ever claimed */
} macaw_replay_stats;
MACAW_API void macaw_replay_stat(macaw_replay *table, uint32_t now, macaw_replay_stats *ret);

/* ---- outliving the memory ----
 *
 * save writes the live entries to a file (mode 0600, temporary file, fsync,
 * rename). What is claimed while it runs or later is not in the file: the caller
 * stops all claims first. MACAW_EIO leaves a file of that name as it was.
 *
 * load takes the entries over into a table in which nothing was claimed yet
 * (else MACAW_EARG) and which nobody uses until load has returned. It takes over
 * the key and what had been forgotten as well, and the later of both since. It
 * forgets the file: a saved table is removed before load returns, whatever comes
 * of it, so that a later crash cannot bring back an old state as if it were
 * complete; where it cannot be removed, MACAW_EIO. A file that is truncated,
 * damaged or of another version is MACAW_EFORMAT and leaves the table as it was;
 * so does anything that is not a saved table, and stays. load accepts a table of
 * another size if the entries fit, else MACAW_ELIMIT. MACAW_ENOTFOUND: no file. */
MACAW_API int macaw_replay_save(macaw_replay *table, uint32_t now, const char *path,
                                macaw_error *err) MACAW_MUST_USE;
MACAW_API int macaw_replay_load(macaw_replay *table, uint32_t now, const char *path,
                                macaw_error *err) MACAW_MUST_USE;

/* A crash loses the memory and leaves no saved file. The mark is a page of a
 * file, mapped and shared, in which every claim notes the newest timestamp it
 * has accepted; it survives the death of all processes. After a crash, a table
 * made with since = max(time of creation, mark + 1) can accept no replay, also
 * of a message whose sender's clock was ahead. The file is created with mode
 * 0600 where it does not exist. *previous is the mark it held, 0 for a new one.
 * From then on, claims in this process and its later children keep it current.
 * Not while another thread uses the handle. The system writes the page to the
 * disk in its own time: after a loss of power the mark may be half a minute old.
 * MACAW_EFORMAT: the file is no mark, or others than its owner may write it. */
MACAW_API int macaw_replay_mark(macaw_replay *table, const char *path, uint32_t *previous,
                                macaw_error *err) MACAW_MUST_USE;

/* Release this process's handle (and mapping of the mark); the memory of the
 * table stays as it is. NULL is a no-op. */
MACAW_API void macaw_replay_detach(macaw_replay *table);

/* ---- the other way: a counter ----
 *
 * A sender that numbers its messages lets the receiver refuse replays with a few
 * words for each key instead of an entry for each message (RFC 4303 section
 * 3.4.3, RFC 6479). Numbers up to 1023 below the highest are accepted once, in
 * any order; older ones are refused unseen, which a window cannot avoid and a
 * table does. Not for several processes at once: the caller serialises. */
#define MACAW_COUNTER_WINDOW 1024
typedef struct macaw_counter {
    uint64_t highest;
    uint64_t bits[MACAW_COUNTER_WINDOW / 64 + 1];
} macaw_counter;

/* A zeroed macaw_counter has seen nothing. number is 1..2^64-1, already
 * authenticated. MACAW_CLAIM_NEW, _SEEN or _STALE; MACAW_EARG for 0. */
MACAW_API int macaw_counter_claim(macaw_counter *counter, uint64_t number) MACAW_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif

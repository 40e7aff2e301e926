/* macaw/handles.h: sessions kept by the server.
 *
 * The client holds a handle: 32 random bytes in a token (sc1-handle). The server
 * holds, in one fixed block of memory shared by processes, a record for each: who
 * it is, since when, and the application's own data. Records are found by the
 * SHA-256 of the random bytes, macaw_session_claims.handle; those bytes are not
 * kept, so whoever reads the memory or a saved table cannot log in with it.
 *
 * A record expires by itself at the end of its idle time or at its cap; then its
 * place is used again. A full table refuses (MACAW_ELIMIT) and forgets nobody. A
 * process that dies while it changes a record stops nobody; that one record is
 * gone, its user has to log in again.
 *
 * Times are Unix seconds, 0 <= value < 2^32, given by the caller. Every function
 * may be called from any thread of any process. */
#ifndef MACAW_HANDLES_H
#define MACAW_HANDLES_H

#include <stddef.h>
#include <stdint.h>

#include <macaw/session.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct macaw_handles macaw_handles;

#define MACAW_HANDLES_DATA_MAX 65535 /* largest limit of the data of a record, in bytes */

typedef struct macaw_handle_record {
    uint8_t sid[MACAW_SESSION_SID_LEN];
    macaw_str subject;   /* up to MACAW_SESSION_SUBJECT_MAX bytes */
    macaw_str data;      /* up to the table's limit */
    int64_t login;       /* when the user really logged in */
    int64_t issued;      /* creation of this record */
    int64_t ttl;         /* idle time in seconds, 1.. */
    int64_t cap;         /* last second whatever happens; 0: none */
    int64_t expires;     /* out: last second if it is not touched again */
    uint16_t generation; /* of the subject */
} macaw_handle_record;

/* Bytes for so many records with up to so many bytes of data each (load 0.8).
 * SIZE_MAX: too many. */
MACAW_API size_t macaw_handles_size(uint64_t records, size_t data_limit);

/* Make a table in mem: 64-byte aligned, size bytes long, zeroed, shared by all
 * processes that will use it. MACAW_EARG: unaligned, too small for 16 records, or
 * a limit that is too large. */
MACAW_API int macaw_handles_init(macaw_handles **ret, void *mem, size_t size,
                                 size_t data_limit) MACAW_MUST_USE;
/* MACAW_EFORMAT: there is no table of this version and size. */
MACAW_API int macaw_handles_attach(macaw_handles **ret, void *mem, size_t size) MACAW_MUST_USE;
/* Release this process's handle. NULL is a no-op. */
MACAW_API void macaw_handles_detach(macaw_handles *handles);

MACAW_API size_t macaw_handles_data_limit(const macaw_handles *handles);

/* hash is SHA-256 of the secret part, everywhere below. record.expires is not
 * looked at. MACAW_EEXIST: there is such a record. MACAW_ELIMIT: the table is
 * full. MACAW_EARG: outside a range, or an end that lies before now. */
MACAW_API int macaw_handles_create(macaw_handles *handles,
                                   const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                                   const macaw_handle_record *record, int64_t now) MACAW_MUST_USE;

/* Room that the views of a record need. */
#define MACAW_HANDLES_ROOM(data_limit) (MACAW_SESSION_SUBJECT_MAX + (size_t)(data_limit))

/* Read a live record; its views point into room, MACAW_HANDLES_ROOM(limit) bytes.
 * MACAW_ENOTFOUND: none. */
MACAW_API int macaw_handles_get(macaw_handles *handles,
                                const uint8_t hash[MACAW_SESSION_HANDLE_LEN], int64_t now,
                                void *room, macaw_handle_record *ret) MACAW_MUST_USE;

/* The same, and begin its idle time anew at now. */
MACAW_API int macaw_handles_touch(macaw_handles *handles,
                                  const uint8_t hash[MACAW_SESSION_HANDLE_LEN], int64_t now,
                                  void *room, macaw_handle_record *ret) MACAW_MUST_USE;

/* Replace the data of a live record. MACAW_ENOTFOUND; MACAW_EARG: too long. */
MACAW_API int macaw_handles_put(macaw_handles *handles,
                                const uint8_t hash[MACAW_SESSION_HANDLE_LEN], macaw_str data,
                                int64_t now) MACAW_MUST_USE;

/* MACAW_ENOTFOUND: there is no live record. */
MACAW_API int macaw_handles_delete(macaw_handles *handles,
                                   const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                                   int64_t now) MACAW_MUST_USE;

typedef struct macaw_handles_stats {
    uint64_t capacity;     /* places; about 0.8 of them can be relied upon */
    uint64_t live;         /* walks the table */
    uint64_t created;      /* since creation of the table */
    uint64_t deleted;
    uint64_t full;         /* refused for want of room */
    uint64_t owner_deaths; /* locks recovered from a process that died */
} macaw_handles_stats;
MACAW_API void macaw_handles_stat(macaw_handles *handles, int64_t now, macaw_handles_stats *ret);

/* ---- outliving the memory ----
 *
 * save writes the live records to a file (mode 0600, temporary file, fsync,
 * rename) at a clean end, when nobody changes them any more. load takes them over
 * into a table in which nothing was created yet, and removes the file before it
 * returns, whatever comes of it: a crash later finds none, so that everybody is
 * logged out and nobody who had logged out is back. MACAW_ENOTFOUND: no file;
 * MACAW_EFORMAT: damaged, or no saved table of handles (which stays);
 * MACAW_ELIMIT: the records do not fit. After a failure the table is empty. */
MACAW_API int macaw_handles_save(macaw_handles *handles, int64_t now, const char *path,
                                 macaw_error *err) MACAW_MUST_USE;
MACAW_API int macaw_handles_load(macaw_handles *handles, int64_t now, const char *path,
                                 macaw_error *err) MACAW_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif

/* macaw/signing.h: signed HTTP messages.
 *
 * A scheme knows the headers and the bytes of one way to sign; it decides
 * nothing. Everything that decides is one function, macaw_request_check, and its
 * order is: limits, parse, key lookup, algorithm of the key, required coverage,
 * MAC, key allowed here, freshness. The replay claim comes last and is a call of
 * its own, because it changes state.
 *
 * Nothing is copied: messages are views into the caller's buffers, which must
 * outlive the results. The library never reads the clock. All functions are
 * thread-safe; a policy and its keyring are read-only while in use. */
#ifndef MACAW_SIGNING_H
#define MACAW_SIGNING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/keyring.h>
#include <macaw/replay.h>
#include <macaw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_SIGNING_HEADER_MAX 512 /* longest credential header value looked at */
#define MACAW_SIGNING_TARGET_MAX 65536

typedef struct macaw_field {
    macaw_str name; /* compared without regard to case */
    macaw_str value;
} macaw_field;

/* A request as it arrived, before any decoding. */
typedef struct macaw_request {
    macaw_str method;
    macaw_str target; /* request-target exactly as sent: path and query */
    const macaw_field *fields;
    size_t field_count;
    bool has_body; /* Content-Length over 0, or a transfer coding */
} macaw_request;

/* What a scheme's MAC covers, and what a policy may do without. */
enum macaw_coverage {
    MACAW_COVERS_METHOD = 1u << 0,
    MACAW_COVERS_TARGET = 1u << 1,
    MACAW_COVERS_BODY = 1u << 2,
    MACAW_COVERS_NONCE = 1u << 3,
};

/* In the order of the checks: the first that fails is the reason. */
typedef enum macaw_reason {
    MACAW_REASON_OK = 0,
    MACAW_REASON_MISSING,     /* no credentials */
    MACAW_REASON_MALFORMED,   /* a header missing, doubled, empty or not spelled as specified */
    MACAW_REASON_UNKNOWN_KEY, /* no such key id, or no id and no single key to try */
    MACAW_REASON_KEY_STATE,   /* the key is pending or retired */
    MACAW_REASON_ALGORITHM,   /* the MAC has not the length of the key's algorithm */
    MACAW_REASON_UNCOVERED,   /* method or body not under the MAC */
    MACAW_REASON_MISMATCH,    /* wrong MAC */
    MACAW_REASON_KEY_NOT_ALLOWED, /* right MAC, but the key is not for this place */
    MACAW_REASON_STALE,       /* timestamp older than the window */
    MACAW_REASON_EARLY,       /* timestamp further ahead than the window */
    MACAW_REASON_RESTARTED,   /* from before the replay memory began */
    MACAW_REASON_REPLAY,      /* seen before */
    MACAW_REASON_STORE_FULL,  /* the replay table has no room */
    MACAW_REASON_INTERNAL,    /* out of memory or libcrypto failed */
    MACAW_REASON_COUNT
} macaw_reason;

/* "ok", "missing", "malformed", "unknown-key", "key-state", "algorithm",
 * "uncovered", "mismatch", "key-not-allowed", "stale", "early", "restarted",
 * "replay", "store-full", "internal". Static storage, never NULL. */
MACAW_API const char *macaw_reason_name(macaw_reason reason);

/* The status a gateway answers: 401 missing, 400 malformed, 503 store full,
 * 500 internal, 200 ok, else 401. */
MACAW_API int macaw_reason_http_status(macaw_reason reason);

typedef struct macaw_scheme macaw_scheme;

/* "x-authorization", "x-authorization-legacy"; NULL if there is none. */
MACAW_API const macaw_scheme *macaw_scheme_find(const char *name);
MACAW_API const macaw_scheme *macaw_scheme_at(size_t i);
MACAW_API const char *macaw_scheme_name(const macaw_scheme *scheme);
/* Behind an insecure switch, and it never signs. */
MACAW_API bool macaw_scheme_insecure(const macaw_scheme *scheme);
MACAW_API unsigned macaw_scheme_covers(const macaw_scheme *scheme); /* enum macaw_coverage */

typedef struct macaw_policy {
    const macaw_keyring *keys;
    const char *use;                      /* purpose of the keys, "http" */
    /* Tried in this order, insecure ones only behind the switch: the first whose
     * MAC verifies decides, else the first of those that got furthest. */
    const macaw_scheme *const *schemes;
    size_t scheme_count;
    uint32_t window;                      /* seconds either side, 1..86400 */
    unsigned allow_uncovered;             /* MACAW_COVERS_METHOD | MACAW_COVERS_BODY */
    bool insecure;                        /* insecure schemes and keys so marked may be used */
    const char *const *allow_kids;        /* only these keys; count 0: all */
    size_t allow_kid_count;
} macaw_policy;

typedef struct macaw_verdict {
    macaw_reason reason;
    bool mac_ok;                 /* the MAC verified, whatever reason says */
    const macaw_scheme *scheme;  /* NULL: no scheme's headers were there */
    const macaw_entry *entry;    /* the key whose MAC verified; NULL unless mac_ok */
    bool has_time;               /* timestamp and skew are set; trustworthy only if mac_ok */
    int64_t timestamp;
    int64_t skew;                /* now - timestamp: positive is old */
    uint8_t mac[MACAW_TAG_MAX];
    size_t mac_len;
    char detail[120];            /* one line for the operator's log, no secret, no client bytes */
} macaw_verdict;

/* Judge a request; fills all of verdict. Does not claim the replay entry. An
 * unknown key id costs the same work as a known one. */
MACAW_API void macaw_request_check(const macaw_policy *policy, const macaw_request *request,
                                   int64_t now, macaw_verdict *verdict);

/* Claim the replay entry of a verdict whose reason is OK; otherwise a no-op.
 * May change reason to REPLAY, RESTARTED, STORE_FULL or INTERNAL. The identity is
 * the scheme, the fingerprint of the secret, and the MAC. */
MACAW_API void macaw_request_claim(macaw_replay *table, int64_t now, macaw_verdict *verdict);

/* "300 s old", "5 s ahead", "32400 s old, exactly 9 h: time-zone bug in the
 * client", "32402 s old, almost exactly 9 h: ..." into out (size bytes,
 * NUL-terminated; 80 suffice). A skew within 5 s of a multiple of 15 min, from
 * 30 min to 26 h, is named as a time-zone bug. */
MACAW_API void macaw_skew_describe(int64_t skew, char *out, size_t size);

/* ---- signing ---- */

#define MACAW_SIGNED_FIELDS_MAX 4
typedef struct macaw_signed {
    macaw_field fields[MACAW_SIGNED_FIELDS_MAX]; /* NUL-terminated, into text or static */
    size_t count;
    char text[512];
} macaw_signed;

/* The header fields that sign a request at a time. with_kid adds the key id
 * header. MACAW_EARG: the scheme only verifies, the target does not begin with
 * "/", the time is not ten digits, or the key's algorithm does not fit. */
MACAW_API int macaw_request_sign(const macaw_scheme *scheme, const macaw_entry *entry,
                                 const macaw_request *request, int64_t now, bool with_kid,
                                 macaw_signed *ret) MACAW_MUST_USE;

/* A response's MAC, streamed: start, update with the content as sent (after
 * content coding, before transfer coding), finish. */
MACAW_API int macaw_response_start(macaw_ctx *ctx, const macaw_scheme *scheme,
                                   const macaw_entry *entry, int64_t now) MACAW_MUST_USE;
MACAW_API int macaw_response_finish(macaw_ctx *ctx, const macaw_scheme *scheme,
                                    const macaw_entry *entry, int64_t now,
                                    macaw_signed *ret) MACAW_MUST_USE;

/* What a client does with a response: parse the fields (headers, and trailers
 * if any), then stream the content, then compare. reason: MISSING (also where
 * the response is marked unsigned), MALFORMED, ALGORITHM, MISMATCH, STALE,
 * EARLY or OK; skew as for requests. The scheme binds neither status nor
 * request. start fails with MACAW_EFORMAT where there is nothing to stream, and
 * as macaw_start does: verdict says why, and ctx needs no end. Between start and
 * finish verdict->entry is the key in use. */
MACAW_API int macaw_response_check_start(macaw_ctx *ctx, const macaw_scheme *scheme,
                                         const macaw_entry *entry, const macaw_field *fields,
                                         size_t field_count,
                                         macaw_verdict *verdict) MACAW_MUST_USE;
MACAW_API void macaw_response_check_finish(macaw_ctx *ctx, uint32_t window, int64_t now,
                                           macaw_verdict *verdict);

#ifdef __cplusplus
}
#endif
#endif

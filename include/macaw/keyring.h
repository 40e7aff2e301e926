/* macaw/keyring.h: keys in a file, with states and dates.
 *
 * A keyring is a JWK Set (RFC 7517 section 5): {"keys": [ ... ]}, each member
 * "kty":"oct" with
 *   kid    [A-Za-z0-9._-]{1,64}, unique
 *   alg    a name of the registry (macaw_alg_find)
 *   k      the secret in base64url without padding (RFC 7518 section 6.4.1)
 *   use    the purpose the key is for: [a-z0-9-]{1,32}, e.g. "http"
 * and macaw's own members
 *   state       "pending", "active", "verify" or "retired"; absent: "active"
 *   iat         created              (Unix seconds, all dates)
 *   nbf         a pending key becomes active, an active key is not so before
 *   sign_until  an active key stops signing and only verifies from here on
 *   exp         the key is retired from here on
 *   insecure    true: short or published, for schemes behind an insecure switch
 *
 * The file has mode 0640 or tighter, else it is refused. Members macaw does not
 * know are kept when the file is rewritten. One keyring holds no secret and no
 * kid twice. The state of a key is judged at the time the caller names; the
 * library never reads the clock. A loaded keyring is immutable as long as no
 * edit function is called, and may then be shared by threads. */
#ifndef MACAW_KEYRING_H
#define MACAW_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/mac.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_KID_MAX 64
#define MACAW_USE_MAX 32
#define MACAW_KEYRING_VERIFY_MAX 4 /* keys in state verify tried for a message without key id */
#define MACAW_FINGERPRINT_LEN 16

typedef enum macaw_key_state {
    MACAW_PENDING, /* neither signs nor verifies yet */
    MACAW_ACTIVE,  /* signs and verifies */
    MACAW_VERIFY,  /* only verifies: rotated out */
    MACAW_RETIRED  /* neither any more */
} macaw_key_state;

/* "pending" .. "retired"; static storage. */
MACAW_API const char *macaw_key_state_name(macaw_key_state state);

typedef struct macaw_keyring macaw_keyring;

/* One key of a keyring; owned by it. */
typedef struct macaw_entry {
    char kid[MACAW_KID_MAX + 1];
    char use[MACAW_USE_MAX + 1];
    const macaw_alg *alg;
    const macaw_key *key;    /* expanded, full tag */
    macaw_key_state state;   /* as written; macaw_entry_state judges it with the dates */
    bool insecure;
    size_t secret_len;
    int64_t iat, nbf, sign_until, exp; /* 0: absent */
    /* Identifies the secret without revealing it: equal secrets in different
     * keyrings or under different ids have equal fingerprints. */
    uint8_t fingerprint[MACAW_FINGERPRINT_LEN];
} macaw_entry;

/* Read a keyring file. err may be NULL; otherwise it is filled on failure.
 * MACAW_EIO: cannot be read, or its mode is wider than 0640.
 * MACAW_EFORMAT: not a keyring. MACAW_EWEAK: a short or published key without
 * "insecure": true. MACAW_EEXIST: a kid or a secret twice. */
MACAW_API int macaw_keyring_load(macaw_keyring **ret, const char *path,
                                 macaw_error *err) MACAW_MUST_USE;

/* The same from memory. */
MACAW_API int macaw_keyring_parse(macaw_keyring **ret, const char *json, size_t len,
                                  macaw_error *err) MACAW_MUST_USE;

/* A keyring without keys, to add to. */
MACAW_API int macaw_keyring_new(macaw_keyring **ret) MACAW_MUST_USE;

/* Wipe and release. NULL is a no-op. */
MACAW_API void macaw_keyring_free(macaw_keyring *ring);

MACAW_API size_t macaw_keyring_size(const macaw_keyring *ring);

/* The i-th key in file order, NULL past the end. */
MACAW_API const macaw_entry *macaw_keyring_at(const macaw_keyring *ring, size_t i);

/* The key of that id (len bytes, not NUL-terminated), or NULL. */
MACAW_API const macaw_entry *macaw_keyring_find(const macaw_keyring *ring, const char *kid,
                                                size_t len);

/* The state of a key at a time, dates considered. */
MACAW_API macaw_key_state macaw_entry_state(const macaw_entry *entry, int64_t now);

/* The key that signs for a purpose when none is named: the only active one.
 * MACAW_ENOTFOUND: none. MACAW_EEXIST: more than one, so an id is needed. */
MACAW_API int macaw_keyring_signer(const macaw_keyring *ring, const char *use, int64_t now,
                                   const macaw_entry **ret) MACAW_MUST_USE;

/* The keys to try for a message without key id: the signer, if there is exactly
 * one, then up to MACAW_KEYRING_VERIFY_MAX keys of the purpose in state verify,
 * newest iat first. Returns how many were written to out. */
MACAW_API size_t macaw_keyring_candidates(const macaw_keyring *ring, const char *use, int64_t now,
                                          const macaw_entry *out[1 + MACAW_KEYRING_VERIFY_MAX]);

/* ---- editing; not while another thread uses the keyring ---- */

typedef struct macaw_entry_spec {
    const char *kid;
    const char *use;          /* NULL: "http" */
    const macaw_alg *alg;
    const void *secret;
    size_t secret_len;
    macaw_key_state state;
    int64_t iat, nbf, sign_until, exp; /* 0: absent */
    bool insecure;
} macaw_entry_spec;

/* The same refusals as for a file. */
MACAW_API int macaw_keyring_add(macaw_keyring *ring, const macaw_entry_spec *spec,
                                macaw_error *err) MACAW_MUST_USE;

/* Change state and dates of a key. MACAW_ENOTFOUND. */
MACAW_API int macaw_keyring_change(macaw_keyring *ring, const char *kid, macaw_key_state state,
                                   int64_t sign_until, int64_t exp) MACAW_MUST_USE;

/* Write the file: mode 0600 for a new one, the old mode otherwise, through a
 * temporary file in the same folder, fsync and rename, so that a full disk or a
 * kill leaves the old file or the new one. */
MACAW_API int macaw_keyring_save(const macaw_keyring *ring, const char *path,
                                 macaw_error *err) MACAW_MUST_USE;

#ifdef __cplusplus
}
#endif
#endif

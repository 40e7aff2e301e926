/* macaw/keyring.h: keys in a file, with states and dates.
 *
 * A keyring is a JWK Set (RFC 7517 section 5): {"keys": [ ... ]}, each member
 * "kty":"oct" with
 *   kid    [A-Za-z0-9._-]{1,64}, unique
 *   alg    a name of the registry (macaw_alg_find), or with "insecure": true one
 *          that the registry does not offer because it is no sound MAC
 *   k      the secret in base64url without padding (RFC 7518 section 6.4.1)
 *   use    the purpose the key is for: [a-z0-9-]{1,32}; absent: "http"
 * and macaw's own members
 *   state       "pending", "active", "verify" or "retired"; absent: "active"
 *   iat         created              (all dates: Unix seconds, 1 to the year 9999)
 *   nbf         a pending key becomes active, an active key is not so before
 *   sign_until  an active key stops signing and only verifies from here on
 *   exp         the key is retired from here on
 *   insecure    true: short or published, for schemes behind an insecure switch
 * sign_until and exp are not before nbf. No member occurs twice.
 *
 * Beside these MAC keys a keyring holds keys that are no MACs, in a list of their
 * own (macaw_jwk), with the same members kid, use, state, dates and insecure:
 *   alg "EdDSA"    kty "OKP", crv "Ed25519", x, and d where it signs (RFC 8037)
 *   alg "ES256"    kty "EC", crv "P-256", x, y: to verify only (RFC 7518 section 6.2)
 *   alg "RS256"    kty "RSA", n of 2048 to 4096 bits, e: to verify only (section 6.3)
 *   alg "A256GCM"  kty "oct", k of 32 bytes (section 5.3)
 * "alg" may be absent except with "oct". A key of another kty, crv or alg, and one of
 * these without a kid and a use in macaw's spelling, is kept, but neither checked nor
 * found (RFC 7517 section 5). What is found must be in order: points lie on their
 * curve, d belongs to x, private parts are refused where macaw only verifies.
 *
 * The file has mode 0640 or tighter, else it is refused. Members macaw does not
 * know are kept when the file is rewritten. One keyring holds no secret and no
 * kid twice. Published secrets are those of a bundled list of examples, defaults
 * and test keys, and runs like 00 00 00 or 01 02 03. The state of a key is
 * judged at the time the caller names; the library never reads the clock. A
 * loaded keyring is immutable as long as no edit function is called, and may
 * then be shared by threads.
 *
 * Secrets are wiped before their memory is released, except in the buffers that
 * jansson's parser uses and frees by itself: a program to which that matters
 * gives it wiping functions (json_set_alloc_funcs). */
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
#define MACAW_KEYRING_KEYS_MAX 4096       /* of any type, in one keyring */
#define MACAW_KEYRING_BYTES_MAX (1 << 20) /* of a file */

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
     * keyrings or under different ids have equal fingerprints. Equal means
     * equal but for zero bytes at the end, which HMAC does not tell apart. It is
     * 16 bytes of an HMAC under the secret: a short secret can be guessed from
     * it, as from any tag. */
    uint8_t fingerprint[MACAW_FINGERPRINT_LEN];
} macaw_entry;

/* Read a keyring file. err may be NULL; otherwise it is filled on failure.
 * MACAW_EIO: cannot be read, no regular file, or its mode is wider than 0640.
 * MACAW_EFORMAT: not a keyring. MACAW_ELIMIT: more keys or bytes than allowed.
 * MACAW_EWEAK: a short or published key, or an unsound algorithm, without
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

/* The state of a key at a time, dates considered: a date counts from its own
 * second on. Written as retired, or past exp: retired. Written as verify:
 * verify. Else active from nbf on (an active key without nbf always, a pending
 * one without nbf never), and verify from sign_until on. */
MACAW_API macaw_key_state macaw_entry_state(const macaw_entry *entry, int64_t now);

/* The key that signs for a purpose when none is named: the only active one.
 * MACAW_ENOTFOUND: none. MACAW_EEXIST: more than one, so an id is needed. */
MACAW_API int macaw_keyring_signer(const macaw_keyring *ring, const char *use, int64_t now,
                                   const macaw_entry **ret) MACAW_MUST_USE;

/* The keys to try for a message without key id: the signer, if there is exactly
 * one, then up to MACAW_KEYRING_VERIFY_MAX keys of the purpose in state verify,
 * newest iat first; of equal age the later in the file. Returns how many were written to out. */
MACAW_API size_t macaw_keyring_candidates(const macaw_keyring *ring, const char *use, int64_t now,
                                          const macaw_entry *out[1 + MACAW_KEYRING_VERIFY_MAX]);

/* ---- keys that are no MACs ---- */

typedef struct macaw_jwk {
    char kid[MACAW_KID_MAX + 1]; /* unique among the MAC keys, too */
    char use[MACAW_USE_MAX + 1];
    const char *alg;         /* "EdDSA", "ES256", "RS256", "A256GCM"; static storage */
    macaw_key_state state;   /* as written; macaw_jwk_state judges it with the dates */
    bool insecure;
    bool has_private;        /* it signs, or is secret */
    bool is_secret;          /* a cipher key, which has no public part */
    unsigned bits;           /* of the key: 256, or the modulus of RSA */
    int64_t iat, nbf, sign_until, exp; /* 0: absent */
    /* The first bytes of the SHA-256 thumbprint of RFC 7638, which is public; of a
     * cipher key as in macaw_entry. */
    uint8_t fingerprint[MACAW_FINGERPRINT_LEN];
} macaw_jwk;

MACAW_API size_t macaw_keyring_jwk_size(const macaw_keyring *ring);
/* As macaw_keyring_at and macaw_keyring_find, macaw_entry_state, macaw_keyring_signer.
 * A public key signs nothing, and a cipher key is no signer either. */
MACAW_API const macaw_jwk *macaw_keyring_jwk_at(const macaw_keyring *ring, size_t i);
MACAW_API const macaw_jwk *macaw_keyring_jwk_find(const macaw_keyring *ring, const char *kid,
                                                  size_t len);
MACAW_API macaw_key_state macaw_jwk_state(const macaw_jwk *jwk, int64_t now);
MACAW_API int macaw_keyring_jwk_signer(const macaw_keyring *ring, const char *use, int64_t now,
                                       const macaw_jwk **ret) MACAW_MUST_USE;

/* How many keys are in the file that are kept, but not understood. */
MACAW_API size_t macaw_keyring_ignored(const macaw_keyring *ring);

/* The bytes of a key of this ring, as macaw_jwk_spec takes them, into out, which has
 * room for MACAW_JWK_BYTES_MAX; the caller wipes it. MACAW_EARG: the private part is
 * wanted where there is none, or the public one of a cipher key. */
#define MACAW_JWK_BYTES_MAX 1024
MACAW_API int macaw_keyring_jwk_bytes(const macaw_keyring *ring, const macaw_jwk *jwk,
                                      bool private_part, uint8_t *out,
                                      size_t *out_len) MACAW_MUST_USE;

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

/* A key that is no MAC. */
typedef struct macaw_jwk_spec {
    const char *kid;
    const char *use;   /* NULL: "session" */
    const char *alg;   /* as in macaw_jwk */
    /* EdDSA, A256GCM: 32 raw bytes. EdDSA, ES256, RS256: PEM, SubjectPublicKeyInfo, or of
     * EdDSA PKCS #8. NULL: a fresh key, where macaw holds private ones of that kind. */
    const void *bytes;
    size_t bytes_len;
    bool private_part; /* bytes are those of a private or cipher key */
    macaw_key_state state;
    int64_t iat, nbf, sign_until, exp;
    bool insecure;
} macaw_jwk_spec;

/* The same refusals as for a file. MACAW_EARG: an unknown alg, or a fresh key of a kind
 * that macaw only verifies with. */
MACAW_API int macaw_keyring_add_jwk(macaw_keyring *ring, const macaw_jwk_spec *spec,
                                    macaw_error *err) MACAW_MUST_USE;

/* Bring the public parts of from's keys for signatures (of a purpose, or of any: use
 * NULL) up to date in ring: what is not there is added, what is there gets from's state
 * and dates; other keys of ring stay. MACAW_EEXIST: another key has the kid. */
MACAW_API int macaw_keyring_publish(macaw_keyring *ring, const macaw_keyring *from,
                                    const char *use, macaw_error *err) MACAW_MUST_USE;

/* Change state and dates of a key of either kind; a date of 0 removes it. MACAW_ENOTFOUND.
 * MACAW_EARG: no state, no date, or a date before the key's nbf. */
MACAW_API int macaw_keyring_change(macaw_keyring *ring, const char *kid, macaw_key_state state,
                                   int64_t sign_until, int64_t exp) MACAW_MUST_USE;

/* Write the file: mode 0600 for a new one, otherwise owner, group and mode of
 * the old one, never wider than 0640, through a temporary file in the same
 * folder, fsync and rename, so that a full disk or a kill leaves the old file or
 * the new one. A symbolic link stays, the file it names is replaced.
 * MACAW_ELIMIT: it would be longer than a file may be. MACAW_EIO. */
MACAW_API int macaw_keyring_save(const macaw_keyring *ring, const char *path,
                                 macaw_error *err) MACAW_MUST_USE;

/* Keep other editors out from before a load until after the save, so that no
 * edit is lost: an advisory lock on the folder of path, which need not exist
 * yet. Readers need none. Waits up to 10 s, then MACAW_EIO. The lock ends with
 * macaw_keyring_unlock or with the process. */
MACAW_API int macaw_keyring_lock(int *ret, const char *path, macaw_error *err) MACAW_MUST_USE;
MACAW_API void macaw_keyring_unlock(int lock);

#ifdef __cplusplus
}
#endif
#endif

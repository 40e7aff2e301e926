/* macaw/session.h: session tokens: who is logged in, since when, until when.
 *
 * A session scheme knows the bytes of one kind of token. A macaw_session is a
 * scheme with what its tokens are bound to (cookie name, purpose, audience) and
 * with its keys, expanded once. Everything that decides is one function,
 * macaw_session_verify, and its order is: length, spelling, key id, key state,
 * algorithm of the key, MAC or signature, content, times. Whatever lies outside
 * the token comes after it and is a call of its own: revocation
 * (macaw/revocation.h), the store of handles, the policy of a place. A wrong MAC
 * outranks a past date: nothing unauthenticated is believed.
 *
 * The algorithm belongs to the key, never to the token. A token that names a key
 * is checked under that key only; formats without key ids try the signer and at
 * most MACAW_KEYRING_VERIFY_MAX others. Times are Unix seconds, given by the
 * caller: the library never reads the clock.
 *
 * Native tokens ("sc1-mac", "sc1-aead", "sc1-ed25519", "sc1-handle") are
 * described in docs/sc1.md. All other schemes are for study and migration, or
 * read the cookies of web frameworks; those are never issued.
 *
 * Thread safety: an open macaw_session is immutable and shared by threads.
 * Strings in are views and need not end with NUL unless said. */
#ifndef MACAW_SESSION_H
#define MACAW_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/keyring.h>
#include <macaw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_SESSION_TOKEN_MAX 4096   /* longest token looked at, in bytes: what browsers keep */
#define MACAW_SESSION_PAYLOAD_MAX 16384 /* longest content once unpacked */
/* Room a verification may need for decoded content. */
#define MACAW_SESSION_WORK (MACAW_SESSION_PAYLOAD_MAX + 2 * MACAW_SESSION_TOKEN_MAX)
#define MACAW_SESSION_SID_LEN 12       /* session id of sc1 */
#define MACAW_SESSION_HANDLE_LEN 32    /* secret part of a handle */
#define MACAW_SESSION_SUBJECT_MAX 255
#define MACAW_SESSION_TTL_MAX 16777215 /* 24 bits: 194 days */

/* In the order of the checks: the first that fails is the reason. */
typedef enum macaw_session_reason {
    MACAW_SESSION_OK = 0,
    MACAW_SESSION_MISSING,     /* no token */
    MACAW_SESSION_MALFORMED,   /* too long, or not the one spelling of this scheme */
    MACAW_SESSION_UNKNOWN_KEY, /* names a key that is not there, or there is none to try */
    MACAW_SESSION_KEY_STATE,   /* the key is pending or retired */
    MACAW_SESSION_ALGORITHM,   /* the token wants another algorithm than the key's */
    MACAW_SESSION_MISMATCH,    /* wrong MAC or signature, or bound to another context */
    MACAW_SESSION_CONTENT,     /* authentic, but not content this scheme may carry, or too much */
    MACAW_SESSION_NO_EXPIRY,   /* authentic, without the date the scheme must have */
    MACAW_SESSION_EARLY,       /* from the future, or not valid yet */
    MACAW_SESSION_EXPIRED,     /* past its expiry, idle time or the age allowed here */
    MACAW_SESSION_ENDED,       /* past the absolute cap from login */
    MACAW_SESSION_VERIFIER,    /* does not fit the verifier table (Murdoch) */
    MACAW_SESSION_REVOKED,     /* set by the caller: session, subject or key revoked */
    MACAW_SESSION_UNKNOWN,     /* set by the caller: a handle without a record */
    MACAW_SESSION_INTERNAL,    /* out of memory or libcrypto failed */
    MACAW_SESSION_REASON_COUNT
} macaw_session_reason;

/* "ok", "missing", "malformed", "unknown-key", "key-state", "algorithm",
 * "mismatch", "content", "no-expiry", "early", "expired", "ended", "verifier",
 * "revoked", "unknown-session", "internal". Static storage, never NULL. */
MACAW_API const char *macaw_session_reason_name(macaw_session_reason reason);

/* ---- schemes ---- */

typedef struct macaw_session_scheme macaw_session_scheme;

enum macaw_session_flags {
    MACAW_SESSION_NATIVE = 1u << 0,   /* sc1 */
    MACAW_SESSION_ISSUES = 1u << 1,   /* macaw_session_issue works */
    MACAW_SESSION_STUDY = 1u << 2,    /* of the literature; not for new systems */
    MACAW_SESSION_KEY_IDS = 1u << 3,  /* tokens may name their key */
    MACAW_SESSION_DERIVES = 1u << 4,  /* from a raw secret, and takes the derived key as well */
    MACAW_SESSION_SEALED = 1u << 5,   /* content is encrypted */
    MACAW_SESSION_SIGNED = 1u << 6,   /* by a private key; verifiers hold the public one */
    MACAW_SESSION_EXPIRES = 1u << 7,  /* carries an expiry of its own */
    MACAW_SESSION_DATED = 1u << 8,    /* carries a time of issue, so max_age can be checked */
    MACAW_SESSION_JSON = 1u << 9,     /* content is JSON */
    MACAW_SESSION_TWO_COOKIES = 1u << 10, /* the signature is in NAME.sig */
    MACAW_SESSION_RECORD = 1u << 11,  /* names a record of the server: no subject, no data */
    MACAW_SESSION_DATA = 1u << 12,    /* issue takes the application's own data */
};

/* By name: "sc1-mac", "sc1-aead", "sc1-ed25519", "sc1-handle", "plain",
 * "nested-php", "fu", "liu", "liu-sealed", "liu-salted", "murdoch",
 * "username-tag", "token-pair", "flask", "itsdangerous", "itsdangerous-timestamp",
 * "itsdangerous-signer", "starlette", "django", "django-cookie", "rails-signed",
 * "rails-encrypted", "express", "cookie-session", "tornado", "gorilla", "jwt",
 * "paseto-v4-public", "auth-tkt", "auth-pubtkt"; NULL if there is none. */
MACAW_API const macaw_session_scheme *macaw_session_scheme_find(const char *name);
MACAW_API const macaw_session_scheme *macaw_session_scheme_at(size_t i); /* NULL past the end */
MACAW_API const char *macaw_session_scheme_name(const macaw_session_scheme *scheme);
MACAW_API unsigned macaw_session_scheme_flags(const macaw_session_scheme *scheme);
/* A line for people: the layout. Static storage. */
MACAW_API const char *macaw_session_scheme_about(const macaw_session_scheme *scheme);

/* Whether a text has the shape of the scheme's tokens, without any key. */
MACAW_API bool macaw_session_looks_like(const macaw_session_scheme *scheme, const char *token,
                                        size_t len);

/* ---- a session definition ---- */

/* What tokens are bound to and how they are judged. Strings end with NUL and
 * are copied; NULL means the default in brackets. Members a scheme has no use
 * for are ignored, except that a wrong value of any is MACAW_EARG. */
typedef struct macaw_session_config {
    const macaw_session_scheme *scheme;
    const char *cookie_name; /* ["macaw-session"] bound by sc1, cookie-session, gorilla, Rails,
                              * Django */
    const char *purpose;     /* ["session"] bound by sc1 */
    const char *audience;    /* [""] bound by sc1; JWT and PASETO: aud must hold it, and with ""
                              * there must be no aud (RFC 7519 section 4.1.3) */
    const char *issuer;      /* JWT and PASETO: iss must equal it [not checked] */
    const char *salt;        /* itsdangerous, Flask, Django, Rails: [the framework's] */
    const macaw_alg *kdf;    /* Rails: under the PBKDF2 of a raw secret, hmac-sha256
                              * (load_defaults 7.0 on) or hmac-sha1 [verify: both are tried;
                              * derive: hmac-sha256] */
    const char *subject;     /* JSON Pointer (RFC 6901) to the subject, "": the content itself
                              * [the scheme's own, if it has one] */
    int64_t max_age;         /* seconds since issue, at most 1000 years, where tokens say that;
                              * 0: the scheme's own default; -1: not checked */
    int64_t leeway;          /* seconds of clock difference allowed on each date [0] .. 300 */
    bool allow_no_expiry;    /* JWT, PASETO: exp may be absent */
    /* Murdoch: put the verifier of a user, 32 bytes, into v; false: no such user.
     * Called with data after the MAC verified. */
    bool (*verifier)(void *data, const char *user, size_t user_len, uint8_t v[32]);
    void *verifier_data;
} macaw_session_config;

typedef struct macaw_session macaw_session;

/* A definition without keys. */
MACAW_API int macaw_session_new(macaw_session **ret, const macaw_session_config *config,
                                macaw_error *err) MACAW_MUST_USE;

typedef enum macaw_session_key_form {
    MACAW_SESSION_KEY_RAW,     /* the application's secret or master key; the scheme derives */
    MACAW_SESSION_KEY_DERIVED, /* what the scheme would derive (MACAW_SESSION_DERIVES only) */
    MACAW_SESSION_KEY_PUBLIC,  /* raw public key (Ed25519), or PEM SubjectPublicKeyInfo */
    MACAW_SESSION_KEY_PRIVATE, /* raw Ed25519 private key, 32 bytes */
} macaw_session_key_form;

typedef struct macaw_session_key_spec {
    const char *kid; /* NULL: none; of sc1 a decimal number 0..65535 without leading zero */
    macaw_session_key_form form;
    const char *alg; /* as in a keyring; NULL: the scheme's default for this form */
    const void *secret;
    size_t secret_len;
    const void *block_key; /* gorilla: AES key of 16, 24 or 32 bytes; NULL: content in clear */
    size_t block_key_len;
    macaw_key_state state;
    int64_t iat, nbf, sign_until, exp; /* 0: absent */
} macaw_session_key_spec;

/* Add a key. Short and published secrets are accepted: who cares refuses them
 * before, as keyrings do. MACAW_EARG: a form, algorithm, length or kid that the
 * scheme does not take. MACAW_EEXIST: the kid is there. */
MACAW_API int macaw_session_add_key(macaw_session *session, const macaw_session_key_spec *spec,
                                    macaw_error *err) MACAW_MUST_USE;

/* Add every key of a purpose in a keyring whose algorithm suits the scheme, MAC or
 * not, with its state and dates. Secrets of schemes with MACAW_SESSION_DERIVES are
 * derived keys already: an edge need not hold the application's secret; a private
 * key is taken only where the scheme issues. MACAW_ENOTFOUND: none suits.
 * MACAW_EWEAK: one is marked as insecure. The keyring may be released afterwards. */
MACAW_API int macaw_session_add_keyring(macaw_session *session, const macaw_keyring *ring,
                                        const char *use, macaw_error *err) MACAW_MUST_USE;

/* Wipe and release. NULL is a no-op. */
MACAW_API void macaw_session_free(macaw_session *session);

MACAW_API const macaw_session_config *macaw_session_settings(const macaw_session *session);

/* The key a scheme with MACAW_SESSION_DERIVES would derive from a raw secret
 * under this definition's salt, name and alg (NULL: default), for
 * least-privilege edges. out has room for 64 bytes. */
MACAW_API int macaw_session_derive(const macaw_session *session, const char *alg,
                                   const void *secret, size_t secret_len, uint8_t *out,
                                   size_t *out_len) MACAW_MUST_USE;

/* ---- verify ---- */

typedef struct macaw_session_token {
    macaw_str text;      /* the cookie's value as sent */
    macaw_str signature; /* value of NAME.sig, for MACAW_SESSION_TWO_COOKIES; else empty */
    macaw_str bind;      /* client binding: mTLS certificate hash, address; empty: none */
} macaw_session_token;

/* What a token says. Strings are views into the token or the work area. What
 * follows authentic is only to be believed if that is true. */
typedef struct macaw_session_claims {
    macaw_session_reason reason;
    bool authentic;        /* MAC or signature verified, whatever reason says */
    char kid[MACAW_KID_MAX + 1]; /* as named, or of the key that verified; "": none */
    macaw_str subject;     /* len 0: none */
    uint8_t sid[MACAW_SESSION_SID_LEN];
    bool has_sid;
    uint16_t generation;   /* of the subject; sc1 */
    int64_t login;         /* 0: not said; likewise all times */
    int64_t issued;
    int64_t not_before;
    int64_t expires;       /* the earliest end that applies: expiry, idle time, max_age, cap */
    int64_t cap;           /* end whatever renewal does; 0: none */
    macaw_str payload;     /* the content, decoded (JSON for MACAW_SESSION_JSON) */
    macaw_str data;        /* sc1: TLV 0x01, the application's own bytes */
    uint8_t handle[MACAW_SESSION_HANDLE_LEN]; /* sc1-handle: SHA-256 of the secret part */
    macaw_str handle_secret; /* sc1-handle: the secret part itself, to renew with */
    uint8_t chain[32];     /* sc1 hardened: the value c */
    bool has_chain;
    char detail[120];      /* one line for the operator's log: no secret, no byte of the token */
} macaw_session_claims;

/* Judge a token; fills all of ret. work has MACAW_SESSION_WORK bytes, holds what
 * the views of ret point to, and may hold secrets (decrypted content) after. */
MACAW_API void macaw_session_verify(const macaw_session *session,
                                    const macaw_session_token *token, int64_t now, void *work,
                                    macaw_session_claims *ret);

/* The member of an authentic JSON payload that a JSON Pointer names, as text: a
 * string's characters, a number or true/false as written. MACAW_ENOTFOUND: none,
 * or no scalar. out has room for size bytes; MACAW_ELIMIT. MACAW_EFORMAT: no JSON
 * in UTF-8 of at most 32 levels, a member on the way that occurs twice, or half a
 * surrogate pair. MACAW_EARG: no pointer (RFC 6901). */
MACAW_API int macaw_session_member(macaw_str payload, const char *pointer, char *out, size_t size,
                                   size_t *out_len) MACAW_MUST_USE;

/* ---- issue ---- */

typedef struct macaw_session_grant {
    const char *kid;     /* NULL: the only active key (as macaw_keyring_signer) */
    macaw_str subject;
    int64_t login;       /* time of the real login; 0: issued */
    int64_t issued;      /* now */
    int64_t ttl;         /* idle time from issued, seconds, 1.. */
    int64_t lifetime;    /* absolute cap from login, seconds; 0: none beyond ttl */
    uint16_t generation;
    const uint8_t *sid;  /* MACAW_SESSION_SID_LEN bytes; NULL: new random */
    macaw_str bind;
    macaw_str data;      /* sc1: TLV 0x01, as much as fits; others: the scheme's content */
    const uint8_t *chain;  /* sc1 hardened: c, 32 bytes; NULL: not */
    const uint8_t *handle; /* sc1-handle: the secret part, 32 bytes; NULL: new random */
    macaw_str auth;        /* murdoch: a_n, 32 bytes */
} macaw_session_grant;

/* Write a token into out (MACAW_SESSION_TOKEN_MAX + 1 bytes), NUL-terminated.
 * The expiry never lies past the cap. A handle carries neither subject nor data:
 * they belong in its record. MACAW_EARG: outside a range, a subject
 * that the scheme cannot carry, or a scheme that only verifies. MACAW_ENOTFOUND,
 * MACAW_EEXIST: no key, or no single one, that may sign now. */
MACAW_API int macaw_session_issue(const macaw_session *session, const macaw_session_grant *grant,
                                  char *out, size_t *out_len) MACAW_MUST_USE;

/* A grant that renews what claims say at time now: same session id, login time,
 * subject, generation, data, chain and handle; lifetime stays what it was, and ttl
 * is cut to it. What has no cap ends when the claims do. The views stay views.
 * MACAW_EARG: claims are not OK or have no session id, or now is outside their
 * time. */
MACAW_API int macaw_session_renew(const macaw_session_claims *claims, int64_t now, int64_t ttl,
                                  macaw_session_grant *ret) MACAW_MUST_USE;

/* ---- tokens against cross-site requests ----
 *
 * Bound to a session id under a key derived for that alone (native schemes with
 * a secret key), masked so that the text differs each time it is printed. */
#define MACAW_CSRF_LEN 64 /* characters of base64url */

/* Under the first active key. MACAW_ENOTFOUND: there is none that can. */
MACAW_API int macaw_csrf_issue(const macaw_session *session,
                               const uint8_t sid[MACAW_SESSION_SID_LEN], int64_t now,
                               char out[MACAW_CSRF_LEN + 1]) MACAW_MUST_USE;
/* MACAW_OK, MACAW_EFORGED or MACAW_EFORMAT. */
MACAW_API int macaw_csrf_check(const macaw_session *session,
                               const uint8_t sid[MACAW_SESSION_SID_LEN], int64_t now,
                               const char *token, size_t len) MACAW_MUST_USE;

/* ---- Murdoch's hash chain ----
 *
 * a_0 = H(salt || password), a_i = H(a_(i-1) || password), H = SHA-256. The cookie
 * carries auth = a_n; the server keeps salt, n and verifier = H(a_n), which is no
 * secret but can be searched for weak passwords. */
#define MACAW_MURDOCH_PASSWORD_MAX 1024
#define MACAW_MURDOCH_ROUNDS_MAX   (1u << 24)
/* salt_len up to 32. MACAW_EARG: a length or n outside its range. */
MACAW_API int macaw_murdoch_chain(const void *salt, size_t salt_len, const void *password,
                                  size_t password_len, uint32_t n, uint8_t auth[32]) MACAW_MUST_USE;
MACAW_API void macaw_murdoch_verifier(const uint8_t auth[32], uint8_t verifier[32]);

#ifdef __cplusplus
}
#endif
#endif

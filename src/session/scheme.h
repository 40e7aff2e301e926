/* A session scheme: the bytes of one kind of token. It reads, authenticates and
 * writes; verify.c decides in which order and about all times. One file per
 * scheme, one row in scheme.c. */
#ifndef MACAW_SESSION_SCHEME_H
#define MACAW_SESSION_SCHEME_H

#include <openssl/evp.h>

#include <macaw/session.h>

#include "key/prf.h"
#include "prim/md.h"

#define MACAW_SESSION_DETAIL_MAX sizeof(((macaw_session_claims *)NULL)->detail)
#define MACAW_SESSION_SIGNATURE_MAX 512 /* RSA of 4096 bits */
#define MACAW_SESSION_PARTS_MAX 8

/* A key expanded for one definition. A scheme fills what it uses. */
typedef struct macaw_session_key {
    macaw_entry life;  /* kid, state and dates only, for macaw_entry_state */
    const macaw_alg *alg; /* NULL where no MAC */
    macaw_key *mac;    /* NULL where the scheme has none */
    macaw_key *older;  /* Rails: of the same secret under the older KDF, or NULL */
    macaw_key *csrf;   /* native schemes with a secret key */
    EVP_PKEY *pkey;    /* signatures */
    const macaw_md *digest; /* of tickets */
    bool can_sign;
    uint8_t secret[128]; /* master or cipher key, where one is needed per token */
    size_t secret_len;
    uint8_t block_key[32];
    size_t block_key_len;
} macaw_session_key;

struct macaw_session {
    macaw_session_config config; /* strings owned; defaults filled in */
    macaw_session_key *keys;
    size_t key_count;
};

/* Memory handed out from the caller's work area; no way back but the next call. */
typedef struct macaw_session_room {
    uint8_t *next;
    size_t left;
} macaw_session_room;

/* len bytes, or NULL. */
void *macaw_session_take(macaw_session_room *room, size_t len);

/* A token taken apart, nothing of it believed. kid, under_count and mac_len begin
 * as 0; a scheme sets whatever else it reads. */
typedef struct macaw_session_frame {
    macaw_str kid;      /* len 0: names no key */
    macaw_part under[MACAW_SESSION_PARTS_MAX]; /* the bytes under the MAC, in order */
    size_t under_count;
    uint8_t mac[MACAW_SESSION_SIGNATURE_MAX]; /* MAC or signature */
    size_t mac_len;
    macaw_str part[MACAW_SESSION_PARTS_MAX]; /* the scheme's own */
    int64_t number[4];                       /* the scheme's own */
} macaw_session_frame;

typedef struct macaw_session_attempt {
    const macaw_session *session;
    const macaw_session_token *token;
    int64_t now;
    macaw_session_room room;
    macaw_session_frame frame;
    macaw_session_claims *claims; /* detail may be written at any step */
} macaw_session_attempt;

struct macaw_session_scheme {
    const char *name;
    const char *about;         /* the layout in a line */
    unsigned flags;            /* enum macaw_session_flags */
    const char *const *algs;   /* of its keys, by names of keyrings, the default first; then NULL */
    int64_t default_max_age;   /* 0: none */
    const char *default_subject; /* JSON Pointer, or NULL */
    const struct macaw_sc1_type *sc1; /* the type of a native scheme */

    /* The shape alone, no key: for macaw_session_looks_like. */
    bool (*looks_like)(const char *token, size_t len);

    /* Fill in defaults of the scheme and refuse settings it cannot work with. May be NULL. */
    int (*settle)(macaw_session_config *config, macaw_error *err);

    /* What macaw_session_derive promises; out has 64 bytes. NULL: derives nothing. */
    int (*derive)(const macaw_session *session, const macaw_alg *alg, const void *secret,
                  size_t secret_len, uint8_t *out, size_t *out_len);

    /* Expand a key. alg is the registry's, or NULL where spec->alg names none of it
     * (signatures, ciphers). life and alg are filled already. NULL: a MAC key of
     * the secret as it is, or of what derive makes of a raw one. */
    int (*expand)(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err);

    /* Take the token apart strictly: OK, MALFORMED or ALGORITHM. */
    macaw_session_reason (*read)(macaw_session_attempt *a);

    /* Whether the token verifies under this key: OK, MISMATCH, ALGORITHM or
     * INTERNAL. NULL: key->mac over frame.under must be frame.mac. */
    macaw_session_reason (*authenticate)(macaw_session_attempt *a, const macaw_session_key *key);

    /* Read the content of an authentic token into claims: subject, times as the
     * token says them (expires: its own; login, issued, not_before, cap), payload.
     * OK, MISMATCH (made for another context), CONTENT, NO_EXPIRY, VERIFIER or
     * INTERNAL. verify.c then judges the times. */
    macaw_session_reason (*content)(macaw_session_attempt *a, const macaw_session_key *key);

    /* The grant is in its ranges, login is set. NULL: only verifies. A key signs
     * where expand has set can_sign. */
    int (*issue)(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len);
};

/* ---- what schemes share ---- */

/* Write detail, own words and numbers only, and return reason. */
macaw_session_reason macaw_session_refuse(macaw_session_attempt *a, macaw_session_reason reason,
                                          const char *fmt, ...) MACAW_PRINTF(3, 4);

/* Compare key->mac over frame.under with frame.mac: OK, MISMATCH or INTERNAL. */
macaw_session_reason macaw_session_mac_matches(const macaw_session_attempt *a,
                                               const macaw_key *mac);

/* Decode into the room: false for anything but the one spelling, or no room. */
bool macaw_session_decode_b64u(macaw_session_attempt *a, macaw_str text, macaw_str *ret);
bool macaw_session_decode_b64(macaw_session_attempt *a, macaw_str text, macaw_str *ret);

/* Decode a MAC into frame.mac. */
bool macaw_session_mac_hex(macaw_session_frame *frame, macaw_str text);
bool macaw_session_mac_b64u(macaw_session_frame *frame, macaw_str text);

/* Decimal digits without sign or leading zero, up to 15 of them. */
bool macaw_session_decimal(macaw_str text, int64_t *ret);

/* Split at the first, or the last, c: false if there is none. */
bool macaw_session_split(macaw_str text, char c, macaw_str *head, macaw_str *tail);
bool macaw_session_rsplit(macaw_str text, char c, macaw_str *head, macaw_str *tail);

/* Append to frame.under. */
void macaw_session_under(macaw_session_frame *frame, const void *data, size_t len);

/* RFC 1950 data into the room, at most MACAW_SESSION_PAYLOAD_MAX bytes: OK, CONTENT or
 * INTERNAL. */
macaw_session_reason macaw_session_inflate(macaw_session_attempt *a, macaw_str packed,
                                           macaw_str *ret);

/* Whether a text may be a subject, which goes into headers and logs: UTF-8 without control
 * characters, up to MACAW_SESSION_SUBJECT_MAX bytes; empty: none. verify.c asks for every
 * token. */
bool macaw_session_is_subject(macaw_str text);

/* claims->payload is JSON: check depth and size, take the subject by the
 * definition's pointer (it may be absent or null: then claims->subject stays empty).
 * OK or CONTENT: a subject is a string or an integer, up to MACAW_SESSION_SUBJECT_MAX
 * bytes without control characters. */
macaw_session_reason macaw_session_json_subject(macaw_session_attempt *a);

/* The value as the subject, under the same conditions. It was checked as JSON. */
struct macaw_json_value;
macaw_session_reason macaw_session_set_subject(macaw_session_attempt *a,
                                               const struct macaw_json_value *value);

/* claims->payload is any value: with a pointer in the definition as above; with "" or
 * none, it is the subject itself if it can be one. OK or CONTENT. */
macaw_session_reason macaw_session_value_subject(macaw_session_attempt *a);

/* A date-time of RFC 3339, "2026-01-02T03:04:05.678Z" or with an offset "+01:00",
 * to Unix seconds, rounded down. */
bool macaw_session_iso8601(macaw_str text, int64_t *ret);

/* Decode a percent-encoded cookie value into the room. Letters, digits and the
 * characters of keep stand for themselves and every other byte is written %XX with
 * capital digits: false for any other spelling, or no room. */
bool macaw_session_percent(macaw_session_attempt *a, macaw_str text, const char *keep,
                           macaw_str *ret);

/* base64url with its padding, as Go and Python write it. */
bool macaw_session_decode_b64u_padded(macaw_session_attempt *a, macaw_str text, macaw_str *ret);

/* The table of scheme.c. */
extern const macaw_session_scheme macaw_session_sc1_mac, macaw_session_sc1_aead,
    macaw_session_sc1_ed25519, macaw_session_sc1_handle;
extern const macaw_session_scheme macaw_session_plain, macaw_session_nested_php,
    macaw_session_fu, macaw_session_liu, macaw_session_liu_sealed, macaw_session_liu_salted,
    macaw_session_murdoch, macaw_session_username_tag, macaw_session_token_pair;
extern const macaw_session_scheme macaw_session_flask, macaw_session_itsdangerous,
    macaw_session_itsdangerous_timestamp, macaw_session_itsdangerous_signer,
    macaw_session_starlette, macaw_session_django, macaw_session_django_cookie,
    macaw_session_tornado;
extern const macaw_session_scheme macaw_session_rails_signed, macaw_session_rails_encrypted,
    macaw_session_express, macaw_session_cookie_session, macaw_session_gorilla;
extern const macaw_session_scheme macaw_session_jwt, macaw_session_paseto_v4_public,
    macaw_session_auth_tkt, macaw_session_auth_pubtkt;

#endif

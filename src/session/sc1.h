/* sc1: what its four types share. The format is described in docs/sc1.md. */
#ifndef MACAW_SESSION_SC1_H
#define MACAW_SESSION_SC1_H

#include <string.h>

#include "session/scheme.h"

#define MACAW_SC1_HEADER_LEN  32
#define MACAW_SC1_SALT_LEN    16
#define MACAW_SC1_MASTER_MIN  32
#define MACAW_SC1_TEXT_MAX    4000 /* characters of a token */
#define MACAW_SC1_BLOB_MAX    ((MACAW_SC1_TEXT_MAX - 1) * 3 / 4)
#define MACAW_SC1_BIND_MAX    1024 /* bytes of client binding */
#define MACAW_SC1_NAME_MAX    255  /* bytes of cookie name, purpose and audience, each */
#define MACAW_SC1_CONTEXT_MAX (5 + 3 * (2 + MACAW_SC1_NAME_MAX))
#define MACAW_SC1_PREFIX_MAX  (2 + MACAW_SC1_CONTEXT_MAX + 2 + MACAW_SC1_BIND_MAX)

typedef struct macaw_sc1_blob {
    uint8_t bytes[MACAW_SC1_BLOB_MAX];
    size_t len;
} macaw_sc1_blob;

/* What tells the types apart: scheme->sc1. */
typedef struct macaw_sc1_type {
    uint8_t number;
    bool signs_context; /* the context stands before the binding, instead of in the key */
    size_t salt_len;    /* between header and body; a key for each token is derived with it */
    size_t body_min, body_max;
    size_t mac_len;

    /* Append the body of a grant. */
    int (*put_body)(macaw_sc1_blob *blob, const macaw_session_grant *grant);

    /* Append the MAC or signature, with the body encrypted where the type does that. */
    int (*seal)(const macaw_session *session, const macaw_session_key *key, macaw_sc1_blob *blob,
                macaw_str bind);
} macaw_sc1_type;

/* frame.part */
enum { MACAW_SC1_HEADER, MACAW_SC1_SALT, MACAW_SC1_BODY };

/* ---- context and keys ---- */

/* Refuse names that are too long. */
int macaw_sc1_settle(macaw_session_config *config, macaw_error *err);

/* "sc1" 00, the type, and purpose, cookie name and audience, each after its length.
 * out has MACAW_SC1_CONTEXT_MAX bytes; returns how many were written. */
size_t macaw_sc1_context(const macaw_session_config *config, uint8_t *out);

/* What stands before the header under a MAC: the context where the type signs it,
 * and the client binding, each after its length. out has MACAW_SC1_PREFIX_MAX bytes;
 * returns how many were written. */
size_t macaw_sc1_prefix(const macaw_session_config *config, macaw_str bind, uint8_t *out);

/* The key id must be a number: MACAW_EARG. */
int macaw_sc1_check_kid(const char *kid, macaw_error *err);

/* Check a master key and set key->csrf, and key->mac to HMAC-SHA256 under what
 * HKDF-Expand gives for the context; for types with a salt, under what HKDF-Extract
 * gives, to expand for each token. */
int macaw_sc1_expand(const macaw_session *session, const macaw_session_key_spec *spec,
                     macaw_session_key *key, macaw_error *err);

/* ---- reading ---- */

bool macaw_sc1_looks_like(const macaw_sc1_type *type, const char *token, size_t len);

/* Fills frame.part, mac and kid. frame.under is one run of bytes: the prefix, header
 * and salt, and the body where there is no salt. */
macaw_session_reason macaw_sc1_read(macaw_session_attempt *a);

/* The header of an authentic token: session id, generation, times. */
macaw_session_reason macaw_sc1_header(macaw_session_attempt *a);

/* The same and the body: subject and fields. */
macaw_session_reason macaw_sc1_content(macaw_session_attempt *a, const macaw_session_key *key);

/* ---- writing ---- */

/* Append; MACAW_EARG: would make a token that is too long. */
int macaw_sc1_put(macaw_sc1_blob *blob, const void *data, size_t len) MACAW_MUST_USE;
int macaw_sc1_put_random(macaw_sc1_blob *blob, size_t len) MACAW_MUST_USE;

/* Begin blob with the header of a grant. MACAW_EARG: times that contradict each other,
 * or a client binding that is too long. */
int macaw_sc1_put_header(const macaw_session *session, const macaw_session_key *key,
                         const macaw_session_grant *grant, macaw_sc1_blob *blob) MACAW_MUST_USE;

/* put_body: subject and fields. */
int macaw_sc1_put_body(macaw_sc1_blob *blob, const macaw_session_grant *grant) MACAW_MUST_USE;

/* seal: the HMAC under key->mac of prefix and blob. */
int macaw_sc1_put_mac(const macaw_session *session, const macaw_session_key *key,
                      macaw_sc1_blob *blob, macaw_str bind) MACAW_MUST_USE;

/* The text of a blob, with NUL. */
void macaw_sc1_print(const macaw_sc1_blob *blob, char *out, size_t *out_len);

/* All of it: header, salt, and what the type appends. */
int macaw_sc1_issue(const macaw_session *session, const macaw_session_key *key,
                    const macaw_session_grant *grant, char *out, size_t *out_len) MACAW_MUST_USE;

/* The two fields there are. Those from MACAW_SC1_CRITICAL on must be understood. */
#define MACAW_SC1_DATA      0x01
#define MACAW_SC1_CRITICAL  0x80
#define MACAW_SC1_CHAIN     0x81
#define MACAW_SC1_CHAIN_LEN 32

#endif

/* Signatures under public keys. */
#ifndef MACAW_SESSION_SIGNATURE_H
#define MACAW_SESSION_SIGNATURE_H

#include "session/scheme.h"

/* The public key of a specification: 32 raw bytes of Ed25519, or PEM. */
int macaw_public_key(EVP_PKEY **ret, const macaw_session_key_spec *spec,
                     macaw_error *err) MACAW_MUST_USE;

/* Whether a signature is one of a message: OK, MISMATCH or INTERNAL. md is NULL for
 * Ed25519. Leaves nothing in libcrypto's queue of errors. */
macaw_session_reason macaw_signature_matches(EVP_PKEY *pkey, const EVP_MD *md, const void *message,
                                             size_t message_len, const uint8_t *signature,
                                             size_t len);

/* The same for ECDSA on P-256 with SHA-256 and a signature r || s of 64 bytes (RFC 7518
 * section 3.4). */
macaw_session_reason macaw_signature_es256(EVP_PKEY *pkey, const void *message, size_t message_len,
                                           const uint8_t signature[64]);

/* RSA (PKCS #1 v1.5) or DSA over a digest, whatever algorithms the system's policy
 * allows for signatures: SHA-1, too. */
macaw_session_reason macaw_signature_of_digest(EVP_PKEY *pkey, const macaw_md *md,
                                               const uint8_t *digest, const uint8_t *signature,
                                               size_t len);

#endif

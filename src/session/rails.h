/* What the signed and the encrypted cookies of Rails share. */
#ifndef MACAW_SESSION_RAILS_H
#define MACAW_SESSION_RAILS_H

#include "session/scheme.h"

/* A cookie's value as it is before Rack escapes it for Set-Cookie. */
bool macaw_rails_unescape(macaw_session_attempt *a, macaw_str *ret);

/* ActiveSupport::KeyGenerator: PBKDF2 with 1000 rounds over secret_key_base. NULL
 * kdf: HMAC-SHA-256. salt is the framework's, unless the definition has another. */
typedef struct macaw_rails_derivation {
    const char *salt;
    size_t key_len;
} macaw_rails_derivation;
int macaw_rails_derive(const macaw_session *session, const macaw_rails_derivation *how,
                       const macaw_alg *kdf, const void *secret, size_t secret_len,
                       uint8_t *out) MACAW_MUST_USE;

/* Refuse a kdf that Rails does not have, and a cookie name that JSON would escape. */
int macaw_rails_settle(macaw_session_config *config, macaw_error *err);

/* Open the envelope of an authentic cookie: its purpose must be this cookie, its
 * expiry goes into claims and its content becomes the payload, JSON with the
 * subject taken. OK, MISMATCH or CONTENT. */
macaw_session_reason macaw_rails_open(macaw_session_attempt *a, macaw_str text);

#endif

/* AES-256-GCM (SP 800-38D) with nonces of 12 bytes and tags of 16. */
#ifndef MACAW_SESSION_GCM_H
#define MACAW_SESSION_GCM_H

#include <stdint.h>

#include <macaw/status.h>
#include <macaw/str.h>

#define MACAW_GCM_KEY_LEN   32
#define MACAW_GCM_NONCE_LEN 12
#define MACAW_GCM_TAG_LEN   16

/* One message: a key never meets a nonce twice, except to open what it sealed. */
typedef struct macaw_gcm {
    const uint8_t *key, *nonce;
    macaw_str aad; /* authenticated, not encrypted */
} macaw_gcm;

/* Write text.len bytes to out and the tag; out may be where text is. */
int macaw_gcm_seal(const macaw_gcm *gcm, macaw_str text, uint8_t *out,
                   uint8_t tag[MACAW_GCM_TAG_LEN]) MACAW_MUST_USE;

/* The reverse. MACAW_EFORGED: the tag is wrong, and out is zeros. */
int macaw_gcm_open(const macaw_gcm *gcm, macaw_str sealed, const uint8_t tag[MACAW_GCM_TAG_LEN],
                   uint8_t *out) MACAW_MUST_USE;

#endif

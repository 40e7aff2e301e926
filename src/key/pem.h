/* Keys as PEM text (RFC 7468). */
#ifndef MACAW_KEY_PEM_H
#define MACAW_KEY_PEM_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

/* A SubjectPublicKeyInfo, or a PKCS #8 key without a passphrase. MACAW_EFORMAT. */
int macaw_pem_read(EVP_PKEY **ret, const void *text, size_t len, bool private_part) MACAW_MUST_USE;

/* A SubjectPublicKeyInfo into out. MACAW_ELIMIT: it does not fit. */
int macaw_pem_write_public(const EVP_PKEY *pkey, uint8_t *out, size_t room,
                           size_t *out_len) MACAW_MUST_USE;

#endif

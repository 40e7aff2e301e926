/* Files that end with SHA-256 of all before: to find damage, not forgery. */
#ifndef MACAW_PRIM_SEALED_H
#define MACAW_PRIM_SEALED_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "base/file.h"

#define MACAW_SEALED_DIGEST_LEN 32

typedef struct macaw_sealed {
    struct macaw_file file;
    EVP_MD_CTX *digest;
} macaw_sealed;

/* Begin one of mode 0600 beside path. After success, commit or abort it. */
int macaw_sealed_begin(macaw_sealed *ret, const char *path, macaw_error *err) MACAW_MUST_USE;
int macaw_sealed_put(macaw_sealed *sealed, const void *data, size_t n,
                     macaw_error *err) MACAW_MUST_USE;
/* Write the digest, and make the file durable in place of what has its name. */
int macaw_sealed_commit(macaw_sealed *sealed, macaw_error *err) MACAW_MUST_USE;
void macaw_sealed_abort(macaw_sealed *sealed);

/* A file in memory. */
typedef struct macaw_sealed_bytes {
    uint8_t *data;
    size_t len;     /* of all of it */
    size_t content; /* without the digest, which is right; 0: it is not */
} macaw_sealed_bytes;

/* Read all of a file that nobody but its owner can write. MACAW_ENOTFOUND,
 * MACAW_EFORMAT (no such file), MACAW_EIO. Release it after success. */
int macaw_sealed_read(macaw_sealed_bytes *ret, const char *path, macaw_error *err) MACAW_MUST_USE;
/* Wipe and release. */
void macaw_sealed_release(macaw_sealed_bytes *bytes);

#endif

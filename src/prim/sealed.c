#include "prim/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ct.h"
#include "base/error.h"

/* ---- writing ---- */

static int fail_crypto(macaw_error *err)
{
    return macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
}

int macaw_sealed_begin(macaw_sealed *ret, const char *path, macaw_error *err)
{
    int status = macaw_file_begin_anew(&ret->file, path, err);

    if (status != MACAW_OK) {
        return status;
    }
    ret->digest = EVP_MD_CTX_new();
    if (ret->digest == NULL || EVP_DigestInit_ex(ret->digest, EVP_sha256(), NULL) != 1) {
        macaw_sealed_abort(ret);
        return fail_crypto(err);
    }
    return MACAW_OK;
}

int macaw_sealed_put(macaw_sealed *sealed, const void *data, size_t n, macaw_error *err)
{
    if (EVP_DigestUpdate(sealed->digest, data, n) != 1) {
        return fail_crypto(err);
    }
    return macaw_file_write(&sealed->file, data, n, err);
}

int macaw_sealed_commit(macaw_sealed *sealed, macaw_error *err)
{
    uint8_t digest[MACAW_SEALED_DIGEST_LEN];
    int status = EVP_DigestFinal_ex(sealed->digest, digest, NULL) == 1
                     ? macaw_file_write(&sealed->file, digest, sizeof digest, err)
                     : fail_crypto(err);

    if (status != MACAW_OK) {
        macaw_sealed_abort(sealed);
        return status;
    }
    EVP_MD_CTX_free(sealed->digest);
    return macaw_file_commit(&sealed->file, true, err);
}

void macaw_sealed_abort(macaw_sealed *sealed)
{
    EVP_MD_CTX_free(sealed->digest);
    macaw_file_abort(&sealed->file);
}

/* ---- reading ---- */

static int read_full(int fd, uint8_t *data, size_t *len, const char *path, macaw_error *err)
{
    size_t have = 0;

    while (have < *len) {
        ssize_t got = read(fd, data + have, *len - have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return macaw_fail(err, MACAW_EIO, 0, "cannot read %s: %m", path);
        }
        if (got == 0) {
            *len = have;
        }
        have += (size_t)got;
    }
    return MACAW_OK;
}

/* How much there is before the digest; 0 where that is wrong. */
static size_t content_of(const macaw_sealed_bytes *bytes)
{
    uint8_t digest[MACAW_SEALED_DIGEST_LEN];
    size_t len;

    if (bytes->data == NULL || bytes->len < sizeof digest) {
        return 0;
    }
    len = bytes->len - sizeof digest;
    return EVP_Digest(bytes->data, len, digest, NULL, EVP_sha256(), NULL) == 1 &&
                   memcmp(digest, bytes->data + len, sizeof digest) == 0
               ? len
               : 0;
}

int macaw_sealed_read(macaw_sealed_bytes *ret, const char *path, macaw_error *err)
{
    macaw_sealed_bytes bytes = {NULL, 0, 0};
    uint64_t size;
    int fd, status = macaw_file_open(&fd, &size, path, O_RDONLY, err);

    if (status != MACAW_OK) {
        return status;
    }
    bytes.data = size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    bytes.len = (size_t)size;
    if (bytes.data == NULL) {
        (void)close(fd);
        return macaw_fail(err, MACAW_ENOMEM, 0, "no memory for %s", path);
    }
    status = read_full(fd, bytes.data, &bytes.len, path, err);
    (void)close(fd);
    if (status != MACAW_OK) {
        free(bytes.data);
        return status;
    }
    bytes.content = content_of(&bytes);
    *ret = bytes;
    return MACAW_OK;
}

void macaw_sealed_release(macaw_sealed_bytes *bytes)
{
    macaw_wipe(bytes->data, bytes->len);
    free(bytes->data);
}

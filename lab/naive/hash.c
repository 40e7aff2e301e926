#include "naive/hash.h"

#include <openssl/evp.h>

const macaw_md *lab_md_find(lab_bytes name)
{
    static const struct entry {
        const char *name;
        const macaw_md *md;
    } entries[] = {
        {"md5", &macaw_md5},
        {"sha1", &macaw_sha1},
        {"sha224", &macaw_sha224},
        {"sha256", &macaw_sha256},
        {"sha384", &macaw_sha384},
        {"sha512", &macaw_sha512},
        {"sha512-256", &macaw_sha512_256},
    };

    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        if (lab_bytes_equal(lab_text(entries[i].name), name)) {
            return entries[i].md;
        }
    }
    return NULL;
}

size_t lab_digest(const char *name, lab_bytes data, uint8_t *ret)
{
    size_t len = 0;

    return EVP_Q_digest(NULL, name, NULL, data.data, data.len, ret, &len) == 1 ? len : 0;
}

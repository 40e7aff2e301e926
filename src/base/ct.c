#include "base/ct.h"

#include <openssl/crypto.h>

bool macaw_ct_equal(const void *a, const void *b, size_t n)
{
    return n == 0 || CRYPTO_memcmp(a, b, n) == 0;
}

void macaw_wipe(void *p, size_t n)
{
    if (n > 0) {
        OPENSSL_cleanse(p, n);
    }
}

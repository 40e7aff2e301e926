/* The list of algorithms. Adding one is a line in "algs" and the file that
 * defines it. */
#include "mac/registry.h"

#include <string.h>

#define ALGS(X)                                                                                    \
    X(hmac_md5)                                                                                    \
    X(hmac_sha1)                                                                                   \
    X(hmac_sha224)                                                                                 \
    X(hmac_sha256)                                                                                 \
    X(hmac_sha384)                                                                                 \
    X(hmac_sha512)                                                                                 \
    X(hmac_sha512_256)                                                                             \
    X(nmac_sha256)                                                                                 \
    X(nmac_sha256_fixpad)                                                                          \
    X(hmac_sha3_224)                                                                               \
    X(hmac_sha3_256)                                                                               \
    X(hmac_sha3_384)                                                                               \
    X(hmac_sha3_512)                                                                               \
    X(prf_aes128)                                                                                  \
    X(prf_aes192)                                                                                  \
    X(prf_aes256)                                                                                  \
    X(cbc_mac_aes128)                                                                              \
    X(cbc_mac_aes192)                                                                              \
    X(cbc_mac_aes256)                                                                              \
    X(ecbc_aes128)                                                                                 \
    X(ecbc_aes192)                                                                                 \
    X(ecbc_aes256)                                                                                 \
    X(cbc_mac_des)                                                                                 \
    X(retail_mac_des)                                                                              \
    X(cmac_aes128)                                                                                 \
    X(cmac_aes192)                                                                                 \
    X(cmac_aes256)                                                                                 \
    X(cmac_des3)                                                                                   \
    X(xcbc_aes128)                                                                                 \
    X(pmac_aes128)                                                                                 \
    X(pmac_aes192)                                                                                 \
    X(pmac_aes256)                                                                                 \
    X(pmac1_aes128)                                                                                \
    X(pmac1_aes192)                                                                                \
    X(pmac1_aes256)                                                                                \
    X(pmac_counter_aes128)                                                                         \
    X(poly_onetime)                                                                                \
    X(cw_aes128)                                                                                   \
    X(poly1305)                                                                                    \
    X(poly1305_aes)                                                                                \
    X(gmac_aes128)                                                                                 \
    X(gmac_aes256)                                                                                 \
    X(kmac128)                                                                                     \
    X(kmac256)                                                                                     \
    X(blake2b)                                                                                     \
    X(blake2s)                                                                                     \
    X(siphash_1_3)                                                                                 \
    X(siphash_2_4)                                                                                 \
    X(siphash_2_4_128)

#define DECLARE(name) extern const macaw_alg macaw_##name;
#define ENTRY(name)   &macaw_##name,

ALGS(DECLARE)
extern const macaw_alg macaw_sha256_suffix;

static const macaw_alg *const algs[] = {ALGS(ENTRY)};

const macaw_alg *macaw_alg_at(size_t i)
{
    return i < sizeof algs / sizeof *algs ? algs[i] : NULL;
}

const macaw_alg *macaw_alg_find(const char *name)
{
    const macaw_alg *alg = NULL;

    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL && strcmp(alg->name, name) != 0; i++) {
    }
    return alg;
}

const macaw_alg *macaw_alg_find_insecure(const char *name)
{
    return strcmp(macaw_sha256_suffix.name, name) == 0 ? &macaw_sha256_suffix : NULL;
}

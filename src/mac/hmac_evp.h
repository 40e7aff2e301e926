/* HMAC over any hash of libcrypto: what a row needs. */
#ifndef MACAW_MAC_HMAC_EVP_H
#define MACAW_MAC_HMAC_EVP_H

#include "mac/class.h"

/* The param of an algorithm of the class below. */
typedef struct macaw_evp_hash {
    const char *name;    /* as EVP_MD_fetch knows it */
    uint32_t block_len;  /* bytes that a pad fills, at most 144 */
    uint32_t digest_len; /* at most MACAW_TAG_MAX */
} macaw_evp_hash;

extern const macaw_class macaw_hmac_evp_class;

#endif

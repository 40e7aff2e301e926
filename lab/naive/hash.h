/* Hashes by name, unkeyed: for constructions and attackers alike. */
#ifndef MACAW_LAB_HASH_H
#define MACAW_LAB_HASH_H

#include "harness/bytes.h"
#include "prim/md.h"

/* One with a chaining value within reach: md5 sha1 sha224 sha256 sha384 sha512
 * sha512-256; NULL for any other name. */
const macaw_md *lab_md_find(lab_bytes name);

/* The digest of data by libcrypto's name of the hash; its length, 0: there is none. */
size_t lab_digest(const char *name, lab_bytes data, uint8_t *ret);

#endif

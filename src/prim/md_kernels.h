/* The kernels there are, one list for each compression function. */
#ifndef MACAW_PRIM_MD_KERNELS_H
#define MACAW_PRIM_MD_KERNELS_H

#include "prim/md.h"

extern const macaw_md_kernel *const macaw_md5_kernels[];
extern const macaw_md_kernel *const macaw_sha1_kernels[];
extern const macaw_md_kernel *const macaw_sha256_kernels[];
extern const macaw_md_kernel *const macaw_sha512_kernels[];

extern const macaw_md_kernel macaw_md5_libcrypto, macaw_sha1_libcrypto, macaw_sha256_libcrypto,
    macaw_sha512_libcrypto;

/* The round constants of SHA-256 (FIPS 180-4 section 4.2.2), for its own kernels. */
extern const uint32_t macaw_sha256_k[64];

/* The parts of kernels that others are made of. */
void macaw_libcrypto_sha256(macaw_md_state *state, const uint8_t *in, size_t n);
void macaw_shani_blocks(macaw_md_state *state, const uint8_t *in, size_t n);
void macaw_shani_nest(const macaw_md_state *inner, const uint8_t *in, size_t n,
                      const macaw_md_state *outer, size_t digest_len, const uint8_t *last,
                      uint8_t *digest);

extern const macaw_md_kernel macaw_sha256_shani, macaw_sha256_avx512_shani, macaw_sha256_avx512;

#endif

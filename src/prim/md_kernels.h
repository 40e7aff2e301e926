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
extern const macaw_md_kernel macaw_sha256_shani;

#endif

/* The kernels there are, one list for each cipher. */
#ifndef MACAW_PRIM_BLOCK_KERNELS_H
#define MACAW_PRIM_BLOCK_KERNELS_H

#include "prim/block.h"

extern const macaw_block_kernel macaw_aes_libcrypto, macaw_des3_libcrypto;
extern const macaw_block_kernel macaw_aes_ni, macaw_aes_vaes;

#endif

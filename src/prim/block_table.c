/* The ciphers: AES (FIPS 197) and DES-EDE3 (SP 800-67). */
#include "prim/block_kernels.h"

#ifdef MACAW_X86
#define AES_OWN_KERNELS &macaw_aes_vaes, &macaw_aes_ni,
#else
#define AES_OWN_KERNELS
#endif

static const macaw_block_kernel *const aes_kernels[] = {AES_OWN_KERNELS &macaw_aes_libcrypto, NULL};
static const macaw_block_kernel *const des3_kernels[] = {&macaw_des3_libcrypto, NULL};

const macaw_cipher macaw_aes128 = {"aes128", 16, 16, aes_kernels};
const macaw_cipher macaw_aes192 = {"aes192", 16, 24, aes_kernels};
const macaw_cipher macaw_aes256 = {"aes256", 16, 32, aes_kernels};
const macaw_cipher macaw_des3 = {"des3", 8, 24, des3_kernels};

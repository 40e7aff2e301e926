#include "prim/md_kernels.h"

const macaw_md_kernel *const macaw_md5_kernels[] = {&macaw_md5_libcrypto, NULL};
const macaw_md_kernel *const macaw_sha1_kernels[] = {&macaw_sha1_libcrypto, NULL};
const macaw_md_kernel *const macaw_sha256_kernels[] = {
#ifdef MACAW_X86
    &macaw_sha256_avx512_shani, &macaw_sha256_avx512, &macaw_sha256_shani,
#endif
    &macaw_sha256_libcrypto, NULL};
const macaw_md_kernel *const macaw_sha512_kernels[] = {&macaw_sha512_libcrypto, NULL};

/* The hashes: initial values from RFC 1321 section 3.3 and FIPS 180-4 section 5.3. */
#include "prim/md_kernels.h"

const macaw_md macaw_md5 = {
    .name = "md5",
    .iv.w32 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476},
    .block_len = 64,
    .word_len = 4,
    .digest_len = 16,
    .padding = {0x80, 8},
    .little_endian = true,
    .kernels = macaw_md5_kernels,
};

const macaw_md macaw_sha1 = {
    .name = "sha1",
    .iv.w32 = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
    .block_len = 64,
    .word_len = 4,
    .digest_len = 20,
    .padding = {0x80, 8},
    .kernels = macaw_sha1_kernels,
};

const macaw_md macaw_sha224 = {
    .name = "sha224",
    .iv.w32 = {0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7,
               0xbefa4fa4},
    .block_len = 64,
    .word_len = 4,
    .digest_len = 28,
    .padding = {0x80, 8},
    .kernels = macaw_sha256_kernels,
};

const macaw_md macaw_sha256 = {
    .name = "sha256",
    .iv.w32 = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
               0x5be0cd19},
    .block_len = 64,
    .word_len = 4,
    .digest_len = 32,
    .padding = {0x80, 8},
    .kernels = macaw_sha256_kernels,
};

const macaw_md macaw_sha384 = {
    .name = "sha384",
    .iv.w64 = {0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
               0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4},
    .block_len = 128,
    .word_len = 8,
    .digest_len = 48,
    .padding = {0x80, 16},
    .kernels = macaw_sha512_kernels,
};

const macaw_md macaw_sha512 = {
    .name = "sha512",
    .iv.w64 = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
               0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179},
    .block_len = 128,
    .word_len = 8,
    .digest_len = 64,
    .padding = {0x80, 16},
    .kernels = macaw_sha512_kernels,
};

const macaw_md macaw_sha512_256 = {
    .name = "sha512-256",
    .iv.w64 = {0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
               0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2},
    .block_len = 128,
    .word_len = 8,
    .digest_len = 32,
    .padding = {0x80, 16},
    .kernels = macaw_sha512_kernels,
};

const uint32_t macaw_sha256_k[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

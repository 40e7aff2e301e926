/* Portable kernels: libcrypto's compression functions, which choose their own
 * assembler at run time.
 *
 * Only the low-level calls reach a chaining value that is not the initial one;
 * they are deprecated since OpenSSL 3.0 in favour of EVP, which keeps its state
 * to itself. NAME_Transform compresses one block and costs less to call; with
 * num = 0, NAME_Update compresses whole blocks straight from the input, costs less
 * for each, and buffers nothing. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <string.h>

#include "prim/md_kernels.h"

static bool always(void)
{
    return true;
}

static void md5_blocks(macaw_md_state *state, const uint8_t *in, size_t n)
{
    MD5_CTX c = {.A = state->w32[0], .B = state->w32[1], .C = state->w32[2], .D = state->w32[3]};

    if (n == 1) {
        MD5_Transform(&c, in);
    } else {
        (void)MD5_Update(&c, in, n * MD5_CBLOCK);
    }
    state->w32[0] = c.A;
    state->w32[1] = c.B;
    state->w32[2] = c.C;
    state->w32[3] = c.D;
}

static void sha1_blocks(macaw_md_state *state, const uint8_t *in, size_t n)
{
    SHA_CTX c = {.h0 = state->w32[0], .h1 = state->w32[1], .h2 = state->w32[2],
                 .h3 = state->w32[3], .h4 = state->w32[4]};

    if (n == 1) {
        SHA1_Transform(&c, in);
    } else {
        (void)SHA1_Update(&c, in, n * SHA_CBLOCK);
    }
    state->w32[0] = c.h0;
    state->w32[1] = c.h1;
    state->w32[2] = c.h2;
    state->w32[3] = c.h3;
    state->w32[4] = c.h4;
}

void macaw_libcrypto_sha256(macaw_md_state *state, const uint8_t *in, size_t n)
{
    SHA256_CTX c;

    memcpy(c.h, state->w32, sizeof c.h);
    if (n == 1) {
        SHA256_Transform(&c, in);
    } else {
        c.Nl = c.Nh = 0;
        c.num = 0;
        (void)SHA256_Update(&c, in, n * SHA256_CBLOCK);
    }
    memcpy(state->w32, c.h, sizeof c.h);
}

static void sha512_blocks(macaw_md_state *state, const uint8_t *in, size_t n)
{
    SHA512_CTX c;

    memcpy(c.h, state->w64, sizeof c.h);
    if (n == 1) {
        SHA512_Transform(&c, in);
    } else {
        c.Nl = c.Nh = 0;
        c.num = 0;
        (void)SHA512_Update(&c, in, n * SHA512_CBLOCK);
    }
    memcpy(state->w64, c.h, sizeof c.h);
}

const macaw_md_kernel macaw_md5_libcrypto = {
    .name = "libcrypto", .usable = always, .blocks = md5_blocks};
const macaw_md_kernel macaw_sha1_libcrypto = {
    .name = "libcrypto", .usable = always, .blocks = sha1_blocks};
const macaw_md_kernel macaw_sha256_libcrypto = {
    .name = "libcrypto", .usable = always, .blocks = macaw_libcrypto_sha256};
const macaw_md_kernel macaw_sha512_libcrypto = {
    .name = "libcrypto", .usable = always, .blocks = sha512_blocks};

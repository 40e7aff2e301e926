/* The nested construction over a Merkle-Damgard hash: with two chaining values
 * k1 and k2, the tag of m is g_k2(f_k1(m)), where f and g hash from k1 and k2
 * instead of the initial value (Bellare, Canetti, Krawczyk, Crypto 1996). NMAC
 * is this with k1, k2 as its key; HMAC derives them from one secret. */
#ifndef MACAW_MAC_NESTED_H
#define MACAW_MAC_NESTED_H

#include "mac/class.h"
#include "prim/md.h"

typedef struct macaw_nested_key {
    const macaw_md *md;
    const macaw_md_kernel *kernel;
    macaw_md_state inner; /* k1 */
    macaw_md_state outer; /* k2 */
    uint64_t before;      /* bytes that k1 stands for in the padded length */
    macaw_md_padding padding;         /* of the message */
    uint8_t last[MACAW_MD_BLOCK_MAX]; /* the block that k2 hashes, but for the digest in front */
} macaw_nested_key;

/* The inner function: the digest of m from k1. */
void macaw_nested_f(const macaw_nested_key *key, const uint8_t *m, size_t len, uint8_t *digest);

/* The outer function: the digest of an inner digest from k2. */
void macaw_nested_g(const macaw_nested_key *key, const uint8_t *inner_digest, uint8_t *tag);

/* The streaming and whole-message methods of a class whose key_state is a
 * macaw_nested_key; only key_init differs between HMAC and NMAC. */
typedef struct macaw_nested_ctx {
    macaw_md_state state;
    uint64_t len; /* bytes absorbed */
    uint8_t block[MACAW_MD_BLOCK_MAX];
} macaw_nested_ctx;

int macaw_nested_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                       const uint8_t *nonce);
int macaw_nested_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                        const uint8_t *data, size_t len);
int macaw_nested_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag);
int macaw_nested_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                     const uint8_t *data, size_t len, uint8_t *tag);
int macaw_nested_many(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs, size_t n,
                      uint8_t *tags, size_t stride);

/* The kernels of an algorithm whose param is a macaw_md. */
const char *macaw_nested_kernel(const macaw_alg *alg, size_t i);

/* Choose the kernel by name (NULL: the best) and note hash and kernel in key. */
int macaw_nested_choose(macaw_nested_key *key, const macaw_md *md, const char *kernel,
                        const char **kernel_name);

/* How f pads messages and g digests, the key's hash being chosen; before: the
 * bytes that k1 and k2 stand for. */
void macaw_nested_pads(macaw_nested_key *key, uint64_t before, macaw_md_padding inner,
                       macaw_md_padding outer);

#endif

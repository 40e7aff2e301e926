/* What a construction implements, and what the front door (mac.c) does once for
 * all of them: argument checks, tag length, counting, comparing, wiping. */
#ifndef MACAW_MAC_CLASS_H
#define MACAW_MAC_CLASS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/mac.h>

#include "mac/use.h"

#define MACAW_CACHE_LINE 64
#define MACAW_GROUP_MAX  256 /* messages that many gets at once */

struct macaw_key {
    const macaw_alg *alg;
    const char *kernel; /* name, for reports */
    size_t tag_len;
    size_t size;        /* of the whole object */
    _Atomic uint64_t msg_len; /* MACAW_ALG_FIXED: 1 + the length; 0: not yet known */
    _Atomic bool spent;       /* MACAW_ALG_ONE_TIME: used */
    /* Written by every thread: on a line of its own, so that the state below,
     * read by every thread, is never invalidated. */
    _Alignas(MACAW_CACHE_LINE) macaw_use use;
    _Alignas(MACAW_CACHE_LINE) uint8_t state[]; /* class->key_size bytes */
};

/* The inside of a macaw_ctx; the state of the construction fills the rest. */
struct macaw_ctx_head {
    const macaw_key *key;
    uint64_t live;  /* MACAW_CTX_LIVE while a message is in progress */
    uint64_t bytes; /* absorbed */
};
#define MACAW_CTX_LIVE  0x6d61636177637478u
#define MACAW_CTX_STATE (sizeof(macaw_ctx) - sizeof(struct macaw_ctx_head))

/* Methods get the construction's own state: key_state is macaw_key.state,
 * ctx_state the room of MACAW_CTX_STATE bytes. Lengths and NULLs are checked
 * before; tag is a buffer for the full tag. A method left NULL is done by the
 * front door as its comment says. */
typedef struct macaw_class {
    size_t key_size;
    size_t ctx_size; /* at most MACAW_CTX_STATE */
    /* The i-th kernel's name, NULL past the end. */
    const char *(*kernel)(const macaw_alg *alg, size_t i);
    /* Expand secret; sets *kernel_name. kernel as in macaw_key_opts. */
    int (*key_init)(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                    const char *kernel, const char **kernel_name);
    void (*key_clear)(const macaw_alg *alg, void *key_state); /* NULL: wiping is all */
    int (*start)(const macaw_alg *alg, const void *key_state, void *ctx_state,
                 const uint8_t *nonce);
    int (*update)(const macaw_alg *alg, const void *key_state, void *ctx_state,
                  const uint8_t *data, size_t len);
    int (*finish)(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag);
    int (*clone)(void *dst_state, const void *src_state); /* NULL: a copy of the bytes */
    void (*end)(void *ctx_state);                         /* NULL: wiping is all */
    /* A whole message; NULL: start, update, finish. */
    int (*one)(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
               const uint8_t *data, size_t len, uint8_t *tag);
    /* n messages, 1..MACAW_GROUP_MAX, full tags stride apart; NULL: one by one. */
    int (*many)(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs, size_t n,
                uint8_t *tags, size_t stride);
    /* The full tag after a change of one block, in place; NULL: impossible. len is
     * what the block has at its offset, block_len or the rest of the message. */
    int (*change)(const macaw_alg *alg, const void *key_state, const macaw_change *change,
                  size_t len, uint8_t *tag);
    /* For constructions that are a sum over blocks; NULL: one thread. Add the
     * contributions of n whole blocks from number first (0 is the first block) on
     * to sum, a buffer of MACAW_TAG_MAX bytes that begins as zeros; then end the
     * message of len bytes, whose last (partial or whole) block is tail. Sums of
     * disjoint ranges are added with xor. */
    void (*sum)(const macaw_alg *alg, const void *key_state, uint64_t first, const uint8_t *blocks,
                size_t n, uint8_t *sum);
    int (*sum_end)(const macaw_alg *alg, const void *key_state, uint8_t *sum, const uint8_t *tail,
                   size_t tail_len, uint64_t len, uint8_t *tag);
} macaw_class;

#endif

/* Merkle-Damgard hashes as data: an initial chaining value, a compression
 * function in several kernels, and the padding written once above them
 * (FIPS 180-4 section 5, RFC 1321 section 3). */
#ifndef MACAW_PRIM_MD_H
#define MACAW_PRIM_MD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACAW_MD_BLOCK_MAX  128
#define MACAW_MD_DIGEST_MAX 64
#define MACAW_MD_LANES_MAX  16

/* A chaining value: eight words of 64 bits, or up to eight of 32 bits, in the
 * machine's byte order. */
typedef union macaw_md_state {
    uint32_t w32[8];
    uint64_t w64[8];
} macaw_md_state;

/* One implementation of a compression function. */
typedef struct macaw_md_kernel {
    const char *name;
    bool (*usable)(void); /* on this CPU */
    /* Compress n whole blocks, n >= 0, any alignment. */
    void (*blocks)(macaw_md_state *state, const uint8_t *in, size_t n);
    /* The end of a nested hash without leaving the registers: compress n >= 1
     * blocks from inner, then, from outer, the block last, of which the first
     * digest_len bytes, zero in last, are the digest of inner; write the digest of
     * that. NULL: done with blocks. */
    void (*nest)(const macaw_md_state *inner, const uint8_t *in, size_t n,
                 const macaw_md_state *outer, size_t digest_len, const uint8_t *last,
                 uint8_t *digest);
    /* Compress n blocks, n >= 0, into each of exactly lanes chaining values: those
     * of in[i] into states[i]. NULL: this kernel gains nothing from several at
     * once. With fewer than lanes_pay of them, blocks one by one, or the kernel
     * fewer where it is not NULL, is faster. */
    size_t lanes, lanes_pay; /* lanes: a power of two up to MACAW_MD_LANES_MAX */
    const struct macaw_md_kernel *fewer;
    void (*blocks_many)(macaw_md_state *states, const uint8_t *const *in, size_t n);
    /* The outer block of exactly lanes nested hashes: states, the inner values,
     * become the outer ones, from the block last as in nest. NULL: done with
     * blocks_many. */
    void (*nest_many)(macaw_md_state *states, const macaw_md_state *outer, size_t digest_len,
                      const uint8_t *last);
} macaw_md_kernel;

/* What follows the last byte of a message: a byte, zeros up to a whole block, and
 * at the very end the length of the message in bits. */
typedef struct macaw_md_padding {
    uint8_t mark;       /* 0x80, or 0: zeros only */
    uint8_t length_len; /* bytes: 8 or 16, or 0: without the length */
} macaw_md_padding;

typedef struct macaw_md {
    const char *name;
    macaw_md_state iv;
    uint8_t block_len;  /* bytes: 64 or 128, a power of two */
    uint8_t word_len;   /* bytes: 4 or 8 */
    uint8_t digest_len; /* bytes of the final state that are the digest */
    macaw_md_padding padding;
    bool little_endian; /* words and length: MD5 */
    const macaw_md_kernel *const *kernels; /* in order of preference, NULL-terminated; */
                                           /* the last one is usable everywhere */
} macaw_md;

extern const macaw_md macaw_md5, macaw_sha1, macaw_sha224, macaw_sha256, macaw_sha384,
    macaw_sha512, macaw_sha512_256;

/* The first usable kernel; with a name, that one: NULL if it is not usable, and
 * *known (may be NULL) tells whether the name exists. */
const macaw_md_kernel *macaw_md_pick(const macaw_md *md, const char *name, bool *known);

/* Write the last tail_len < 2 * block_len bytes of a message of total bytes to
 * out (3 * MACAW_MD_BLOCK_MAX bytes) with that padding, md->padding or another,
 * and return how many blocks that makes. */
size_t macaw_md_pad(const macaw_md *md, const macaw_md_padding *padding, uint8_t *out,
                    const uint8_t *tail, size_t tail_len, uint64_t total);

/* The digest that a final state stands for: md->digest_len bytes. */
void macaw_md_digest(const macaw_md *md, const macaw_md_state *state, uint8_t *digest);

/* How many bytes of a message of len bytes should go through macaw_md_pad rather
 * than straight to the kernel: all after the last but one whole block, because a
 * call of the kernel costs more than a copy of a block. */
static inline size_t macaw_md_tail(const macaw_md *md, size_t len)
{
    return (len & (md->block_len - 1u)) + (len >= md->block_len ? md->block_len : 0);
}

/* How many chaining values at once are best for count messages; 1: one by one. */
size_t macaw_md_lanes(const macaw_md_kernel *kernel, size_t count);

/* Compress n blocks into each of count <= MACAW_MD_LANES_MAX chaining values, in
 * lanes where the kernel has them and they pay. states has room for
 * MACAW_MD_LANES_MAX; those from count on are destroyed. */
void macaw_md_blocks_many(const macaw_md_kernel *kernel, macaw_md_state *states,
                          const uint8_t **in, size_t n, size_t count);

/* The outer block, as nest_many, of count <= MACAW_MD_LANES_MAX nested hashes; room as
 * above. last is md->block_len bytes. */
void macaw_md_nest_many(const macaw_md *md, const macaw_md_kernel *kernel, macaw_md_state *states,
                        size_t count, const macaw_md_state *outer, const uint8_t *last);

/* Pad and compress a tail as above into state, and write the digest. */
void macaw_md_finish(const macaw_md *md, const macaw_md_kernel *kernel, macaw_md_state *state,
                     const uint8_t *tail, size_t tail_len, uint64_t total, uint8_t *digest);

/* A whole message, from the initial value. */
void macaw_md_hash(const macaw_md *md, const macaw_md_kernel *kernel, const void *msg, size_t len,
                   uint8_t *digest);

#endif

/* The CBC family: a chain over the blocks of a message, and a row that says how
 * keys derive, how the message ends, and what happens to the last value. */
#ifndef MACAW_MAC_CBC_H
#define MACAW_MAC_CBC_H

#include "mac/class.h"
#include "prim/block.h"

typedef struct macaw_cbc_key {
    macaw_block_key chain; /* of all blocks */
    macaw_block_key last;  /* of the last step, where the row has one */
    uint8_t whole[MACAW_BLOCK_MAX];  /* xor into a last block that is whole */
    uint8_t padded[MACAW_BLOCK_MAX]; /* xor into one that was padded */
} macaw_cbc_key;

typedef enum macaw_cbc_padding {
    MACAW_CBC_ZEROS,   /* ISO 9797-1 method 1: injective for one length only */
    MACAW_CBC_ALWAYS,  /* method 2: a 1 bit and zeros, always, by a block of its own if need be */
    MACAW_CBC_PARTIAL, /* the same, only if the last block is not whole; the masks tell */
} macaw_cbc_padding;

typedef struct macaw_cbc_row {
    const macaw_cipher *cipher;
    macaw_cbc_padding padding;
    /* Fill key from secret (the algorithm's key size). */
    int (*derive)(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                  const char *kernel);
    /* What is done to n final chain values, in place; NULL: nothing. */
    void (*last)(const macaw_cbc_key *key, uint8_t *values, size_t n);
} macaw_cbc_row;

/* A whole message, and a batch of them (macaw_class). */
int macaw_cbc_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                  const uint8_t *data, size_t len, uint8_t *tag);
int macaw_cbc_many(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs, size_t n,
                   uint8_t *tags, size_t stride);

/* The end of a message: its last held <= block_len bytes, held > 0 unless the
 * message is empty, as the one or two blocks that finish the chain. before is how
 * many bytes may be read in front of tail. Returns how many blocks; out has room
 * for two. */
size_t macaw_cbc_end(const macaw_cbc_row *row, const macaw_cbc_key *key, const uint8_t *tail,
                     size_t held, size_t before, uint8_t *out);

/* The methods; the param of an algorithm is a macaw_cbc_row. */
extern const macaw_class macaw_cbc_class;

#endif

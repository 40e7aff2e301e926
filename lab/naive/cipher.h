/* Block ciphers of any block size that the laboratory needs: AES, and small ones on
 * which birthdays come soon. */
#ifndef MACAW_LAB_CIPHER_H
#define MACAW_LAB_CIPHER_H

#include "harness/target.h"
#include "prim/block.h"

#define LAB_CIPHERS "aes128 speck32 feistel16 feistel20 feistel24"

enum { LAB_SPECK_ROUNDS = 22, LAB_FEISTEL_ROUNDS = 12, LAB_FEISTEL_HALF_MAX = 12 };

typedef struct lab_cipher {
    unsigned bits; /* of a block: 128, 32, 24, 20 or 16 */
    size_t block;  /* bytes: a block is a big-endian number below 2^bits */
    void (*encrypt)(const struct lab_cipher *c, const uint8_t *in, uint8_t *out);
    macaw_block_key aes;
    uint16_t speck[LAB_SPECK_ROUNDS];
    /* Independent random functions: a Luby-Rackoff permutation. */
    uint16_t feistel[LAB_FEISTEL_ROUNDS][1 << LAB_FEISTEL_HALF_MAX];
} lab_cipher;

/* The cipher that the setting "cipher" names (aes128 or fallback unless set)
 * under a fresh key; the setting "key" is AES's only. Publishes nothing. */
bool lab_cipher_draw(lab_cipher *ret, lab_env *env);
bool lab_cipher_draw_or(lab_cipher *ret, lab_env *env, const char *fallback);
void lab_cipher_clear(lab_cipher *c);
/* Bits of a block of the cipher of that name; 0: there is none. */
unsigned lab_cipher_bits(lab_bytes name);

/* Speck32/64 (Beaulieu et al. 2013); key as in the paper, most significant word first. */
void lab_speck_expand(uint16_t schedule[LAB_SPECK_ROUNDS], const uint16_t key[4]);
uint32_t lab_speck_encrypt(const uint16_t schedule[LAB_SPECK_ROUNDS], uint32_t block);

/* Whether these are the bytes of a block. */
bool lab_cipher_is_block(const lab_cipher *c, const uint8_t *bytes);

#endif

/* Block ciphers as data: a name, sizes, and kernels that see whole blocks only.
 * Modes (src/mac) are written once over these few shapes of work:
 *
 *   encrypt, decrypt   independent blocks
 *   chain              one CBC chain: each block waits for the one before
 *   chain_many         several CBC chains side by side
 *   sum                xor of encryptions of masked blocks: PMAC and its like
 *
 * A kernel leaves a shape NULL where it gains nothing over doing it with
 * encrypt; macaw_block_chain and its sisters below then do so. Key schedules are
 * read-only once expanded and shared by threads. All block buffers may have any
 * alignment; in and out may be equal but not overlap otherwise. */
#ifndef MACAW_PRIM_BLOCK_H
#define MACAW_PRIM_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACAW_BLOCK_MAX     16
#define MACAW_SCHEDULE_MAX  512 /* bytes; 64-byte aligned inside a key */
#define MACAW_CHAINS_MAX    16  /* that chain_many takes at once */

typedef struct macaw_block_kernel {
    const char *name;
    bool (*usable)(void); /* on this CPU, with this libcrypto */
    /* Expand key (the cipher's key_len bytes) into schedule. MACAW_OK,
     * MACAW_ENOMEM or MACAW_ECRYPTO. */
    int (*expand)(void *schedule, const uint8_t *key, size_t key_len);
    void (*clear)(void *schedule); /* release what expand allocated; NULL: nothing */
    void (*encrypt)(const void *schedule, const uint8_t *in, uint8_t *out, size_t n);
    void (*decrypt)(const void *schedule, const uint8_t *in, uint8_t *out, size_t n);
    /* For each of n blocks: chain = E(chain xor block). */
    void (*chain)(const void *schedule, uint8_t *chain, const uint8_t *in, size_t n);
    /* The same for count chains of n blocks each; in[i] belongs to chains[i].
     * lanes is the count it likes best. Both arrays have room for
     * MACAW_CHAINS_MAX; what is there from count on may be destroyed. */
    size_t lanes;
    void (*chain_many)(const void *schedule, uint8_t (*chains)[MACAW_BLOCK_MAX],
                       const uint8_t **in, size_t n, size_t count);
    /* sum ^= E(in[0] ^ base ^ mask[0]) ^ .. ^ E(in[n-1] ^ base ^ mask[n-1]). */
    void (*sum)(const void *schedule, uint8_t *sum, const uint8_t *in, const uint8_t *base,
                const uint8_t *mask, size_t n);
} macaw_block_kernel;

typedef struct macaw_cipher {
    const char *name;
    uint32_t block_len; /* bytes: 8 or 16 */
    uint32_t key_len;
    const macaw_block_kernel *const *kernels; /* best first, NULL-terminated; the last */
                                              /* is usable wherever libcrypto is */
} macaw_cipher;

/* macaw_des3 is DES-EDE3; single DES is its key three times. */
extern const macaw_cipher macaw_aes128, macaw_aes192, macaw_aes256, macaw_des3;

/* An expanded cipher key, as constructions keep it in their key state. */
typedef struct macaw_block_key {
    const macaw_cipher *cipher;
    const macaw_block_kernel *kernel;
    _Alignas(64) uint8_t schedule[MACAW_SCHEDULE_MAX];
} macaw_block_key;

/* The name of the i-th kernel, NULL past the end. */
const char *macaw_cipher_kernel(const macaw_cipher *cipher, size_t i);

/* Choose a kernel (NULL: the best usable) and expand. MACAW_ENOTFOUND: no kernel of
 * that name; MACAW_EUNAVAILABLE: not on this machine; MACAW_ENOMEM, MACAW_ECRYPTO. */
int macaw_block_init(macaw_block_key *ret, const macaw_cipher *cipher, const uint8_t *key,
                     const char *kernel);
/* Release and wipe. */
void macaw_block_clear(macaw_block_key *key);

void macaw_block_encrypt(const macaw_block_key *key, const uint8_t *in, uint8_t *out, size_t n);
void macaw_block_decrypt(const macaw_block_key *key, const uint8_t *in, uint8_t *out, size_t n);
void macaw_block_chain(const macaw_block_key *key, uint8_t *chain, const uint8_t *in, size_t n);
/* count is 1..MACAW_CHAINS_MAX; room as in chain_many. */
void macaw_block_chain_many(const macaw_block_key *key, uint8_t (*chains)[MACAW_BLOCK_MAX],
                            const uint8_t **in, size_t n, size_t count);
/* n is at most 256; mask is n blocks. */
void macaw_block_sum(const macaw_block_key *key, uint8_t *sum, const uint8_t *in,
                     const uint8_t *base, const uint8_t *mask, size_t n);

#endif

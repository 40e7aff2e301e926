/* The key schedule of the AES kernels for x86, and the steps both share. */
#ifndef MACAW_PRIM_X86_AES_NI_H
#define MACAW_PRIM_X86_AES_NI_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#define MACAW_AES_ROUNDS_MAX 14

typedef struct macaw_aes_schedule {
    __m128i encrypt[MACAW_AES_ROUNDS_MAX + 1];
    __m128i decrypt[MACAW_AES_ROUNDS_MAX + 1]; /* in the order of use */
    int rounds;                                /* 10, 12 or 14 */
} macaw_aes_schedule;

int macaw_aesni_expand(void *schedule, const uint8_t *key, size_t key_len);
void macaw_aesni_encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n);
void macaw_aesni_decrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n);
void macaw_aesni_chain(const void *schedule, uint8_t *chain, const uint8_t *in, size_t n);
void macaw_aesni_sum(const void *schedule, uint8_t *sum, const uint8_t *in, const uint8_t *base,
                     const uint8_t *mask, size_t n);

/* Instantiate a body for each number of rounds, so that its loops unroll. */
#define MACAW_AES_BY_ROUNDS(schedule, call)                                                        \
    switch ((schedule)->rounds) {                                                                  \
    case 10:                                                                                       \
        call(10);                                                                                  \
        break;                                                                                     \
    case 12:                                                                                       \
        call(12);                                                                                  \
        break;                                                                                     \
    default:                                                                                       \
        call(14);                                                                                  \
    }

#endif

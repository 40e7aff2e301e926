/* A generator that a seed determines: SHA-256 in counter mode. Challenger and
 * attacker have one each; neither seed tells the other. */
#ifndef MACAW_LAB_RNG_H
#define MACAW_LAB_RNG_H

#include <stddef.h>
#include <stdint.h>

#define LAB_SEED_LEN 32

typedef struct lab_rng {
    uint8_t input[LAB_SEED_LEN + 8]; /* seed, counter */
    uint8_t block[32];
    size_t left; /* unused bytes at the end of block */
} lab_rng;

void lab_rng_init(lab_rng *rng, const uint8_t seed[LAB_SEED_LEN]);
/* A seed for one purpose: from it neither number nor other labels' seeds follow. */
void lab_rng_derive(uint8_t ret[LAB_SEED_LEN], uint64_t number, const char *label);

void lab_rng_bytes(lab_rng *rng, void *out, size_t n);
/* Uniform in 0..n-1, n > 0. */
uint64_t lab_rng_below(lab_rng *rng, uint64_t n);

#endif

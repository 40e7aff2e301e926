/* Prime factors of 64-bit numbers. */
#ifndef MACAW_LAB_FAMILY_FACTOR_H
#define MACAW_LAB_FAMILY_FACTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FACTOR_MAX = 16 }; /* the product of the first 16 primes exceeds 2^64 */

typedef struct prime_power {
    uint64_t prime;
    unsigned power;
} prime_power;

/* n >= 1 as a product of prime powers, primes rising; returns how many. */
size_t factor(uint64_t n, prime_power ret[FACTOR_MAX]);

bool is_prime(uint64_t n);

#endif

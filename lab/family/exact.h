/* Exact logarithms: sums q1*log2(p1) + q2*log2(p2) + … with primes p and rational
 * q. The log2 of different primes are linearly independent over the rationals
 * (unique factorisation), so two such sums are equal exactly when their vectors
 * are; decimals are for print only. */
#ifndef MACAW_LAB_FAMILY_EXACT_H
#define MACAW_LAB_FAMILY_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <gmp.h>

typedef struct exact_term {
    uint64_t prime;
    mpq_t factor; /* never 0 */
} exact_term;

typedef struct exact {
    exact_term *terms; /* primes rising */
    size_t count, room;
} exact;

/* A zeroed exact is 0. */
void exact_clear(exact *sum);

/* sum += factor * log2(n), n >= 1. */
void exact_add_log(exact *sum, const mpq_t factor, uint64_t n);

/* sum += (num / den) * log2(n), den >= 1. */
void exact_add_ratio(exact *sum, int64_t num, uint64_t den, uint64_t n);

/* sum += factor * other. */
void exact_add(exact *sum, int factor, const exact *other);

/* ret = a - b; ret must be zeroed or cleared. */
void exact_difference(exact *ret, const exact *a, const exact *b);

bool exact_is_zero(const exact *sum);
bool exact_equal(const exact *a, const exact *b);

double exact_value(const exact *sum);

/* "2 + 1/2*log2(3) - log2(5)"; the caller frees it. */
char *exact_text(const exact *sum);

/* 2^sum as "a/b" where that is a fraction of numbers below 2^63, else
 * "2^(SUM)"; the caller frees it. */
char *exact_power_text(const exact *sum);

#endif

/* Distributions that are no families: entropy, joint entropy, Jensen's inequality. */
#ifndef MACAW_LAB_FAMILY_DISTRIBUTION_H
#define MACAW_LAB_FAMILY_DISTRIBUTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

#include "exact.h"

enum { DISTRIBUTION_MAX = 4096, DISTRIBUTION_WEIGHT = 1000000 };

/* Weights in rows; one row for a single quantity. Probability is weight over sum. */
typedef struct distribution {
    uint32_t *weights; /* rows * columns */
    size_t rows, columns;
    uint64_t sum;
} distribution;

/* "1,2,1", or with rows allowed "1,0/0,1". err has the byte. */
int distribution_parse(const char *text, bool rows, distribution *ret,
                       macaw_error *err) MACAW_MUST_USE;

void distribution_clear(distribution *d);

/* H of the whole, of its rows' sums, of its columns' sums. */
void distribution_entropy(const distribution *d, exact *ret);
void distribution_row_entropy(const distribution *d, exact *ret);
void distribution_column_entropy(const distribution *d, exact *ret);

/* Is every weight the product of its row's and column's probability? */
bool distribution_independent(const distribution *d);

/* H of n tosses of a fair coin, from its 2^n outcomes, n <= 62. */
void coins_entropy(unsigned tosses, exact *ret);

/* E(log2 X) and log2 E(X), X = values[i] >= 1 with probability i of the row. */
void distribution_mean_log(const distribution *d, const uint32_t *values, exact *ret);
void distribution_log_mean(const distribution *d, const uint32_t *values, exact *ret);

#endif

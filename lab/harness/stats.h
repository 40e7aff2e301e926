#ifndef MACAW_LAB_STATS_H
#define MACAW_LAB_STATS_H

#include <stdint.h>

typedef struct lab_interval {
    double low, high;
} lab_interval;

/* The exact (Clopper-Pearson 1934) interval of 95 % for a rate of which successes were
 * seen in trials > 0 tries. */
lab_interval lab_clopper_pearson(uint64_t successes, uint64_t trials);

/* The regularised incomplete beta function I_x(a, b), a, b > 0: the probability that a
 * beta-distributed number is at most x. */
double lab_incomplete_beta(double a, double b, double x);

#endif

#ifndef MACAW_LAB_STATS_H
#define MACAW_LAB_STATS_H

#include <stdint.h>

typedef struct lab_interval {
    double low, high;
} lab_interval;

/* The exact (Clopper-Pearson 1934) interval of 95 % for a rate of which successes were
 * seen in trials > 0 tries. */
lab_interval lab_clopper_pearson(uint64_t successes, uint64_t trials);

/* Student's interval of 95 % for the mean of n values with that mean and that variance
 * (of the sample, over n - 1): the mean alone where n < 2. */
lab_interval lab_student(double mean, double variance, uint64_t n);

/* The regularised incomplete beta function I_x(a, b), a, b > 0: the probability that a
 * beta-distributed number is at most x. */
double lab_incomplete_beta(double a, double b, double x);

#endif

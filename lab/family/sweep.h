/* One family after the other, a step apart: key skew, truncation, message length. */
#ifndef MACAW_LAB_FAMILY_SWEEP_H
#define MACAW_LAB_FAMILY_SWEEP_H

#include <stdbool.h>
#include <stddef.h>

#include <macaw/status.h>

typedef enum sweep_kind {
    SWEEP_SKEW,     /* weights 1, 2, 4 … 1024 for the keys that a rule names */
    SWEEP_TRUNCATE, /* tags modulo 1 … m */
    SWEEP_LENGTH,   /* len = 1, 2 … of a polynomial family */
} sweep_kind;

typedef struct sweep_row {
    double step; /* weight, modulus, length */
    char alpha[48], beta[48];
    double alpha_value, beta_value; /* beta: not a number without pairs */
    double bound_alpha, bound_beta, one_over_m, one_over_l;
    double h_k, h_k_given_xy;
    bool two_universal;
} sweep_row;

/* Fills *ret, which the caller frees. rule may be NULL: the first coordinate is 0. */
int sweep_take(const char *spec, sweep_kind kind, const char *rule, unsigned threads,
               sweep_row **ret, size_t *count, macaw_error *err) MACAW_MUST_USE;

/* As CSV on stdout; an exit status. */
int sweep_show(const char *spec, const char *kind, const char *rule, unsigned threads);

/* Whether the sweep makes sense for the family: weights of one kind, two tags,
 * a polynomial. */
bool sweep_suits(const char *spec, sweep_kind kind);

#endif

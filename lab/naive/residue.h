/* Numbers modulo q = 2^128 + 51 and polynomials over them, for whoever solves
 * equations: the arithmetic is the library's (prim/poly.h). */
#ifndef MACAW_LAB_RESIDUE_H
#define MACAW_LAB_RESIDUE_H

#include "harness/rng.h"
#include "prim/poly.h"

#include "harness/bytes.h"

enum { LAB_RESIDUE = MACAW_POLY_RESIDUE, LAB_DEGREE_MAX = 32 };

typedef macaw_poly_value lab_residue;

lab_residue lab_residue_of(uint64_t small);
/* Of at most 17 bytes, big-endian, below q. */
lab_residue lab_residue_load(const uint8_t *bytes, size_t len);
/* The 17 bytes of the one value in 0 .. q-1. */
void lab_residue_store(lab_residue a, uint8_t *ret);
lab_residue lab_residue_plus(lab_residue a, lab_residue b);
lab_residue lab_residue_minus(lab_residue a, lab_residue b);
lab_residue lab_residue_times(lab_residue a, lab_residue b);
/* 1 / a, a not 0. */
lab_residue lab_residue_inverse(lab_residue a);

/* P(m, x) = m[L] x^L + .. + m[1] x, blocks of 16 bytes, the first one m[1]. */
lab_residue lab_message_at(lab_bytes message, lab_residue x);

/* c[0] + c[1] x + .. */
typedef struct lab_polynomial {
    int degree; /* of the highest coefficient that is not 0; -1: there is none */
    lab_residue c[LAB_DEGREE_MAX + 1];
} lab_polynomial;

/* All roots of f modulo q, in no order, ret with room for f's degree; how many. Coins
 * decide how long it takes, not what comes out (Cantor, Zassenhaus 1981). */
size_t lab_roots(const lab_polynomial *f, lab_rng *coins, lab_residue *ret);
/* Set the degree from coefficients up to max. */
void lab_polynomial_trim(lab_polynomial *f, int max);

#endif

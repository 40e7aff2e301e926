/* Solving for k1 and k2 from xors of values of k1 m + k2 modulo q. */
#ifndef MACAW_LAB_LIFTING_H
#define MACAW_LAB_LIFTING_H

#include "naive/residue.h"

enum { LAB_LIFTING_MAX = 40 };

typedef struct lab_lifting {
    lab_residue m;
    uint8_t xor [LAB_RESIDUE]; /* S(m) xor S(0), where S(m) = (k1 m + k2) mod q */
} lab_lifting;

/* Of n <= LAB_LIFTING_MAX equations the first small are for m = 1, 2, .. small, and
 * settle k1; any m serve for k2 then. Up to max pairs (k1, k2) that are consistent with
 * all; how many. work counts the guesses at a bit. */
size_t lab_lift(const lab_lifting *equations, size_t small, size_t n, lab_residue (*ret)[2],
                size_t max, uint64_t *work);

#endif

/* Families so small that every game can be counted: messages 0 .. 9, digests and tags
 * 0 .. 4, keys (a, b) modulo 5. */
#ifndef MACAW_LAB_NESTED_TOY_H
#define MACAW_LAB_NESTED_TOY_H

#include "harness/target.h"

enum { LAB_TOY_MESSAGES = 10, LAB_TOY_TAGS = 5, LAB_TOY_KEYS = 25 };

typedef uint8_t lab_toy(unsigned key, unsigned x);

/* g: polynomial, colliding; f: affine, forgeable. */
lab_toy *lab_toy_inner(lab_bytes name);
lab_toy *lab_toy_outer(lab_bytes name);

typedef struct lab_toy_play {
    double rate;                                      /* how often the best attacker wins */
    uint8_t ask;                                      /* what he asks */
    uint8_t message[LAB_TOY_TAGS], tag[LAB_TOY_TAGS]; /* what he hands in at each answer */
} lab_toy_play;

/* One collision of g under a secret key, with one answer seen; one forgery of f, and of
 * f(g(x)), with one pair seen: each by counting all keys. */
double lab_toy_collision(lab_toy *g);
double lab_toy_forgery(lab_toy *f);
lab_toy_play lab_toy_nested(lab_toy *f, lab_toy *g);

#endif

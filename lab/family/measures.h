/* Everything about a family that can be counted: forgery probabilities, entropies,
 * bounds, universality. */
#ifndef MACAW_LAB_FAMILY_MEASURES_H
#define MACAW_LAB_FAMILY_MEASURES_H

#include "exact.h"
#include "family.h"
#include "pairs.h"

typedef struct ratio {
    uint64_t num, den; /* reduced */
} ratio;

ratio ratio_of(uint64_t num, uint64_t den);
double ratio_value(ratio r);

/* Send (x, y); or, having seen (x, y), send (other, tag). */
typedef struct forgery {
    ratio chance;
    uint32_t x, y, other, tag;
} forgery;

/* In bits. M is a message with its tag, (X,Y); M^2 is M and a second, different
 * message X' with its tag, X' drawn by the weights of the messages left. */
typedef struct entropies {
    exact k, x, y, xy, y_given_x, k_given_xy, k_given_m2;
    exact gain;                  /* H(K) - H(K|X,Y) */
    bool k_given_xy_agrees;      /* with H(K) + H(X) - H(X,Y) */
    bool k_given_m2_agrees;      /* with H(K|M) - H(Y'|M,X') */
    bool identity;               /* H(K) - H(K|X,Y) = H(Y|X) */
    bool independent, xy_is_sum; /* X and Y; H(X,Y) = H(X) + H(Y) */
} entropies;

enum { BOUNDS = 10 };

/* left >= right; slack is log2(left / right), or left - right for entropies. */
typedef struct bound {
    const char *name;
    bool applies; /* else the rest is not set */
    double left, right;
    exact slack;
    bool equal, holds;
} bound;

typedef struct measures {
    const family *f;
    uint32_t *cells; /* n*m: N(x,y) */
    pair_counts pairs;
    bool has_pairs; /* n >= 2: else beta, two_universal and what follows is not set */
    forgery impersonation, substitution; /* alpha and beta */
    bool two_universal;                  /* every N(x,y,x',y') is W/m^2 */
    bool two_universal_keys; /* the same of the number of keys, whatever their weights */
    uint64_t keys_min, keys_max;
    ratio collision, difference, xored; /* the worst pair of messages */
    entropies h;
    bound bounds[BOUNDS];
} measures;

/* f must outlive ret. */
int measures_take(const family *f, unsigned threads, measures *ret,
                  macaw_error *err) MACAW_MUST_USE;

void measures_clear(measures *m);

/* beta(x,y), or 0/1 where no key has h(x) = y. */
ratio measures_beta(const measures *m, uint32_t x, uint32_t y);

/* How often each N(x,y,x',y') occurs, over all x < x'; the caller clears it. */
void measures_histogram(const measures *m, tally *ret);

/* ---- parts of measures_take ---- */

void entropies_take(const measures *m, entropies *ret);
void entropies_clear(entropies *h);
void bounds_take(measures *m);

/* sum += scale * (the sum of times * value * log2(value) over the tally). */
void exact_add_tally(exact *sum, const mpq_t scale, const tally *t);

#endif

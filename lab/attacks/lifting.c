/* S(m) = k2 + m k1 - c q with a whole number c(m) of wraps.
 *
 * For m = 1, 2, .. the sequence of wraps is that of a line between whole numbers, and
 * there are few of those. Once it is guessed, bits of k1 and k2 come from the low end,
 * and an equation for each m leaves few guesses. That settles k1, but not all of k2: of a
 * bit of k2 only the carry out of it is seen.
 *
 * With k1 known, any m gives v = m k1 mod q, and whether k2 + v wraps is monotone in v:
 * one of n + 1 thresholds. The bits of k2 are then lifted from all equations. */
#include "attacks/lifting.h"

#include <string.h>

enum { BITS = 8 * LAB_RESIDUE, KEY_BITS = 128 }; /* keys are below 2^128 */

typedef struct search {
    const lab_lifting *equations; /* [1] .. [n] */
    int small, n;
    int wraps[LAB_LIFTING_MAX + 1];
    uint8_t bits[2][BITS];                            /* of k1, k2 */
    uint8_t tried[BITS];                              /* the k1 before */
    uint8_t values[LAB_LIFTING_MAX + 1][LAB_RESIDUE]; /* m k1, of the k1 that is tried */
    lab_residue (*ret)[2];
    size_t found, max;
    uint64_t work;
} search;

static int bit_of(const uint8_t *number, int at)
{
    return number[LAB_RESIDUE - 1 - at / 8] >> at % 8 & 1;
}

static int bit_of_q(int at)
{
    return at == 128 || (at < 6 && (51 >> at & 1) != 0);
}

static lab_residue number_of(const uint8_t *bits)
{
    lab_residue ret = {{0, 0, 0}};

    for (int i = 0; i < BITS; i++) {
        ret.w[i / 64] |= (uint64_t)bits[i] << i % 64;
    }
    return ret;
}

/* One bit of a sum k2 + .., of which the rest is added here: its carry to the next bit.
 * false: the equation says no. */
static bool add_bit(const lab_lifting *equation, int at, int k2, int added, int carry, int *next)
{
    int sum = carry + k2 + added;
    int low = sum & 1;

    *next = (sum - low) / 2;
    return low == (bit_of(equation->xor, at) ^ k2);
}

static bool all_zero(const int *carry, int n)
{
    int any = 0;

    for (int m = 1; m <= n; m++) {
        any |= carry[m];
    }
    return any == 0; /* every sum is a number below 2^136, and not below 0 */
}

/* ---- k2, with k1 known ---- */

static void lift_second(search *s, int at, const int *carry)
{
    int next[LAB_LIFTING_MAX + 1] = {0};

    if (at == BITS) {
        if (all_zero(carry, s->n) && s->found < s->max) {
            s->ret[s->found][0] = number_of(s->tried);
            s->ret[s->found++][1] = number_of(s->bits[1]);
        }
        return;
    }
    for (int k2 = 0; k2 < (at < KEY_BITS ? 2 : 1); k2++) {
        bool fits = true;
        s->work++;
        for (int i = 1; i <= s->n && fits; i++) {
            int added = bit_of(s->values[i], at) - s->wraps[i] * bit_of_q(at);
            fits = add_bit(&s->equations[i], at, k2, added, carry[i], &next[i]);
        }
        if (fits) {
            s->bits[1][at] = (uint8_t)k2;
            lift_second(s, at + 1, next);
        }
    }
}

static void find_second(search *s)
{
    static const int none[LAB_LIFTING_MAX + 1];
    lab_residue k1 = number_of(s->tried);
    int kept[LAB_LIFTING_MAX + 1];

    memcpy(kept, s->wraps, sizeof kept);
    for (int i = 1; i <= s->n; i++) {
        lab_residue_store(lab_residue_times(s->equations[i].m, k1), s->values[i]);
    }
    for (int from = 0; from <= s->n; from++) { /* those as large as this one wrap; 0: none do */
        for (int i = 1; i <= s->n; i++) {
            s->wraps[i] =
                from > 0 && memcmp(s->values[i], s->values[from], sizeof s->values[i]) >= 0;
        }
        lift_second(s, 0, none);
    }
    memcpy(s->wraps, kept, sizeof kept);
}

/* ---- k1, with whatever k2 ---- */

static void lift_first(search *s, int at, const int *carry)
{
    int next[LAB_LIFTING_MAX + 1] = {0};

    if (at == BITS) {
        if (all_zero(carry, s->small) && memcmp(s->tried, s->bits[0], BITS) != 0) {
            memcpy(s->tried, s->bits[0], BITS);
            find_second(s);
        }
        return;
    }
    for (int guess = 0; guess < (at < KEY_BITS ? 4 : 1) && s->found == 0; guess++) {
        int k1 = guess & 1, k2 = guess >> 1;
        bool fits = true;
        s->work++;
        for (int m = 1; m <= s->small && fits; m++) {
            int added = m * k1 - s->wraps[m] * bit_of_q(at);
            fits = add_bit(&s->equations[m], at, k2, added, carry[m], &next[m]);
        }
        if (fits) {
            s->bits[0][at] = (uint8_t)k1;
            s->bits[1][at] = (uint8_t)k2;
            lift_first(s, at + 1, next);
        }
    }
}

/* Lines y = alpha m + beta, beta in [0, 1), have slopes in (low, high) if the wraps up to
 * m are those chosen: two of them, d apart in m and w in wraps, allow (w - 1) / d to
 * (w + 1) / d. */
static void choose(search *s, int m, double low, double high)
{
    static const int none[LAB_LIFTING_MAX + 1];

    if (m > s->small) {
        lift_first(s, 0, none);
        return;
    }
    for (int c = s->wraps[m - 1]; c <= s->wraps[m - 1] + 1 && s->found == 0; c++) {
        double l = low, h = high;
        for (int i = 0; i < m; i++) {
            double w = c - s->wraps[i], d = m - i;
            l = (w - 1) / d > l ? (w - 1) / d : l;
            h = (w + 1) / d < h ? (w + 1) / d : h;
        }
        if (l < h) {
            s->wraps[m] = c;
            choose(s, m + 1, l, h);
        }
    }
}

size_t lab_lift(const lab_lifting *equations, size_t small, size_t n, lab_residue (*ret)[2],
                size_t max, uint64_t *work)
{
    search s = {
        .equations = equations - 1, .small = (int)small, .n = (int)n, .ret = ret, .max = max};

    choose(&s, 1, 0, 1);
    *work = s.work;
    return s.found;
}

#include "naive/residue.h"

#include <string.h>

#include "base/bytes.h"

enum { BITS = 129, BLOCK = MACAW_POLY_BLOCK };

static const lab_residue zero = {{0, 0, 0}}, one = {{1, 0, 0}};
static const lab_residue minus_one = {{50, 0, 1}}; /* q - 1 = 2^128 + 50 */

lab_residue lab_residue_of(uint64_t small)
{
    return (lab_residue){{small, 0, 0}};
}

lab_residue lab_residue_load(const uint8_t *bytes, size_t len)
{
    uint8_t wide[24] = {0};

    memcpy(wide + sizeof wide - len, bytes, len);
    return (lab_residue){
        {macaw_load_be64(wide + 16), macaw_load_be64(wide + 8), macaw_load_be64(wide)}};
}

void lab_residue_store(lab_residue a, uint8_t *ret)
{
    macaw_poly_residue(&a, ret);
}

static bool is_zero(lab_residue a)
{
    static const uint8_t none[LAB_RESIDUE];
    uint8_t bytes[LAB_RESIDUE];

    macaw_poly_residue(&a, bytes);
    return memcmp(bytes, none, sizeof none) == 0;
}

lab_residue lab_residue_plus(lab_residue a, lab_residue b)
{
    return macaw_poly_plus(&a, &b);
}

lab_residue lab_residue_times(lab_residue a, lab_residue b)
{
    return macaw_poly_times(&a, &b);
}

lab_residue lab_residue_minus(lab_residue a, lab_residue b)
{
    return lab_residue_plus(a, lab_residue_times(minus_one, b));
}

/* a^(q-2): q - 2 = 2^128 + 49. */
lab_residue lab_residue_inverse(lab_residue a)
{
    lab_residue ret = one;

    for (int bit = BITS - 1; bit >= 0; bit--) {
        ret = lab_residue_times(ret, ret);
        if (bit == 128 || (bit < 6 && (49 >> bit & 1) != 0)) {
            ret = lab_residue_times(ret, a);
        }
    }
    return ret;
}

lab_residue lab_message_at(lab_bytes message, lab_residue x)
{
    lab_residue ret = zero;

    for (size_t at = message.len; at >= BLOCK; at -= BLOCK) {
        ret = lab_residue_plus(ret, lab_residue_load(message.data + at - BLOCK, BLOCK));
        ret = lab_residue_times(ret, x);
    }
    return ret;
}

/* ---- polynomials ---- */

void lab_polynomial_trim(lab_polynomial *f, int max)
{
    f->degree = max;
    while (f->degree >= 0 && is_zero(f->c[f->degree])) {
        f->degree--;
    }
}

static void make_monic(lab_polynomial *f)
{
    lab_residue scale = lab_residue_inverse(f->c[f->degree]);

    for (int i = 0; i <= f->degree; i++) {
        f->c[i] = lab_residue_times(f->c[i], scale);
    }
}

/* a = a modulo f, which is monic; the quotient where somebody wants it. */
static void reduce(lab_polynomial *a, const lab_polynomial *f, lab_polynomial *quotient)
{
    int top = a->degree;

    if (quotient != NULL) {
        *quotient = (lab_polynomial){.degree = top - f->degree};
    }
    for (int i = top; i >= f->degree; i--) {
        lab_residue lead = a->c[i];
        for (int k = 0; k <= f->degree; k++) {
            lab_residue *c = &a->c[i - f->degree + k];
            *c = lab_residue_minus(*c, lab_residue_times(lead, f->c[k]));
        }
        if (quotient != NULL) {
            quotient->c[i - f->degree] = lead;
        }
    }
    lab_polynomial_trim(a, top < f->degree ? top : f->degree - 1);
}

/* Monic; a and b are used up. */
static lab_polynomial common_divisor(lab_polynomial a, lab_polynomial b)
{
    while (b.degree >= 0) {
        lab_polynomial rest = a;
        make_monic(&b);
        reduce(&rest, &b, NULL);
        a = b;
        b = rest;
    }
    if (a.degree >= 0) {
        make_monic(&a);
    }
    return a;
}

/* a b modulo f; all of degree below 16 or so that the product fits. */
static lab_polynomial times_modulo(const lab_polynomial *a, const lab_polynomial *b,
                                   const lab_polynomial *f)
{
    lab_polynomial ret = {.degree = -1};

    for (int i = 0; i <= a->degree; i++) {
        for (int k = 0; k <= b->degree; k++) {
            ret.c[i + k] = lab_residue_plus(ret.c[i + k], lab_residue_times(a->c[i], b->c[k]));
        }
    }
    lab_polynomial_trim(&ret, a->degree + b->degree);
    reduce(&ret, f, NULL);
    return ret;
}

/* base^e modulo f, e = (2^128 + 51) >> shift, less the bit shifted out. */
static lab_polynomial power_modulo(const lab_polynomial *base, unsigned shift,
                                   const lab_polynomial *f)
{
    lab_polynomial ret = {.degree = 0, .c = {one}};

    for (int bit = BITS - 1; bit >= (int)shift; bit--) {
        ret = times_modulo(&ret, &ret, f);
        if (bit == 128 || (bit < 6 && (51 >> bit & 1) != 0)) {
            ret = times_modulo(&ret, base, f);
        }
    }
    return ret;
}

/* All roots of a monic product of distinct linear factors. (x + a)^((q-1)/2) is 1 or -1
 * at each root, by chance, so that the factors fall into two heaps. */
static size_t split(const lab_polynomial *f, lab_rng *coins, lab_residue *ret)
{
    lab_polynomial half = {.degree = 1, .c = {zero, one}}, heap, rest, other = *f;
    uint8_t a[BLOCK];
    size_t found;

    if (f->degree < 1) {
        return 0;
    }
    if (f->degree == 1) {
        ret[0] = lab_residue_times(minus_one, f->c[0]);
        return 1;
    }
    do {
        lab_rng_bytes(coins, a, sizeof a);
        half = (lab_polynomial){.degree = 1, .c = {lab_residue_load(a, sizeof a), one}};
        half = power_modulo(&half, 1, f);
        half.c[0] = lab_residue_minus(half.c[0], one);
        lab_polynomial_trim(&half, half.degree < 0 ? 0 : half.degree);
        heap = common_divisor(*f, half);
    } while (heap.degree == 0 || heap.degree == f->degree);
    reduce(&other, &heap, &rest);
    found = split(&heap, coins, ret);
    return found + split(&rest, coins, ret + found);
}

size_t lab_roots(const lab_polynomial *f, lab_rng *coins, lab_residue *ret)
{
    lab_polynomial monic = *f, all = {.degree = 1, .c = {zero, one}};

    if (f->degree < 1) {
        return 0;
    }
    make_monic(&monic);
    if (f->degree == 1) {
        return split(&monic, coins, ret);
    }
    all = power_modulo(&all, 0, &monic); /* x^q - x is the product of all x - a */
    all.c[1] = lab_residue_minus(all.c[1], one);
    lab_polynomial_trim(&all, all.degree < 1 ? 1 : all.degree);
    all = common_divisor(monic, all);
    return split(&all, coins, ret);
}

#include "prim/poly.h"

#include <macaw/status.h>

#include "base/ct.h"
#include "prim/poly_words.h"

#define STRIDE      4 /* blocks that are reduced together */
#define STRIDES_PAY 8 /* blocks from which it pays to compute powers for that */

/* h = h x^4 + m[4] x^3 + m[3] x^2 + m[2] x + m[1]; power[i] = x^i. */
static void stride(const macaw_poly_value power[STRIDE + 1], macaw_poly_value *h, const uint8_t *m)
{
    macaw_poly_sum sum = {{0, 0, 0, 0}, 0};

    macaw_poly_add_product(&sum, h, &power[STRIDE]);
    for (size_t i = 1; i < STRIDE; i++) {
        macaw_poly_value c = macaw_poly_load_block(m + i * MACAW_POLY_BLOCK);
        macaw_poly_add_product(&sum, &c, &power[i]);
    }
    *h = macaw_poly_reduce(&sum);
    macaw_poly_add_block(h, m);
}

void macaw_poly_horner_words(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m,
                             size_t n)
{
    macaw_poly_value power[STRIDE + 1] = {{{1, 0, 0}}, macaw_poly_x(point)}, sum = *h;

    for (; n > 0 && (n % STRIDE != 0 || n < STRIDES_PAY); n--) {
        sum = macaw_poly_mul(&sum, &power[1]);
        macaw_poly_add_block(&sum, m + (n - 1) * MACAW_POLY_BLOCK);
    }
    if (n > 0) {
        for (size_t i = 2; i <= STRIDE; i++) {
            power[i] = macaw_poly_mul(&power[i / 2], &power[i - i / 2]);
        }
        for (; n > 0; n -= STRIDE) {
            stride(power, &sum, m + (n - STRIDE) * MACAW_POLY_BLOCK);
        }
        macaw_wipe(power, sizeof power);
    }
    *h = sum;
}

static bool always(void)
{
    return true;
}

const macaw_poly_kernel macaw_poly_portable = {
    .name = "portable", .usable = always, .horner = macaw_poly_horner_words};

const macaw_poly_kernel *const macaw_poly_kernels[] = {
#ifdef MACAW_X86
    &macaw_poly_ifma,
#endif
    &macaw_poly_portable,
    NULL,
};

int macaw_poly_init(macaw_poly_point *ret, const uint8_t *x, const char *kernel, bool keep)
{
    const macaw_poly_kernel *const *k = macaw_poly_kernels;

    while (*k != NULL && (kernel != NULL ? strcmp((*k)->name, kernel) != 0 : !(*k)->usable())) {
        k++;
    }
    if (*k == NULL || !(*k)->usable()) {
        return *k == NULL ? MACAW_ENOTFOUND : MACAW_EUNAVAILABLE;
    }
    ret->kernel = *k;
    ret->x[0] = macaw_load_be64(x + 8);
    ret->x[1] = macaw_load_be64(x);
    ret->has_table = keep && (*k)->tabulate != NULL;
    if (ret->has_table) {
        (*k)->tabulate(ret);
    }
    return MACAW_OK;
}

void macaw_poly_horner(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m,
                       size_t n)
{
    point->kernel->horner(point, h, m, n);
}

macaw_poly_value macaw_poly_times(const macaw_poly_value *a, const macaw_poly_value *b)
{
    return macaw_poly_mul(a, b);
}

/* Square and multiply; n is the length of a message and no secret. */
macaw_poly_value macaw_poly_power(const macaw_poly_point *point, uint64_t n)
{
    macaw_poly_value x = macaw_poly_x(point), r = x;

    if (n == 0) {
        return (macaw_poly_value){{1, 0, 0}};
    }
    for (int bit = 62 - __builtin_clzll(n); bit >= 0; bit--) {
        r = macaw_poly_mul(&r, &r);
        if ((n >> bit & 1) != 0) {
            r = macaw_poly_mul(&r, &x);
        }
    }
    return r;
}

macaw_poly_value macaw_poly_plus(const macaw_poly_value *a, const macaw_poly_value *b)
{
    macaw_u128 t0 = (macaw_u128)a->w[0] + b->w[0];
    macaw_u128 t1 = (macaw_u128)a->w[1] + b->w[1] + (uint64_t)(t0 >> 64);
    const uint64_t lo[2] = {(uint64_t)t0, (uint64_t)t1};
    const uint64_t high[3] = {a->w[2] + b->w[2] + (uint64_t)(t1 >> 64), 0, 0};

    return macaw_poly_fold(lo, high);
}

macaw_poly_value macaw_poly_begin(const macaw_poly_point *point, const uint8_t *c)
{
    macaw_poly_value h = macaw_poly_x(point);

    macaw_poly_add_block(&h, c);
    return h;
}

void macaw_poly_step(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *c)
{
    macaw_poly_value x = macaw_poly_x(point);

    *h = macaw_poly_mul(h, &x);
    macaw_poly_add_block(h, c);
}

/* Take out w[2], at most 3, which makes the value negative if the rest is below
 * 51 w[2], and then one q more is the answer: its low 128 bits are those of the
 * negative number, two's complement, plus 51. */
void macaw_poly_residue(const macaw_poly_value *h, uint8_t *out)
{
    macaw_u128 d0 = (macaw_u128)h->w[0] - h->w[2] * MACAW_POLY_EXCESS;
    macaw_u128 d1 = (macaw_u128)h->w[1] - ((uint64_t)(d0 >> 64) & 1);
    uint64_t negative = (uint64_t)(d1 >> 64) & 1;
    macaw_u128 t0 = (macaw_u128)(uint64_t)d0 + negative * MACAW_POLY_EXCESS;
    macaw_u128 t1 = (macaw_u128)(uint64_t)d1 + (uint64_t)(t0 >> 64);

    out[0] = (uint8_t)(t1 >> 64);
    macaw_store_be64(out + 1, (uint64_t)t1);
    macaw_store_be64(out + 9, (uint64_t)t0);
}

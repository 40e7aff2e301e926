/* The one-time polynomial: h(m) = m1 x + … + mL x^L [+ x^(L+1)] + b modulo q, at
 * x = k1, with b = k2. */
#include "kind.h"

#include "base/error.h"
#include "memory.h"

/* A message is its length and its coefficients m1 … mL. */
static int poly_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    if (spec->len.high >= KIND_DIMS) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "len: at most %d", KIND_DIMS - 1);
    }
    ret->base = (uint32_t)spec->q;
    ret->m = (uint64_t)spec->q;
    ret->dims = 2;
    ret->message_len = (uint32_t)spec->len.high + 1;
    ret->n = 0;
    for (int64_t len = spec->len.low; len <= spec->len.high; len++) {
        uint64_t some = family_power(ret->base, (uint64_t)len);
        ret->n = some > UINT32_MAX ? UINT32_MAX : ret->n + some;
    }
    ret->candidates = ret->n;
    return MACAW_OK;
}

static char *poly_message(const family_spec *spec, const family_shape *shape, uint64_t x,
                          uint32_t *ret)
{
    uint64_t len = (uint64_t)spec->len.low;

    for (; x >= family_power(shape->base, len); len++) {
        x -= family_power(shape->base, len);
    }
    ret[0] = (uint32_t)len;
    family_digits(x, shape->base, ret[0], ret + 1);
    return family_vector_name(ret + 1, ret[0]);
}

static int32_t poly_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                        const uint32_t *message)
{
    uint64_t value = spec->monic ? 1 : 0;

    for (uint32_t i = message[0]; i > 0; i--) {
        value = (value * key[0] + message[i]) % shape->base;
    }
    return (int32_t)((value * key[0] + key[1]) % shape->base);
}

static void poly_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    (void)spec;
    family_coordinate_name('k', (uint8_t)(i + 1), ret);
}

const family_kind family_poly = {
    .name = "poly",
    .needs = (const char *const[]){"q", "len", NULL},
    .takes = (const char *const[]){"monic", "mod", "weights", "xweights", NULL},
    .shape = poly_shape,
    .message = poly_message,
    .tag = poly_tag,
    .coordinate = poly_coordinate,
};

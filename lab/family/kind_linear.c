/* ax + b, x + k and the dot product, modulo p. */
#include "kind.h"

#include "base/error.h"
#include "memory.h"

/* Messages x = low … high; without the item, 0 … p-1. */
static spec_range messages_of(const family_spec *spec)
{
    return spec->x.high >= 0 ? spec->x : (spec_range){0, spec->p - 1};
}

static void range_shape(const family_spec *spec, uint32_t dims, family_shape *ret)
{
    spec_range x = messages_of(spec);

    ret->n = (uint64_t)(x.high - x.low + 1);
    ret->candidates = ret->n;
    ret->m = (uint64_t)spec->p;
    ret->base = (uint32_t)spec->p;
    ret->dims = dims;
    ret->message_len = 1;
}

static char *range_message(const family_spec *spec, const family_shape *shape, uint64_t x,
                           uint32_t *ret)
{
    (void)shape;
    ret[0] = (uint32_t)messages_of(spec).low + (uint32_t)x;
    return family_format("%u", ret[0]);
}

/* ---- affine: h_{a,b}(x) = ax + b ---- */

static int affine_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    (void)err;
    range_shape(spec, 2, ret);
    return MACAW_OK;
}

static int32_t affine_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                          const uint32_t *message)
{
    (void)spec;
    return (int32_t)(((uint64_t)key[0] * message[0] + key[1]) % shape->base);
}

static void affine_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    (void)spec;
    family_letter_name((char)('a' + i), ret);
}

const family_kind family_affine = {
    .name = "affine",
    .needs = (const char *const[]){"p", NULL},
    .takes = (const char *const[]){"x", "a!=0", "mod", "weights", "xweights", NULL},
    .shape = affine_shape,
    .message = range_message,
    .tag = affine_tag,
    .coordinate = affine_coordinate,
};

/* ---- shift: h_k(x) = x + k ---- */

static int shift_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    (void)err;
    range_shape(spec, 1, ret);
    return MACAW_OK;
}

static int32_t shift_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                         const uint32_t *message)
{
    (void)spec;
    return (int32_t)(((uint64_t)key[0] + message[0]) % shape->base);
}

static void shift_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    (void)spec;
    (void)i;
    family_letter_name('k', ret);
}

const family_kind family_shift = {
    .name = "shift",
    .needs = (const char *const[]){"p", NULL},
    .takes = (const char *const[]){"x", "mod", "weights", "xweights", NULL},
    .shape = shift_shape,
    .message = range_message,
    .tag = shift_tag,
    .coordinate = shift_coordinate,
};

/* ---- constant: message 0 always has tag 0, the others x + k ---- */

static int constant_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    (void)err;
    ret->n = ret->candidates = (uint64_t)spec->n;
    ret->m = (uint64_t)spec->m;
    ret->base = (uint32_t)spec->m;
    ret->dims = 1;
    ret->message_len = 1;
    return MACAW_OK;
}

static char *numbered_message(const family_spec *spec, const family_shape *shape, uint64_t x,
                              uint32_t *ret)
{
    (void)spec;
    (void)shape;
    ret[0] = (uint32_t)x;
    return family_format("%u", ret[0]);
}

static int32_t constant_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                            const uint32_t *message)
{
    return message[0] == 0 ? 0 : shift_tag(spec, shape, key, message);
}

const family_kind family_constant = {
    .name = "constant",
    .needs = (const char *const[]){"m", "n", NULL},
    .takes = (const char *const[]){"mod", "weights", "xweights", NULL},
    .shape = constant_shape,
    .message = numbered_message,
    .tag = constant_tag,
    .coordinate = shift_coordinate,
};

/* ---- functions: every function from n messages to m tags ---- */

static int functions_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    if (spec->n > KIND_DIMS) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "n: at most %d: there are m^n functions",
                          KIND_DIMS);
    }
    ret->n = ret->candidates = (uint64_t)spec->n;
    ret->m = (uint64_t)spec->m;
    ret->base = (uint32_t)spec->m;
    ret->dims = (uint32_t)spec->n;
    ret->message_len = 1;
    return MACAW_OK;
}

static int32_t functions_tag(const family_spec *spec, const family_shape *shape,
                             const uint32_t *key, const uint32_t *message)
{
    (void)spec;
    (void)shape;
    return (int32_t)key[message[0]];
}

static void functions_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    (void)spec;
    family_coordinate_name('f', (uint8_t)i, ret);
}

const family_kind family_functions = {
    .name = "functions",
    .needs = (const char *const[]){"n", "m", NULL},
    .takes = (const char *const[]){"mod", "weights", "xweights", NULL},
    .shape = functions_shape,
    .message = numbered_message,
    .tag = functions_tag,
    .coordinate = functions_coordinate,
};

/* ---- dot: h_k(x) = k1 x1 + … + kd xd, or with + b ---- */

static int dot_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    uint64_t all;

    if (spec->d + spec->plus_b > KIND_DIMS) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "d: at most %d coordinates", KIND_DIMS);
    }
    ret->base = (uint32_t)spec->p;
    ret->m = (uint64_t)spec->p;
    ret->dims = (uint32_t)spec->d + spec->plus_b;
    ret->message_len = (uint32_t)spec->d;
    all = family_power(ret->base, (uint64_t)spec->d);
    switch (spec->domain) {
    case DOMAIN_01:
        ret->candidates = family_power(2, (uint64_t)spec->d);
        ret->n = ret->candidates - 1;
        break;
    case DOMAIN_NONZERO:
        ret->candidates = all;
        ret->n = all - 1;
        break;
    case DOMAIN_PROJECTIVE:
        ret->candidates = all;
        ret->n = (all - 1) / (ret->base - 1);
        break;
    default:
        ret->candidates = ret->n = all;
        break;
    }
    return MACAW_OK;
}

static bool in_domain(spec_domain domain, const uint32_t *x, uint32_t d)
{
    uint32_t first = 0;

    while (first < d && x[first] == 0) {
        first++;
    }
    return domain == DOMAIN_ALL || (first < d && (domain != DOMAIN_PROJECTIVE || x[first] == 1));
}

static char *dot_message(const family_spec *spec, const family_shape *shape, uint64_t x,
                         uint32_t *ret)
{
    family_digits(x, spec->domain == DOMAIN_01 ? 2 : shape->base, shape->message_len, ret);
    if (!in_domain(spec->domain, ret, shape->message_len)) {
        return NULL;
    }
    return family_vector_name(ret, shape->message_len);
}

static int32_t dot_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                       const uint32_t *message)
{
    uint64_t sum = spec->plus_b ? key[shape->message_len] : 0;

    for (uint32_t i = 0; i < shape->message_len; i++) {
        sum += (uint64_t)key[i] * message[i];
    }
    return (int32_t)(sum % shape->base);
}

static void dot_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    if (i == (uint32_t)spec->d) {
        family_letter_name('b', ret);
    } else {
        family_coordinate_name('k', (uint8_t)(i + 1), ret);
    }
}

const family_kind family_dot = {
    .name = "dot",
    .needs = (const char *const[]){"p", "d", "domain", NULL},
    .takes = (const char *const[]){"plus-b", "mod", "weights", "xweights", NULL},
    .shape = dot_shape,
    .message = dot_message,
    .tag = dot_tag,
    .coordinate = dot_coordinate,
};

/* The text form of a family: KIND:ITEM,ITEM… */
#ifndef MACAW_LAB_FAMILY_SPEC_H
#define MACAW_LAB_FAMILY_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>

typedef struct spec_range {
    int64_t low, high;
} spec_range;

typedef enum spec_domain {
    DOMAIN_ALL,        /* every vector */
    DOMAIN_NONZERO,    /* but not the zero vector */
    DOMAIN_01,         /* zeros and ones, not the zero vector */
    DOMAIN_PROJECTIVE, /* first coordinate that is not 0 is 1 */
} spec_domain;

/* A part of the text. */
typedef struct spec_text {
    const char *at;
    size_t len, offset;
} spec_text;

typedef struct family_spec {
    const struct family_kind *kind;
    uint64_t given; /* a bit for each item */
    int64_t p, d, q, n, m, keys, keybytes, messages, bits, mod, tags;
    spec_range x, len;
    bool a_nonzero, plus_b, monic;
    spec_domain domain;
    spec_text weights, xweights, file;
} family_spec;

/* Read the text; err has the offset of the byte that is wrong. */
int family_spec_parse(const char *text, family_spec *ret, macaw_error *err) MACAW_MUST_USE;

/* A decimal number without sign, leading zero or anything behind it. */
bool spec_number(const char *text, size_t len, int64_t min, int64_t max, int64_t *ret);

#endif

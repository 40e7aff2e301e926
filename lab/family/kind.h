/* The kinds of families that a formula gives. Keys are vectors over Z_base, all of
 * them or those that keep() takes; messages are vectors as well. */
#ifndef MACAW_LAB_FAMILY_KIND_H
#define MACAW_LAB_FAMILY_KIND_H

#include "family.h"
#include "spec.h"

enum { KIND_DIMS = 24 }; /* coordinates of a key or a message */

typedef struct family_shape {
    uint64_t n, m;
    uint64_t candidates;  /* message numbers to look at; n of them are messages */
    uint32_t base, dims;  /* keys: base^dims vectors */
    uint32_t message_len; /* numbers that stand for a message */
} family_shape;

typedef struct family_kind {
    const char *name;
    const char *const *needs; /* items of the SPEC, ends with NULL */
    const char *const *takes;
    /* Sizes, checked for sense; the caller checks the limits. */
    int (*shape)(const family_spec *spec, family_shape *ret, macaw_error *err);
    /* Candidate x as numbers, and its name for print, which the caller frees; NULL
     * where it is no message. */
    char *(*message)(const family_spec *spec, const family_shape *shape, uint64_t x, uint32_t *ret);
    /* h_k(x), below m; -1 where libcrypto fails. */
    int32_t (*tag)(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                   const uint32_t *message);
    /* Name of a key's coordinate: "a", "k1". */
    void (*coordinate)(const family_spec *spec, uint32_t i, char ret[8]);
} family_kind;

extern const family_kind family_affine, family_shift, family_dot, family_poly, family_functions,
    family_hmac, family_constant;

/* Every kind, and the table from a file, which has no functions; ends with NULL. */
extern const family_kind *const family_kinds[];

/* The kind "csv": family_read_table builds it. */
extern const family_kind family_csv;
int family_read_table(const family_spec *spec, family *ret, macaw_error *err) MACAW_MUST_USE;

/* Weights of keys and messages that a SPEC gives; key 0 of the family is the vector
 * number first. */
int family_apply_weights(const family_spec *spec, const family_shape *shape, uint64_t first,
                         family *f, macaw_error *err) MACAW_MUST_USE;

/* number as dims digits of that base, the first one the highest. */
void family_digits(uint64_t number, uint32_t base, uint32_t dims, uint32_t *ret);

/* base^power, or UINT64_MAX where that is over 2^40. */
uint64_t family_power(uint64_t base, uint64_t power);

/* "(1,0,2)"; the caller frees it. */
char *family_vector_name(const uint32_t *vector, uint32_t dims);

/* The name of a coordinate: a letter, or a letter and a number. */
void family_letter_name(char letter, char ret[8]);
void family_coordinate_name(char letter, uint8_t number, char ret[8]);

#endif

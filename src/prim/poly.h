/* Polynomials modulo q = 2^128 + 51, the smallest prime above 2^128, whose
 * coefficients are blocks of 16 bytes, big-endian. Kernels see whole blocks only. */
#ifndef MACAW_PRIM_POLY_H
#define MACAW_PRIM_POLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACAW_POLY_BLOCK   16
#define MACAW_POLY_RESIDUE 17  /* bytes of a value below q, big-endian */
#define MACAW_POLY_TABLE   640 /* bytes */

/* A value modulo q, not unique: 64-bit words from the low end, w[2] <= 3. */
typedef struct macaw_poly_value {
    uint64_t w[3];
} macaw_poly_value;

struct macaw_poly_kernel;

/* Where polynomials are evaluated. */
typedef struct macaw_poly_point {
    const struct macaw_poly_kernel *kernel;
    uint64_t x[2]; /* low word first */
    bool has_table;
    _Alignas(64) uint8_t table[MACAW_POLY_TABLE]; /* of powers, as the kernel wants it */
} macaw_poly_point;

typedef struct macaw_poly_kernel {
    const char *name;
    bool (*usable)(void);
    /* h = h x^n + m[n] x^(n-1) + ... + m[2] x + m[1]. */
    void (*horner)(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m, size_t n);
    /* Fill point->table; NULL: the kernel has none. */
    void (*tabulate)(macaw_poly_point *point);
} macaw_poly_kernel;

/* Best first, NULL-terminated; the last is usable everywhere. */
extern const macaw_poly_kernel *const macaw_poly_kernels[];

/* Choose a kernel (NULL: the best) for the point x, 16 bytes big-endian. keep: many
 * messages will be evaluated there, so that a table of powers pays. MACAW_ENOTFOUND,
 * MACAW_EUNAVAILABLE: the kernel. */
int macaw_poly_init(macaw_poly_point *ret, const uint8_t *x, const char *kernel, bool keep);

/* h = h x^n + m[n] x^(n-1) + ... + m[1]. */
void macaw_poly_horner(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m,
                       size_t n);

/* x^n */
macaw_poly_value macaw_poly_power(const macaw_poly_point *point, uint64_t n);

/* a b, b from one of these functions */
macaw_poly_value macaw_poly_times(const macaw_poly_value *a, const macaw_poly_value *b);

macaw_poly_value macaw_poly_plus(const macaw_poly_value *a, const macaw_poly_value *b);

/* x + c, c 16 bytes big-endian. */
macaw_poly_value macaw_poly_begin(const macaw_poly_point *point, const uint8_t *c);

/* h x + c */
void macaw_poly_step(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *c);

/* The one value in 0 .. q-1, as MACAW_POLY_RESIDUE bytes. */
void macaw_poly_residue(const macaw_poly_value *h, uint8_t *out);

#endif

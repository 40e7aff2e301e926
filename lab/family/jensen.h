/* Jensen's inequality for a distribution and a function. */
#ifndef MACAW_LAB_FAMILY_JENSEN_H
#define MACAW_LAB_FAMILY_JENSEN_H

#include "distribution.h"

typedef enum jensen_shape {
    JENSEN_CONCAVE, /* sum a f(x) <= f(sum a x) */
    JENSEN_CONVEX,  /* sum a f(x) >= f(sum a x) */
    JENSEN_LINEAR,  /* equal */
    JENSEN_NEITHER, /* says nothing */
} jensen_shape;

typedef struct jensen {
    const char *function;
    const distribution *d;
    const uint32_t *values;
    double low, high; /* the values with a weight lie between */
    double mean;      /* sum a x */
    double mean_of_f, f_of_mean;
    jensen_shape shape;              /* seen at many points between low and high */
    bool holds;                      /* what the shape says, with room for rounding */
    bool is_log;                     /* the function is log2(x): */
    exact exact_mean, exact_of_mean; /* E(log2 X), log2 E(X) */
    bool equal;                      /* exactly, for log2(x); else up to rounding */
} jensen;

/* err has the byte where the function is wrong; MACAW_EARG where it is not defined
 * between the values. */
int jensen_take(const char *function, const distribution *d, const uint32_t *values, jensen *ret,
                macaw_error *err) MACAW_MUST_USE;

void jensen_clear(jensen *j);

const char *jensen_shape_name(jensen_shape shape);

/* The function's curve, its points, both sides; an exit status. */
int jensen_draw(const char *dir, const jensen *j);

#endif

/* Functions of x as a user writes them: numbers, x, + - * / ^, parentheses, log2( ),
 * sqrt( ), exp2( ). */
#ifndef MACAW_LAB_FAMILY_EXPRESSION_H
#define MACAW_LAB_FAMILY_EXPRESSION_H

#include <macaw/status.h>

/* The value at x; not a number outside the function's domain. err has the byte where
 * the text is wrong. */
int expression_value(const char *text, double x, double *ret, macaw_error *err) MACAW_MUST_USE;

#endif

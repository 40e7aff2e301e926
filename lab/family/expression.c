/* Recursive descent; each level reads what binds tighter. Nesting is bounded, so that
 * no text can use up the stack. */
#include "expression.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { DEPTH_MAX = 64 };

typedef struct reader {
    const char *text, *at;
    double x;
    int depth;
    const char *wrong; /* what was expected where at stands; NULL: nothing is wrong */
} reader;

static double read_sum(reader *r);

static double expected(reader *r, const char *what)
{
    if (r->wrong == NULL) {
        r->wrong = what;
    }
    return NAN;
}

static bool take(reader *r, const char *word)
{
    size_t len = strlen(word);

    if (r->wrong != NULL || strncmp(r->at, word, len) != 0) {
        return false;
    }
    r->at += len;
    return true;
}

static double read_inside(reader *r)
{
    double value;

    if (++r->depth > DEPTH_MAX) {
        return expected(r, "fewer parentheses");
    }
    value = read_sum(r);
    r->depth--;
    return take(r, ")") ? value : expected(r, "a closing parenthesis");
}

/* 12 or 0.5. */
static double read_number(reader *r)
{
    size_t whole = strspn(r->at, "0123456789");
    size_t part = r->at[whole] == '.' ? strspn(r->at + whole + 1, "0123456789") : 0;
    double value;

    if (whole == 0 || whole + part > 15 || (r->at[whole] == '.' && part == 0)) {
        return expected(r, "a number, x, a function or a parenthesis");
    }
    value = strtod(r->at, NULL); /* only digits and a point lie here */
    r->at += whole + (part > 0 ? part + 1 : 0);
    return value;
}

static double read_atom(reader *r)
{
    if (take(r, "(")) {
        return read_inside(r);
    }
    if (take(r, "log2(")) {
        double inside = read_inside(r);
        return inside > 0 ? log2(inside) : NAN;
    }
    if (take(r, "sqrt(")) {
        return sqrt(read_inside(r));
    }
    if (take(r, "exp2(")) {
        return exp2(read_inside(r));
    }
    return take(r, "x") ? r->x : read_number(r);
}

static double read_power(reader *r)
{
    double value = read_atom(r);

    return take(r, "^") ? pow(value, read_atom(r)) : value;
}

/* One minus, in front of a power: -x^2 is -(x^2). */
static double read_signed(reader *r)
{
    return take(r, "-") ? -read_power(r) : read_power(r);
}

static double read_product(reader *r)
{
    double value = read_signed(r);

    for (;;) {
        if (take(r, "*")) {
            value *= read_signed(r);
        } else if (take(r, "/")) {
            value /= read_signed(r);
        } else {
            return value;
        }
    }
}

static double read_sum(reader *r)
{
    double value = read_product(r);

    for (;;) {
        if (take(r, "+")) {
            value += read_product(r);
        } else if (take(r, "-")) {
            value -= read_product(r);
        } else {
            return value;
        }
    }
}

int expression_value(const char *text, double x, double *ret, macaw_error *err)
{
    reader r = {.text = text, .at = text, .x = x};
    double value = read_sum(&r);

    if (r.wrong == NULL && *r.at != '\0') {
        r.wrong = "an operator";
    }
    if (r.wrong != NULL) {
        return macaw_fail(err, MACAW_EFORMAT, (size_t)(r.at - text), "expected %s", r.wrong);
    }
    *ret = value;
    return MACAW_OK;
}

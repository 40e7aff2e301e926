#include "exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "factor.h"
#include "memory.h"

void exact_clear(exact *sum)
{
    for (size_t i = 0; i < sum->count; i++) {
        mpq_clear(sum->terms[i].factor);
    }
    free(sum->terms);
    *sum = (exact){.terms = NULL};
}

/* Where the prime is or would be. */
static size_t position(const exact *sum, uint64_t prime)
{
    size_t low = 0;
    size_t high = sum->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sum->terms[middle].prime < prime) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void insert_term(exact *sum, size_t at, uint64_t prime, const mpq_t factor)
{
    if (sum->count == sum->room) {
        sum->room = sum->room > 0 ? 2 * sum->room : 8;
        sum->terms = family_resized(sum->terms, sum->room, sizeof *sum->terms);
    }
    memmove(&sum->terms[at + 1], &sum->terms[at], (sum->count - at) * sizeof *sum->terms);
    sum->count++;
    sum->terms[at].prime = prime;
    mpq_init(sum->terms[at].factor);
    mpq_set(sum->terms[at].factor, factor);
}

static void add_term(exact *sum, uint64_t prime, const mpq_t factor)
{
    size_t at = position(sum, prime);
    exact_term *term;

    if (mpq_sgn(factor) == 0) {
        return;
    }
    if (at == sum->count || sum->terms[at].prime != prime) {
        insert_term(sum, at, prime, factor);
        return;
    }
    term = &sum->terms[at];
    mpq_add(term->factor, term->factor, factor);
    if (mpq_sgn(term->factor) == 0) {
        mpq_clear(term->factor);
        sum->count--;
        memmove(term, term + 1, (sum->count - at) * sizeof *term);
    }
}

void exact_add_log(exact *sum, const mpq_t factor_of_log, uint64_t n)
{
    prime_power powers[FACTOR_MAX];
    size_t count = factor(n, powers);
    mpq_t times;

    mpq_init(times);
    for (size_t i = 0; i < count; i++) {
        mpq_set_ui(times, powers[i].power, 1);
        mpq_mul(times, times, factor_of_log);
        add_term(sum, powers[i].prime, times);
    }
    mpq_clear(times);
}

void exact_add_ratio(exact *sum, int64_t num, uint64_t den, uint64_t n)
{
    mpq_t ratio;

    mpq_init(ratio);
    mpz_set_si(mpq_numref(ratio), num);
    mpz_set_ui(mpq_denref(ratio), den);
    mpq_canonicalize(ratio);
    exact_add_log(sum, ratio, n);
    mpq_clear(ratio);
}

void exact_add(exact *sum, int factor_of_other, const exact *other)
{
    mpq_t times, sign;

    mpq_init(times);
    mpq_init(sign);
    mpq_set_si(sign, factor_of_other, 1);
    for (size_t i = 0; i < other->count; i++) {
        mpq_mul(times, other->terms[i].factor, sign);
        add_term(sum, other->terms[i].prime, times);
    }
    mpq_clear(sign);
    mpq_clear(times);
}

void exact_difference(exact *ret, const exact *a, const exact *b)
{
    exact_add(ret, 1, a);
    exact_add(ret, -1, b);
}

bool exact_is_zero(const exact *sum)
{
    return sum->count == 0;
}

bool exact_equal(const exact *a, const exact *b)
{
    if (a->count != b->count) {
        return false;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->terms[i].prime != b->terms[i].prime ||
            !mpq_equal(a->terms[i].factor, b->terms[i].factor)) {
            return false;
        }
    }
    return true;
}

double exact_value(const exact *sum)
{
    long double value = 0;

    for (size_t i = 0; i < sum->count; i++) {
        value +=
            (long double)mpq_get_d(sum->terms[i].factor) * log2l((long double)sum->terms[i].prime);
    }
    return (double)value;
}

/* ---- as text ---- */

/* "3/2", "3/2*log2(5)" or "log2(5)", without its sign. */
static void put_term(FILE *out, const exact_term *term)
{
    mpq_t size;
    char *text;
    void (*release)(void *, size_t);

    mpq_init(size);
    mpq_abs(size, term->factor);
    if (term->prime == 2 || mpq_cmp_ui(size, 1, 1) != 0) {
        text = mpq_get_str(NULL, 10, size);
        fputs(text, out);
        fputs(term->prime == 2 ? "" : "*", out);
        mp_get_memory_functions(NULL, NULL, &release);
        release(text, strlen(text) + 1);
    }
    if (term->prime != 2) {
        fprintf(out, "log2(%llu)", (unsigned long long)term->prime);
    }
    mpq_clear(size);
}

char *exact_text(const exact *sum)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out;

    if (sum->count == 0) {
        return family_copy("0", 1);
    }
    out = open_memstream(&text, &len);
    if (out == NULL) {
        return family_copy("?", 1);
    }
    for (size_t i = 0; i < sum->count; i++) {
        bool minus = mpq_sgn(sum->terms[i].factor) < 0;
        fputs(i == 0 ? (minus ? "-" : "") : (minus ? " - " : " + "), out);
        put_term(out, &sum->terms[i]);
    }
    fclose(out);
    return text;
}

/* 2^sum as a fraction; false where an exponent is not whole or it gets too large. */
static bool power_ratio(const exact *sum, mpz_t num, mpz_t den)
{
    mpz_t power;
    bool fits = true;

    mpz_init(power);
    for (size_t i = 0; fits && i < sum->count; i++) {
        const exact_term *term = &sum->terms[i];
        mpz_ptr part = mpq_sgn(term->factor) > 0 ? num : den;
        fits = mpz_cmp_ui(mpq_denref(term->factor), 1) == 0 &&
               mpz_cmpabs_ui(mpq_numref(term->factor), 63) < 0;
        if (fits) {
            mpz_ui_pow_ui(power, term->prime,
                          (unsigned long)labs(mpz_get_si(mpq_numref(term->factor))));
            mpz_mul(part, part, power);
            fits = mpz_sizeinbase(part, 2) <= 63;
        }
    }
    mpz_clear(power);
    return fits;
}

char *exact_power_text(const exact *sum)
{
    mpz_t num, den;
    char *text;

    mpz_init_set_ui(num, 1);
    mpz_init_set_ui(den, 1);
    if (power_ratio(sum, num, den)) {
        text = family_format("%lu/%lu", mpz_get_ui(num), mpz_get_ui(den));
    } else {
        char *inner = exact_text(sum);
        text = family_format("2^(%s)", inner);
        free(inner);
    }
    mpz_clear(num);
    mpz_clear(den);
    return text;
}

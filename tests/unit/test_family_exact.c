/* The arithmetic under the laboratory's entropies: factors, exact logarithms, tallies. */
#include "support.h"

#include <stdlib.h>

#include "exact.h"
#include "factor.h"
#include "tally.h"

static void factors_multiply_to_the_number(void **state)
{
    static const uint64_t numbers[] = {
        1, 2, 3, 4, 1023, 1024, 1022117, 1042441, 4294967296, 4294967297, /* 641 * 6700417 */
        1000000016000000063u,  /* 1000000007 * 1000000009 */
        1000000014000000049u,  /* 1000000007 squared */
        1152921504606846999u, 9223372036854775807u, 18446744073709551615u,
        18446744073709551557u, /* the largest prime below 2^64 */
        614889782588491410u,   /* the first 15 primes */
    };

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        prime_power powers[FACTOR_MAX];
        size_t count = factor(numbers[i], powers);
        uint64_t product = 1;
        for (size_t k = 0; k < count; k++) {
            assert_true(is_prime(powers[k].prime));
            assert_true(k == 0 || powers[k - 1].prime < powers[k].prime);
            for (unsigned j = 0; j < powers[k].power; j++) {
                product *= powers[k].prime;
            }
        }
        assert_true(product == numbers[i]);
    }
}

static void primes_are_those_of_a_sieve(void **state)
{
    enum { LIMIT = 20000 };
    static unsigned char composite[LIMIT];

    (void)state;
    for (unsigned n = 2; n < LIMIT; n++) {
        assert_int_equal(is_prime(n), !composite[n]);
        for (unsigned multiple = 2 * n; multiple < LIMIT; multiple += n) {
            composite[multiple] = 1;
        }
    }
    assert_false(is_prime(0) || is_prime(1));
    assert_false(is_prime(3215031751)); /* a strong pseudoprime for 2, 3, 5 and 7 */
    assert_false(is_prime(3825123056546413051));
}

static void assert_text(const exact *sum, const char *want)
{
    char *text = exact_text(sum);

    assert_string_equal(text, want);
    free(text);
}

static void equal_sums_are_equal_vectors(void **state)
{
    exact a = {.terms = NULL};
    exact b = {.terms = NULL};

    (void)state;
    assert_text(&a, "0");
    exact_add_ratio(&a, 1, 2, 36);
    exact_add_ratio(&a, -1, 1, 5);
    assert_text(&a, "1 + log2(3) - log2(5)");
    exact_add_ratio(&b, -1, 3, 125);
    assert_false(exact_equal(&a, &b));
    exact_add_ratio(&b, 1, 1, 6);
    assert_true(exact_equal(&a, &b));
    exact_add(&a, -1, &b);
    assert_true(exact_is_zero(&a));
    exact_clear(&a);
    exact_clear(&b);
}

static void assert_power(const exact *sum, const char *want)
{
    char *text = exact_power_text(sum);

    assert_string_equal(text, want);
    free(text);
}

static void powers_are_fractions_where_they_can_be(void **state)
{
    exact sum = {.terms = NULL};

    (void)state;
    assert_power(&sum, "1/1");
    exact_add_ratio(&sum, 1, 1, 12);
    exact_add_ratio(&sum, -2, 1, 5);
    assert_power(&sum, "12/25");
    exact_add_ratio(&sum, 1, 2, 5);
    assert_power(&sum, "2^(2 + log2(3) - 3/2*log2(5))");
    exact_clear(&sum);
    exact_add_ratio(&sum, 62, 1, 2);
    assert_power(&sum, "4611686018427387904/1");
    exact_add_ratio(&sum, 1, 1, 2);
    assert_power(&sum, "2^(63)");
    exact_clear(&sum);
}

static void denominators_past_64_bits_stay_exact(void **state)
{
    static const uint64_t primes[] = {1000003, 1000033, 1000037, 1000039, 1000081};
    exact sum = {.terms = NULL};

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        exact_add_ratio(&sum, 1, primes[i], 3);
    }
    assert_int_equal(mpz_sizeinbase(mpq_denref(sum.terms[0].factor), 2), 100);
    for (size_t i = 0; i < 5; i++) {
        exact_add_ratio(&sum, -1, primes[i], 3);
    }
    assert_true(exact_is_zero(&sum));
    exact_clear(&sum);
}

static void a_tally_keeps_every_value(void **state)
{
    static tally t, other; /* zeroed */
    tally_entry *list;
    uint64_t times = 0;
    size_t count;

    (void)state;
    for (uint64_t i = 0; i < 5000; i++) {
        tally_add(&t, i * i, 1 + i % 3);
        tally_add(i % 2 ? &t : &other, (uint64_t)1 << (i % 64), 1);
    }
    tally_merge(&t, &other);
    count = tally_list(&t, &list);
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || list[i - 1].value < list[i].value);
        times += list[i].times;
    }
    assert_true(times == 5000 + 5000 + 4999); /* 1 + i % 3 sums to two a step, less one */
    assert_int_equal(count, 5000 + 64 - 13); /* powers of 4 below 5000 squared are squares */
    assert_true(list[0].value == 0 && list[0].times == 1);
    assert_true(list[1].value == 1 && list[1].times == 2 + 5000 / 64 + 1);
    free(list);
    tally_clear(&t);
    tally_clear(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors_multiply_to_the_number),
        cmocka_unit_test(primes_are_those_of_a_sieve),
        cmocka_unit_test(equal_sums_are_equal_vectors),
        cmocka_unit_test(powers_are_fractions_where_they_can_be),
        cmocka_unit_test(denominators_past_64_bits_stay_exact),
        cmocka_unit_test(a_tally_keeps_every_value),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

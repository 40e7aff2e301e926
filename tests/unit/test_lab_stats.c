/* The interval of Clopper and Pearson against its definition, and generators. */
#include <math.h>

#include "harness/rng.h"
#include "harness/stats.h"
#include "unit/support.h"

static double choose(unsigned n, unsigned k)
{
    return exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0));
}

/* P(X >= k) of a binomial distribution, term by term. */
static double upper_tail(unsigned n, unsigned k, double p)
{
    double sum = 0;

    for (unsigned i = k; i <= n; i++) {
        sum += choose(n, i) * pow(p, i) * pow(1 - p, n - i);
    }
    return sum;
}

/* At its ends, what was seen is just the 2.5 % tail. */
static void ends_are_where_the_tails_are(void **state)
{
    static const unsigned sizes[] = {1, 2, 5, 20, 101, 400};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        unsigned n = sizes[i];
        for (unsigned k = 0; k <= n; k++) {
            lab_interval one = lab_clopper_pearson(k, n);
            if (k == 0) {
                assert_true(one.low == 0);
            } else {
                assert_true(fabs(upper_tail(n, k, one.low) - 0.025) < 1e-9);
            }
            if (k == n) {
                assert_true(one.high == 1);
            } else {
                assert_true(fabs(1 - upper_tail(n, k + 1, one.high) - 0.025) < 1e-9);
            }
        }
    }
}

static void published_values(void **state)
{
    lab_interval one = lab_clopper_pearson(20, 20);

    (void)state;
    /* Closed forms: (a/2)^(1/n) and its complement. */
    assert_true(fabs(one.low - pow(0.025, 1.0 / 20)) < 1e-12);
    one = lab_clopper_pearson(0, 20);
    assert_true(fabs(one.high - (1 - pow(0.025, 1.0 / 20))) < 1e-12);
    /* The symmetric case, to the digits that tables give. */
    one = lab_clopper_pearson(10, 20);
    assert_true(fabs(one.low - 0.2720) < 5e-5 && fabs(one.high - 0.7280) < 5e-5);
}

static void incomplete_beta_in_closed_form(void **state)
{
    (void)state;
    for (double x = 0.01; x < 1; x += 0.01) {
        assert_true(fabs(lab_incomplete_beta(1, 1, x) - x) < 1e-13);
        assert_true(fabs(lab_incomplete_beta(3, 1, x) - x * x * x) < 1e-13);
        assert_true(fabs(lab_incomplete_beta(2, 2, x) - x * x * (3 - 2 * x)) < 1e-13);
    }
    assert_true(lab_incomplete_beta(2, 3, 0) == 0 && lab_incomplete_beta(2, 3, 1) == 1);
}

static void a_seed_determines_a_stream(void **state)
{
    uint8_t seed[LAB_SEED_LEN], other[LAB_SEED_LEN], a[100], b[100];
    lab_rng rng;

    (void)state;
    lab_rng_derive(seed, 1, "attacker x");
    lab_rng_derive(other, 1, "challenger x");
    assert_memory_not_equal(seed, other, sizeof seed);
    lab_rng_derive(other, 2, "attacker x");
    assert_memory_not_equal(seed, other, sizeof seed);
    lab_rng_init(&rng, seed);
    lab_rng_bytes(&rng, a, sizeof a);
    lab_rng_init(&rng, seed);
    for (size_t i = 0; i < sizeof b; i++) { /* in any pieces */
        lab_rng_bytes(&rng, b + i, 1);
    }
    assert_memory_equal(a, b, sizeof a);
    assert_memory_not_equal(a, a + 32, 32);
}

/* 6000 throws of a die: each face 1000 +- 6 sigma. */
static void below_is_uniform(void **state)
{
    uint8_t seed[LAB_SEED_LEN];
    unsigned faces[6] = {0};
    lab_rng rng;

    (void)state;
    lab_rng_derive(seed, 1, "die");
    lab_rng_init(&rng, seed);
    for (int i = 0; i < 6000; i++) {
        faces[lab_rng_below(&rng, 6)]++;
    }
    for (int i = 0; i < 6; i++) {
        assert_in_range(faces[i], 827, 1173);
    }
    assert_int_equal(lab_rng_below(&rng, 1), 0);
}

/* Tables of Student's t: 12.706 with 1 degree of freedom, 2.776 with 4, 1.984 with 100. */
static void student_s_intervals(void **state)
{
    static const struct {
        uint64_t n;
        double t;
    } table[] = {{2, 12.7062}, {5, 2.7764}, {101, 1.9840}};
    lab_interval one = lab_student(3, 0, 1);

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        double n = (double)table[i].n;
        lab_interval interval = lab_student(10, 4 * n, table[i].n);
        assert_true(fabs(interval.high - 10 - 2 * table[i].t) < 2e-4);
        assert_true(fabs(10 - interval.low - 2 * table[i].t) < 2e-4);
    }
    assert_true(one.low == 3 && one.high == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_where_the_tails_are),
        cmocka_unit_test(published_values),
        cmocka_unit_test(incomplete_beta_in_closed_form),
        cmocka_unit_test(student_s_intervals),
        cmocka_unit_test(a_seed_determines_a_stream),
        cmocka_unit_test(below_is_uniform),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

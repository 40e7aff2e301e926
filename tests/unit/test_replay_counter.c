/* The counter against a reference that remembers every number. */
#include "unit/replay_util.h"

#define SPAN 16384

/* Numbers base + 1 .. base + SPAN. */
struct reference {
    uint64_t base, highest;
    bool seen[SPAN + 1];
};

static int reference_claim(struct reference *r, uint64_t number)
{
    if (number <= r->highest && r->highest - number > 1023) {
        return MACAW_CLAIM_STALE;
    }
    if (r->seen[number - r->base]) {
        return MACAW_CLAIM_SEEN;
    }
    r->seen[number - r->base] = true;
    if (number > r->highest) {
        r->highest = number;
    }
    return MACAW_CLAIM_NEW;
}

static void follows_the_reference(void **state)
{
    (void)state;
    static const uint64_t bases[] = { 0, 1, 63, 1000, UINT32_MAX, (uint64_t)1 << 40,
                                      UINT64_MAX - SPAN };
    static const uint64_t reaches[] = { 1, 2, 64, 65, 1000, 1100, 1200, 3000 };
    uint64_t seed = 7;

    for (size_t b = 0; b < sizeof bases / sizeof *bases; b++) {
        for (size_t k = 0; k < sizeof reaches / sizeof *reaches; k++) {
            struct reference r = { .base = bases[b], .highest = 0 };
            macaw_counter c = { 0 };
            for (uint64_t i = 0; i < 20000; i++) {
                /* A walk upwards that strays by the reach to both sides. */
                uint64_t at = i * (SPAN - 2 * 3000) / 20000 + next_random(&seed) % reaches[k] + 1;
                uint64_t number = bases[b] + at;
                assert_int_equal(macaw_counter_claim(&c, number), reference_claim(&r, number));
            }
        }
    }
}

static void random_orders(void **state)
{
    (void)state;
    uint64_t seed = 11;

    for (unsigned round = 0; round < 50; round++) {
        struct reference r = { .base = next_random(&seed) };
        macaw_counter c = { 0 };
        if (r.base > UINT64_MAX - SPAN) {
            r.base = 0;
        }
        for (unsigned i = 0; i < 5000; i++) {
            uint64_t number = r.base + 1 + next_random(&seed) % SPAN;
            assert_int_equal(macaw_counter_claim(&c, number), reference_claim(&r, number));
        }
    }
}

static void edges_of_the_window(void **state)
{
    (void)state;
    static const uint64_t tops[] = { 1024, 1025, 2047, 2048, 5000, UINT64_MAX };

    for (size_t i = 0; i < sizeof tops / sizeof *tops; i++) {
        macaw_counter c = { 0 };
        uint64_t top = tops[i];
        assert_int_equal(macaw_counter_claim(&c, top), MACAW_CLAIM_NEW);
        assert_int_equal(macaw_counter_claim(&c, top), MACAW_CLAIM_SEEN);
        assert_int_equal(macaw_counter_claim(&c, top - 1023), MACAW_CLAIM_NEW);
        assert_int_equal(macaw_counter_claim(&c, top - 1023), MACAW_CLAIM_SEEN);
        if (top > 1024) {
            assert_int_equal(macaw_counter_claim(&c, top - 1024), MACAW_CLAIM_STALE);
            assert_int_equal(macaw_counter_claim(&c, 1), MACAW_CLAIM_STALE);
        }
        for (uint64_t d = 1; d < 1023; d++) {
            assert_int_equal(macaw_counter_claim(&c, top - d), MACAW_CLAIM_NEW);
        }
        for (uint64_t d = 0; d < 1024; d++) {
            assert_int_equal(macaw_counter_claim(&c, top - d), MACAW_CLAIM_SEEN);
        }
    }
}

static void huge_jumps(void **state)
{
    (void)state;
    macaw_counter c = { 0 };

    for (uint64_t n = 1; n <= 2000; n++) {
        assert_int_equal(macaw_counter_claim(&c, n), MACAW_CLAIM_NEW);
    }
    for (unsigned shift = 11; shift < 64; shift++) {
        uint64_t n = (uint64_t)1 << shift;
        assert_int_equal(macaw_counter_claim(&c, n), MACAW_CLAIM_NEW);
        assert_int_equal(macaw_counter_claim(&c, n - 5), MACAW_CLAIM_NEW);
        assert_int_equal(macaw_counter_claim(&c, n), MACAW_CLAIM_SEEN);
    }
    assert_int_equal(macaw_counter_claim(&c, UINT64_MAX), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_counter_claim(&c, UINT64_MAX), MACAW_CLAIM_SEEN);
    assert_int_equal(macaw_counter_claim(&c, UINT64_MAX - 1), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_counter_claim(&c, 0), MACAW_EARG);
    assert_int_equal(macaw_counter_claim(NULL, 1), MACAW_EARG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_the_reference),
        cmocka_unit_test(random_orders),
        cmocka_unit_test(edges_of_the_window),
        cmocka_unit_test(huge_jumps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Counting pairs with the fast loops against counting them one by one. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "family.h"
#include "pairs.h"

/* Numerical Recipes' generator: the same families every time. */
static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static void random_family(uint64_t seed, uint32_t n, uint32_t m, uint32_t l, uint32_t weight,
                          family *ret)
{
    *ret = (family){.n = n, .m = m, .l = l};
    ret->tags = calloc((size_t)n * l, sizeof *ret->tags);
    ret->key_weights = weight > 1 ? calloc(l, sizeof *ret->key_weights) : NULL;
    assert_non_null(ret->tags);
    for (size_t i = 0; i < (size_t)n * l; i++) {
        ret->tags[i] = (uint16_t)(next_random(&seed) % m);
    }
    for (uint32_t k = 0; ret->key_weights != NULL && k < l; k++) {
        ret->key_weights[k] = 1 + next_random(&seed) % weight;
    }
}

typedef struct slow {
    uint64_t min, max, collision, difference, xored;
} slow;

/* The m*m numbers of a pair of messages, and what is looked for in them. */
static void count_slowly(const family *f, uint32_t x, uint32_t other, uint64_t *cells, slow *ret)
{
    uint64_t diffs[512] = {0};
    uint64_t xors[512] = {0};

    memset(cells, 0, (size_t)f->m * f->m * sizeof *cells);
    for (uint32_t k = 0; k < f->l; k++) {
        uint32_t y = f->tags[(size_t)x * f->l + k];
        uint32_t z = f->tags[(size_t)other * f->l + k];
        uint64_t weight = family_key_weight(f, k);
        cells[(size_t)y * f->m + z] += weight;
        diffs[(z + f->m - y) % f->m] += weight;
        xors[y ^ z] += weight;
    }
    for (size_t i = 0; i < (size_t)f->m * f->m; i++) {
        ret->min = cells[i] < ret->min ? cells[i] : ret->min;
        ret->max = cells[i] > ret->max ? cells[i] : ret->max;
    }
    ret->collision = diffs[0] > ret->collision ? diffs[0] : ret->collision;
    for (size_t i = 0; i < 512; i++) {
        ret->difference = diffs[i] > ret->difference ? diffs[i] : ret->difference;
        ret->xored = xors[i] > ret->xored ? xors[i] : ret->xored;
    }
}

static void check_family(const family *f, unsigned threads)
{
    uint64_t *cells = calloc((size_t)f->m * f->m, sizeof *cells);
    uint32_t *best = calloc((size_t)f->n * f->m, sizeof *best);
    slow want = {.min = UINT64_MAX};
    pair_counts counts;
    macaw_error err;

    assert_int_equal(pairs_count(f, threads, false, &counts, &err), MACAW_OK);
    for (uint32_t x = 0; x < f->n; x++) {
        for (uint32_t other = 0; other < f->n; other++) {
            if (x == other) {
                continue;
            }
            count_slowly(f, x, other, cells, &want);
            for (size_t i = 0; i < (size_t)f->m * f->m; i++) {
                uint32_t *cell = &best[(size_t)x * f->m + i / f->m];
                *cell = cells[i] > *cell ? (uint32_t)cells[i] : *cell;
            }
        }
    }
    assert_memory_equal(counts.best, best, (size_t)f->n * f->m * sizeof *best);
    assert_true(counts.min == want.min && counts.max == want.max);
    assert_true(counts.collision.weight == want.collision);
    assert_true(counts.difference.weight == want.difference);
    assert_true(counts.xored.weight == want.xored);
    pairs_clear(&counts);
    free(best);
    free(cells);
}

static void fast_counts_are_the_slow_ones(void **state)
{
    /* tags around whole blocks and powers of two; few keys a tag, and many */
    static const uint32_t tags[] = {1, 2, 3, 7, 8, 9, 15, 16, 17, 64, 65, 200, 256, 257};
    static const uint32_t keys[] = {1, 5, 64, 3000};
    family f;

    (void)state;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        for (size_t j = 0; j < sizeof keys / sizeof *keys; j++) {
            random_family(i * 100 + j, 5, tags[i], keys[j], j % 2 ? 1 : 1000, &f);
            check_family(&f, 1);
            check_family(&f, 3);
            free(f.tags);
            free(f.key_weights);
        }
    }
}

static void the_classes_of_message_weights_have_their_own_tallies(void **state)
{
    uint32_t weights[] = {5, 1, 5, 2};
    family f;
    pair_counts counts;
    macaw_error err;
    uint64_t quadruples = 0;

    (void)state;
    random_family(9, 4, 3, 50, 1, &f);
    f.message_weights = weights;
    assert_int_equal(pairs_count(&f, 2, false, &counts, &err), MACAW_OK);
    assert_int_equal(counts.classes, 3);
    for (size_t i = 0; i < TALLY_SMALL; i++) {
        quadruples += pair_tally(&counts, 0, 0)->small[i];
        assert_int_equal(pair_tally(&counts, 1, 1)->small[i], 0);
    }
    assert_int_equal(quadruples, 9); /* one pair of messages of weight 5 */
    assert_ptr_equal(pair_tally(&counts, 0, 2), pair_tally(&counts, 2, 0));
    pairs_clear(&counts);
    free(f.tags);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_counts_are_the_slow_ones),
        cmocka_unit_test(the_classes_of_message_weights_have_their_own_tallies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

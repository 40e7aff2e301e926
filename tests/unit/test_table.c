/* The keyed hash table against a plain model, growth in small steps, removal,
 * and keys made to collide under unkeyed hashes. Checklist: A22, A23. */
#include "support.h"

#include <stdbool.h>
#include <string.h>

#include "prim/table.h"

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static macaw_table *new_table(size_t expected)
{
    macaw_table *t = NULL;

    assert_int_equal(macaw_table_new(&t, expected, MACAW_TABLE_SIPHASH_2_4), MACAW_OK);
    return t;
}

/* Values are pointers into here: value n is &cells[n]. */
enum { KEYS = 20000 };
static char cells[KEYS];

static size_t key_text(char *out, size_t n)
{
    return (size_t)sprintf(out, "key-%zu%.*s", n, (int)(n % 13), "abcdefghijklm");
}

static void behaves_like_the_model(void **state)
{
    static void *model[KEYS];
    macaw_table *t = new_table(0);
    uint64_t seed = 88172645463325252u;
    size_t count = 0;

    (void)state;
    for (size_t step = 0; step < 400000; step++) {
        size_t n = next(&seed) % (step < 200000 ? KEYS : 500);
        char key[40];
        size_t len = key_text(key, n);
        void *old = NULL;
        switch (next(&seed) % 4) {
        case 0:
        case 1: {
            void *value = &cells[next(&seed) % KEYS];
            assert_int_equal(macaw_table_set(t, key, len, value, &old), MACAW_OK);
            assert_ptr_equal(old, model[n]);
            count += model[n] == NULL;
            model[n] = value;
            break;
        }
        case 2:
            assert_ptr_equal(macaw_table_get(t, key, len), model[n]);
            break;
        default:
            assert_ptr_equal(macaw_table_remove(t, key, len), model[n]);
            count -= model[n] != NULL;
            model[n] = NULL;
        }
        assert_int_equal(macaw_table_count(t), count);
    }
    for (size_t n = 0; n < KEYS; n++) {
        char key[40];
        assert_ptr_equal(macaw_table_get(t, key, key_text(key, n)), model[n]);
    }
    macaw_table_free(t);
}

static void walks_over_each_once(void **state)
{
    (void)state;
    for (size_t count = 0; count < 300; count += 7) {
        macaw_table *t = new_table(0);
        unsigned char seen[300] = {0};
        size_t at = 0, len, n = 0;
        const void *key;
        void *value;
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(macaw_table_set(t, &i, sizeof i, &cells[i], NULL), MACAW_OK);
        }
        while (macaw_table_next(t, &at, &key, &len, &value)) {
            size_t i;
            assert_int_equal(len, sizeof i);
            memcpy(&i, key, sizeof i);
            assert_ptr_equal(value, &cells[i]);
            assert_int_equal(seen[i]++, 0);
            n++;
        }
        assert_int_equal(n, count);
        macaw_table_free(t);
    }
}

static void a_batch_is_its_keys(void **state)
{
    macaw_table *t = new_table(100);
    static size_t numbers[1000];
    macaw_table_key keys[1000];
    void *values[1000];

    (void)state;
    for (size_t i = 0; i < 1000; i++) {
        numbers[i] = i;
        keys[i] = (macaw_table_key){&numbers[i], sizeof numbers[i]};
        if (i % 3 != 0) {
            assert_int_equal(macaw_table_set(t, &numbers[i], sizeof numbers[i], &cells[i], NULL),
                             MACAW_OK);
        }
    }
    for (size_t n = 0; n <= 1000; n += n < 40 ? 1 : 137) {
        macaw_table_get_many(t, keys, n, values);
        for (size_t i = 0; i < n; i++) {
            assert_ptr_equal(values[i], i % 3 != 0 ? &cells[i] : NULL);
        }
    }
    macaw_table_free(t);
}

static void edges(void **state)
{
    macaw_table *t = NULL;
    void *old = &cells[9];

    (void)state;
    assert_int_equal(macaw_table_new(NULL, 0, MACAW_TABLE_SIPHASH_2_4), MACAW_EARG);
    assert_int_equal(macaw_table_new(&t, SIZE_MAX, MACAW_TABLE_SIPHASH_2_4), MACAW_EARG);
    assert_int_equal(macaw_table_new(&t, 0, MACAW_TABLE_SIPHASH_1_3), MACAW_OK);
    assert_null(macaw_table_get(t, "x", 1));
    assert_null(macaw_table_remove(t, "x", 1));
    assert_int_equal(macaw_table_set(t, "x", 1, NULL, NULL), MACAW_EARG);
    assert_int_equal(macaw_table_set(t, NULL, 0, &cells[1], &old), MACAW_OK);
    assert_null(old);
    assert_ptr_equal(macaw_table_get(t, "", 0), &cells[1]);
    assert_int_equal(macaw_table_set(t, "a\0b", 3, &cells[2], NULL), MACAW_OK);
    assert_null(macaw_table_get(t, "a", 1));
    assert_ptr_equal(macaw_table_get(t, "a\0b", 3), &cells[2]);
    macaw_table_free(t);
    macaw_table_free(NULL);
}

/* Every length around the one that still fits into a bucket, and large ones. */
static void keys_of_every_length(void **state)
{
    static uint8_t bytes[2048];
    macaw_table *t = new_table(0);

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t len = 0; len < sizeof bytes; len++) {
            assert_int_equal(macaw_table_set(t, bytes, len, &cells[len], NULL), MACAW_OK);
        }
        assert_int_equal(macaw_table_count(t), sizeof bytes);
        for (size_t len = 0; len < sizeof bytes; len++) {
            assert_ptr_equal(macaw_table_get(t, bytes, len), &cells[len]);
        }
        for (size_t len = 0; len < sizeof bytes && round < 2; len++) {
            assert_ptr_equal(macaw_table_remove(t, bytes, len), &cells[len]);
        }
    }
    macaw_table_free(t);
}

/* Growth over several large pages: what was moved is given back and nothing lost. */
static void grows_large(void **state)
{
    enum { MANY = 300000 };
    macaw_table *t = new_table(0);

    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        size_t probe = i / 2;
        assert_int_equal(macaw_table_set(t, &i, sizeof i, &cells[i % KEYS], NULL), MACAW_OK);
        assert_ptr_equal(macaw_table_get(t, &probe, sizeof probe), &cells[probe % KEYS]);
        probe = i + 1;
        assert_null(macaw_table_get(t, &probe, sizeof probe));
    }
    for (size_t i = 0; i < MANY; i++) {
        assert_ptr_equal(macaw_table_remove(t, &i, sizeof i), &cells[i % KEYS]);
    }
    assert_int_equal(macaw_table_count(t), 0);
    /* Nothing is left behind that would make later searches long. */
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(macaw_table_set(t, &i, sizeof i, &cells[i], NULL), MACAW_OK);
    }
    for (size_t i = 1000; i < 2000; i++) {
        assert_int_equal(macaw_table_steps(t, &i, sizeof i), 1);
    }
    macaw_table_free(t);
}

/* The first large page goes back while entries whose home is on it lie behind it, in
 * one table of six or so. */
static void gives_pages_back_in_time(void **state)
{
    enum { FULL = 98304, HALF = FULL + 8192 };

    (void)state;
    for (int round = 0; round < 30; round++) {
        macaw_table *t = new_table(FULL - 1);
        for (size_t i = 0; i <= HALF; i++) {
            assert_int_equal(macaw_table_set(t, &i, sizeof i, &cells[i % KEYS], NULL), MACAW_OK);
        }
        for (size_t i = 0; i <= HALF; i++) {
            assert_ptr_equal(macaw_table_get(t, &i, sizeof i), &cells[i % KEYS]);
        }
        macaw_table_free(t);
    }
}

/* ---- floods: keys that collide under 31 h + c, whatever h begins with ---- */

enum { FLOOD = 4096, PAIRS = 12, CHAINS = 8192 };

static void flood_key(char key[2 * PAIRS], size_t n)
{
    for (size_t i = 0; i < PAIRS; i++) {
        memcpy(key + 2 * i, (n >> i & 1) != 0 ? "Aa" : "BB", 2);
    }
}

/* Comparisons that inserting all of them into a chained table takes. */
static size_t chained(uint32_t start)
{
    static size_t length[CHAINS];
    size_t comparisons = 0;

    memset(length, 0, sizeof length);
    for (size_t n = 0; n < FLOOD; n++) {
        char key[2 * PAIRS];
        uint32_t h = start;
        flood_key(key, n);
        for (size_t i = 0; i < sizeof key; i++) {
            h = 31 * h + (uint8_t)key[i];
        }
        comparisons += length[h % CHAINS]++;
    }
    return comparisons;
}

static void a_seed_does_not_stop_a_flood(void **state)
{
    uint64_t seed = 4101842887655102017u;

    (void)state;
    assert_int_equal(chained(0), (size_t)FLOOD * (FLOOD - 1) / 2);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(chained((uint32_t)next(&seed)), (size_t)FLOOD * (FLOOD - 1) / 2);
    }
}

static size_t steps_of(bool attack)
{
    macaw_table *t = new_table(0);
    uint64_t seed = 88172645463325252u;
    size_t steps = 0;

    for (size_t n = 0; n < FLOOD; n++) {
        char key[2 * PAIRS];
        flood_key(key, n);
        for (size_t i = 0; i < sizeof key && !attack; i++) {
            key[i] = (char)next(&seed);
        }
        steps += macaw_table_steps(t, key, sizeof key);
        assert_int_equal(macaw_table_set(t, key, sizeof key, &cells[n], NULL), MACAW_OK);
    }
    macaw_table_free(t);
    return steps;
}

/* Two or three buckets a search, one more while the table grows; never thousands. */
static void the_key_does(void **state)
{
    (void)state;
    assert_in_range(steps_of(true), FLOOD / 2, 4 * FLOOD);
    assert_in_range(steps_of(false), FLOOD / 2, 4 * FLOOD);
}

/* The key is drawn anew for each table: nobody can prepare collisions. */
static void every_table_has_its_own_order(void **state)
{
    macaw_table *t[2];
    const void *key[2];
    size_t equal = 0, at[2] = {0}, len;
    void *value;

    (void)state;
    for (int i = 0; i < 2; i++) {
        t[i] = new_table(1000);
        for (size_t n = 0; n < 1000; n++) {
            assert_int_equal(macaw_table_set(t[i], &n, sizeof n, &cells[n], NULL), MACAW_OK);
        }
    }
    while (macaw_table_next(t[0], &at[0], &key[0], &len, &value)) {
        assert_true(macaw_table_next(t[1], &at[1], &key[1], &len, &value));
        equal += memcmp(key[0], key[1], len) == 0;
    }
    assert_in_range(equal, 0, 100);
    macaw_table_free(t[0]);
    macaw_table_free(t[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_the_model),
        cmocka_unit_test(walks_over_each_once),
        cmocka_unit_test(a_batch_is_its_keys),
        cmocka_unit_test(edges),
        cmocka_unit_test(keys_of_every_length),
        cmocka_unit_test(grows_large),
        cmocka_unit_test(gives_pages_back_in_time),
        cmocka_unit_test(a_seed_does_not_stop_a_flood),
        cmocka_unit_test(the_key_does),
        cmocka_unit_test(every_table_has_its_own_order),
    };

    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}

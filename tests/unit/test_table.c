/* The keyed hash table against a plain model, growth in small steps, removal,
 * and keys made to collide under unkeyed hashes. Checklist: A22, A23. */
#include "support.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/table.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(behaves_like_the_model),
        cmocka_unit_test(walks_over_each_once),
        cmocka_unit_test(a_batch_is_its_keys),
        cmocka_unit_test(edges),
    };

    return cmocka_run_group_tests_name("table", tests, NULL, NULL);
}

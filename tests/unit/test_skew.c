/* How a difference of clocks is put into words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <macaw/signing.h>

static void test_words(void **state)
{
    (void)state;
    static const struct {
        int64_t skew;
        const char *words;
    } cases[] = {
        {0, "0 s old"},
        {1, "1 s old"},
        {-5, "5 s ahead"},
        {300, "300 s old"},
        {-301, "301 s ahead"},
        {900, "900 s old"},   /* 15 min is no zone */
        {1740, "1740 s old"}, /* 29 min */
        {1794, "1794 s old"},
        {1795, "1795 s old, almost exactly 30 min: time-zone bug in the client"},
        {1800, "1800 s old, exactly 30 min: time-zone bug in the client"},
        {1805, "1805 s old, almost exactly 30 min: time-zone bug in the client"},
        {1806, "1806 s old"},
        {2700, "2700 s old, exactly 45 min: time-zone bug in the client"},
        {3600, "3600 s old, exactly 1 h: time-zone bug in the client"},
        {19800, "19800 s old, exactly 5 h 30 min: time-zone bug in the client"},
        {-19800, "19800 s ahead, exactly 5 h 30 min: time-zone bug in the client"},
        {20700, "20700 s old, exactly 5 h 45 min: time-zone bug in the client"},
        {32400, "32400 s old, exactly 9 h: time-zone bug in the client"},
        {32402, "32402 s old, almost exactly 9 h: time-zone bug in the client"},
        {32700, "32700 s old"}, /* 9 h and a clock 300 s off */
        {-32398, "32398 s ahead, almost exactly 9 h: time-zone bug in the client"},
        {93600, "93600 s old, exactly 26 h: time-zone bug in the client"},
        {94500, "94500 s old"},
        {INT64_MAX, "9223372036854775807 s old"},
        {INT64_MIN, "9223372036854775807 s ahead"},
    };
    char text[80];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_skew_describe(cases[i].skew, text, sizeof text);
        assert_string_equal(text, cases[i].words);
    }
}

static void test_sizes(void **state)
{
    (void)state;
    char full[80], text[80];

    macaw_skew_describe(-32398, full, sizeof full);
    for (size_t size = 1; size <= sizeof text; size++) {
        memset(text, '#', sizeof text);
        macaw_skew_describe(-32398, text, size);
        assert_int_equal(strlen(text), strlen(full) < size ? strlen(full) : size - 1);
        assert_memory_equal(text, full, strlen(text));
    }
    macaw_skew_describe(0, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

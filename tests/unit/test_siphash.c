/* SipHash in batches: messages of one length and of many, every count, no byte read
 * past an end. That single tags are right is what test_published is for. Checklist:
 * A23. */
#include "support.h"

#include <string.h>

#define COUNT 70

static const char *const names[] = {"siphash-1-3", "siphash-2-4", "siphash-2-4-128"};

static void check(const char *name, const char *kernel, const macaw_msg *msgs, size_t n)
{
    macaw_key *key = key_of(name, pattern_key, 16, kernel);
    size_t len = macaw_key_tag_len(key);
    uint8_t tags[COUNT * 16], want[16];

    assert_int_equal(macaw_tag_many(key, msgs, n, tags, len), MACAW_OK);
    for (size_t i = 0; i < n; i++) {
        tag_of(key, msgs[i].data, msgs[i].len, want);
        assert_bytes(name, msgs[i].len, want, tags + i * len, len);
    }
    assert_int_equal(macaw_verify_many(key, msgs, n, tags, len, NULL), MACAW_OK);
    macaw_key_free(key);
}

static void check_all(const macaw_msg *msgs, size_t n)
{
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        const macaw_alg *alg = macaw_alg_find(names[a]);
        for (size_t k = 0; macaw_alg_kernel(alg, k) != NULL; k++) {
            macaw_key_opts opts = {.kernel = macaw_alg_kernel(alg, k)};
            macaw_key *key = NULL;
            if (macaw_key_new(&key, alg, pattern_key, 16, &opts) == MACAW_OK) {
                check(names[a], opts.kernel, msgs, n);
            }
            macaw_key_free(key);
        }
    }
}

/* Each message ends where an unreadable page begins. */
static void one_length(void **state)
{
    macaw_msg msgs[COUNT];
    uint8_t *room[COUNT];

    (void)state;
    for (size_t len = 0; len <= 66; len++) {
        for (size_t i = 0; i < COUNT; i++) {
            room[i] = guarded_alloc(len);
            memcpy(room[i], pattern_msg + i, len);
            msgs[i] = (macaw_msg){.data = len > 0 ? room[i] : NULL, .len = len};
        }
        for (size_t n = 0; n <= COUNT; n += n < 34 ? 1 : 12) {
            check_all(msgs, n);
        }
        for (size_t i = 0; i < COUNT; i++) {
            guarded_free(room[i], len);
        }
    }
}

/* Around the lengths that are sorted and those that are not. */
static void many_lengths(void **state)
{
    macaw_msg msgs[COUNT];

    (void)state;
    for (size_t round = 0; round < 40; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            msgs[i] = (macaw_msg){.data = pattern_msg + i, .len = (i * i * 7 + round * 31) % 900};
        }
        check_all(msgs, 1 + (round * 13) % COUNT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_length),
        cmocka_unit_test(many_lengths),
    };

    return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}

/* Batches of uneven messages: lanes that end at different times are refilled and
 * retired without mixing messages up. Every batch is compared with its messages
 * one by one, under every kernel. */
#include "support.h"

#include <string.h>

#include "mac/class.h"
#include "mac/lanes.h"

enum { MESSAGES = 2 * MACAW_GROUP_MAX + 5, LONGEST = 9000, GUARDED = 40 };

static uint8_t text[LONGEST + MESSAGES];
static macaw_msg msgs[MESSAGES];
static uint8_t tags[MESSAGES * MACAW_TAG_MAX + 1];

/* A length for the i-th message, by a rule that mixes empty, short and long. */
static size_t uneven(size_t i)
{
    return i % 11 == 0 ? (i * 997) % LONGEST : i % 5 == 0 ? 0 : (i * 61) % 700;
}

static size_t alike(size_t i)
{
    (void)i;
    return 100;
}

static size_t rising(size_t i)
{
    return i;
}

static size_t one_giant(size_t i)
{
    return i == 3 ? LONGEST : 16;
}

static void check_batch(const macaw_key *key, size_t n)
{
    const size_t len = macaw_key_tag_len(key);
    uint8_t want[MACAW_TAG_MAX];

    memset(tags, 0xaa, sizeof tags);
    assert_int_equal(macaw_tag_many(key, msgs, n, tags, len), MACAW_OK);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(macaw_tag(key, &msgs[i], want, len), MACAW_OK);
        assert_bytes(macaw_key_kernel(key), msgs[i].len, want, tags + i * len, len);
    }
    assert_int_equal(tags[n * len], 0xaa);
    assert_int_equal(macaw_verify_many(key, msgs, n, tags, len, NULL), MACAW_OK);
}

static void check_key(const macaw_key *key)
{
    static size_t (*const rules[])(size_t) = {uneven, alike, rising, one_giant};
    static const size_t counts[] = {2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 255, 256, 257, MESSAGES};

    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        for (size_t i = 0; i < MESSAGES; i++) {
            msgs[i] = (macaw_msg){.data = text + i, .len = rules[r](i)};
        }
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
            check_batch(key, counts[c]);
        }
    }
}

/* Nothing is read past the end of a message. */
static void check_guarded(const macaw_key *key)
{
    uint8_t *copy[GUARDED];

    for (size_t i = 0; i < GUARDED; i++) {
        msgs[i].len = uneven(i + 1);
        copy[i] = guarded_alloc(msgs[i].len);
        memcpy(copy[i], text, msgs[i].len);
        msgs[i].data = copy[i];
    }
    check_batch(key, GUARDED);
    for (size_t i = 0; i < GUARDED; i++) {
        guarded_free(copy[i], msgs[i].len);
    }
}

static void batches_are_their_messages(void **state)
{
    size_t ran = 0;

    (void)state;
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)(i * i >> 5 ^ i);
    }
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        const uint32_t other = MACAW_ALG_NONCE | MACAW_ALG_ONE_TIME | MACAW_ALG_FIXED;
        for (size_t k = 0; alg->cls->many != NULL && macaw_alg_kernel(alg, k) != NULL; k++) {
            macaw_key_opts opts = {.kernel = macaw_alg_kernel(alg, k)};
            size_t len = alg->key_min > 16 ? alg->key_min : 16;
            macaw_key *key = NULL;
            if ((alg->flags & other) == 0 &&
                macaw_key_new(&key, alg, pattern_key, len, &opts) == MACAW_OK) {
                check_key(key);
                check_guarded(key);
                macaw_key_free(key);
                ran++;
            }
        }
    }
    assert_true(ran > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_are_their_messages),
    };

    return cmocka_run_group_tests_name("lanes", tests, NULL, NULL);
}

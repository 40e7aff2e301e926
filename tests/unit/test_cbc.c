/* The CBC family: standards' vectors, and what padding must keep apart.
 * Checklist: D7, D8, D10, D13, D14, D15, D16, D24, D25, D26, D28. */
#include "support.h"

#include <string.h>

#include "mac/cbc.h"

static void standard_vectors(void **state)
{
    (void)state;
    assert_int_equal(check_vectors("cbc.txt"), 73);
}

/* Messages that differ only in what padding would add have different tags. */
static void padding_is_injective(void **state)
{
    static const char *const names[] = {"ecbc-aes128", "cmac-aes128", "xcbc-aes128", "cmac-des3"};

    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        const macaw_alg *alg = macaw_alg_find(names[a]);
        macaw_key *key = key_of(names[a], pattern_key, alg->key_min, NULL);
        for (size_t len = 0; len <= 40; len++) {
            uint8_t msg[64] = {0}, plain[16], zero[16], one[16];
            memcpy(msg, pattern_msg + 1, len);
            tag_of(key, msg, len, plain);
            tag_of(key, msg, len + 1, zero);
            msg[len] = 0x80;
            tag_of(key, msg, len + 1, one);
            assert_memory_not_equal(plain, zero, alg->tag_len);
            assert_memory_not_equal(plain, one, alg->tag_len);
            /* The padded message itself is another message. */
            size_t full = (len / alg->block_len + 1) * alg->block_len;
            tag_of(key, msg, full, one);
            assert_memory_not_equal(plain, one, alg->tag_len);
        }
        macaw_key_free(key);
    }
}

/* How many blocks the end of a message takes: the extra block rule. */
static void ends(void **state)
{
    static const struct {
        const char *alg;
        size_t held, blocks;
    } cases[] = {
        {"ecbc-aes128", 0, 1},    {"ecbc-aes128", 1, 1},  {"ecbc-aes128", 15, 1},
        {"ecbc-aes128", 16, 2},   {"cmac-aes128", 0, 1},  {"cmac-aes128", 15, 1},
        {"cmac-aes128", 16, 1},   {"xcbc-aes128", 16, 1}, {"cbc-mac-aes128", 0, 1},
        {"cbc-mac-aes128", 3, 1}, {"cbc-mac-aes128", 16, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_cbc_key key = {0};
        uint8_t out[2 * MACAW_BLOCK_MAX];
        const macaw_cbc_row *row = macaw_alg_find(cases[i].alg)->param;
        assert_int_equal(macaw_cbc_end(row, &key, pattern_msg, cases[i].held, 0, out),
                         cases[i].blocks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_vectors),
        cmocka_unit_test(padding_is_injective),
        cmocka_unit_test(ends),
    };

    return cmocka_run_group_tests_name("cbc", tests, NULL, NULL);
}

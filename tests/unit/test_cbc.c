/* The CBC family: standards' vectors, and what padding must keep apart.
 * Checklist: D7, D8, D10, D13, D14, D15, D16, D24, D25, D26, D28. */
#include "support.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* Nothing is read in front of a message, however short it is. */
static void nothing_before_a_message(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *guard = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                          0);
    macaw_key *key = key_of("cmac-aes128", pattern_key, 16, NULL);
    uint8_t want[16], tags[3 * 16];

    (void)state;
    assert_true(guard != MAP_FAILED);
    assert_int_equal(mprotect(guard, page, PROT_NONE), 0);
    for (size_t len = 0; len <= 40; len++) {
        macaw_msg m = {.data = guard + page, .len = len}, many[3] = {m, m, m};
        memcpy(guard + page, pattern_msg, len);
        tag_of(key, pattern_msg, len, want);
        assert_int_equal(macaw_verify(key, &m, want, 16), MACAW_OK);
        assert_int_equal(macaw_tag_many(key, many, 3, tags, 16), MACAW_OK);
        assert_bytes("batch", len, want, tags + 32, 16);
    }
    macaw_key_free(key);
    assert_int_equal(munmap(guard, 2 * page), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(standard_vectors),
        cmocka_unit_test(padding_is_injective),
        cmocka_unit_test(ends),
        cmocka_unit_test(nothing_before_a_message),
    };

    return cmocka_run_group_tests_name("cbc", tests, NULL, NULL);
}

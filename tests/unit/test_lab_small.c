/* Sound constructions of a small size are what they say. */
#include "naive/small_hash.h"
#include "unit/lab_target.h"

/* What the small ones do is, with AES in them, CMAC: at every length, padded or not. */
static void small_cmac_is_cmac(void **state)
{
    const lab_setting fixed[] = {{"key", KEY}, {"cipher", "aes128"}, {NULL, NULL}};
    world small = {0}, cmac = {0};
    char hex[2 * 50 + 1] = "-";

    (void)state;
    open_world(&small, "cmac-small", fixed);
    open_world(&cmac, "cmac-aes128", fixed);
    for (size_t len = 0; len < 50; len++) {
        lab_output a = checked_tag(&small, hex), b = checked_tag(&cmac, hex);
        assert_memory_equal(a.tag, b.tag, 16);
        snprintf(hex + 2 * len, 3, "%02x", (unsigned)(len * 7) & 0xff);
    }
    close_world(&small);
    close_world(&cmac);
}

/* By hand: k, then 61 80 00 00 for one byte, then its length with the key's in bits. */
static void small_hash_pads_as_md5_does(void **state)
{
    static const uint8_t blocks[][4] = {
        {0xa1, 0xa2, 0xa3, 0xa4}, {0x61, 0x80, 0, 0}, {0, 0, 0, 40}};
    const lab_setting fixed[] = {{"key", "hex:a1a2a3a4"}, {"state-bits", "24"}, {NULL, NULL}};
    uint64_t chain = 0x6d61;
    lab_output got;
    world w = {0};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        chain = lab_small_compress(24, chain, blocks[i]);
    }
    open_world(&w, "prefix-small", fixed);
    got = checked_tag(&w, "61");
    assert_int_equal(got.tag_len, 3);
    assert_int_equal(got.tag[0] << 16 | got.tag[1] << 8 | got.tag[2], chain);
    close_world(&w);
}

/* Every bit, length and place of a block counts. */
static void small_ones_look_at_everything(void **state)
{
    static const char *const names[] = {"pmac-small",    "prefix-small", "suffix-small",
                                        "cascade-small", "nmac-small",   "hmac-small"};
    static const char *const pairs[][2] = {{"00010002", "00020001"},
                                           {"0001", "000100"},
                                           {"-", "00"},
                                           {"00010003", "00010002"},
                                           {"000100020003", "000200010003"}};
    const lab_setting none[] = {{NULL, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        world w = {0};

        open_world(&w, names[i], none);
        for (size_t j = 0; j < sizeof pairs / sizeof *pairs; j++) {
            lab_output a = checked_tag(&w, pairs[j][0]), b = checked_tag(&w, pairs[j][1]);
            assert_int_equal(a.tag_len, 2);
            assert_memory_not_equal(a.tag, b.tag, 2);
        }
        close_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_cmac_is_cmac),
        cmocka_unit_test(small_hash_pads_as_md5_does),
        cmocka_unit_test(small_ones_look_at_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

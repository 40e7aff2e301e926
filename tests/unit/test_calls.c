/* How often a MAC calls its cipher: CMAC and XCBC once for each block of the message,
 * ECBC once more for its last step and once more for the block that padding adds to a
 * message of whole blocks. Checklist: D14, D27. */
#include "support.h"

#include "mac/cbc.h"
#include "prim/block_kernels.h"

static size_t calls;

static bool usable(void)
{
    return true;
}

static int expand(void *schedule, const uint8_t *key, size_t key_len)
{
    return macaw_aes_libcrypto.expand(schedule, key, key_len);
}

static void clear(void *schedule)
{
    if (macaw_aes_libcrypto.clear != NULL) {
        macaw_aes_libcrypto.clear(schedule);
    }
}

static void encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    calls += n;
    macaw_aes_libcrypto.encrypt(schedule, in, out, n);
}

/* libcrypto's AES with a counter; chains are done with encrypt too. */
static const macaw_block_kernel counter = {
    .name = "counter", .usable = usable, .expand = expand, .clear = clear, .encrypt = encrypt};
static const macaw_block_kernel *const kernels[] = {&counter, NULL};
static const macaw_cipher counted = {"counted", 16, 16, kernels};

/* How often the cipher is called for a message of len bytes; the tag must be the
 * algorithm's own. */
static size_t calls_for(const char *name, size_t len)
{
    macaw_alg alg = *macaw_alg_find(name);
    macaw_cbc_row row = *(const macaw_cbc_row *)alg.param;
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    macaw_key *key = NULL, *plain = key_of(name, pattern_key, alg.key_min, NULL);

    row.cipher = &counted;
    alg.param = &row;
    assert_int_equal(macaw_key_new(&key, &alg, pattern_key, alg.key_min, NULL), MACAW_OK);
    calls = 0;
    tag_of(key, pattern_msg, len, got);
    size_t found = calls;
    tag_of(plain, pattern_msg, len, want);
    assert_bytes(name, len, want, got, alg.tag_len);
    macaw_key_free(plain);
    macaw_key_free(key);
    return found;
}

static void one_for_each_block(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 160; len++) {
        size_t blocks = len == 0 ? 1 : (len + 15) / 16;
        assert_int_equal(calls_for("cmac-aes128", len), blocks);
        assert_int_equal(calls_for("xcbc-aes128", len), blocks);
    }
}

static void ecbc_pays_for_padding_and_last_step(void **state)
{
    (void)state;
    for (size_t len = 0; len <= 160; len++) {
        size_t whole = len > 0 && len % 16 == 0;
        assert_int_equal(calls_for("ecbc-aes128", len), calls_for("cmac-aes128", len) + 1 + whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_for_each_block),
        cmocka_unit_test(ecbc_pays_for_padding_and_last_step),
    };

    return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}

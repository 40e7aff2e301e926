/* How often a MAC calls its cipher: CMAC, XCBC and PMAC once for each block of the message,
 * ECBC once more for its last step and once more for the block that padding adds to a
 * message of whole blocks; PMAC four times for a changed block. Checklist: D14, D27, D34. */
#include "support.h"

#include "mac/cbc.h"
#include "mac/pmac.h"
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

static void decrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    calls += n;
    macaw_aes_libcrypto.decrypt(schedule, in, out, n);
}

/* libcrypto's AES with a counter; chains are done with encrypt too. */
static const macaw_block_kernel counter = {.name = "counter",
                                           .usable = usable,
                                           .expand = expand,
                                           .clear = clear,
                                           .encrypt = encrypt,
                                           .decrypt = decrypt};
static const macaw_block_kernel *const kernels[] = {&counter, NULL};
static const macaw_cipher counted = {"counted", 16, 16, kernels};

typedef struct counting {
    macaw_alg alg;
    macaw_cbc_row cbc;
    macaw_pmac_row pmac;
    macaw_key *key;
} counting;

static void counting_open(counting *ret, const char *name)
{
    ret->alg = *macaw_alg_find(name);
    ret->key = NULL;
    if (ret->alg.cls == &macaw_cbc_class) {
        ret->cbc = *(const macaw_cbc_row *)ret->alg.param;
        ret->cbc.cipher = &counted;
        ret->alg.param = &ret->cbc;
    } else {
        ret->pmac = *(const macaw_pmac_row *)ret->alg.param;
        ret->pmac.cipher = &counted;
        ret->alg.param = &ret->pmac;
    }
    assert_int_equal(macaw_key_new(&ret->key, &ret->alg, pattern_key, ret->alg.key_min, NULL),
                     MACAW_OK);
    calls = 0;
}

/* How often the cipher is called for a message of len bytes; the tag must be the
 * algorithm's own. */
static size_t calls_for(const char *name, size_t len)
{
    uint8_t want[MACAW_TAG_MAX], got[MACAW_TAG_MAX];
    counting c;

    counting_open(&c, name);
    macaw_key *key = c.key, *plain = key_of(name, pattern_key, c.alg.key_min, NULL);
    tag_of(key, pattern_msg, len, got);
    size_t found = calls;
    tag_of(plain, pattern_msg, len, want);
    assert_bytes(name, len, want, got, c.alg.tag_len);
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
        assert_int_equal(calls_for("pmac-aes128", len), blocks);
        assert_int_equal(calls_for("pmac1-aes128", len), blocks);
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

/* Two to leave the tag and come back, two to take a block out and put one in; the last
 * block is in the sum as it is. */
static void a_changed_block_costs_the_same_in_every_message(void **state)
{
    uint8_t tag[16], other[16] = {1};

    (void)state;
    for (size_t blocks = 1; blocks <= 9; blocks++) {
        for (size_t i = 0; i < blocks; i++) {
            const macaw_change change = {16 * blocks, 16 * i, pattern_msg + 16 * i, other};
            counting c;
            counting_open(&c, "pmac-aes128");
            tag_of(c.key, pattern_msg, 16 * blocks, tag);
            calls = 0;
            assert_int_equal(macaw_tag_change(c.key, &change, tag, tag, sizeof tag), MACAW_OK);
            assert_int_equal(calls, i + 1 == blocks ? 2 : 4);
            macaw_key_free(c.key);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_for_each_block),
        cmocka_unit_test(ecbc_pays_for_padding_and_last_step),
        cmocka_unit_test(a_changed_block_costs_the_same_in_every_message),
    };

    return cmocka_run_group_tests_name("calls", tests, NULL, NULL);
}

/* Weak constructions are what they say: against vectors, the library and libcrypto. */
#include <openssl/evp.h>
#include <stdlib.h>

#include <macaw/mac.h>

#include "naive/cipher.h"
#include "naive/hash.h"
#include "unit/lab_target.h"

static bool is_refused(world *w, const char *hex)
{
    uint8_t message[256];
    lab_input in = {.message = {message, unhex(message, sizeof message, hex)}};
    lab_output ret = {0};

    return !w->target.target->tag(w->target.state, &in, &ret);
}

/* ---- ciphers ---- */

/* Beaulieu et al. 2013, appendix C. */
static void speck_has_its_vector(void **state)
{
    static const uint16_t key[4] = {0x1918, 0x1110, 0x0908, 0x0100};
    uint16_t schedule[LAB_SPECK_ROUNDS];

    (void)state;
    lab_speck_expand(schedule, key);
    assert_int_equal(lab_speck_encrypt(schedule, 0x6574694c), 0xa86842f2);
}

static void small_ciphers_are_permutations(void **state)
{
    static const char *const names[] = {"feistel16", "feistel20"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const lab_setting fixed[] = {{"cipher", names[i]}, {NULL, NULL}};
        world w = {0};
        lab_env env = {.settings = &w.settings, .rng = &w.rng};
        lab_cipher *c = aligned_alloc(64, (sizeof *c + 63) / 64 * 64);
        uint8_t seed[LAB_SEED_LEN];

        assert_non_null(c);
        assert_int_equal(lab_settings_fill(&w.settings, NULL, NULL, fixed), 0);
        lab_rng_derive(seed, 1, names[i]);
        lab_rng_init(&w.rng, seed);
        assert_true(lab_cipher_draw(c, &env));
        size_t count = (size_t)1 << c->bits;
        uint8_t *seen = calloc(count, 1);
        assert_non_null(seen);
        for (size_t x = 0; x < count; x++) {
            uint8_t in[3] = {(uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x}, out[3] = {0};
            c->encrypt(c, in + 3 - c->block, out + 3 - c->block);
            size_t y = (size_t)out[0] << 16 | (size_t)out[1] << 8 | out[2];
            assert_true(y < count && seen[y]++ == 0);
        }
        free(seen);
        free(c);
        lab_settings_free(&w.settings);
    }
}

/* ---- CBC ---- */

/* Raw CBC-MAC of three blocks is the library's for that length. */
static void cbc_is_the_library_s(void **state)
{
    static const char hex[] = "000000000000000000000000000000010000000000000000000000000000000200"
                              "000000000000000000000000000003";
    const lab_setting fixed[] = {{"key", KEY}, {NULL, NULL}};
    world weak = {0}, sound = {0};
    lab_output a, b;

    (void)state;
    open_world(&weak, "cbc-raw", fixed);
    open_world(&sound, "cbc-mac-aes128", fixed);
    a = checked_tag(&weak, hex);
    b = checked_tag(&sound, hex);
    assert_int_equal(a.tag_len, b.tag_len);
    assert_memory_equal(a.tag, b.tag, a.tag_len);
    assert_true(is_refused(&weak, "00"));
    assert_true(is_refused(&weak, "-"));
    close_world(&weak);
    close_world(&sound);
}

/* The length of one block, before and behind it, is a block of its own. */
static void cbc_with_lengths(void **state)
{
    const lab_setting fixed[] = {{"key", KEY}, {NULL, NULL}};
    static const char one[] = "00000000000000000000000000000001";
    static const char m[] = "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf";
    char both[65];
    world raw = {0}, shaped = {0};
    lab_output a, b;

    (void)state;
    open_world(&raw, "cbc-raw", fixed);
    open_world(&shaped, "cbc-prepend", fixed);
    snprintf(both, sizeof both, "%s%s", one, m);
    a = checked_tag(&raw, both);
    b = checked_tag(&shaped, m);
    assert_memory_equal(a.tag, b.tag, 16);
    close_world(&shaped);
    open_world(&shaped, "cbc-append", fixed);
    snprintf(both, sizeof both, "%s%s", m, one);
    a = checked_tag(&raw, both);
    b = checked_tag(&shaped, m);
    assert_memory_equal(a.tag, b.tag, 16);
    close_world(&shaped);
    close_world(&raw);
}

static void cbc_fixed_takes_one_length(void **state)
{
    const lab_setting fixed[] = {{"blocks", "1"}, {NULL, NULL}};
    world w = {0};

    (void)state;
    open_world(&w, "cbc-fixed", fixed);
    checked_tag(&w, "00000000000000000000000000000000");
    assert_true(is_refused(&w, "0000000000000000000000000000000000000000000000000000000000000000"));
    close_world(&w);
}

static void cbc_rekey_forgets(void **state)
{
    const lab_setting fixed[] = {{"cipher", "speck32"}, {"rekey", "2"}, {NULL, NULL}};
    world w = {0};
    lab_output first, second, third;

    (void)state;
    open_world(&w, "cbc-rekey", fixed);
    first = checked_tag(&w, "00000000");
    second = checked_tag(&w, "00000000");
    third = checked_tag(&w, "00000000");
    assert_memory_equal(first.tag, second.tag, 4);
    assert_memory_not_equal(first.tag, third.tag, 4);
    close_world(&w);
}

/* Twenty bits are three bytes of which the first four bits are 0. */
static void blocks_have_one_spelling(void **state)
{
    const lab_setting fixed[] = {{"cipher", "feistel20"}, {NULL, NULL}};
    world w = {0};

    (void)state;
    open_world(&w, "cbc-raw", fixed);
    checked_tag(&w, "0fffff");
    assert_true(is_refused(&w, "1fffff"));
    close_world(&w);
}

/* ---- hashes ---- */

static void prefix_is_the_hash_of_both(void **state)
{
    static const struct row {
        const char *construction, *hash;
    } rows[] = {{"prefix-md5", "MD5"},          {"prefix-sha1", "SHA1"},
                {"prefix-sha256", "SHA256"},    {"prefix-sha224", "SHA224"}, {"prefix-sha384", "SHA384"},
                {"prefix-sha512", "SHA512"},    {"prefix-sha512-256", "SHA512-256"},
                {"prefix-sha3-256", "SHA3-256"}};
    const lab_setting fixed[] = {{"key", "secret"}, {NULL, NULL}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t digest[EVP_MAX_MD_SIZE];
        size_t len;
        world w = {0};

        open_world(&w, rows[i].construction, fixed);
        lab_output got = checked_tag(&w, "64617461"); /* data */
        assert_int_equal(EVP_Q_digest(NULL, rows[i].hash, NULL, "secretdata", 10, digest, &len), 1);
        assert_int_equal(got.tag_len, len);
        assert_memory_equal(got.tag, digest, len);
        close_world(&w);
    }
}

/* ---- the library ---- */

/* Every MAC of the registry can be attacked by its name. */
static void every_mac_is_a_target(void **state)
{
    const macaw_alg *alg;

    (void)state;
    for (size_t i = 0; (alg = macaw_alg_at(i)) != NULL; i++) {
        const lab_setting none[] = {{NULL, NULL}};
        uint8_t block[16] = {0};
        lab_input in = {.message = {block, alg->msg_len > 0 ? alg->msg_len : 16}};
        lab_output out = {0};
        world w = {0};

        open_world(&w, alg->name, none);
        assert_true(w.target.target->tag(w.target.state, &in, &out));
        assert_int_equal(out.nonce_len, alg->nonce_len);
        in.nonce = (lab_bytes){out.nonce, out.nonce_len};
        lab_bytes tag = {out.tag, out.tag_len};
        assert_true(lab_instance_verify(&w.target, &in, tag));
        assert_true(lab_instance_verify(&w.target, &in, tag)); /* again */
        block[0] ^= 1;
        assert_false(lab_instance_verify(&w.target, &in, tag));
        /* A one-time key has tagged its message. */
        bool again = w.target.target->tag(w.target.state, &in, &out);
        assert_true(again == ((alg->flags & MACAW_ALG_ONE_TIME) == 0));
        close_world(&w);
    }
}

static void nonces_of_the_library_never_repeat(void **state)
{
    const lab_setting none[] = {{NULL, NULL}};
    lab_output a, b;
    world w = {0};
    lab_input in = {.message = {NULL, 0}};

    (void)state;
    open_world(&w, "gmac-aes128", none);
    a = b = (lab_output){0};
    assert_true(w.target.target->tag(w.target.state, &in, &a));
    assert_true(w.target.target->tag(w.target.state, &in, &b));
    assert_memory_not_equal(a.nonce, b.nonce, a.nonce_len);
    close_world(&w);
}

/* E35: each weak construction names a sound one. */
static void every_weak_one_names_a_sound_one(void **state)
{
    const lab_target *target;

    (void)state;
    for (size_t i = 0; (target = lab_naive_at(i)) != NULL; i++) {
        assert_ptr_equal(lab_target_find(target->name), target);
        assert_null(macaw_alg_find(target->name));
        assert_non_null(target->title);
        assert_true(target->advice != NULL || (target->properties & LAB_WORLD) != 0);
    }
    assert_null(lab_target_find("no-such-thing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speck_has_its_vector),
        cmocka_unit_test(small_ciphers_are_permutations),
        cmocka_unit_test(cbc_is_the_library_s),
        cmocka_unit_test(cbc_with_lengths),
        cmocka_unit_test(cbc_fixed_takes_one_length),
        cmocka_unit_test(cbc_rekey_forgets),
        cmocka_unit_test(blocks_have_one_spelling),
        cmocka_unit_test(prefix_is_the_hash_of_both),
        cmocka_unit_test(every_mac_is_a_target),
        cmocka_unit_test(nonces_of_the_library_never_repeat),
        cmocka_unit_test(every_weak_one_names_a_sound_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

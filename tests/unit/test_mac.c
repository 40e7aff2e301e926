/* The front door itself: arguments, counting, the registry. */
#include "support.h"

#include "mac/class.h"

static void arguments(void **state)
{
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    macaw_key *key = NULL;
    macaw_ctx ctx;
    uint8_t tag[32];
    macaw_key_opts unknown = {.kernel = "abacus"};
    macaw_msg none = {.data = NULL, .len = 0}, bad = {.data = NULL, .len = 1};

    (void)state;
    assert_int_equal(macaw_key_new(&key, NULL, "k", 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, NULL, 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, "k", (size_t)alg->key_max + 1, NULL), MACAW_EARG);
    assert_int_equal(macaw_key_new(&key, alg, "k", 1, &unknown), MACAW_ENOTFOUND);
    assert_null(key);
    assert_int_equal(macaw_key_new(&key, alg, NULL, 0, NULL), MACAW_OK);
    assert_int_equal(macaw_tag(key, &none, tag, 32), MACAW_OK);
    assert_int_equal(macaw_tag(key, &bad, tag, 32), MACAW_EARG);
    assert_int_equal(macaw_verify(key, &bad, tag, 32), MACAW_EARG);
    assert_int_equal(macaw_start(&ctx, key, "nonce", 5), MACAW_EARG);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, NULL, 1), MACAW_EARG);
    assert_int_equal(macaw_finish(&ctx, tag, 31), MACAW_EARG);
    assert_int_equal(macaw_finish(&ctx, tag, 32), MACAW_ESTATE);
    macaw_key_free(key);
    macaw_key_free(NULL);
    assert_null(macaw_alg_find("hmac-sha2"));
    assert_null(macaw_alg_find(""));
}

static void use_is_counted(void **state)
{
    macaw_key *key = key_of("hmac-sha256", pattern_key, 32, NULL);
    uint8_t tags[3 * 32];
    macaw_msg msgs[3] = {{NULL, "a", 1}, {NULL, "bc", 2}, {NULL, "def", 3}};
    macaw_ctx ctx;

    (void)state;
    assert_int_equal(macaw_tag_many(key, msgs, 3, tags, 32), MACAW_OK);
    assert_int_equal(macaw_verify(key, &msgs[0], tags, 32), MACAW_OK);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, pattern_msg, 1000), MACAW_OK);
    assert_int_equal(macaw_finish(&ctx, tags, 32), MACAW_OK);
    assert_int_equal(macaw_key_used(key).messages, 5);
    assert_int_equal(macaw_key_used(key).bytes, 6 + 1 + 1000);
    macaw_key_free(key);
}

/* Past the point where the shared word is emptied, nothing is lost. */
static void use_spills_exactly(void **state)
{
    macaw_use use = {0};
    uint64_t messages = 0, bytes = 0;

    (void)state;
    for (uint64_t i = 0; i < 40000; i++) {
        uint64_t b = i % 7 == 0 ? UINT64_C(5) << 32 : 400000 + i;
        macaw_use_add(&use, 1 + i % 3, b);
        messages += 1 + i % 3;
        bytes += b;
    }
    assert_int_equal(macaw_use_sum(&use).messages, messages);
    assert_int_equal(macaw_use_sum(&use).bytes, bytes);
    assert_true(atomic_load(&use.messages) > 0);
}

/* Names are unique and every row is complete. */
static void the_registry_is_sound(void **state)
{
    (void)state;
    for (size_t a = 0; macaw_alg_at(a) != NULL; a++) {
        const macaw_alg *alg = macaw_alg_at(a);
        assert_ptr_equal(macaw_alg_find(alg->name), alg);
        assert_true(alg->key_min <= alg->key_max && alg->key_safe <= alg->key_max);
        assert_true(alg->tag_len > 0 && alg->tag_len <= MACAW_TAG_MAX);
        assert_true(alg->tag_min >= 8 && alg->tag_min <= alg->tag_len);
        assert_true((alg->flags & MACAW_ALG_INSECURE) == 0);
        assert_true(((alg->flags & MACAW_ALG_NONCE) != 0) == (alg->nonce_len > 0));
        assert_true((alg->flags & MACAW_ALG_LEGACY) == 0 || alg->advice != NULL);
        assert_non_null(alg->standard);
        assert_true(alg->cls->ctx_size <= MACAW_CTX_STATE);
        assert_true(alg->bound == NULL ||
                    (alg->bound->formula != NULL && alg->bound->source != NULL));
    }
}

/* Past the hard bound a key refuses, with a status of its own. */
static void hard_bounds_are_kept(void **state)
{
    macaw_key *key = key_of("cbc-mac-des", "eightkey", 8, NULL);
    macaw_msg m = {.data = pattern_msg, .len = 16};
    uint8_t tag[8];
    macaw_ctx ctx;

    (void)state;
    assert_int_equal(macaw_tag(key, &m, tag, 8), MACAW_OK);
    atomic_store(&key->use.bytes, UINT64_C(8) << 32);
    assert_int_equal(macaw_tag(key, &m, tag, 8), MACAW_ELIMIT);
    assert_int_equal(macaw_verify(key, &m, tag, 8), MACAW_ELIMIT);
    assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_ELIMIT);
    macaw_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments),
        cmocka_unit_test(use_is_counted),
        cmocka_unit_test(use_spills_exactly),
        cmocka_unit_test(the_registry_is_sound),
        cmocka_unit_test(hard_bounds_are_kept),
    };

    return cmocka_run_group_tests_name("mac", tests, NULL, NULL);
}

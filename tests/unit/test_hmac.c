/* HMAC: published vectors, every length under every kernel, and how it is built.
 * Checklist: A12, A13, A14, B33, B34, B35, B36, B37. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "mac/nested.h"
#include "mac/registry.h"

#define MSG_MAX 257

static void rfc_vectors(void **state)
{
    (void)state;
    assert_int_equal(check_vectors("hmac-rfc.txt"), 43);
}

/* One line of hmac-lengths.txt: the tags of lengths 0, step, 2 step, … */
static void check_lengths(const char *alg, size_t key_len, size_t step, char *rest,
                          const char *kernel)
{
    macaw_key *key = key_of(alg, pattern_key, key_len, kernel);
    size_t len = 0;
    uint8_t want[8], tag[MACAW_TAG_MAX];

    for (char *hex = strtok(rest, " \n"); hex != NULL; hex = strtok(NULL, " \n"), len += step) {
        assert_int_equal(unhex(want, sizeof want, hex), 8);
        uint8_t *msg = guarded_alloc(len);
        memcpy(msg, pattern_msg, len);
        tag_of(key, msg, len, tag);
        assert_bytes(alg, len, want, tag, 8);
        guarded_free(msg, len);
    }
    assert_true(len > MSG_MAX - step);
    macaw_key_free(key);
}

static void every_length(void **state)
{
    static char line[8192], copy[8192];
    char alg[32];
    size_t key_len, step, lines = 0;
    int used;
    FILE *f = vectors_open("hmac-lengths.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%31s %zu %zu %n", alg, &key_len, &step, &used), 3);
        const macaw_alg *a = macaw_alg_find(alg);
        for (size_t k = 0; macaw_alg_kernel(a, k) != NULL; k++) {
            macaw_key_opts opts = {.kernel = macaw_alg_kernel(a, k)};
            macaw_key *probe = NULL;
            if (macaw_key_new(&probe, a, "x", 1, &opts) != MACAW_OK) {
                continue;
            }
            macaw_key_free(probe);
            memcpy(copy, line, sizeof copy);
            check_lengths(alg, key_len, step, copy + used, opts.kernel);
        }
        lines++;
    }
    fclose(f);
    assert_int_equal(lines, 11 * 11);
}

/* HMAC is g(f(x)) with two functions that exist on their own. */
static void hmac_is_g_of_f(void **state)
{
    static const char *const names[] = {"hmac-md5", "hmac-sha1", "hmac-sha224", "hmac-sha256",
                                        "hmac-sha384", "hmac-sha512", "hmac-sha512-256"};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        macaw_key *key = key_of(names[i], pattern_key, 32, NULL);
        const macaw_nested_key *nested = (const void *)key->state;
        uint8_t inner[MACAW_MD_DIGEST_MAX], tag[MACAW_TAG_MAX], want[MACAW_TAG_MAX];
        for (size_t len = 0; len <= MSG_MAX; len++) {
            tag_of(key, pattern_msg, len, want);
            macaw_nested_f(nested, pattern_msg, len, inner);
            macaw_nested_g(nested, inner, tag);
            assert_bytes(names[i], len, want, tag, macaw_key_tag_len(key));
        }
        macaw_key_free(key);
    }
}

/* HMAC written out from a plain hash: h((k ^ opad) || h((k ^ ipad) || x)), with
 * the key padded on the side that pad_left says. */
static void hmac_by_hand(const uint8_t *key, size_t key_len, bool pad_left, const uint8_t *msg,
                         size_t len, uint8_t *tag)
{
    const macaw_md_kernel *k = macaw_md_pick(&macaw_sha256, NULL, NULL);
    uint8_t inner[64 + MSG_MAX] = {0}, outer[64 + 32] = {0};
    size_t shift = pad_left ? 64 - key_len : 0;

    for (size_t i = 0; i < 64; i++) {
        uint8_t b = i >= shift && i - shift < key_len ? key[i - shift] : 0;
        inner[i] = b ^ 0x36;
        outer[i] = b ^ 0x5c;
    }
    memcpy(inner + 64, msg, len);
    macaw_md_hash(&macaw_sha256, k, inner, 64 + len, outer + 64);
    macaw_md_hash(&macaw_sha256, k, outer, 96, tag);
}

static void zeros_go_to_the_right(void **state)
{
    const uint8_t *jefe = (const uint8_t *)"Jefe";
    const uint8_t *msg = (const uint8_t *)"what do ya want for nothing?";
    macaw_key *key = key_of("hmac-sha256", jefe, 4, NULL);
    uint8_t tag[32], right[32], left[32], wrong[4];

    (void)state;
    tag_of(key, msg, 28, tag);
    hmac_by_hand(jefe, 4, false, msg, 28, right);
    hmac_by_hand(jefe, 4, true, msg, 28, left);
    assert_bytes("right padding", 28, right, tag, 32);
    assert_memory_not_equal(left, tag, 32);
    (void)unhex(wrong, sizeof wrong, "d9930c23");
    assert_bytes("what left padding gives", 28, wrong, left, 4);
    macaw_key_free(key);

    uint8_t padded[5] = "Jefe"; /* so K and K || 00 are one key */
    key = key_of("hmac-sha256", padded, 5, NULL);
    tag_of(key, msg, 28, left);
    assert_bytes("K || 00", 28, tag, left, 32);
    macaw_key_free(key);
}

/* The insecure suffix construction is right, and out of reach by name. */
static void suffix_is_apart(void **state)
{
    static const char text[] = "/example/users?user=test&institutionID=999"
                               "&signature=7e745d74b69b7f62e8e21711662980";
    const macaw_alg *alg = macaw_alg_find_insecure("sha256-suffix");
    macaw_key *key = NULL;
    uint8_t want[32], got[32], streamed[32];
    macaw_ctx ctx;

    (void)state;
    assert_non_null(alg);
    assert_null(macaw_alg_find("sha256-suffix"));
    assert_null(macaw_alg_find_insecure("hmac-sha256"));
    assert_int_equal(macaw_key_new(&key, alg, "your_secret_key", 15, NULL), MACAW_OK);
    (void)unhex(want, 32, "1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4");
    tag_of(key, text, sizeof text - 1, got);
    assert_bytes("suffix", sizeof text - 1, want, got, 32);
    for (size_t cut = 0; cut < sizeof text; cut++) {
        assert_int_equal(macaw_start(&ctx, key, NULL, 0), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, text, cut), MACAW_OK);
        assert_int_equal(macaw_update(&ctx, text + cut, sizeof text - 1 - cut), MACAW_OK);
        assert_int_equal(macaw_finish(&ctx, streamed, 32), MACAW_OK);
        assert_bytes("suffix, split", cut, want, streamed, 32);
    }
    macaw_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_vectors),
        cmocka_unit_test(every_length),
        cmocka_unit_test(hmac_is_g_of_f),
        cmocka_unit_test(zeros_go_to_the_right),
        cmocka_unit_test(suffix_is_apart),
    };

    return cmocka_run_group_tests_name("hmac", tests, NULL, NULL);
}

/* The polynomial MACs modulo 2^128 + 51 against a reference in big integers: edges
 * of the modulus, every kernel, with and without a table. Checklist: D35, D36, D38,
 * D39. */
#include "support.h"

#include <stdbool.h>
#include <string.h>

#include "mac/poly_onetime.h"

#define MSG_MAX 1400

/* S with the message cut in two. */
static void in_pieces(const macaw_poly_s_key *key, const uint8_t *msg, size_t len, size_t cut,
                      uint8_t *tag)
{
    macaw_poly_s_ctx ctx;

    macaw_poly_s_start(&ctx);
    macaw_poly_s_update(key, &ctx, msg, cut);
    macaw_poly_s_update(key, &ctx, msg + cut, len - cut);
    macaw_poly_s_finish(key, &ctx, tag);
}

static void check(const char *kernel, bool keep, const uint8_t *key, const uint8_t *data,
                  size_t len, const uint8_t *want)
{
    uint8_t tag[MACAW_POLY_S_TAG], *msg = guarded_alloc(len);
    macaw_poly_s_key k;
    int rc = macaw_poly_s_init(&k, key, kernel, keep);

    if (rc == MACAW_OK) {
        memcpy(msg, data, len);
        macaw_poly_s_one(&k, msg, len, tag);
        assert_bytes(kernel, len, want, tag, sizeof tag);
        for (size_t cut = 0; cut <= len; cut += len < 100 ? 1 : 97) {
            in_pieces(&k, msg, len, cut, tag);
            assert_bytes(kernel, len, want, tag, sizeof tag);
        }
    } else {
        assert_int_equal(rc, MACAW_EUNAVAILABLE);
    }
    guarded_free(msg, len);
}

static void reference(void **state)
{
    static char line[2 * MSG_MAX + 200], khex[80], mhex[2 * MSG_MAX + 2], thex[40];
    uint8_t key[MACAW_POLY_S_KEY], msg[MSG_MAX], want[MACAW_POLY_S_TAG];
    size_t n = 0;
    FILE *f = vectors_open("poly.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%79s %2801s %39s", khex, mhex, thex), 3);
        assert_int_equal(unhex(key, sizeof key, khex), sizeof key);
        size_t len = unhex(msg, sizeof msg, mhex);
        assert_int_equal(unhex(want, sizeof want, thex), sizeof want);
        for (size_t k = 0; macaw_poly_s_kernel(k) != NULL; k++) {
            check(macaw_poly_s_kernel(k), false, key, msg, len, want);
            check(macaw_poly_s_kernel(k), true, key, msg, len, want);
        }
        n++;
    }
    fclose(f);
    assert_true(n > 500);
}

/* Blocks of zeros count, at both ends. */
static void zeros_count(void **state)
{
    uint8_t tags[20][MACAW_POLY_S_TAG];

    (void)state;
    for (size_t i = 0; i < 20; i++) {
        static const uint8_t zeros[320];
        macaw_key *key = key_of("poly-onetime", pattern_key, MACAW_POLY_S_KEY, NULL);
        tag_of(key, zeros, 16 * i, tags[i]);
        macaw_key_free(key);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(tags[i], tags[j], MACAW_POLY_S_TAG);
        }
    }
}

/* Two tags would give the key away. */
static void keys_are_spent(void **state)
{
    static const char *const names[] = {"poly-onetime", "poly1305"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        macaw_key *key = key_of(names[i], pattern_key, 32, NULL);
        macaw_msg m = {.data = pattern_msg, .len = 20};
        uint8_t tag[MACAW_TAG_MAX];
        tag_of(key, pattern_msg, 20, tag);
        assert_int_equal(macaw_tag(key, &m, tag, macaw_key_tag_len(key)), MACAW_ESPENT);
        macaw_key_free(key);
    }
}

/* What is left of a Carter-Wegman tag without its mask is S: the same key and nonce
 * masks every message alike. */
static void cw_masks_s(void **state)
{
    macaw_key *cw = key_of("cw-aes128", pattern_key, 48, NULL);
    uint8_t mask[MACAW_POLY_S_TAG], tag[MACAW_POLY_S_TAG], s[MACAW_POLY_S_TAG];

    (void)state;
    for (size_t len = 0; len < sizeof pattern_msg; len += 33) {
        macaw_key *onetime = key_of("poly-onetime", pattern_key + 16, MACAW_POLY_S_KEY, NULL);
        macaw_msg m = {.nonce = pattern_key, .data = pattern_msg, .len = len};
        tag_of(onetime, pattern_msg, len, s);
        assert_int_equal(macaw_tag(cw, &m, tag, sizeof tag), MACAW_OK);
        for (size_t i = 0; i < sizeof s; i++) {
            s[i] ^= tag[i];
        }
        if (len > 0) {
            assert_bytes("mask", len, mask, s, sizeof s);
        }
        memcpy(mask, s, sizeof s);
        macaw_key_free(onetime);
    }
    macaw_key_free(cw);
}

/* From the reference: the order of the key's parts, and both halves of the mask. */
static void cw_values(void **state)
{
    static const struct {
        size_t len;
        const char *tag;
    } values[] = {
        {0, "d8f59fc9de1af881aeec4bb6669402f8fa"},   {1, "41ec4ead378a5009ef8f95d3525f87f96e"},
        {16, "4fd099aeeba8349302691ef2778b0d9159"},  {17, "71d22d0c4dde8250e6dcca5e0134b64b8b"},
        {255, "ce24fb54d145a55c9abdb3bb7be1566e0b"}, {1024, "badba8e6ad28f3701bf1ab4201a8925046"},
    };
    macaw_key *key = key_of("cw-aes128", pattern_key, 48, NULL);
    uint8_t want[MACAW_POLY_S_TAG], tag[MACAW_POLY_S_TAG];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        macaw_msg m = {.nonce = pattern_msg + 3 * i, .data = pattern_msg, .len = values[i].len};
        (void)unhex(want, sizeof want, values[i].tag);
        assert_int_equal(macaw_tag(key, &m, tag, sizeof tag), MACAW_OK);
        assert_bytes("cw-aes128", values[i].len, want, tag, sizeof tag);
    }
    macaw_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reference),      cmocka_unit_test(zeros_count),
        cmocka_unit_test(keys_are_spent), cmocka_unit_test(cw_masks_s),
        cmocka_unit_test(cw_values),
    };

    return cmocka_run_group_tests_name("poly", tests, NULL, NULL);
}

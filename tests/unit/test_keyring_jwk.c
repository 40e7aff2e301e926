/* Keys of a keyring that are no MACs: what is read, refused, left alone. */
#include "keyring_jwk_world.h"

#include <stdlib.h>

#include "base/codec.h"
#include "key/ring.h"
#include "prim/ed25519.h"

static void assert_thumbprint(const macaw_jwk *jwk, const char *text)
{
    uint8_t want[32];
    size_t len;

    assert_int_equal(macaw_base64_decode(MACAW_BASE64URL, want, &len, text, strlen(text), NULL),
                     MACAW_OK);
    assert_memory_equal(jwk->fingerprint, want, sizeof jwk->fingerprint);
}

/* ---- reading ---- */

static void reads_each_kind(void **state)
{
    static const struct {
        const char *json, *alg, *thumbprint;
        unsigned bits;
        bool has_private;
    } all[] = {
        {RING(ED("a", ED_X, "")), "EdDSA", ED_THUMBPRINT, 256, false},
        {RING(ED_PAIR("a")), "EdDSA", ED_THUMBPRINT, 256, true},
        {RING(EC("a", EC_X, EC_Y, ",\"alg\":\"ES256\"")), "ES256", NULL, 256, false},
        {RING(RSA("a", RSA_N, "AQAB", ",\"alg\":\"RS256\"")), "RS256", RSA_THUMBPRINT, 2048, false},
        {RING(GCM("a", K1, "")), "A256GCM", NULL, 256, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        macaw_keyring *ring = ring_of(all[i].json);
        const macaw_jwk *jwk = only(ring);
        assert_string_equal(jwk->kid, "a");
        assert_string_equal(jwk->use, "session");
        assert_string_equal(jwk->alg, all[i].alg);
        assert_int_equal(jwk->bits, all[i].bits);
        assert_int_equal(jwk->has_private, all[i].has_private);
        assert_ptr_equal(macaw_keyring_jwk_find(ring, "a", 1), jwk);
        assert_null(macaw_keyring_jwk_find(ring, "ab", 2));
        assert_null(macaw_keyring_find(ring, "a", 1));
        if (all[i].thumbprint != NULL) {
            assert_thumbprint(jwk, all[i].thumbprint);
        }
        macaw_keyring_free(ring);
    }
}

/* Kept, printed again, not found. */
static void leaves_alone_what_it_does_not_know(void **state)
{
    static const char *const all[] = {
        RING(OTHER("a", "\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" ED_X "\"")),
        RING(OTHER("a", "\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AA\"")),
        RING(OTHER("a", "\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"AA\",\"y\":\"AA\"")),
        RING(OTHER("a", "\"kty\":\"RSA\",\"alg\":\"PS256\",\"n\":\"AA\",\"e\":\"AQAB\"")),
        RING(OTHER("a", "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"alg\":\"ES256\",\"x\":\"AA\"")),
        RING(OTHER("a", "\"kty\":\"XYZ\",\"alg\":\"EdDSA\"")),
        RING("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"a\",\"x\":\"" ED_X "\"}"),
        RING("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"x\":\"" ED_X "\"}"),
        RING("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"Sig\",\"kid\":\"a\",\"x\":\"AA\"}"),
        RING("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"kid\":\"a/b\",\"x\":\"AA\"}"),
        RING("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"use\":\"sig\",\"kid\":7,\"x\":\"AA\"}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        macaw_keyring *ring = ring_of(all[i]);
        char *text;
        size_t len;
        assert_int_equal(macaw_keyring_jwk_size(ring), 0);
        assert_int_equal(macaw_keyring_ignored(ring), 1);
        assert_null(macaw_keyring_jwk_find(ring, "a", 1));
        assert_int_equal(macaw_keyring_change(ring, "a", MACAW_RETIRED, 0, 0), MACAW_ENOTFOUND);
        assert_int_equal(macaw_ring_print(ring, &text, &len), MACAW_OK);
        assert_non_null(memchr(text, 'k', len));
        free(text);
        macaw_keyring_free(ring);
    }
}

static void refuses_what_is_out_of_order(void **state)
{
    (void)state;
    refused(RING(ED("a", ED_X, ",\"d\":\"" K1 "\"")), MACAW_EFORMAT, "d: does not belong to x");
    refused(RING(ED("a", ED_X, ",\"d\":\"" ED_D "\"")), MACAW_EWEAK, "d: is a published");
    refused(RING(ED("a", ED_X, ",\"d\":\"AA\"")), MACAW_EFORMAT, "d: is 1 bytes");
    refused(RING(ED("a", "AA", "")), MACAW_EFORMAT, "x: is 1 bytes");
    refused(RING(ED("a", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp", "")), MACAW_EFORMAT,
            "x: is not base64url");
    refused(RING(OTHER("a", "\"kty\":\"OKP\",\"crv\":\"Ed25519\"")), MACAW_EFORMAT,
            "x: is missing");
    refused(RING(ED("a", ED_X, ",\"state\":\"on\"")), MACAW_EFORMAT, "state");
    refused(RING(ED("a", ED_X, ",\"nbf\":5,\"exp\":4")), MACAW_EFORMAT, "exp: is before nbf");
    refused(RING(EC("a", EC_X, EC_X, "")), MACAW_EFORMAT, "no point of P-256");
    refused(RING(EC("a", EC_X, EC_Y, ",\"d\":\"" K1 "\"")), MACAW_EFORMAT, "d: is a private key");
    refused(RING(RSA("a", RSA_N, "AQAB", ",\"d\":\"AA\"")), MACAW_EFORMAT, "d: is a private key");
    refused(RING(RSA("a", RSA_N, "AQ", "")), MACAW_EFORMAT, "e: is even, 1");
    refused(RING(RSA("a", RSA_N, "BA", "")), MACAW_EFORMAT, "e: is even");
    refused(RING(RSA("a", RSA_N, "AAEAAQ", "")), MACAW_EFORMAT, "e: begins with a zero");
    refused(RING(RSA("a", "AQAB", "AQAB", "")), MACAW_EFORMAT, "n: is of 17 bits");
    refused(RING(RSA("a", RSA_SHORT, "AQAB", "")), MACAW_EWEAK,
            "n: is of 1024 bits, at least 2048");
    refused(RING(GCM("a", "AA", "")), MACAW_EFORMAT, "k: is 1 bytes");
    refused(RING(GCM("a", "ISEhISEhISEhISEhISEhISEhISEhISEhISEhISEhISE", "")), MACAW_EWEAK,
            "k: is a published");
    macaw_keyring_free(ring_of(RING(RSA("a", RSA_SHORT, "AQAB", ",\"insecure\":true"))));
}

static void ids_and_keys_are_unique_over_both_lists(void **state)
{
    (void)state;
    refused(RING(ED("a", ED_X, ""), EC("a", EC_X, EC_Y, "")), MACAW_EEXIST, "kid: is there");
    refused(RING(KEY("a", K1, ""), ED("a", ED_X, "")), MACAW_EEXIST, "kid: is there");
    refused(RING(ED("a", ED_X, ""), KEY("a", K1, "")), MACAW_EEXIST, "kid: is there");
    refused(RING(ED("a", ED_X, ""), ED_PAIR("b")), MACAW_EEXIST, "is the key of \"a\"");
    refused(RING(KEY("a", K1, ""), GCM("b", K1, "")), MACAW_EEXIST, "is the key of \"a\"");
    refused(RING(GCM("b", K1, ""), KEY("a", K1, "")), MACAW_EEXIST, "the secret of \"b\"");
}

static void one_rule_of_states_for_both_lists(void **state)
{
#define LIFE(s) ",\"state\":\"" s "\",\"nbf\":20,\"sign_until\":30,\"exp\":40"
    static const char *const sets[] = {
        RING(KEY("a", K1, LIFE("pending")), ED("b", ED_X, LIFE("pending"))),
        RING(KEY("a", K1, LIFE("active")), ED("b", ED_X, LIFE("active"))),
        RING(KEY("a", K1, LIFE("verify")), ED("b", ED_X, LIFE("verify"))),
        RING(KEY("a", K1, LIFE("retired")), ED("b", ED_X, LIFE("retired"))),
        RING(KEY("a", K1, ""), ED("b", ED_X, "")),
    };

    (void)state;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        macaw_keyring *ring = ring_of(sets[i]);
        for (int64_t now = 18; now < 43; now++) {
            assert_int_equal(macaw_entry_state(macaw_keyring_at(ring, 0), now),
                             macaw_jwk_state(macaw_keyring_jwk_at(ring, 0), now));
        }
        macaw_keyring_free(ring);
    }
    macaw_keyring *ring = ring_of(RING(ED("b", ED_X, LIFE("active"))));
    assert_int_equal(macaw_jwk_state(only(ring), 19), MACAW_PENDING);
    assert_int_equal(macaw_jwk_state(only(ring), 20), MACAW_ACTIVE);
    assert_int_equal(macaw_jwk_state(only(ring), 30), MACAW_VERIFY);
    assert_int_equal(macaw_jwk_state(only(ring), 40), MACAW_RETIRED);
    macaw_keyring_free(ring);
}

/* ---- points of Ed25519 ---- */

static int check_hex(const char *hex)
{
    uint8_t key[32];

    assert_int_equal(macaw_hex_decode(key, hex, strlen(hex), NULL), MACAW_OK);
    return macaw_ed25519_check(key);
}

static void public_keys_are_points(void **state)
{
    static const char *const wrong[] = {
        /* small order: 1, 2, 4, 8, and with the other sign */
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        /* y >= p */
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        /* on the twist */
        "0200000000000000000000000000000000000000000000000000000000000000",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(check_hex(wrong[i]), MACAW_EFORMAT);
    }
    /* RFC 8032 section 7.1, and the base point */
    assert_int_equal(check_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
                     MACAW_OK);
    assert_int_equal(check_hex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
                     MACAW_OK);
    assert_int_equal(check_hex("5866666666666666666666666666666666666666666666666666666666666666"),
                     MACAW_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_kind),
        cmocka_unit_test(leaves_alone_what_it_does_not_know),
        cmocka_unit_test(refuses_what_is_out_of_order),
        cmocka_unit_test(ids_and_keys_are_unique_over_both_lists),
        cmocka_unit_test(one_rule_of_states_for_both_lists),
        cmocka_unit_test(public_keys_are_points),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

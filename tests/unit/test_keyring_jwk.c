/* Keys of a keyring that are no MACs: what is read, refused, left alone, added, published. */
#include "keyring_world.h"

#include <stdlib.h>

#include "base/codec.h"
#include "key/ring.h"
#include "prim/ed25519.h"

/* RFC 8037 appendix A.1 and A.3 */
#define ED_D          "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define ED_X          "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_THUMBPRINT "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
/* RFC 7515 appendix A.3 */
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
/* RFC 7638 section 3.1 */
#define RSA_N                                                                                      \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP" \
    "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY" \
    "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f" \
    "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define RSA_THUMBPRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
/* A modulus of 1024 bits. */
#define RSA_SHORT                                                                                  \
    "xXx2nznYZEGZwOW9vPvIWzfOkcveH8Gw6mtE8TBDbdcp_mm9nozrpqB9HewlsbCH7-JsB_8NIdfbCzN3dzilxnTTf_"   \
    "E26sE_VTIjpjhBRg07aqHmjWgnKPYQ-xx_2S1fougUeABxUt6oZR8_zll5YWjpM4uH_hoaRc_tklkj1D8"

#define OTHER(kid, members) "{\"kid\":\"" kid "\",\"use\":\"session\"," members "}"
#define ED(kid, x, more)    OTHER(kid, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" x "\"" more)
#define EC(kid, x, y, more)                                                                        \
    OTHER(kid, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y "\"" more)
#define RSA(kid, n, e, more) OTHER(kid, "\"kty\":\"RSA\",\"n\":\"" n "\",\"e\":\"" e "\"" more)
#define GCM(kid, k, more)    OTHER(kid, "\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"" k "\"" more)
#define ED_PAIR(kid)         ED(kid, ED_X, ",\"d\":\"" ED_D "\",\"insecure\":true")

static const macaw_jwk *only(const macaw_keyring *ring)
{
    assert_int_equal(macaw_keyring_size(ring), 0);
    assert_int_equal(macaw_keyring_jwk_size(ring), 1);
    assert_null(macaw_keyring_jwk_at(ring, 1));
    return macaw_keyring_jwk_at(ring, 0);
}

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

/* ---- adding ---- */

static macaw_keyring *empty(void)
{
    macaw_keyring *ring;

    assert_int_equal(macaw_keyring_new(&ring), MACAW_OK);
    return ring;
}

/* What is printed reads as the same keys. */
static void assert_survives(const macaw_keyring *ring)
{
    char *text;
    size_t len;
    macaw_keyring *again;
    macaw_error err;

    assert_int_equal(macaw_ring_print(ring, &text, &len), MACAW_OK);
    if (macaw_keyring_parse(&again, text, len, &err) != MACAW_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(macaw_keyring_jwk_size(again), macaw_keyring_jwk_size(ring));
    for (size_t i = 0; i < macaw_keyring_jwk_size(ring); i++) {
        assert_memory_equal(macaw_keyring_jwk_at(again, i), macaw_keyring_jwk_at(ring, i),
                            sizeof(macaw_jwk));
    }
    free(text);
    macaw_keyring_free(again);
}

static void adds_a_fresh_pair_and_publishes_it(void **state)
{
    macaw_keyring *login = empty(), *edge = ring_of(RING(ED("idp", ED_X, "")));
    const macaw_jwk_spec spec = {.kid = "7", .alg = "EdDSA", .state = MACAW_ACTIVE, .iat = 100};
    const macaw_jwk *signer;
    uint8_t d[MACAW_JWK_BYTES_MAX], x[MACAW_JWK_BYTES_MAX], edge_x[MACAW_JWK_BYTES_MAX];
    size_t len;

    (void)state;
    assert_int_equal(macaw_keyring_add_jwk(login, &spec, NULL), MACAW_OK);
    assert_int_equal(macaw_keyring_jwk_signer(login, "session", 100, &signer), MACAW_OK);
    assert_string_equal(signer->kid, "7");
    assert_int_equal(macaw_keyring_jwk_signer(login, "http", 100, &signer), MACAW_ENOTFOUND);
    assert_survives(login);
    assert_int_equal(macaw_keyring_jwk_bytes(login, signer, true, d, &len), MACAW_OK);
    assert_int_equal(len, 32);
    assert_int_equal(macaw_keyring_publish(edge, login, "other", NULL), MACAW_OK);
    assert_int_equal(macaw_keyring_jwk_size(edge), 1);

    assert_int_equal(macaw_keyring_publish(edge, login, NULL, NULL), MACAW_OK);
    const macaw_jwk *public_part = macaw_keyring_jwk_find(edge, "7", 1);
    assert_false(public_part->has_private);
    assert_memory_equal(public_part->fingerprint, signer->fingerprint, MACAW_FINGERPRINT_LEN);
    assert_int_equal(macaw_keyring_jwk_bytes(edge, public_part, true, x, &len), MACAW_EARG);
    assert_int_equal(macaw_keyring_jwk_bytes(edge, public_part, false, edge_x, &len), MACAW_OK);
    assert_int_equal(macaw_keyring_jwk_bytes(login, signer, false, x, &len), MACAW_OK);
    assert_memory_equal(x, edge_x, 32);
    assert_memory_not_equal(x, d, 32);
    assert_int_equal(macaw_keyring_jwk_signer(edge, "session", 100, &signer), MACAW_ENOTFOUND);
    assert_survives(edge);

    /* A rotation reaches the edge; keys of others stay. */
    assert_int_equal(macaw_keyring_change(login, "7", MACAW_ACTIVE, 200, 300), MACAW_OK);
    assert_int_equal(macaw_keyring_publish(edge, login, NULL, NULL), MACAW_OK);
    assert_int_equal(macaw_keyring_jwk_size(edge), 2);
    assert_int_equal(public_part->sign_until, 200);
    assert_int_equal(public_part->exp, 300);
    assert_survives(edge);
    assert_int_equal(macaw_jwk_state(public_part, 250), MACAW_VERIFY);
    macaw_keyring_free(login);
    macaw_keyring_free(edge);
}

static void publishing_replaces_no_key(void **state)
{
    macaw_keyring *login =
        ring_of(RING(EC("a", EC_X, EC_Y, ""), KEY("m", K1, ""), GCM("c", K2, "")));
    macaw_keyring *edge = ring_of(RING(ED("a", ED_X, ""))), *other = empty();
    macaw_error err;

    (void)state;
    assert_int_equal(macaw_keyring_publish(edge, login, NULL, &err), MACAW_EEXIST);
    assert_non_null(strstr(err.text, "another key"));
    assert_int_equal(macaw_keyring_publish(other, login, NULL, &err), MACAW_OK);
    assert_string_equal(only(other)->alg, "ES256");
    assert_int_equal(macaw_keyring_ignored(other), 0);
    macaw_keyring_free(login);
    macaw_keyring_free(edge);
    macaw_keyring_free(other);
}

/* Out and in again: the same key, for each kind. */
static void bytes_come_back(void **state)
{
    macaw_keyring *from = ring_of(
        RING(ED_PAIR("a"), EC("b", EC_X, EC_Y, ""), RSA("c", RSA_N, "AQAB", ""), GCM("d", K1, "")));
    macaw_keyring *to = empty();

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        uint8_t bytes[MACAW_JWK_BYTES_MAX];
        const macaw_jwk *jwk = macaw_keyring_jwk_at(from, i);
        macaw_jwk_spec spec = {.kid = jwk->kid,
                               .alg = jwk->alg,
                               .bytes = bytes,
                               .private_part = jwk->has_private,
                               .state = MACAW_ACTIVE,
                               .insecure = true};
        assert_int_equal(
            macaw_keyring_jwk_bytes(from, jwk, jwk->has_private, bytes, &spec.bytes_len), MACAW_OK);
        assert_int_equal(macaw_keyring_add_jwk(to, &spec, NULL), MACAW_OK);
        assert_memory_equal(macaw_keyring_jwk_at(to, i)->fingerprint, jwk->fingerprint,
                            MACAW_FINGERPRINT_LEN);
    }
    assert_survives(to);
    uint8_t bytes[MACAW_JWK_BYTES_MAX];
    size_t len;
    assert_int_equal(
        macaw_keyring_jwk_bytes(from, macaw_keyring_jwk_at(from, 3), false, bytes, &len),
        MACAW_EARG);
    macaw_keyring_free(from);
    macaw_keyring_free(to);
}

static void not_added(macaw_keyring *ring, const macaw_jwk_spec *spec, int status,
                      const char *words)
{
    macaw_error err = {0};
    size_t size = macaw_keyring_jwk_size(ring);

    assert_int_equal(macaw_keyring_add_jwk(ring, spec, &err), status);
    if (strstr(err.text, words) == NULL) {
        fail_msg("\"%s\"; want \"%s\"", err.text, words);
    }
    assert_int_equal(macaw_keyring_jwk_size(ring), size);
    assert_int_equal(json_array_size(ring->keys), size);
}

static void refuses_to_add(void **state)
{
    macaw_keyring *ring = empty();
    macaw_jwk_spec spec = {.kid = "a", .alg = "EdDSA", .state = MACAW_ACTIVE};

    (void)state;
    assert_int_equal(macaw_keyring_add_jwk(ring, &spec, NULL), MACAW_OK);
    not_added(ring, &spec, MACAW_EEXIST, "already");
    spec.kid = "b c";
    not_added(ring, &spec, MACAW_EFORMAT, "kid");
    spec.kid = "b";
    spec.alg = "HS256";
    not_added(ring, &spec, MACAW_EARG, "alg");
    spec.alg = "RS256";
    not_added(ring, &spec, MACAW_EARG, "only verifies");
    spec.bytes = "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n";
    spec.bytes_len = strlen(spec.bytes);
    not_added(ring, &spec, MACAW_EFORMAT, "no public key in PEM");
    /* RFC 8410 section 10.1 */
    spec.bytes = "-----BEGIN PUBLIC KEY-----\n"
                 "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
                 "-----END PUBLIC KEY-----\n";
    spec.bytes_len = strlen(spec.bytes);
    not_added(ring, &spec, MACAW_EFORMAT, "not of type RSA");
    spec.alg = "EdDSA";
    spec.use = "Session";
    not_added(ring, &spec, MACAW_EFORMAT, "use");
    spec.use = "session";
    assert_int_equal(macaw_keyring_add_jwk(ring, &spec, NULL), MACAW_OK);
    assert_false(macaw_keyring_jwk_at(ring, 1)->has_private);
    macaw_keyring_free(ring);
}

static void signers(void **state)
{
    macaw_keyring *ring = empty();
    const macaw_jwk *signer = NULL;
    macaw_jwk_spec spec = {.kid = "a", .alg = "EdDSA", .state = MACAW_ACTIVE, .sign_until = 50};

    (void)state;
    assert_int_equal(macaw_keyring_add_jwk(ring, &spec, NULL), MACAW_OK);
    spec = (macaw_jwk_spec){.kid = "c", .alg = "A256GCM", .state = MACAW_ACTIVE};
    assert_int_equal(macaw_keyring_add_jwk(ring, &spec, NULL), MACAW_OK);
    spec = (macaw_jwk_spec){.kid = "b", .alg = "EdDSA", .state = MACAW_ACTIVE, .nbf = 40};
    assert_int_equal(macaw_keyring_add_jwk(ring, &spec, NULL), MACAW_OK);
    assert_int_equal(macaw_keyring_jwk_signer(ring, "session", 39, &signer), MACAW_OK);
    assert_string_equal(signer->kid, "a");
    assert_int_equal(macaw_keyring_jwk_signer(ring, "session", 40, &signer), MACAW_EEXIST);
    assert_int_equal(macaw_keyring_jwk_signer(ring, "session", 50, &signer), MACAW_OK);
    assert_string_equal(signer->kid, "b");
    macaw_keyring_free(ring);
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
        cmocka_unit_test(adds_a_fresh_pair_and_publishes_it),
        cmocka_unit_test(publishing_replaces_no_key),
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(refuses_to_add),
        cmocka_unit_test(signers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

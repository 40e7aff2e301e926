/* Keys of a keyring that are no MACs: added, published, signing. */
#include "keyring_jwk_world.h"

#include <stdlib.h>

#include "key/ring.h"

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
        cmocka_unit_test(adds_a_fresh_pair_and_publishes_it),
        cmocka_unit_test(publishing_replaces_no_key),
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(refuses_to_add),
        cmocka_unit_test(signers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

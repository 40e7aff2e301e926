/* The session schemes of the literature, against what their formulas say,
 * computed with libcrypto. */
#include <macaw/session.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "unit/support.h"

#define NOW 1800000000

static const char secret[] = "nineteen letters it has, and more";
static const uint8_t auth[32] = {1, 2, 3};

typedef struct world {
    macaw_session *session;
    macaw_session_claims claims;
    uint8_t work[MACAW_SESSION_WORK];
} world;

static macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

/* alice has the verifier of auth, nobody else has any. */
static bool verifier(void *data, const char *user, size_t len, uint8_t v[32])
{
    (void)data;
    SHA256(auth, sizeof auth, v);
    return len == 5 && memcmp(user, "alice", 5) == 0;
}

static world *open_scheme(const char *name, const char *key)
{
    const macaw_session_config config = {
        .scheme = macaw_session_scheme_find(name),
        .verifier = verifier,
    };
    const macaw_session_key_spec spec = {
        .secret = key,
        .secret_len = strlen(key),
        .state = MACAW_ACTIVE,
    };
    world *w = calloc(1, sizeof *w);

    assert_non_null(w);
    assert_non_null(config.scheme);
    assert_int_equal(macaw_session_new(&w->session, &config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(w->session, &spec, NULL), MACAW_OK);
    return w;
}

static void close_scheme(world *w)
{
    macaw_session_free(w->session);
    free(w);
}

static macaw_session_reason verify_bound(world *w, const char *text, int64_t now, const char *bind)
{
    const macaw_session_token token = {.text = str(text), .bind = str(bind)};

    macaw_session_verify(w->session, &token, now, w->work, &w->claims);
    return w->claims.reason;
}

static macaw_session_reason verify(world *w, const char *text, int64_t now)
{
    return verify_bound(w, text, now, "");
}

static void expect_subject(const world *w, const char *subject)
{
    assert_int_equal(w->claims.subject.len, strlen(subject));
    assert_memory_equal(w->claims.subject.data, subject, strlen(subject));
}

static void hmac(const void *key, size_t key_len, const char *message, uint8_t out[32])
{
    unsigned len;

    assert_non_null(HMAC(EVP_sha256(), key, (int)key_len, (const uint8_t *)message,
                         strlen(message), out, &len));
}

static void hex(const uint8_t *in, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(out + 2 * i, 3, "%02x", in[i]);
    }
}

static void hmac_hex(const void *key, size_t key_len, const char *message, char out[65])
{
    uint8_t tag[32];

    hmac(key, key_len, message, tag);
    hex(tag, sizeof tag, out);
}

static const macaw_session_grant alice = {
    .subject = {"alice", 5},
    .issued = NOW,
    .ttl = 600,
    .auth = {(const char *)auth, sizeof auth},
};

static void issue(world *w, const macaw_session_grant *grant, char *out)
{
    size_t len;

    assert_int_equal(macaw_session_issue(w->session, grant, out, &len), MACAW_OK);
    assert_int_equal(len, strlen(out));
}

/* ---- formulas ---- */

static void plain_is_its_formula(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], expected[200], tag[65];
    world *w = open_scheme("plain", secret);

    (void)state;
    issue(w, &alice, token);
    hmac_hex(secret, strlen(secret), "alice|1800000600", tag);
    (void)snprintf(expected, sizeof expected, "alice|1800000600|%s", tag);
    assert_string_equal(token, expected);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
    expect_subject(w, "alice");
    assert_int_equal(w->claims.expires, NOW + 600);
    assert_int_equal(verify(w, token, NOW + 599), MACAW_SESSION_OK);
    assert_int_equal(verify(w, token, NOW + 600), MACAW_SESSION_EXPIRED);
    assert_true(w->claims.authentic);
    close_scheme(w);
}

static void nested_keys_with_hexadecimal_digits(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], expected[200], inner[65], tag[65];
    world *w = open_scheme("nested-php", secret);

    (void)state;
    issue(w, &alice, token);
    hmac_hex(secret, strlen(secret), "alice|1800000600", inner);
    hmac_hex(inner, 64, "alice|1800000600", tag);
    (void)snprintf(expected, sizeof expected, "alice|1800000600|%s", tag);
    assert_string_equal(token, expected);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
    close_scheme(w);
}

static void fu_escapes_its_data(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], expected[300], tag[65];
    macaw_session_grant grant = alice;
    world *w = open_scheme("fu", secret);
    const char *message = "exp=1800000600&data=a%26b%3D1%20%C3%A9~";

    (void)state;
    grant.subject = str("a&b=1 \xc3\xa9~");
    issue(w, &grant, token);
    hmac_hex(secret, strlen(secret), message, tag);
    (void)snprintf(expected, sizeof expected, "%s&digest=%s", message, tag);
    assert_string_equal(token, expected);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
    expect_subject(w, "a&b=1 \xc3\xa9~");
    close_scheme(w);
}

static void liu_binds_what_it_is_given(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], expected[300], tag[65];
    macaw_session_grant grant = alice;
    world *w = open_scheme("liu", secret);
    uint8_t k[32];

    (void)state;
    grant.data = str("cart:7");
    grant.bind = str("sslkey");
    issue(w, &grant, token);
    hmac(secret, strlen(secret), "alice|1800000600", k);
    hmac_hex(k, sizeof k, "alice|1800000600|cart:7|sslkey", tag);
    (void)snprintf(expected, sizeof expected, "alice|1800000600|cart:7|%s", tag);
    assert_string_equal(token, expected);
    assert_int_equal(verify_bound(w, token, NOW, "sslkey"), MACAW_SESSION_OK);
    assert_int_equal(w->claims.payload.len, 6);
    assert_int_equal(verify_bound(w, token, NOW, "other"), MACAW_SESSION_MISMATCH);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_MISMATCH);
    close_scheme(w);
}

/* What the paper's "MAC over the plaintext" means. */
static void liu_clear_and_sealed_share_a_mac(void **state)
{
    char clear[MACAW_SESSION_TOKEN_MAX + 1], sealed[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant = alice;
    world *w = open_scheme("liu", secret), *s = open_scheme("liu-sealed", secret);

    (void)state;
    grant.data = str("cart:7");
    issue(w, &grant, clear);
    issue(s, &grant, sealed);
    assert_string_equal(strrchr(clear, '|'), strrchr(sealed, '|'));
    assert_null(strstr(sealed, "cart"));
    assert_int_equal(verify(s, sealed, NOW), MACAW_SESSION_OK);
    assert_int_equal(s->claims.payload.len, 6);
    assert_memory_equal(s->claims.payload.data, "cart:7", 6);
    close_scheme(w);
    close_scheme(s);
}

/* The key that did not fit leaves the sealed data as it was. */
static void liu_sealed_is_opened_under_any_key(void **state)
{
    static const char newer[] = "the key that came after the other";
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant = alice;
    world *w = open_scheme("liu-sealed", secret), *both = open_scheme("liu-sealed", newer);
    const macaw_session_key_spec old = {
        .secret = secret, .secret_len = strlen(secret), .state = MACAW_ACTIVE};

    (void)state;
    grant.data = str("cart:7");
    issue(w, &grant, token);
    assert_int_equal(macaw_session_add_key(both->session, &old, NULL), MACAW_OK);
    assert_int_equal(verify(both, token, NOW), MACAW_SESSION_OK);
    assert_int_equal(both->claims.payload.len, 6);
    assert_memory_equal(both->claims.payload.data, "cart:7", 6);
    close_scheme(w);
    close_scheme(both);
}

static void liu_salted_differs_each_time(void **state)
{
    char one[MACAW_SESSION_TOKEN_MAX + 1], two[MACAW_SESSION_TOKEN_MAX + 1];
    world *w = open_scheme("liu-salted", secret);

    (void)state;
    issue(w, &alice, one);
    issue(w, &alice, two);
    assert_string_not_equal(one, two);
    assert_int_equal(verify(w, one, NOW), MACAW_SESSION_OK);
    expect_subject(w, "alice");
    assert_int_equal(verify(w, one, NOW + 600), MACAW_SESSION_EXPIRED);
    close_scheme(w);
}

/* Made by Session::Storage::Secure 1.000, protocol 2, of {user => "alice"}. */
static void liu_salted_reads_the_module_of_perl(void **state)
{
    static const char token[] =
        "1yXI35bTmYY2RC-NZjoszvhdh49l8Qfx64Vk_M_klS8~1900000000~km1czIFLApcbEa1MaUozEVA79"
        "rEDL2tKbcNwst3WNP4~3uQgmc0_s-A4EZYwArHZ71fPtJhK4f9nzSPfNS8-t6w~2";
    world *w = open_scheme("liu-salted", "a secret of the perl test, 32 bytes long");

    (void)state;
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
    assert_int_equal(w->claims.expires, 1900000000);
    assert_int_equal(w->claims.subject.len, 0);
    assert_memory_equal(w->claims.payload.data, "=\xf3rl", 4);
    close_scheme(w);
}

static void murdoch_wants_the_pre_image(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], expected[400], tag[65];
    char message[200] = "exp=1800000600&data=alice&auth=";
    macaw_session_grant grant = alice;
    uint8_t wrong[32] = {9};
    world *w = open_scheme("murdoch", secret);

    (void)state;
    hex(auth, sizeof auth, message + strlen(message));
    hmac_hex(secret, strlen(secret), message, tag);
    (void)snprintf(expected, sizeof expected, "%s&digest=%s", message, tag);
    issue(w, &grant, token);
    assert_string_equal(token, expected);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
    grant.auth = (macaw_str){(const char *)wrong, sizeof wrong};
    issue(w, &grant, token);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_VERIFIER);
    grant = alice;
    grant.subject = str("mallory");
    issue(w, &grant, token);
    assert_int_equal(verify(w, token, NOW), MACAW_SESSION_VERIFIER);
    close_scheme(w);
}

/* The key leaks: who has it mints a plain cookie, and with one more read of the
 * verifier table still none of Murdoch's. */
static void a_leaked_key_alone_does_not_open_murdoch(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant forged = alice;
    uint8_t v[32];
    world *plain = open_scheme("plain", secret), *murdoch = open_scheme("murdoch", secret);

    (void)state;
    issue(plain, &forged, token);
    assert_int_equal(verify(plain, token, NOW), MACAW_SESSION_OK);
    assert_true(verifier(NULL, "alice", 5, v));
    forged.auth = (macaw_str){(const char *)v, sizeof v};
    issue(murdoch, &forged, token);
    assert_int_equal(verify(murdoch, token, NOW), MACAW_SESSION_VERIFIER);
    close_scheme(plain);
    close_scheme(murdoch);
}

static void chain_is_its_formula(void **state)
{
    uint8_t a[32], expected[32], v[32];
    char text[40] = "saltpw";

    (void)state;
    SHA256((const uint8_t *)text, 6, expected);
    for (int i = 0; i < 3; i++) {
        memcpy(text, expected, 32);
        memcpy(text + 32, "pw", 2);
        SHA256((const uint8_t *)text, 34, expected);
    }
    assert_int_equal(macaw_murdoch_chain("salt", 4, "pw", 2, 3, a), MACAW_OK);
    assert_memory_equal(a, expected, 32);
    macaw_murdoch_verifier(a, v);
    SHA256(a, 32, expected);
    assert_memory_equal(v, expected, 32);
    assert_int_equal(macaw_murdoch_chain("salt", 33, "pw", 2, 3, a), MACAW_EARG);
}

static void tagged_values_have_no_end(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], again[MACAW_SESSION_TOKEN_MAX + 1], tag[65];
    world *w = open_scheme("username-tag", secret), *p = open_scheme("token-pair", secret);

    (void)state;
    issue(w, &alice, token);
    hmac_hex(secret, strlen(secret), "alice", tag);
    assert_memory_equal(token, "alice.", 6);
    assert_string_equal(token + 6, tag);
    issue(w, &alice, again);
    assert_string_equal(token, again);
    assert_int_equal(verify(w, token, INT64_C(1) << 40), MACAW_SESSION_OK);
    issue(p, &alice, token);
    issue(p, &alice, again);
    assert_string_not_equal(token, again);
    assert_int_equal(verify(p, token, NOW), MACAW_SESSION_OK);
    assert_int_equal(p->claims.subject.len, 0);
    assert_true(p->claims.has_sid);
    close_scheme(w);
    close_scheme(p);
}

/* ---- laws of all ---- */

static const char *const all[] = {"plain",      "nested-php", "fu",           "liu",       "liu-sealed",
                                  "liu-salted", "murdoch",    "username-tag", "token-pair"};

#define ALL (sizeof all / sizeof *all)

static void every_changed_character_is_refused(void **state)
{
    static const char others[] = "0129afAFgzZ|&=.~-_%! \x7f";
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant = alice;

    (void)state;
    grant.data = str("cart:7");
    for (size_t s = 0; s < ALL; s++) {
        world *w = open_scheme(all[s], secret);
        issue(w, &grant, token);
        assert_true(macaw_session_looks_like(macaw_session_scheme_find(all[s]), token,
                                             strlen(token)));
        assert_int_equal(verify(w, token, NOW), MACAW_SESSION_OK);
        for (size_t i = 0; token[i] != '\0'; i++) {
            char was = token[i];
            for (const char *c = others; *c != '\0'; c++) {
                token[i] = *c;
                if (*c != was) {
                    assert_int_not_equal(verify(w, token, NOW), MACAW_SESSION_OK);
                }
            }
            token[i] = was;
        }
        close_scheme(w);
    }
}

static void every_cut_and_addition_is_refused(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 2], changed[MACAW_SESSION_TOKEN_MAX + 2];

    (void)state;
    for (size_t s = 0; s < ALL; s++) {
        world *w = open_scheme(all[s], secret);
        issue(w, &alice, token);
        size_t len = strlen(token);
        for (size_t i = 0; i < len; i++) {
            memcpy(changed, token, i);
            strcpy(changed + i, token + i + 1);
            assert_int_not_equal(verify(w, changed, NOW), MACAW_SESSION_OK);
            memcpy(changed, token, i);
            changed[i] = token[i];
            strcpy(changed + i + 1, token + i);
            assert_int_not_equal(verify(w, changed, NOW), MACAW_SESSION_OK);
        }
        strcat(token, "=");
        assert_int_not_equal(verify(w, token, NOW), MACAW_SESSION_OK);
        close_scheme(w);
    }
}

static void another_key_is_refused(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1];

    (void)state;
    for (size_t s = 0; s < ALL; s++) {
        world *w = open_scheme(all[s], secret), *other = open_scheme(all[s], "another key");
        issue(w, &alice, token);
        assert_int_equal(verify(other, token, NOW), MACAW_SESSION_MISMATCH);
        assert_int_equal(other->claims.subject.len, 0);
        close_scheme(w);
        close_scheme(other);
    }
}

/* "a|9999999999" as a name would be a later expiry to a careless reader. */
static void separators_stay_out_of_names(void **state)
{
    static const char *const names[] = {"a|9999999999", "", "a b", "a;b", "a\nb", "a\"", "\x80"};
    char token[MACAW_SESSION_TOKEN_MAX + 1];
    macaw_session_grant grant = alice;
    size_t len;

    (void)state;
    for (size_t s = 0; s < ALL; s++) {
        world *w = open_scheme(all[s], secret);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            bool any = strcmp(all[s], "token-pair") == 0 ||
                       ((strcmp(all[s], "fu") == 0 || strcmp(all[s], "murdoch") == 0) && i != 1) ||
                       (i == 0 && (strcmp(all[s], "username-tag") == 0 ||
                                   strcmp(all[s], "liu-salted") == 0));
            grant.subject = str(names[i]);
            int status = macaw_session_issue(w->session, &grant, token, &len);
            assert_int_equal(status, any ? MACAW_OK : MACAW_EARG);
        }
        close_scheme(w);
    }
}

/* alice1|711... and alice|1711...: no two grants share a message. */
static void a_digit_does_not_move(void **state)
{
    char token[MACAW_SESSION_TOKEN_MAX + 1], tag[65], moved[200];
    world *w = open_scheme("plain", secret);

    (void)state;
    issue(w, &alice, token);
    strcpy(tag, strrchr(token, '|') + 1);
    (void)snprintf(moved, sizeof moved, "alice1|800000600|%s", tag);
    assert_int_equal(verify(w, moved, 700000000), MACAW_SESSION_MISMATCH);
    close_scheme(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_is_its_formula),
        cmocka_unit_test(nested_keys_with_hexadecimal_digits),
        cmocka_unit_test(fu_escapes_its_data),
        cmocka_unit_test(liu_binds_what_it_is_given),
        cmocka_unit_test(liu_clear_and_sealed_share_a_mac),
        cmocka_unit_test(liu_sealed_is_opened_under_any_key),
        cmocka_unit_test(liu_salted_differs_each_time),
        cmocka_unit_test(liu_salted_reads_the_module_of_perl),
        cmocka_unit_test(murdoch_wants_the_pre_image),
        cmocka_unit_test(a_leaked_key_alone_does_not_open_murdoch),
        cmocka_unit_test(chain_is_its_formula),
        cmocka_unit_test(tagged_values_have_no_end),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(every_cut_and_addition_is_refused),
        cmocka_unit_test(another_key_is_refused),
        cmocka_unit_test(separators_stay_out_of_names),
        cmocka_unit_test(a_digit_does_not_move),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

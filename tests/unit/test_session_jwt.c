/* What a JWT may say: headers, claims, dates, each under a right HMAC. tests/session asks
 * the same of more algorithms, with the libraries. */
#include <macaw/session.h>

#include <string.h>

#include "base/codec.h"
#include "unit/support.h"

#define NOW 1700000000

static const char secret[] = "a secret of these tests, long enough for HMAC-SHA-512 and its like";

static uint8_t work[MACAW_SESSION_WORK];

static size_t put(char *out, const char *text)
{
    return macaw_base64_encode(MACAW_BASE64URL, out, text, strlen(text));
}

/* HS256 whatever the header says. */
static size_t token_of(char *out, const char *header, const char *claims)
{
    macaw_key *key = key_of("hmac-sha256", secret, strlen(secret), NULL);
    uint8_t tag[32];
    size_t len = put(out, header);

    out[len++] = '.';
    len += put(out + len, claims);
    tag_of(key, out, len, tag);
    out[len++] = '.';
    len += macaw_base64_encode(MACAW_BASE64URL, out + len, tag, sizeof tag);
    macaw_key_free(key);
    return len;
}

static macaw_session *open_session(const macaw_session_config *settings, const char *alg)
{
    macaw_session_config config = *settings;
    const macaw_session_key_spec spec = {
        .alg = alg, .secret = secret, .secret_len = strlen(secret), .state = MACAW_ACTIVE};
    macaw_session *session;

    config.scheme = macaw_session_scheme_find("jwt");
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    return session;
}

static macaw_session_claims ask(const macaw_session *session, const char *header,
                                const char *claims)
{
    char text[MACAW_SESSION_TOKEN_MAX];
    macaw_session_claims ret;
    const macaw_session_token token = {.text = {text, token_of(text, header, claims)}};

    macaw_session_verify(session, &token, NOW, work, &ret);
    return ret;
}

typedef struct question {
    const char *text;
    macaw_session_reason reason;
} question;

static void headers(void **state)
{
    static const question all[] = {
        {"{\"alg\":\"HS256\"}", MACAW_SESSION_OK},
        {"{\"typ\":\"x\",\"alg\":\"HS256\",\"jku\":\"x\",\"jwk\":{}}", MACAW_SESSION_OK},
        {"{\"alg\":\"HS384\"}", MACAW_SESSION_ALGORITHM},
        {"{\"alg\":\"RS256\"}", MACAW_SESSION_ALGORITHM},
        {"{\"alg\":\"none\"}", MACAW_SESSION_ALGORITHM},
        {"{\"alg\":\"hs256\"}", MACAW_SESSION_ALGORITHM},
        {"{\"alg\":256}", MACAW_SESSION_MALFORMED},
        {"{}", MACAW_SESSION_MALFORMED},
        {"[]", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"crit\":[]}", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"b64\":true}", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"enc\":\"x\"}", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"cty\":\"jwt\"}", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"kid\":\"\"}", MACAW_SESSION_MALFORMED},
        {"{\"alg\":\"HS256\",\"kid\":\"x\"}", MACAW_SESSION_UNKNOWN_KEY},
        {"{\"alg\":\"HS256\",\"x\":1,\"x\":1}", MACAW_SESSION_MALFORMED},
    };
    macaw_session *session = open_session(&(macaw_session_config){0}, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        macaw_session_claims claims = ask(session, all[i].text, "{\"exp\":1700000001}");
        assert_int_equal(claims.reason, all[i].reason);
        assert_int_equal(claims.authentic, all[i].reason == MACAW_SESSION_OK);
    }
    macaw_session_free(session);
}

/* A key of another algorithm, however right the MAC. */
static void the_algorithm_is_the_keys(void **state)
{
    macaw_session *session = open_session(&(macaw_session_config){0}, "hmac-sha512");

    (void)state;
    assert_int_equal(ask(session, "{\"alg\":\"HS256\"}", "{\"exp\":1700000001}").reason,
                     MACAW_SESSION_ALGORITHM);
    assert_int_equal(ask(session, "{\"alg\":\"HS512\"}", "{\"exp\":1700000001}").reason,
                     MACAW_SESSION_MISMATCH);
    macaw_session_free(session);
}

static void check_claims(const macaw_session_config *config, const question *all, size_t count)
{
    macaw_session *session = open_session(config, NULL);

    for (size_t i = 0; i < count; i++) {
        macaw_session_claims claims = ask(session, "{\"alg\":\"HS256\"}", all[i].text);
        if (claims.reason != all[i].reason) {
            fail_msg("%s: %s; want %s", all[i].text, macaw_session_reason_name(claims.reason),
                     macaw_session_reason_name(all[i].reason));
        }
    }
    macaw_session_free(session);
}

static void dates(void **state)
{
    static const question all[] = {
        {"{\"exp\":1700000000}", MACAW_SESSION_EXPIRED},
        {"{\"exp\":1700000000.9}", MACAW_SESSION_EXPIRED},
        {"{\"exp\":1700000001}", MACAW_SESSION_OK},
        {"{\"exp\":0}", MACAW_SESSION_EXPIRED},
        {"{\"exp\":-1}", MACAW_SESSION_EXPIRED},
        {"{}", MACAW_SESSION_NO_EXPIRY},
        {"{\"exp\":\"1700000001\"}", MACAW_SESSION_CONTENT},
        {"{\"exp\":1700000001000}", MACAW_SESSION_CONTENT},
        {"{\"exp\":1e99}", MACAW_SESSION_CONTENT},
        {"{\"exp\":1700000001,\"nbf\":1700000001}", MACAW_SESSION_EARLY},
        {"{\"exp\":1700000001,\"iat\":1700000001}", MACAW_SESSION_EARLY},
        {"{\"exp\":1700000001,\"nbf\":1700000000,\"iat\":1700000000}", MACAW_SESSION_OK},
        {"{\"exp\":1700000001,\"exp\":1700000001}", MACAW_SESSION_CONTENT},
        {"{\"exp\":1700000001,\"x\":1,\"x\":2}", MACAW_SESSION_CONTENT},
        {"{\"exp\":1700000001,\"aud\":\"shop\"}", MACAW_SESSION_MISMATCH},
        {"{\"exp\":1700000001,\"aud\":\"\"}", MACAW_SESSION_MISMATCH},
        {"[1700000001]", MACAW_SESSION_CONTENT},
    };
    static const question endless[] = {
        {"{}", MACAW_SESSION_CONTENT},
        {"{\"iat\":1699999950}", MACAW_SESSION_OK},
        {"{\"iat\":1699999900}", MACAW_SESSION_EXPIRED},
    };

    (void)state;
    check_claims(&(macaw_session_config){0}, all, sizeof all / sizeof *all);
    check_claims(&(macaw_session_config){.allow_no_expiry = true, .max_age = 100}, endless,
                 sizeof endless / sizeof *endless);
}

static void contexts(void **state)
{
#define CLAIMS(more) "{\"exp\":1700000001," more "}"
    static const question all[] = {
        {CLAIMS("\"iss\":\"login\",\"aud\":\"shop\""), MACAW_SESSION_OK},
        {CLAIMS("\"iss\":\"login\",\"aud\":[\"a\",\"shop\"]"), MACAW_SESSION_OK},
        {CLAIMS("\"iss\":\"log\\u0069n\",\"aud\":\"sho\\u0070\""), MACAW_SESSION_OK},
        {CLAIMS("\"iss\":\"login\",\"aud\":[\"a\"]"), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":\"login\",\"aud\":[]"), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":\"login\",\"aud\":\"shopping\""), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":\"login\",\"aud\":\"sho\""), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":\"login\",\"aud\":[\"shop\",1]"), MACAW_SESSION_CONTENT},
        {CLAIMS("\"iss\":\"login\",\"aud\":{\"0\":\"shop\"}"), MACAW_SESSION_CONTENT},
        {CLAIMS("\"iss\":\"login\""), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":\"other\",\"aud\":\"shop\""), MACAW_SESSION_MISMATCH},
        {CLAIMS("\"iss\":7,\"aud\":\"shop\""), MACAW_SESSION_CONTENT},
        {CLAIMS("\"aud\":\"shop\""), MACAW_SESSION_MISMATCH},
        {"{\"exp\":1,\"iss\":\"login\",\"aud\":\"x\"}", MACAW_SESSION_MISMATCH},
    };

    (void)state;
    check_claims(&(macaw_session_config){.audience = "shop", .issuer = "login"}, all,
                 sizeof all / sizeof *all);
}

static void keys_it_refuses(void **state)
{
    static const struct {
        macaw_session_key_form form;
        const char *alg, *bytes;
    } all[] = {
        {MACAW_SESSION_KEY_RAW, NULL, "-----BEGIN PUBLIC KEY-----\nMCow"},
        {MACAW_SESSION_KEY_RAW, NULL, "ssh-ed25519 AAAA"},
        {MACAW_SESSION_KEY_RAW, "EdDSA", "a secret"},
        {MACAW_SESSION_KEY_RAW, "hmac-sha1", "a secret"},
        {MACAW_SESSION_KEY_DERIVED, NULL, "a secret"},
        {MACAW_SESSION_KEY_PRIVATE, "EdDSA", "................................"},
        {MACAW_SESSION_KEY_PUBLIC, NULL, "no key"},
    };
    macaw_session *session = open_session(&(macaw_session_config){0}, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const macaw_session_key_spec spec = {.form = all[i].form,
                                             .alg = all[i].alg,
                                             .secret = all[i].bytes,
                                             .secret_len = strlen(all[i].bytes),
                                             .state = MACAW_ACTIVE};
        assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_EARG);
    }
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers),         cmocka_unit_test(the_algorithm_is_the_keys),
        cmocka_unit_test(dates),           cmocka_unit_test(contexts),
        cmocka_unit_test(keys_it_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

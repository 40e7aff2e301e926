/* JWT, PASETO and signed tickets: vectors of the standards, and what lies underneath.
 * tests/session asks the libraries and makes the tokens that no library makes. */
#include <macaw/session.h>

#include <openssl/err.h>
#include <string.h>

#include "base/codec.h"
#include "session/signed/claims.h"
#include "session/signed/signature.h"
#include "unit/support.h"

static uint8_t work[MACAW_SESSION_WORK];

static macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

static void verify(const macaw_session *session, const char *text, size_t len, int64_t now,
                   macaw_session_claims *ret)
{
    const macaw_session_token token = {.text = {text, len}};

    macaw_session_verify(session, &token, now, work, ret);
    /* nginx reports whatever somebody leaves there. */
    assert_int_equal(ERR_peek_error(), 0);
}

/* ---- vectors ---- */

#define JOE                                                                                        \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
#define JOE_EXP INT64_C(1300819380)

typedef struct vector {
    const char *jwk; /* "use":"session" */
    const char *token;
    int64_t expires;
    macaw_session_reason reason;
} vector;

static const vector vectors[] = {
    /* RFC 7515 appendix A.2 */
    {"{\"kty\":\"RSA\",\"kid\":\"a\",\"use\":\"session\",\"e\":\"AQAB\",\"n\":"
     "\"ofgWCuLjybRlzo0tZWJjNiuS"
     "fb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs"
     "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo"
     "7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia"
     "GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}",
     "eyJhbGciOiJSUzI1NiJ9." JOE
     ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
     "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
     "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
     "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
     JOE_EXP, MACAW_SESSION_OK},
    /* RFC 7515 appendix A.3 */
    {"{\"kty\":\"EC\",\"kid\":\"a\",\"use\":\"session\",\"crv\":\"P-256\","
     "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
     "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}",
     "eyJhbGciOiJFUzI1NiJ9." JOE
     ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
     JOE_EXP, MACAW_SESSION_OK},
    /* RFC 8037 appendix A.4: authentic, but no claims */
    {"{\"kty\":\"OKP\",\"kid\":\"a\",\"use\":\"session\",\"crv\":\"Ed25519\","
     "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
     "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg"
     "3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
     0, MACAW_SESSION_CONTENT},
};

#define VECTOR_COUNT (sizeof vectors / sizeof *vectors)

static macaw_session *open_session(const char *scheme)
{
    const macaw_session_config config = {.scheme = macaw_session_scheme_find(scheme)};
    macaw_session *session;

    assert_non_null(config.scheme);
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    return session;
}

static macaw_session *open_ring(const char *scheme, const char *jwk)
{
    macaw_session *session = open_session(scheme);
    macaw_keyring *ring;
    macaw_error err = {0};
    char json[2048];

    snprintf(json, sizeof json, "{\"keys\":[%s]}", jwk);
    assert_int_equal(macaw_keyring_parse(&ring, json, strlen(json), &err), MACAW_OK);
    assert_int_equal(macaw_session_add_keyring(session, ring, "session", &err), MACAW_OK);
    macaw_keyring_free(ring);
    return session;
}

static void vectors_verify(void **state)
{
    macaw_session_claims claims;

    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        const vector *v = &vectors[i];
        macaw_session *session = open_ring("jwt", v->jwk);
        verify(session, v->token, strlen(v->token), JOE_EXP - 1, &claims);
        assert_int_equal(claims.reason, v->reason);
        assert_true(claims.authentic);
        assert_int_equal(claims.expires, v->expires);
        assert_string_equal(claims.kid, "a");
        verify(session, v->token, strlen(v->token), JOE_EXP, &claims);
        assert_int_equal(claims.reason,
                         v->expires != 0 ? MACAW_SESSION_EXPIRED : MACAW_SESSION_CONTENT);
        macaw_session_free(session);
    }
}

/* RFC 7515 appendix A.1 */
static void the_vector_of_a_mac_verifies(void **state)
{
    static const char k[] =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    static const char token[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." JOE
                                ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    uint8_t secret[64];
    macaw_session_key_spec spec = {.secret = secret, .state = MACAW_ACTIVE};
    macaw_session *session = open_session("jwt");
    macaw_session_claims claims;

    (void)state;
    assert_int_equal(
        macaw_base64_decode(MACAW_BASE64URL, secret, &spec.secret_len, k, strlen(k), NULL),
        MACAW_OK);
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    verify(session, token, strlen(token), JOE_EXP - 1, &claims);
    assert_int_equal(claims.reason, MACAW_SESSION_OK);
    assert_true(claims.has_sid);
    macaw_session_free(session);
}

/* The neighbours of each character, spare bits of base64url among them. */
static void changed_vectors_are_refused(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    macaw_session_claims claims;
    char text[1024];

    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t len = strlen(vectors[i].token);
        macaw_session *session = open_ring("jwt", vectors[i].jwk);
        memcpy(text, vectors[i].token, len);
        for (size_t at = 0; at < len; at++) {
            const char *place = strchr(alphabet, text[at]);
            for (unsigned bit = 1; place != NULL && bit < 64; bit <<= 1) {
                text[at] = alphabet[(unsigned)(place - alphabet) ^ bit];
                verify(session, text, len, JOE_EXP - 1, &claims);
                assert_false(claims.authentic);
            }
            text[at] = vectors[i].token[at];
        }
        macaw_session_free(session);
    }
}

static void keyrings_give_what_suits(void **state)
{
    static const char set[] =
        "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"m\",\"use\":\"session\",\"alg\":\"hmac-sha1\","
        "\"k\":\"q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQERERERERESI\"},"
        "{\"kty\":\"oct\",\"kid\":\"i\",\"use\":\"weak\",\"alg\":\"hmac-sha256\",\"k\":\"AAEC\","
        "\"insecure\":true}]}";
    macaw_session *session = open_session("jwt");
    macaw_keyring *ring;
    macaw_error err = {0};

    (void)state;
    assert_int_equal(macaw_keyring_parse(&ring, set, strlen(set), &err), MACAW_OK);
    assert_int_equal(macaw_session_add_keyring(session, ring, "session", &err), MACAW_ENOTFOUND);
    assert_int_equal(macaw_session_add_keyring(session, ring, "weak", &err), MACAW_EWEAK);
    assert_int_equal(session->key_count, 0);
    macaw_keyring_free(ring);
    macaw_session_free(session);
}

/* ---- numbers ---- */

static void numbers_round_down(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } all[] = {
        {"0", 0},
        {"-0", 0},
        {"7", 7},
        {"-7", -7},
        {"1700000000", 1700000000},
        {"0.9", 0},
        {"-0.1", -1},
        {"-1.0", -1},
        {"-1.5", -2},
        {"12.999999999999999999999", 12},
        {"1.7e9", 1700000000},
        {"1.7E+9", 1700000000},
        {"17e8", 1700000000},
        {"1.70000000019e9", 1700000000},
        {"17000000009e-1", 1700000000},
        {"1e-1", 0},
        {"9e-99", 0},
        {"-9e-99", -1},
        {"0e99999", 0},
        {"0.000e5", 0},
        {"0.00012e4", 1},
        {"100e-2", 1},
        {"999999999999999", 999999999999999},
        {"12e-3", 0},
        {"0.5e1", 5},
    };
    static const char *const beyond[] = {"1e15", "99999999999999999999999999", "1e99999999999",
                                         "1000000000000000.1", "0.001e19"};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(macaw_numeric_date(str(all[i].text)), all[i].value);
    }
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        assert_true(macaw_numeric_date(str(beyond[i])) >= INT64_C(1000000000000000));
    }
}

static bool is_unique(const char *object, size_t max)
{
    macaw_json_member members[4];

    return macaw_json_members(str(object), members, max) != SIZE_MAX;
}

static void names_of_members_differ(void **state)
{
    static const char *const unique[] = {
        "{}",
        " { } ",
        "{\"a\":1}",
        "{\"a\":1,\"b\":1}",
        "{\"a\":{\"a\":{\"a\":1}},\"b\":[\"a\",\"a\"]}",
        "{\"a\":\"b\",\"b\":\"a\"}",
        "{\"a\":\"\\\"a\\\":1,\",\"b\":2}",
        "{\"\":1,\"a\":[{},[]]}",
        "{\"\\u00e4\":1,\"a\":2}",
        "{\"\\u00e4\":1,\"\xc3\xb6\":2}",
        "{\"\xc3\xa4\":1,\"\xc3\xb6\":2}",
    };
    static const char *const twice[] = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"b\":{\"x\":\"}\"},\"b\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "{\"\\u00e4\":1,\"\xc3\xa4\":2}",
        "{\"\":1,\"\":2}",
        "{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":2}",
        "{\"\\/\":1,\"/\":2}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof unique / sizeof *unique; i++) {
        assert_true(is_unique(unique[i], 4));
    }
    for (size_t i = 0; i < sizeof twice / sizeof *twice; i++) {
        assert_false(is_unique(twice[i], 4));
    }
    assert_true(is_unique("{\"a\":1,\"b\":1}", 2));
    assert_false(is_unique("{\"a\":1,\"b\":1,\"c\":1}", 2));
}

static void members_have_their_values(void **state)
{
    static const struct {
        const char *name, *text;
        macaw_json_type type;
    } all[] = {
        {"a", "-1", MACAW_JSON_INTEGER},     {"b", "1e3", MACAW_JSON_REAL},
        {"c", "x,\\\"}", MACAW_JSON_STRING}, {"d", "[1, {\"a\": 2}]", MACAW_JSON_ARRAY},
        {"e", "{}", MACAW_JSON_OBJECT},      {"f", "null", MACAW_JSON_NULL},
        {"g", "true", MACAW_JSON_TRUE},      {"h", "", MACAW_JSON_STRING},
        {"i", "false", MACAW_JSON_FALSE},    {"j", "0.5", MACAW_JSON_REAL},
    };
    static const char object[] =
        "{ \"a\" : -1 ,\"b\":1e3, \"c\":\"x,\\\"}\",\n\"d\":[1, {\"a\": 2}]\t,"
        "\"e\":{},\"\\u0066\":null,\"g\":true,\"h\":\"\",\"i\":false,\"j\":0.5 }";
    macaw_claims_set set;

    (void)state;
    assert_true(macaw_claims_split(str(object), &set));
    assert_int_equal(set.count, sizeof all / sizeof *all);
    assert_null(macaw_claims_get(&set, "k"));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const macaw_json_value *value = macaw_claims_get(&set, all[i].name);
        assert_int_equal(value->type, all[i].type);
        assert_int_equal(value->text.len, strlen(all[i].text));
        assert_memory_equal(value->text.data, all[i].text, value->text.len);
    }
}

/* ---- tickets ---- */

/* Made by Apache::AuthTkt 2.1 of mod_auth_tkt 2.3.99b1. */
static void a_ticket_verifies(void **state)
{
    static const char token[] = "1f62f8a825d78c0a61fdde6580f1cbe26553f100alice!a,b!d";
    static const char secret[] = "818f9c9d-91ed-4b74-9f48-ff99cfe00a0e";
    const macaw_session_key_spec spec = {
        .secret = secret, .secret_len = strlen(secret), .state = MACAW_ACTIVE};
    const macaw_session_token ticket = {.text = str(token), .bind = str("192.168.1.7")};
    macaw_session *session = open_session("auth-tkt");
    macaw_session_claims claims;

    (void)state;
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    memset(work, 0, sizeof work);
    macaw_session_verify(session, &ticket, 1700000000, work, &claims);
    assert_int_equal(claims.reason, MACAW_SESSION_OK);
    assert_memory_equal(claims.subject.data, "alice", 5);
    assert_int_equal(claims.expires, 1700000000 + 7200);
    assert_null(memmem(work, sizeof work, secret, strlen(secret)));
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_verify),
        cmocka_unit_test(the_vector_of_a_mac_verifies),
        cmocka_unit_test(changed_vectors_are_refused),
        cmocka_unit_test(keyrings_give_what_suits),
        cmocka_unit_test(numbers_round_down),
        cmocka_unit_test(names_of_members_differ),
        cmocka_unit_test(members_have_their_values),
        cmocka_unit_test(a_ticket_verifies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What belongs to the definition and to the key, never to the token: which class of
 * itsdangerous made it, salt, age, algorithm, Tornado's key versions. */
#include "unit/session_python.h"

/* Which class of itsdangerous made it: none takes the token of another with the same key. */
static void test_signers_are_not_confused(void **state)
{
    static const char *const kinds[] = {"itsdangerous", "itsdangerous-timestamp",
                                        "itsdangerous-signer"};
    static const struct {
        const char *token;
        const char *kind; /* that accepts it */
    } tokens[] = {
        {"al.ice.ZVPxAA.1E15XGi4cCIRaFjoiQX-jkDnHYE", "itsdangerous-timestamp"},
        {"al.ice.FXnIrHLp-routdkgvyvuM8_4IWQ", "itsdangerous-signer"},
        {"eyJ1c2VyIjoiYWxpY2UifQ.ZVPxAA.IHyvnnjT06KRD4K2GiKurfRvOvs", "itsdangerous"},
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const macaw_session_config config = {.scheme = macaw_session_scheme_find(kinds[i]),
                                             .salt = "login"};
        macaw_session *session =
            session_of(&config, MACAW_SESSION_KEY_RAW, NULL, secret, strlen(secret));
        for (size_t k = 0; k < 3; k++) {
            macaw_session_reason got =
                judge(session, tokens[k].token, strlen(tokens[k].token), ISSUED).reason;
            /* The serializer's token is a TimestampSigner's: that is how it is made. */
            bool good = strcmp(kinds[i], tokens[k].kind) == 0 || (i == 1 && k == 2);
            assert_int_equal(got == MACAW_SESSION_OK, good);
        }
        macaw_session_free(session);
    }
}

static void expect_refused(const macaw_session_config *config)
{
    macaw_session *session = NULL;
    macaw_error err = {0};

    assert_int_equal(macaw_session_new(&session, config, &err), MACAW_EARG);
    assert_true(err.text[0] != '\0');
}

static void test_definitions_refused(void **state)
{
    (void)state;
    expect_refused(&(macaw_session_config){.scheme = macaw_session_scheme_find("itsdangerous"),
                                           .salt = "itsdangerous.Signer"});
    expect_refused(
        &(macaw_session_config){.scheme = macaw_session_scheme_find("flask"), .max_age = -1});
    expect_refused(
        &(macaw_session_config){.scheme = macaw_session_scheme_find("flask"), .subject = "/a~2"});
    expect_refused(&(macaw_session_config){.scheme = macaw_session_scheme_find("flask"),
                                           .max_age = INT64_MAX});
    expect_refused(
        &(macaw_session_config){.scheme = macaw_session_scheme_find("express"), .max_age = 60});
}

/* A key called 0 does not share version 0 with others. */
static void test_a_key_called_0(void **state)
{
    sample s = {.scheme = "tornado",
                .name = "user",
                .token = "2|1:0|10:1700000000|4:user|8:YWxpY2U=|"
                         "f93c089773c963135a9438d9646e9e84308966ac6e31fd6322921efe9e8a04a8"};
    const macaw_session_config config = config_of(&s);
    const macaw_session_key_spec zero = {
        .kid = "0", .secret = "another", .secret_len = 7, .state = MACAW_ACTIVE};
    macaw_session *session = open_config(&s, &config);

    (void)state;
    assert_int_equal(reason_at(session, &s, ISSUED), MACAW_SESSION_OK);
    assert_int_equal(macaw_session_add_key(session, &zero, NULL), MACAW_OK);
    assert_int_equal(reason_at(session, &s, ISSUED), MACAW_SESSION_MISMATCH);
    macaw_session_free(session);
}

static void test_keys_of_another_algorithm(void **state)
{
    sample s = {.scheme = "flask",
                .token = "eyJfdXNlcl9pZCI6NDJ9.ZVPxAA.acnSgw4bLgbfiousdQpKdTou8G8"};
    const macaw_session_config config = config_of(&s);
    const macaw_session_key_spec wrong = {
        .alg = "cmac-aes128", .secret = secret, .secret_len = 16, .state = MACAW_ACTIVE};

    (void)state;
    macaw_session *session =
        session_of(&config, MACAW_SESSION_KEY_RAW, "hmac-sha256", secret, strlen(secret));
    assert_int_equal(reason_at(session, &s, ISSUED), MACAW_SESSION_ALGORITHM);
    assert_int_equal(macaw_session_add_key(session, &wrong, NULL), MACAW_EARG);
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signers_are_not_confused),
        cmocka_unit_test(test_definitions_refused),
        cmocka_unit_test(test_a_key_called_0),
        cmocka_unit_test(test_keys_of_another_algorithm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Cookies of Flask, itsdangerous, Starlette, Django and Tornado, as the libraries made
 * them: every one of vectors/session-python.txt. */
#include "unit/session_python.h"

static void check_accepted(const sample *s)
{
    macaw_session *session = open_sample(s);
    uint8_t *guarded = guarded_alloc(strlen(s->token));

    memcpy(guarded, s->token, strlen(s->token));
    macaw_session_claims claims = judge(session, (const char *)guarded, strlen(s->token), ISSUED);
    assert_string_equal(claims.detail, "");
    assert_int_equal(claims.reason, MACAW_SESSION_OK);
    assert_true(claims.authentic);
    assert_true(claims.has_sid);
    assert_int_equal(claims.issued, is_dated(session) ? ISSUED : 0);
    assert_int_equal(claims.subject.len, s->subject != NULL ? strlen(s->subject) : 0);
    assert_memory_equal(claims.subject.data, s->subject, claims.subject.len);
    assert_true(macaw_session_looks_like(macaw_session_settings(session)->scheme, s->token,
                                         strlen(s->token)));
    guarded_free(guarded, strlen(s->token));
    macaw_session_free(session);
}

static void test_cookies_of_the_libraries(void **state)
{
    (void)state;
    each_sample(check_accepted);
}

/* Every byte at every place, every place left out, every byte in front and behind. */
static void check_mutations(const sample *s)
{
    macaw_session *session = open_sample(s);
    size_t len = strlen(s->token);
    char text[4096];

    for (size_t i = 0; i <= len; i++) {
        for (int c = 0; c < 256; c++) {
            memcpy(text, s->token, len);
            text[i] = (char)c;
            if (i == len || text[i] != s->token[i]) {
                assert_false(judge(session, text, i == len ? len + 1 : len, ISSUED).authentic);
            }
        }
        memcpy(text, s->token, i);
        memcpy(text + i, s->token + i + 1, len - i);
        assert_false(i < len && judge(session, text, len - 1, ISSUED).authentic);
        assert_false(i < len && judge(session, s->token, i, ISSUED).authentic);
    }
    for (int c = 0; c < 256; c++) {
        text[0] = (char)c;
        memcpy(text + 1, s->token, len);
        assert_false(judge(session, text, len + 1, ISSUED).authentic);
    }
    macaw_session_free(session);
}

static void test_every_change_is_refused(void **state)
{
    (void)state;
    each_sample(check_mutations);
}

static void check_ages(const sample *s)
{
    macaw_session_config config = config_of(s);

    if ((macaw_session_scheme_flags(config.scheme) & MACAW_SESSION_DATED) != 0) {
        config.max_age = 100;
    }
    config.leeway = 5;
    macaw_session *session = open_config(s, &config);
    if (is_dated(session)) {
        assert_int_equal(reason_at(session, s, ISSUED - 6), MACAW_SESSION_EARLY);
        assert_int_equal(reason_at(session, s, ISSUED - 5), MACAW_SESSION_OK);
        assert_int_equal(reason_at(session, s, ISSUED + 104), MACAW_SESSION_OK);
        assert_int_equal(reason_at(session, s, ISSUED + 105), MACAW_SESSION_EXPIRED);
    } else {
        assert_int_equal(reason_at(session, s, 1), MACAW_SESSION_OK);
        assert_int_equal(reason_at(session, s, ISSUED * 2), MACAW_SESSION_OK);
    }
    macaw_session_free(session);
}

static void check_default_ages(const sample *s)
{
    static const struct {
        const char *scheme;
        int64_t age;
    } defaults[] = {{"flask", 31 * DAY},   {"starlette", 14 * DAY}, {"django", 14 * DAY},
                    {"tornado", 31 * DAY}, {"itsdangerous", 0},     {"django-cookie", 0}};
    macaw_session *session = open_sample(s);

    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++) {
        int64_t age = defaults[i].age;
        if (strcmp(defaults[i].scheme, s->scheme) != 0) {
            continue;
        }
        assert_int_equal(reason_at(session, s, ISSUED - 1), MACAW_SESSION_EARLY);
        assert_int_equal(reason_at(session, s, ISSUED + (age > 0 ? age : 9999 * DAY) - 1),
                         MACAW_SESSION_OK);
        assert_int_equal(reason_at(session, s, ISSUED + age),
                         age > 0 ? MACAW_SESSION_EXPIRED : MACAW_SESSION_OK);
    }
    macaw_session_free(session);
}

static void test_ages(void **state)
{
    (void)state;
    each_sample(check_ages);
    each_sample(check_default_ages);
}

static void check_derived(const sample *s)
{
    macaw_session *session = open_sample(s);
    const macaw_session_config config = config_of(s);
    uint8_t want[64], got[64];
    size_t len = 0;

    int status = macaw_session_derive(session, s->alg, secret, strlen(secret), got, &len);
    macaw_session_free(session);
    if (s->derived == NULL) {
        assert_int_equal(status, MACAW_EARG);
        return;
    }
    assert_int_equal(status, MACAW_OK);
    assert_int_equal(unhex(want, sizeof want, s->derived), len);
    assert_memory_equal(got, want, len);

    session = session_of(&config, MACAW_SESSION_KEY_DERIVED, s->alg, got, len);
    assert_int_equal(reason_at(session, s, ISSUED), MACAW_SESSION_OK);
    macaw_session_free(session);
    session = session_of(&config, MACAW_SESSION_KEY_RAW, s->alg, got, len);
    assert_int_equal(reason_at(session, s, ISSUED), MACAW_SESSION_MISMATCH);
    macaw_session_free(session);
}

static void test_derived_keys(void **state)
{
    (void)state;
    each_sample(check_derived);
}

static void check_context(const sample *s)
{
    macaw_session_config config = config_of(s);
    macaw_session *session;

    if (strcmp(s->scheme, "tornado") != 0) {
        config.salt = "another";
        session = open_config(s, &config);
        assert_int_equal(reason_at(session, s, ISSUED), MACAW_SESSION_MISMATCH);
        macaw_session_free(session);
        config.salt = s->salt;
    }
    if (s->name != NULL) {
        config.cookie_name = "whose";
        session = open_config(s, &config);
        macaw_session_claims claims = judge(session, s->token, strlen(s->token), ISSUED);
        assert_int_equal(claims.reason, MACAW_SESSION_MISMATCH);
        assert_false(claims.authentic);
        macaw_session_free(session);
        config.cookie_name = s->name;
    }
    session = session_of(&config, MACAW_SESSION_KEY_RAW, s->alg, "another", 7);
    /* A wrong MAC outranks a past date. */
    assert_int_equal(reason_at(session, s, ISSUED * 2), MACAW_SESSION_MISMATCH);
    macaw_session_free(session);
}

static void test_wrong_context(void **state)
{
    (void)state;
    each_sample(check_context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cookies_of_the_libraries),
        cmocka_unit_test(test_every_change_is_refused),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_derived_keys),
        cmocka_unit_test(test_wrong_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

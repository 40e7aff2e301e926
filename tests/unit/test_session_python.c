/* Cookies of Flask, itsdangerous, Starlette, Django and Tornado: those that the
 * libraries made are in vectors/session-python.txt. */
#include <macaw/session.h>

#include <string.h>

#include "unit/support.h"

#define ISSUED  INT64_C(1700000000)
#define DAY     INT64_C(86400)
#define COLUMNS 8

static const char secret[] = "a secret of an application";
static uint8_t work[MACAW_SESSION_WORK];

typedef struct sample {
    char line[4096];
    const char *scheme, *alg, *name, *salt, *pointer, *subject, *derived, *token; /* NULL: none */
} sample;

static bool next_sample(FILE *f, sample *ret)
{
    const char **columns[COLUMNS] = {&ret->scheme,  &ret->alg,     &ret->name,    &ret->salt,
                                     &ret->pointer, &ret->subject, &ret->derived, &ret->token};

    do {
        if (fgets(ret->line, sizeof ret->line, f) == NULL) {
            return false;
        }
    } while (ret->line[0] == '#');
    ret->line[strcspn(ret->line, "\n")] = '\0';
    char *rest = ret->line;
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *column = strsep(&rest, "\t");
        assert_non_null(column);
        *columns[i] = strcmp(column, "-") == 0 ? NULL : column;
    }
    return true;
}

static size_t each_sample(void (*check)(const sample *s))
{
    FILE *f = vectors_open("session-python.txt");
    sample s;
    size_t n = 0;

    for (; next_sample(f, &s); n++) {
        check(&s);
    }
    (void)fclose(f);
    assert_true(n > 20);
    return n;
}

static macaw_session_config config_of(const sample *s)
{
    return (macaw_session_config){
        .scheme = macaw_session_scheme_find(s->scheme),
        .cookie_name = s->name,
        .salt = s->salt,
        .subject = s->pointer,
    };
}

static macaw_session *session_of(const macaw_session_config *config, macaw_session_key_form form,
                                 const char *alg, const void *key, size_t len)
{
    macaw_session *session;
    const macaw_session_key_spec spec = {
        .form = form,
        .alg = alg,
        .secret = key,
        .secret_len = len,
        .state = MACAW_ACTIVE,
        .kid = strcmp(macaw_session_scheme_name(config->scheme), "tornado") == 0 ? "3" : NULL,
    };

    assert_int_equal(macaw_session_new(&session, config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    return session;
}

static macaw_session *open_config(const sample *s, const macaw_session_config *config)
{
    return session_of(config, MACAW_SESSION_KEY_RAW, s->alg, secret, strlen(secret));
}

static macaw_session *open_sample(const sample *s)
{
    const macaw_session_config config = config_of(s);

    return open_config(s, &config);
}

static macaw_session_claims judge(const macaw_session *session, const char *token, size_t len,
                                  int64_t now)
{
    const macaw_session_token all = {.text = {token, len}};
    macaw_session_claims claims;

    macaw_session_verify(session, &all, now, work, &claims);
    return claims;
}

static macaw_session_reason reason_at(const macaw_session *session, const sample *s, int64_t now)
{
    return judge(session, s->token, strlen(s->token), now).reason;
}

static bool is_dated(const macaw_session *session)
{
    const macaw_session_scheme *scheme = macaw_session_settings(session)->scheme;

    return (macaw_session_scheme_flags(scheme) & MACAW_SESSION_DATED) != 0;
}

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

    config.max_age = 100;
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
        cmocka_unit_test(test_cookies_of_the_libraries),
        cmocka_unit_test(test_every_change_is_refused),
        cmocka_unit_test(test_ages),
        cmocka_unit_test(test_derived_keys),
        cmocka_unit_test(test_wrong_context),
        cmocka_unit_test(test_signers_are_not_confused),
        cmocka_unit_test(test_definitions_refused),
        cmocka_unit_test(test_a_key_called_0),
        cmocka_unit_test(test_keys_of_another_algorithm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The spellings of cookies of Python's frameworks that are read at all. */
#include <macaw/session.h>

#include <string.h>

#include "unit/support.h"

#define MAC64 "0000000000000000000000000000000000000000000000000000000000000000"
#define MAC27 "AAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define MAC43 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static uint8_t work[MACAW_SESSION_WORK];

/* With keys of these ids. */
static macaw_session *open_session(const macaw_session_config *config, const char *const *kids,
                                   size_t count)
{
    macaw_session *session;

    assert_int_equal(macaw_session_new(&session, config, NULL), MACAW_OK);
    for (size_t i = 0; i < count; i++) {
        const macaw_session_key_spec spec = {
            .kid = kids[i], .secret = "secret", .secret_len = 6, .state = MACAW_ACTIVE};
        assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    }
    return session;
}

static macaw_session_reason judge(const macaw_session *session, const char *text)
{
    size_t len = strlen(text);
    uint8_t *guarded = guarded_alloc(len);
    const macaw_session_token token = {.text = {memcpy(guarded, text, len), len}};
    macaw_session_claims claims;

    macaw_session_verify(session, &token, INT64_C(1700000000), work, &claims);
    guarded_free(guarded, len);
    return claims.reason;
}

/* A token of the one spelling fails for its MAC, which is not right. */
static void test_spellings(void **state)
{
    static const struct {
        const char *scheme, *token;
        bool good;
    } cases[] = {
        {"flask", "e30.ZVPxAA." MAC27, true},
        {"flask", "\"e30.ZVPxAA." MAC27 "\"", false},
        {"itsdangerous", "\"e30.ZVPxAA." MAC27 "\"", false},
        {"starlette", "\"e30=.ZVPxAA." MAC27 "\"", false},
        {"itsdangerous-timestamp", "\"e30.ZVPxAA." MAC27 "\"", true},
        {"itsdangerous-signer", "\"e30." MAC27 "\"", true},
        {"django", "e30:1r31eq:" MAC43, true},
        {"django", "e30:1:" MAC43, true},
        {"django", "e30:4SbCEFr:" MAC43, true},
        {"django", "e30:4SbCEFs:" MAC43, false},
        {"django", "e30:01r31eq:" MAC43, false},
        {"django", "e30:0:" MAC43, false},
        {"django", "e30::" MAC43, false},
        {"django", "e30:-1r:" MAC43, false},
        {"django", "e30:1r31e_:" MAC43, false},
        {"django", "e30:" MAC43, false},
        {"django", "e30:1r31eq:", false},
        {"django", "e30:1r31eq:" MAC43 "=", false},
        {"django", "\"e30:1r31eq:" MAC43 "\"", false},
        {"django-cookie", "\"e30:1r31eq:" MAC43 "\"", true},
        {"django-cookie", "\"e30:1r31eq:" MAC43, true},
        {"django-cookie", "e30:1r31eq:" MAC43 "\"", false},
        {"tornado", "2|1:0|1:1|0:|0:|" MAC64, true},
        {"tornado", "\"2|1:0|1:1|0:|0:|" MAC64 "\"", true},
        {"tornado", "2|1:0|1:1|0:|0:|" MAC64 "0", false},
        {"tornado", "2|1:0|1:1|0:|0:|" MAC64 "00", false},
        {"tornado", "1|1:0|1:1|0:|0:|" MAC64, false},
        {"tornado", "2|2:00|1:1|0:|0:|" MAC64, false},
        {"tornado", "2|01:0|1:1|0:|0:|" MAC64, false},
        {"tornado", "2|1:x|1:1|0:|0:|" MAC64, false},
        {"tornado", "2|0:|1:1|0:|0:|" MAC64, false},
        {"tornado", "2|1:0|1:0|0:|0:|" MAC64, false},
        {"tornado", "2|1:0|2:01|0:|0:|" MAC64, false},
        {"tornado", "2|1:0|12:253402300799|0:|0:|" MAC64, true},
        {"tornado", "2|1:0|12:253402300800|0:|0:|" MAC64, false},
        {"tornado", "2|1:0|1:1|0:x0:|" MAC64, false},
        {"tornado", "2|1:0|1:1|1:|0:|" MAC64, false},
        {"tornado", "2|1:0|1:1|0:|999999999999999:|" MAC64, false},
        {"tornado", "2|1:0|1:1|0:|" MAC64, false},
        {"tornado", "2|", false},
        {"tornado", "2", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const macaw_session_config config = {.scheme = macaw_session_scheme_find(cases[i].scheme)};
        macaw_session *session = open_session(&config, (const char *const[]){"k"}, 1);
        macaw_session_reason got = judge(session, cases[i].token);
        assert_int_equal(got, cases[i].good ? MACAW_SESSION_MISMATCH : MACAW_SESSION_MALFORMED);
        macaw_session_free(session);
    }
}

/* Version 0 names a key only where one is called 0. */
static void test_versions_of_tornado(void **state)
{
    static const struct {
        const char *kids[2];
        size_t count;
        const char *version;
        macaw_session_reason reason;
    } cases[] = {
        {{"main"}, 1, "0", MACAW_SESSION_MISMATCH},
        {{NULL}, 1, "0", MACAW_SESSION_MISMATCH},
        {{"main"}, 1, "1", MACAW_SESSION_UNKNOWN_KEY},
        {{"0", "1"}, 2, "0", MACAW_SESSION_MISMATCH},
        {{"0", "1"}, 2, "2", MACAW_SESSION_UNKNOWN_KEY},
        {{"10", "1"}, 2, "10", MACAW_SESSION_MISMATCH},
    };
    const macaw_session_config config = {.scheme = macaw_session_scheme_find("tornado")};
    char token[200];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_session *session = open_session(&config, cases[i].kids, cases[i].count);
        (void)snprintf(token, sizeof token, "2|%zu:%s|1:1|0:|0:|" MAC64, strlen(cases[i].version),
                       cases[i].version);
        assert_int_equal(judge(session, token), cases[i].reason);
        macaw_session_free(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_versions_of_tornado),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

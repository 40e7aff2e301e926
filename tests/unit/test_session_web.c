/* Cookies of Rails, Express, cookie-session and gorilla/securecookie: fixed ones that
 * those libraries made, and the spellings underneath. tests/session asks the libraries. */
#include <macaw/session.h>

#include <string.h>
#include <time.h>

#include "session/scheme.h"
#include "unit/support.h"

static macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

/* ---- cookies ---- */

typedef struct sample {
    const char *scheme, *name, *pointer;
    const char *key, *block_key; /* block_key in hex */
    const char *text, *signature;
    const char *subject, *payload;
    int64_t issued, expires;
} sample;

#define RAILS_KEY "0123456789abcdef"

static const sample samples[] = {
    /* ActionPack 6.1.7.10 */
    {"rails-signed", "user_id", NULL, RAILS_KEY, NULL,
     "eyJfcmFpbHMiOnsibWVzc2FnZSI6Ik5EST0iLCJleHAiOiIyMDI3LTAxLTE1VDA4OjAwOjAwLjAwMFoiLCJwdXIiOiJj"
     "b29raWUudXNlcl9pZCJ9fQ%3D%3D--3ba22a13e950a3c41b17b1970779d91f3aff4851",
     NULL, "42", "42", 0, 1800000000},
    {"rails-signed", "tok", "/a", RAILS_KEY, NULL,
     "eyJfcmFpbHMiOnsiZGF0YSI6eyJhIjoxfSwiZXhwIjoiMjAyNy0wMS0xNVQwODowMDowMC4wMDBaIiwicHVyIjoiY29v"
     "a2llLnRvayJ9fQ%3D%3D--61cde69dedc8ea85f83fbeb6b9124917271bff43",
     NULL, "1", "{\"a\":1}", 0, 1800000000},
    {"rails-encrypted", "_app_session", NULL, RAILS_KEY, NULL,
     "JAyk6c2TaaEnZ95Dx5aufXSNfmgn1BtNoCpGcNquXH2akm4u1JGsiXSxIwEw6Pho4txI0eiMnHiPn4VSeWprIXRE4K7U"
     "6kaF9dU8ahJtQuVoVumzrbYCC3bncmIaqbH523AeMJ5%2FywbUWgLZND7zThFuiNJmaAhNEV%2F4ZAOQDO06CQOcM2xC"
     "O32LhGOyYMJFR63FN0puuuvA7HhZfL3RyMTBsSLP0F%2B8Z0uILWunHyE%3D--fyuUSfpF%2F3AUrLwP--VNYVc%2Fxu"
     "js%2FE6a2gwZQtwA%3D%3D",
     NULL, "7", NULL, 0, 0},
    /* Express 4.18.2, express-session 1.18.1 */
    {"express", "who", NULL, "k1", NULL,
     "s%3Aal%20ice%2B%2F%C3%A9.6V6UUtUkAKH7E14UW2HPdtdZxSm8RwHlJmyU5CfINiw", NULL,
     "al ice+/\xc3\xa9", "al ice+/\xc3\xa9", 0, 0},
    {"express", "cart", "/a", "k1", NULL,
     "s%3Aj%3A%7B%22a%22%3A%22b%3Bc%22%7D.0ipBf1wzfIH0XED7cXNCJxVATNZ4EJeeGAI3eG7nthk", NULL,
     "b;c", "{\"a\":\"b;c\"}", 0, 0},
    {"express", "connect.sid", NULL, "k1", NULL,
     "s%3A60KHbo-6dT--fRx5w5qTdBxxwyhIeATY.I1PjwZ47t7zPL41cDqeUiJ3yOKLlJ05gJs9lgtR0ulQ", NULL,
     "60KHbo-6dT--fRx5w5qTdBxxwyhIeATY", "60KHbo-6dT--fRx5w5qTdBxxwyhIeATY", 0, 0},
    /* cookie-session 2.1.0 */
    {"cookie-session", "session", NULL, "k1", NULL, "eyJwYXNzcG9ydCI6eyJ1c2VyIjoiNyJ9fQ==",
     "xeR9KNnhe12mkCKh306HURs-32g", "7", "{\"passport\":{\"user\":\"7\"}}", 0, 0},
    /* gorilla/securecookie 1.1.1 */
    {"gorilla", "s", "/user", "k1", NULL,
     "MTc5NTMxNTA0M3xleUoxYzJWeUlqb2lZV3dpZlFvPXzhuSX0ylfSf5CR2JzpmgMpdqAQR8G-7Pgg2qvLLvmA4g==",
     NULL, "al", "{\"user\":\"al\"}\n", 1795315043, 1795315043 + 30 * 86400},
    {"gorilla", "s", "/user", "k1", "00112233445566778899aabbccddeeff",
     "MTc5NTMxNTA0M3xwdmpESjEtUXdJUWhZU1ZzX0NqbkxuNmdlTkU5aDhYSjRCZkhZRjdZfNQdF4VxXM9HChOOln6vPmEf"
     "ybz2KnyjJfyZX4PM_Dkb",
     NULL, "al", "{\"user\":\"al\"}\n", 1795315043, 1795315043 + 30 * 86400},
};

#define NOW     (1795315043 + 100)
#define SAMPLES (sizeof samples / sizeof *samples)

static uint8_t work[MACAW_SESSION_WORK];

static macaw_session *open_sample(const sample *s, const char *name)
{
    const macaw_session_config config = {
        .scheme = macaw_session_scheme_find(s->scheme),
        .cookie_name = name,
        .subject = s->pointer,
    };
    uint8_t block[32];
    macaw_session_key_spec spec = {
        .secret = s->key,
        .secret_len = strlen(s->key),
        .state = MACAW_ACTIVE,
    };
    macaw_session *session;

    if (s->block_key != NULL) {
        spec.block_key_len = unhex(block, sizeof block, s->block_key);
        spec.block_key = block;
    }
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(session, &spec, NULL), MACAW_OK);
    return session;
}

/* With the text right before memory that nobody may touch. */
static macaw_session_claims verify(const macaw_session *session, macaw_str text,
                                   const char *signature)
{
    uint8_t *guarded = guarded_alloc(text.len);
    const macaw_session_token token = {
        .text = {(const char *)memcpy(guarded, text.data, text.len), text.len},
        .signature = str(signature != NULL ? signature : ""),
    };
    macaw_session_claims claims;

    macaw_session_verify(session, &token, NOW, work, &claims);
    guarded_free(guarded, text.len);
    return claims;
}

static void test_samples(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        macaw_session *session = open_sample(s, s->name);
        const macaw_session_token token = {
            .text = str(s->text),
            .signature = str(s->signature != NULL ? s->signature : ""),
        };
        macaw_session_claims claims;
        macaw_session_verify(session, &token, NOW, work, &claims);
        assert_int_equal(claims.reason, MACAW_SESSION_OK);
        assert_true(claims.authentic && claims.has_sid);
        assert_int_equal(claims.subject.len, strlen(s->subject));
        assert_memory_equal(claims.subject.data, s->subject, claims.subject.len);
        if (s->payload != NULL) {
            assert_int_equal(claims.payload.len, strlen(s->payload));
            assert_memory_equal(claims.payload.data, s->payload, claims.payload.len);
        }
        assert_int_equal(claims.issued, s->issued);
        assert_int_equal(claims.expires, s->expires);
        assert_true(macaw_session_looks_like(macaw_session_settings(session)->scheme, s->text,
                                             strlen(s->text)));
        macaw_session_free(session);
    }
}

static void test_every_prefix_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        macaw_session *session = open_sample(&samples[i], samples[i].name);
        const macaw_session_scheme *scheme = macaw_session_settings(session)->scheme;
        for (size_t len = 0; len < strlen(samples[i].text); len++) {
            const macaw_str text = {samples[i].text, len};
            macaw_session_claims claims = verify(session, text, samples[i].signature);
            assert_false(claims.authentic);
            assert_int_not_equal(claims.reason, MACAW_SESSION_INTERNAL);
            (void)macaw_session_looks_like(scheme, text.data, text.len);
        }
        macaw_session_free(session);
    }
}

static void test_every_bit_counts(void **state)
{
    char changed[512];

    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        const sample *s = &samples[i];
        macaw_session *session = open_sample(s, s->name);
        macaw_str text = {changed, strlen(s->text)};
        assert_true(text.len < sizeof changed);
        for (size_t bit = 0; bit < 8 * text.len; bit++) {
            memcpy(changed, s->text, text.len);
            changed[bit / 8] = (char)(changed[bit / 8] ^ (1 << bit % 8));
            assert_false(verify(session, text, s->signature).authentic);
        }
        macaw_session_free(session);
    }
}

/* Every sample under every scheme: only its own accepts it. */
static void test_schemes_do_not_mix(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLES; i++) {
        for (size_t j = 0; j < SAMPLES; j++) {
            sample mixed = samples[j];
            mixed.key = samples[i].key;
            macaw_session *session = open_sample(&mixed, samples[i].name);
            bool own = strcmp(samples[i].scheme, samples[j].scheme) == 0;
            macaw_session_claims claims = verify(session, str(samples[i].text),
                                                 samples[i].signature);
            assert_int_equal(claims.authentic, own);
            macaw_session_free(session);
        }
    }
}

/* ---- spellings ---- */

static macaw_session_attempt attempt(void)
{
    return (macaw_session_attempt){.room = {work, sizeof work}};
}

static void test_percent(void **state)
{
    static const char *const bad[] = {"%", "%4", "%41", "%7e", "%7E", "%2e", "%2f", "%GG", "%2G",
                                      " ", "/", "a%", "\x80", "%%", "%-1", "%+F", "% F"};
    macaw_session_attempt a = attempt();
    macaw_str made;

    (void)state;
    assert_true(macaw_session_percent(&a, str("a.%2F%00%FF~Z9"), ".~", &made));
    assert_int_equal(made.len, 8);
    assert_memory_equal(made.data, "a./\0\xff~Z9", 8);
    assert_true(macaw_session_percent(&a, str(""), "", &made));
    assert_int_equal(made.len, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(macaw_session_percent(&a, str(bad[i]), ".~", &made));
    }
    assert_false(macaw_session_percent(&a, (macaw_str){"\0", 1}, ".~", &made));
    a.room.left = 2;
    assert_false(macaw_session_percent(&a, str("abc"), "", &made));
}

static void test_padded_base64url(void **state)
{
    static const char *const good[] = {"", "eA==", "eHk=", "eHl6", "_-8="};
    static const char *const bad[] = {"eA", "eA=", "eA===", "eHk", "eHl6=", "eHl6====", "=", "==",
                                      "====", "eB==", "eHl=", "e===", "+/8=", "eA==eA=="};
    macaw_session_attempt a = attempt();
    macaw_str made;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(macaw_session_decode_b64u_padded(&a, str(good[i]), &made));
        assert_int_equal(made.len, i < 4 ? i : 2);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(macaw_session_decode_b64u_padded(&a, str(bad[i]), &made));
    }
}

static void test_date_times(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } good[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-02T03:04:05.678Z", 1767323045},
        {"2000-02-29T23:59:59Z", 951868799},
        {"2024-12-31T23:59:59.999999999Z", 1735689599},
        {"2026-01-02T04:04:05+01:00", 1767323045},
        {"2026-01-01T21:34:05.5-05:30", 1767323045},
        {"1900-03-01T00:00:00Z", -2203891200},
        {"9999-12-31T23:59:59Z", 253402300799},
        {"0001-01-01T00:00:00Z", -62135596800},
    };
    static const char *const bad[] = {
        "", "2026-01-02", "2026-01-02T03:04:05", "2026-01-02 03:04:05Z", "2026-1-02T03:04:05Z",
        "2026-13-02T03:04:05Z", "2026-00-02T03:04:05Z", "2026-02-29T03:04:05Z",
        "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z",
        "2026-01-02T24:00:00Z", "2026-01-02T03:60:05Z", "2026-01-02T03:04:60Z",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05.0000000001Z", "2026-01-02T03:04:05z",
        "2026-01-02t03:04:05Z", "2026-01-02T03:04:05ZZ", "2026-01-02T03:04:05+0100",
        "2026-01-02T03:04:05+24:00", "2026-01-02T03:04:05+01:60", "0000-01-01T00:00:00Z",
        "+026-01-02T03:04:05Z", "2026-01-02T03:04:05 01:00",
    };
    int64_t seconds;

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(macaw_session_iso8601(str(good[i].text), &seconds));
        assert_int_equal(seconds, good[i].seconds);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(macaw_session_iso8601(str(bad[i]), &seconds));
    }
}

/* Against libc, day by day over some leap years and around the ends of centuries. */
static void test_every_day(void **state)
{
    char text[32];
    int64_t seconds;

    (void)state;
    for (time_t day = -31LL * 365; day < 150LL * 365; day++) {
        time_t at = day * 86400 + 43200;
        struct tm tm;
        assert_non_null(gmtime_r(&at, &tm));
        assert_int_equal(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm), 20);
        assert_true(macaw_session_iso8601(str(text), &seconds));
        assert_int_equal(seconds, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_every_prefix_is_refused),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_schemes_do_not_mix),
        cmocka_unit_test(test_percent),
        cmocka_unit_test(test_padded_base64url),
        cmocka_unit_test(test_date_times),
        cmocka_unit_test(test_every_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Content that is authentic, but not what a session may carry: unpacking, spelling, who
 * it is about. Signed here under the key that Flask, Starlette or a Signer would derive. */
#include <macaw/session.h>

#include <string.h>

#include <zlib.h>

#include "base/codec.h"
#include "unit/support.h"

#define NOW INT64_C(1700000000)

static const char secret[] = "a secret of an application";
static uint8_t work[MACAW_SESSION_WORK];

typedef struct world {
    macaw_session *session;
    macaw_key *key;
    char token[8192];
    size_t len;
} world;

static world open_world(const char *scheme, const char *pointer)
{
    const macaw_session_config config = {
        .scheme = macaw_session_scheme_find(scheme), .subject = pointer, .cookie_name = "user"};
    const macaw_session_key_spec spec = {
        .secret = secret, .secret_len = strlen(secret), .state = MACAW_ACTIVE};
    world w = {.len = 0};
    uint8_t derived[64];
    size_t len;

    assert_int_equal(macaw_session_new(&w.session, &config, NULL), MACAW_OK);
    assert_int_equal(macaw_session_add_key(w.session, &spec, NULL), MACAW_OK);
    assert_int_equal(macaw_session_derive(w.session, NULL, secret, strlen(secret), derived, &len),
                     MACAW_OK);
    w.key = key_of("hmac-sha1", derived, len, NULL);
    return w;
}

static void close_world(world *w)
{
    macaw_key_free(w->key);
    macaw_session_free(w->session);
}

static void put(world *w, const char *text, size_t len)
{
    memcpy(w->token + w->len, text, len);
    w->len += len;
}

static void put_base64(world *w, macaw_base64_kind kind, const void *data, size_t len)
{
    w->len += macaw_base64_encode(kind, w->token + w->len, data, len);
}

/* End the token with its MAC. */
static macaw_session_claims judge(world *w)
{
    uint8_t mac[20];
    macaw_session_claims claims;

    tag_of(w->key, w->token, w->len, mac);
    put(w, ".", 1);
    put_base64(w, MACAW_BASE64URL, mac, sizeof mac);
    const macaw_session_token token = {.text = {w->token, w->len}};
    macaw_session_verify(w->session, &token, NOW, work, &claims);
    w->len = 0;
    return claims;
}

static macaw_session_claims flask(world *w, const char *prefix, const void *data, size_t len)
{
    put(w, prefix, strlen(prefix));
    put_base64(w, MACAW_BASE64URL, data, len);
    put(w, ".ZVPxAA", 7);
    return judge(w);
}

static void expect_content(const macaw_session_claims *claims)
{
    assert_true(claims->authentic);
    assert_int_equal(claims->reason, MACAW_SESSION_CONTENT);
    assert_int_equal(claims->subject.len, 0);
    assert_true(claims->detail[0] != '\0');
}

static void test_json_of_nobody_and_somebody(void **state)
{
    static const struct {
        const char *json, *subject; /* NULL: refused */
    } cases[] = {
        {"{\"_user_id\":\"alice\"}", "alice"},
        {"{\"_user_id\":42}", "42"},
        {"{\"_user_id\":-7}", "-7"},
        {"{\"_user_id\":123456789012345678901234567890}", "123456789012345678901234567890"},
        {"{\"_user_id\":\"\\u00e9 \\\"x\\\"\"}", "\xc3\xa9 \"x\""},
        {"{\"_user_id\":null}", ""},
        {"{\"_user_id\":\"\"}", ""},
        {"{}", ""},
        {"[]", ""},
        {"7", ""},
        {"{\"_user_id\":true}", NULL},
        {"{\"_user_id\":1.0}", NULL},
        {"{\"_user_id\":1e3}", NULL},
        {"{\"_user_id\":{}}", NULL},
        {"{\"_user_id\":[\"a\"]}", NULL},
        {"{\"_user_id\":\"a\\nb\"}", NULL},
        {"{\"_user_id\":\"a\\u0000\"}", NULL},
        {"{\"_user_id\":\"\x7f\"}", NULL},
        {"{\"_user_id\":\"\\ud83d\"}", NULL},
        {"{\"_user_id\":1,\"_user_id\":1}", NULL},
        {"{\"_user_id\":1", NULL},
        {"alice", NULL},
        {"", NULL},
        {"{\"_user_id\":NaN}", NULL},
        {"{\"_user_id\":\"\xff\"}", NULL},
    };
    world w = open_world("flask", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_session_claims claims = flask(&w, "", cases[i].json, strlen(cases[i].json));
        if (cases[i].subject == NULL) {
            expect_content(&claims);
            continue;
        }
        assert_int_equal(claims.reason, MACAW_SESSION_OK);
        assert_int_equal(claims.subject.len, strlen(cases[i].subject));
        assert_memory_equal(claims.subject.data, cases[i].subject, claims.subject.len);
    }
    close_world(&w);
}

static void test_length_of_a_subject(void **state)
{
    world w = open_world("flask", NULL);
    char json[400];

    (void)state;
    for (int len = 250; len < 260; len++) {
        int n = snprintf(json, sizeof json, "{\"_user_id\":\"%0*d\"}", len, 7);
        macaw_session_claims claims = flask(&w, "", json, (size_t)n);
        assert_int_equal(claims.reason == MACAW_SESSION_OK, len <= MACAW_SESSION_SUBJECT_MAX);
        assert_int_equal(claims.subject.len, len <= MACAW_SESSION_SUBJECT_MAX ? len : 0);
    }
    close_world(&w);
}

static void test_other_spellings_of_base64(void **state)
{
    static const char *const texts[] = {"e30=", "e31", "e3 0", "e30\n", "e",
                                        ".",    "",    "e3+/", "..e30"};
    world w = open_world("flask", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put(&w, texts[i], strlen(texts[i]));
        put(&w, ".ZVPxAA", 7);
        macaw_session_claims claims = judge(&w);
        expect_content(&claims);
    }
    put(&w, "e30.ZVPxAA", 10);
    assert_int_equal(judge(&w).reason, MACAW_SESSION_OK);
    close_world(&w);
}

/* JSON of size bytes. */
static void fill(char *json, size_t size)
{
    static const char head[] = "{\"_user_id\":\"u\",\"x\":\"", tail[] = "\"}";

    memset(json, 'a', size);
    memcpy(json, head, strlen(head));
    memcpy(json + size - strlen(tail), tail, strlen(tail));
}

static macaw_session_claims packed(world *w, const char *json, size_t size)
{
    static uint8_t stream[8192];
    uLongf len = sizeof stream;

    assert_int_equal(compress2(stream, &len, (const Bytef *)json, size, 9), Z_OK);
    return flask(w, ".", stream, len);
}

static void test_bombs(void **state)
{
    static char json[2000000];
    static const size_t sizes[] = {100, 5000, 16383, 16384, 16385, 16640, 32768, 1000000, 2000000};
    world w = open_world("flask", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        fill(json, sizes[i]);
        macaw_session_claims claims = packed(&w, json, sizes[i]);
        if (sizes[i] > MACAW_SESSION_PAYLOAD_MAX) {
            expect_content(&claims);
            continue;
        }
        assert_int_equal(claims.reason, MACAW_SESSION_OK);
        assert_int_equal(claims.payload.len, sizes[i]);
        assert_memory_equal(claims.payload.data, json, sizes[i]);
        assert_memory_equal(claims.subject.data, "u", 1);
    }
    close_world(&w);
}

static void test_broken_streams(void **state)
{
    static const char json[] = "{\"_user_id\":\"alice\"}";
    uint8_t stream[100], broken[102];
    uLongf len = sizeof stream;
    world w = open_world("flask", NULL);

    (void)state;
    assert_int_equal(compress(stream, &len, (const Bytef *)json, strlen(json)), Z_OK);
    assert_int_equal(flask(&w, ".", stream, len).reason, MACAW_SESSION_OK);
    for (size_t i = 0; i < len; i++) {
        macaw_session_claims claims = flask(&w, ".", stream, i);
        expect_content(&claims);
        /* Bits that are free where a stream ends, or name a window, change nothing else. */
        memcpy(broken, stream, len);
        broken[i] ^= 1;
        claims = flask(&w, ".", broken, len);
        assert_true(claims.reason == MACAW_SESSION_CONTENT || claims.subject.len == 5);
    }
    memcpy(broken, stream, len);
    broken[len] = 0;
    macaw_session_claims claims = flask(&w, ".", broken, len + 1);
    expect_content(&claims);
    close_world(&w);
}

static void test_starlette(void **state)
{
    static const char json[] = "{\"user\": \"a?>~\"}";
    world w = open_world("starlette", "/user");

    (void)state;
    for (int url = 0; url < 2; url++) {
        put_base64(&w, url ? MACAW_BASE64URL : MACAW_BASE64, json, strlen(json));
        put(&w, ".ZVPxAA", 7);
        assert_int_equal(judge(&w).reason, url ? MACAW_SESSION_CONTENT : MACAW_SESSION_OK);
    }
    close_world(&w);
}

/* Whole values, not JSON. */
static void test_values(void **state)
{
    static const struct {
        const char *value;
        bool subject;
    } cases[] = {{"alice", true}, {"\xc3\xa9", true}, {"", true},      {"a\tb", false},
                 {"\xff", false}, {"\x7f", false},    {"\xc3", false}, {"a.b", true}};
    world plain = open_world("itsdangerous-signer", NULL);
    world json = open_world("itsdangerous-signer", "/id");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].value);
        put(&plain, cases[i].value, len);
        macaw_session_claims claims = judge(&plain);
        assert_int_equal(claims.reason, MACAW_SESSION_OK);
        assert_int_equal(claims.payload.len, len);
        assert_int_equal(claims.subject.len, cases[i].subject ? len : 0);
        put(&json, cases[i].value, len);
        claims = judge(&json);
        expect_content(&claims);
    }
    put(&json, "{\"id\":5}", 8);
    assert_int_equal(judge(&json).subject.len, 1);
    close_world(&plain);
    close_world(&json);
}

/* What ends in a time is no value of a Signer; what does not, none of a TimestampSigner. */
static void test_times_and_values(void **state)
{
    static const struct {
        const char *text;
        bool timed;
    } cases[] = {{"alice", false},          {"alice.ZVPxAA", true},  {"alice.ZVPxAB", false},
                 {"alice.AGVT8QA", false},  {"alice.AQ", false},     {"alice.", false},
                 {"alice.O5rJ_w", false},   {"alice.O5rKAA", true},  {"alice.OwAAAAAA", false},
                 {"a.ZVPxAA.ZVPxAA", true}, {"ZVPxAA", false},       {".ZVPxAA", true},
                 {"alice.Ov_0QX8", true},   {"alice.Ov_0QYA", false}};
    world plain = open_world("itsdangerous-signer", NULL);
    world timed = open_world("itsdangerous-timestamp", NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(&plain, cases[i].text, strlen(cases[i].text));
        put(&timed, cases[i].text, strlen(cases[i].text));
        assert_int_equal(judge(&plain).reason == MACAW_SESSION_MALFORMED, cases[i].timed);
        assert_int_equal(judge(&timed).authentic, cases[i].timed);
    }
    close_world(&plain);
    close_world(&timed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_of_nobody_and_somebody),
        cmocka_unit_test(test_length_of_a_subject),
        cmocka_unit_test(test_other_spellings_of_base64),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_broken_streams),
        cmocka_unit_test(test_starlette),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_times_and_values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Signing requests and responses, and checking responses. */
#include "signing_world.h"

#include <jansson.h>

#define CONTENT "{\"result\": \"ok\", \"users\": \"test\", \"sub\": 2840345654}"
#define R_MAC   "X-Response-Content-HMAC"
#define R_STAMP "X-Response-Content-TimeStamp"

static void sign_response(world *w, const macaw_entry *entry, const char *content, int64_t when)
{
    macaw_ctx ctx;

    assert_int_equal(macaw_response_start(&ctx, w->schemes[0], entry, when), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, content, strlen(content)), MACAW_OK);
    assert_int_equal(macaw_response_finish(&ctx, w->schemes[0], entry, when, &w->credentials),
                     MACAW_OK);
    memcpy(w->fields, w->credentials.fields, sizeof w->credentials.fields);
    w->request.field_count = w->credentials.count;
}

static macaw_reason check_split(world *w, const macaw_entry *entry, macaw_str content, size_t split)
{
    macaw_verdict *verdict = &w->verdict;
    macaw_ctx ctx;
    int status = macaw_response_check_start(&ctx, w->schemes[0], entry, w->fields,
                                            w->request.field_count, verdict);

    if (status != MACAW_OK) {
        assert_int_equal(status, MACAW_EFORMAT);
        assert_null(verdict->entry);
        assert_false(verdict->mac_ok);
        assert_int_not_equal(verdict->reason, MACAW_REASON_OK);
        return verdict->reason;
    }
    assert_int_not_equal(verdict->reason, MACAW_REASON_OK); /* not before the end */
    assert_false(verdict->mac_ok);
    assert_int_equal(macaw_update(&ctx, content.data, split), MACAW_OK);
    assert_int_equal(macaw_update(&ctx, content.data + split, content.len - split), MACAW_OK);
    macaw_response_check_finish(&ctx, 300, NOW, verdict);
    assert_true(verdict->mac_ok == (verdict->entry != NULL));
    return verdict->reason;
}

#define expect_response(w, entry, content, want)                                                   \
    assert_string_equal(macaw_reason_name(check_split(w, entry, content, (content).len / 2)),      \
                        macaw_reason_name(want))

static void check_response_vector(const json_t *vector)
{
    world *w = world_new();
    const char *content = json_string_value(json_object_get(vector, "content"));
    const char *mac = json_string_value(json_object_get(vector, "mac"));
    int64_t when = json_integer_value(json_object_get(vector, "timestamp"));
    const macaw_entry *entry =
        add_spec(w, json_string_value(json_object_get(vector, "alg")),
                 json_string_value(json_object_get(vector, "key")),
                 (macaw_entry_spec){.kid = "sample", .insecure = true, .state = MACAW_ACTIVE});

    w->schemes[0] = macaw_scheme_find(json_string_value(json_object_get(vector, "scheme")));
    assert_string_equal(content, CONTENT);
    assert_int_equal(when, 1711663027);
    add_field(w, R_MAC, mac);
    add_field(w, R_STAMP, "1711663027");
    expect_response(w, entry, str(content), MACAW_REASON_OK);
    assert_int_equal(w->verdict.skew, NOW - when);
    if (!macaw_scheme_insecure(w->schemes[0])) {
        sign_response(w, entry, content, when);
        assert_string_equal(w->credentials.fields[0].value.data, mac);
    }
    world_free(w);
}

static void test_response_vectors(void **state)
{
    (void)state;
    json_t *vectors = json_load_file(VECTORS "/x-authorization.json", 0, NULL);
    size_t i, seen = 0;
    json_t *vector;

    json_array_foreach(vectors, i, vector)
    {
        if (json_object_get(vector, "content") != NULL) {
            check_response_vector(vector);
            seen++;
        }
    }
    assert_int_equal(seen, 2);
    json_decref(vectors);
}

/* ---- what signing writes ---- */

static void test_request_fields(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *sample =
        add_spec(w, "hmac-sha256", "your_secret_key",
                 (macaw_entry_spec){.kid = "sample", .insecure = true, .state = MACAW_ACTIVE});
    static const char *const expected[][2] = {
        {H_MAC, "bf09837c51d54fa8f925e6cd6ad114c59488e43332336a561ff4cef5c43d2562"},
        {H_STAMP, "1711662980"},
        {H_KID, "sample"},
    };

    for (size_t count = 2; count <= 3; count++) {
        sign_at(w, sample, NOW, count == 3);
        assert_int_equal(w->credentials.count, count);
        for (size_t i = 0; i < count; i++) {
            const macaw_field *field = &w->credentials.fields[i];
            assert_string_equal(field->name.data, expected[i][0]);
            assert_string_equal(field->value.data, expected[i][1]);
            assert_int_equal(field->name.len, strlen(expected[i][0]));
            assert_int_equal(field->value.len, strlen(expected[i][1]));
        }
    }
    world_free(w);
}

/* The longest of everything fits. */
static void test_longest_fields(void **state)
{
    (void)state;
    char kid[MACAW_KID_MAX + 1];
    world *w = world_new();

    memset(kid, 'k', MACAW_KID_MAX);
    kid[MACAW_KID_MAX] = '\0';
    sign_at(w,
            add_spec(w, "hmac-sha512",
                     "a secret of at least sixty-four bytes, as HMAC-SHA-512 wants it.",
                     (macaw_entry_spec){.kid = kid, .state = MACAW_ACTIVE}),
            NOW, true);
    assert_int_equal(w->fields[0].value.len, 128);
    expect_reason(w, MACAW_REASON_OK);
    world_free(w);
}

static void test_sign_refusals(void **state)
{
    (void)state;
    static const int64_t times[] = {0, -1, 999999999, 10000000000, INT64_MAX, INT64_MIN};
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);
    const macaw_entry *old =
        add_spec(w, "sha256-suffix", "your_secret_key",
                 (macaw_entry_spec){.kid = "old", .insecure = true, .state = MACAW_ACTIVE});
    macaw_signed out = {.count = 77};
    macaw_ctx ctx;

    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        assert_int_equal(
            macaw_request_sign(w->schemes[0], alice, &w->request, times[i], true, &out),
            MACAW_EARG);
        assert_int_equal(macaw_response_start(&ctx, w->schemes[0], alice, times[i]), MACAW_EARG);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(macaw_request_sign(w->schemes[i], old, &w->request, NOW, true, &out),
                         MACAW_EARG);
        assert_int_equal(macaw_response_start(&ctx, w->schemes[i], old, NOW), MACAW_EARG);
    }
    assert_int_equal(macaw_request_sign(w->schemes[1], alice, &w->request, NOW, true, &out),
                     MACAW_EARG);
    assert_int_equal(macaw_response_start(&ctx, w->schemes[1], alice, NOW), MACAW_EARG);
    w->request.target = str("*");
    assert_int_equal(macaw_request_sign(w->schemes[0], alice, &w->request, NOW, true, &out),
                     MACAW_EARG);
    assert_int_equal(out.count, 77);
    world_free(w);
}

/* ---- checking a response ---- */

static void test_every_split(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);
    macaw_str content = str(CONTENT);

    sign_response(w, alice, CONTENT, NOW);
    assert_string_equal(w->fields[0].name.data, R_MAC);
    assert_string_equal(w->fields[1].name.data, R_STAMP);
    for (size_t split = 0; split <= content.len; split++) {
        assert_int_equal(check_split(w, alice, content, split), MACAW_REASON_OK);
        assert_ptr_equal(w->verdict.entry, alice);
        assert_string_equal(w->verdict.detail, "");
    }
    world_free(w);
}

static void test_response_changes(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);
    const macaw_entry *bob = add_key(w, "bob", MACAW_ACTIVE);
    char content[] = CONTENT;

    sign_response(w, alice, CONTENT, NOW);
    for (size_t i = 0; i < sizeof content - 1; i++) {
        content[i] ^= 1;
        expect_response(w, alice, str(content), MACAW_REASON_MISMATCH);
        content[i] ^= 1;
    }
    expect_response(w, alice, str(content), MACAW_REASON_OK);
    expect_response(w, bob, str(content), MACAW_REASON_MISMATCH);
    w->fields[1].value = str("1711662981");
    expect_response(w, alice, str(content), MACAW_REASON_MISMATCH);
    assert_string_equal(w->verdict.detail, "not the MAC of this content and time");
    world_free(w);
}

/* The MAC of a request is none of a response, nor the other way round. */
static void test_reflection(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    sign_response(w, alice, "", NOW);
    w->fields[0].name = str(H_MAC);
    w->fields[1].name = str(H_STAMP);
    w->request.target = str("1711662980|");
    expect_reason(w, MACAW_REASON_MALFORMED);
    w->request.target = str("/");
    sign_at(w, alice, NOW, false);
    w->fields[0].name = str(R_MAC);
    w->fields[1].name = str(R_STAMP);
    expect_response(w, alice, str(""), MACAW_REASON_MISMATCH);
    world_free(w);
}

static void test_response_window(void **state)
{
    (void)state;
    static const struct {
        int64_t skew;
        macaw_reason reason;
    } cases[] = {
        {300, MACAW_REASON_OK},     {301, MACAW_REASON_STALE},   {-300, MACAW_REASON_OK},
        {-301, MACAW_REASON_EARLY}, {32400, MACAW_REASON_STALE},
    };
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sign_response(w, alice, CONTENT, NOW - cases[i].skew);
        expect_response(w, alice, str(CONTENT), cases[i].reason);
        assert_true(w->verdict.mac_ok);
        assert_int_equal(w->verdict.skew, cases[i].skew);
    }
    world_free(w);
}

#define HEX "55064f6eecab1bac9294d06c32f845cd1d4b29fb116d8f51cf25ca4e1e03d551"

static void test_response_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *name[3], *value[3];
        macaw_reason reason;
        const char *detail;
    } cases[] = {
        {{"Server"}, {"x"}, MACAW_REASON_MISSING, "the response is not signed"},
        {{R_MAC}, {HEX}, MACAW_REASON_MALFORMED, R_STAMP ": missing"},
        {{R_STAMP}, {"1711662980"}, MACAW_REASON_MALFORMED, R_MAC ": missing"},
        {{R_MAC, R_MAC, R_STAMP},
         {HEX, HEX, "1711662980"},
         MACAW_REASON_MALFORMED,
         R_MAC ": twice"},
        {{R_MAC, R_STAMP, R_STAMP},
         {HEX, "1711662980", "1711662980"},
         MACAW_REASON_MALFORMED,
         R_STAMP ": twice"},
        {{R_MAC, R_STAMP},
         {"5506", "1711662980"},
         MACAW_REASON_ALGORITHM,
         "key alice is not for a MAC of 2 bytes under x-authorization"},
        {{"X-Macaw-Unsigned"},
         {"too-large"},
         MACAW_REASON_MISSING,
         "marked as unsigned: too-large"},
        {{R_MAC, R_STAMP, "x-macaw-unsigned"},
         {HEX, "1711662980", "stream"},
         MACAW_REASON_MISSING,
         "marked as unsigned: stream"},
        {{"X-Macaw-Unsigned"}, {"\x1b[31mred"}, MACAW_REASON_MISSING, "marked as unsigned"},
        {{"X-Macaw-Unsigned"}, {""}, MACAW_REASON_MISSING, "marked as unsigned"},
    };
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w->request.field_count = 0;
        for (size_t j = 0; j < 3 && cases[i].name[j] != NULL; j++) {
            add_field(w, cases[i].name[j], cases[i].value[j]);
        }
        expect_response(w, alice, str(CONTENT), cases[i].reason);
        assert_string_equal(w->verdict.detail, cases[i].detail);
    }
    world_free(w);
}

/* A key of another algorithm is refused before anything is computed. */
static void test_response_algorithm(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *old =
        add_spec(w, "sha256-suffix", "your_secret_key",
                 (macaw_entry_spec){.kid = "old", .insecure = true, .state = MACAW_ACTIVE});

    add_field(w, R_MAC, HEX);
    add_field(w, R_STAMP, "1711663027");
    expect_response(w, old, str(CONTENT), MACAW_REASON_ALGORITHM);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_response_vectors),  cmocka_unit_test(test_request_fields),
        cmocka_unit_test(test_longest_fields),    cmocka_unit_test(test_sign_refusals),
        cmocka_unit_test(test_every_split),       cmocka_unit_test(test_response_changes),
        cmocka_unit_test(test_reflection),        cmocka_unit_test(test_response_window),
        cmocka_unit_test(test_response_spelling), cmocka_unit_test(test_response_algorithm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

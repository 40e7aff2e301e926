/* JSON where it lies (RFC 8259), JSON Pointers (RFC 6901) and UTF-8 (RFC 3629). */
#include "session/json.h"

#include <string.h>

#include <macaw/session.h>

#include "base/utf8.h"
#include "unit/support.h"

/* The text right before memory that nobody may touch. */
static int check(const char *data, size_t len)
{
    macaw_json_value ignored;
    uint8_t *guarded = guarded_alloc(len);

    memcpy(guarded, data, len);
    int status = macaw_json_find((macaw_str){(const char *)guarded, len}, NULL, &ignored);
    guarded_free(guarded, len);
    return status;
}

static void test_json(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] ",
        "\t\r\n{ }\n",
        "\"\"",
        "0",
        "-0",
        "1",
        "10",
        "-1",
        "1.5",
        "1e9",
        "1E+9",
        "0.0e-0",
        "true",
        "false",
        "null",
        "[1,2,3]",
        "[ 1 , [2] ]",
        "{\"a\":1,\"b\":{\"c\":[]}}",
        "{\"a\":1,\"a\":2}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
        "\"\\ud800\"",
        "\"\x7f\"",
        "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"",
        "123456789012345678901234567890123456789012345678901234567890",
        "1e999",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(check(texts[i], strlen(texts[i])), MACAW_OK);
    }
}

static void test_no_json(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "1 1",
        "01",
        "-",
        "+1",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "-a",
        "0x1",
        "1_0",
        "NaN",
        "Infinity",
        "-Infinity",
        "nul",
        "nulll",
        "True",
        "tru",
        "'a'",
        "\"\n\"",
        "\"\x1f\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\",
        "\"\\u",
        "\"\\\"",
        "[\"a\"",
        "\"\x80\"",
        "\"\xc0\x80\"",
        "\"\xed\xa0\x80\"",
        "\"\xf4\x90\x80\x80\"",
        "\"\xe2\x82\"",
        "\"\xc3",
        "\xef\xbb\xbf{}",
        "{}x",
        "[]]",
        "/**/1",
        "\v1",
        "\"\\U0041\"",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(check(texts[i], strlen(texts[i])), MACAW_EFORMAT);
    }
    assert_int_equal(check("1\0", 2), MACAW_EFORMAT);
    assert_int_equal(check("\"\\\0\"", 4), MACAW_EFORMAT);
}

static void test_depth(void **state)
{
    char text[4 * MACAW_JSON_DEPTH_MAX + 16];

    (void)state;
    for (size_t depth = 1; depth <= MACAW_JSON_DEPTH_MAX + 1; depth++) {
        int want = depth <= MACAW_JSON_DEPTH_MAX ? MACAW_OK : MACAW_EFORMAT;
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        assert_int_equal(check(text, 2 * depth), want);
        assert_int_equal(check(text, depth), MACAW_EFORMAT);
    }
    /* Beside one another they may be many. */
    memset(text, '[', 1);
    for (size_t i = 0; i < MACAW_JSON_DEPTH_MAX + 2; i++) {
        memcpy(text + 1 + 3 * i, "[],", 3);
    }
    text[3 * (MACAW_JSON_DEPTH_MAX + 2)] = ']';
    assert_int_equal(check(text, 3 * (MACAW_JSON_DEPTH_MAX + 2) + 1), MACAW_OK);
}

static void expect_member(const char *json, const char *pointer, int status, const char *value)
{
    char out[64];
    size_t len = 0;

    assert_int_equal(
        macaw_session_member((macaw_str){json, strlen(json)}, pointer, out, sizeof out, &len),
        status);
    if (status == MACAW_OK) {
        assert_int_equal(len, strlen(value));
        assert_memory_equal(out, value, len);
    }
}

static void test_members(void **state)
{
    /* RFC 6901 section 5, but for its numbers. */
    static const char example[] =
        "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,"
        "\"i\\\\j\":5,\"k\\\"l\":6,\" \":7,\"m~n\":8,\"~1\":9}";
    static const struct {
        const char *pointer, *value;
    } answers[] = {{"/foo/0", "bar"}, {"/foo/1", "baz"}, {"/", "0"},     {"/a~1b", "1"},
                   {"/c%d", "2"},     {"/e^f", "3"},     {"/g|h", "4"},  {"/i\\j", "5"},
                   {"/k\"l", "6"},    {"/ ", "7"},       {"/m~0n", "8"}, {"/~01", "9"}};
    static const char *const absent[] = {
        "",        "/foo", "/foo/2", "/foo/-",          "/foo/00",
        "/foo/01", "/fo",  "/foo/",  "/fooo",           "/foo/0/x",
        "/a/b",    "//",   "/ / ",   "/foo/4294967296", "/foo/18446744073709551616"};

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        expect_member(example, answers[i].pointer, MACAW_OK, answers[i].value);
    }
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++) {
        expect_member(example, absent[i], MACAW_ENOTFOUND, NULL);
    }
    expect_member(example, "foo", MACAW_EARG, NULL);
    expect_member(example, "/a~2b", MACAW_EARG, NULL);
    expect_member(example, "/a~", MACAW_EARG, NULL);
}

static void test_values(void **state)
{
    (void)state;
    expect_member("{\"a\":1.50}", "/a", MACAW_OK, "1.50");
    expect_member("{\"a\":-1E+05}", "/a", MACAW_OK, "-1E+05");
    expect_member("{\"a\":12345678901234567890123}", "/a", MACAW_OK, "12345678901234567890123");
    expect_member("{\"a\":true,\"b\":false}", "/b", MACAW_OK, "false");
    expect_member("{\"a\":null}", "/a", MACAW_ENOTFOUND, NULL);
    expect_member("{\"a\":{}}", "/a", MACAW_ENOTFOUND, NULL);
    expect_member("\"whole\"", "", MACAW_OK, "whole");
    expect_member("{\"\\u0061\":\"\\u00e9\\ud83d\\ude00\\/\\n\"}", "/a", MACAW_OK,
                  "\xc3\xa9\xf0\x9f\x98\x80/\n");
    expect_member("{\"\xc3\xa9\":1}", "/\xc3\xa9", MACAW_OK, "1");
    expect_member("{\"\\u00e9\":1}", "/\xc3\xa9", MACAW_OK, "1");
    expect_member("{\"a\":\"\\ud800\"}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":\"\\ude00\\ud83d\"}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":\"\\ude00\\ude00\"}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":\"\\ud800x\"}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":\"\\ud800\\u0041\"}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\\u0000\":1}", "/a", MACAW_ENOTFOUND, NULL);
    expect_member("{\"a\":1", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":1}}", "/a", MACAW_EFORMAT, NULL);
}

/* Other readers take the last one, or the first. */
static void test_what_occurs_twice(void **state)
{
    (void)state;
    expect_member("{\"a\":1,\"a\":2}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":1,\"\\u0061\":2}", "/a", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":{\"b\":1},\"a\":{}}", "/a/b", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":{\"b\":1,\"b\":1}}", "/a/b", MACAW_EFORMAT, NULL);
    expect_member("{\"a\":1,\"b\":2,\"b\":3}", "/a", MACAW_OK, "1");
    expect_member("[{\"a\":1},{\"a\":2}]", "/1/a", MACAW_OK, "2");
}

static void test_room(void **state)
{
    static const macaw_str json = {"[\"abc\\u00e9\",12345]", 19};
    char out[8];
    size_t len = 99;

    (void)state;
    assert_int_equal(macaw_session_member(json, "/0", out, 4, &len), MACAW_ELIMIT);
    assert_int_equal(macaw_session_member(json, "/1", out, 4, &len), MACAW_ELIMIT);
    assert_int_equal(len, 99);
    assert_int_equal(macaw_session_member(json, "/0", out, 5, &len), MACAW_OK);
    assert_int_equal(len, 5);
    assert_int_equal(macaw_session_member(json, "/1", out, 5, &len), MACAW_OK);
    assert_memory_equal(out, "12345", 5);
}

/* Every scalar value there and back; every sequence of two bytes against the standard. */
static void test_utf8(void **state)
{
    char text[4];

    (void)state;
    for (uint32_t scalar = 0; scalar <= 0x10ffff; scalar++) {
        size_t len = macaw_utf8_write(scalar, text);
        bool surrogate = scalar >= 0xd800 && scalar <= 0xdfff;
        assert_int_equal(macaw_utf8_length(text, len), surrogate ? 0 : len);
        assert_int_equal(macaw_utf8_length(text, len - 1 > 0 ? len - 1 : 1), len == 1 ? 1 : 0);
    }
    for (unsigned first = 0x80; first < 256; first++) {
        for (unsigned second = 0; second < 256; second++) {
            text[0] = (char)first;
            text[1] = (char)second;
            bool good = first >= 0xc2 && first <= 0xdf && second >= 0x80 && second <= 0xbf;
            assert_int_equal(macaw_utf8_length(text, 2), good ? 2 : 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),   cmocka_unit_test(test_no_json),
        cmocka_unit_test(test_depth),  cmocka_unit_test(test_members),
        cmocka_unit_test(test_values), cmocka_unit_test(test_what_occurs_twice),
        cmocka_unit_test(test_room),   cmocka_unit_test(test_utf8),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

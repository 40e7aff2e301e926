/* Cookie and Set-Cookie header fields. */
#include <macaw/cookie.h>

#include <string.h>

#include "unit/support.h"

static macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

static void expect_found(const char *field, const char *name, const char *value)
{
    macaw_str found;

    assert_int_equal(macaw_cookie_find(str(field), name, &found), MACAW_OK);
    assert_int_equal(found.len, strlen(value));
    assert_memory_equal(found.data, value, found.len);
}

static void finds_one(void **state)
{
    macaw_str found;

    (void)state;
    expect_found("a=1; s=x; b=2", "s", "x");
    expect_found("s=x", "s", "x");
    expect_found("s=x=y==", "s", "x=y==");
    expect_found("ss=1;s=x ;  sss=2", "s", "x");
    expect_found("s=", "s", "");
    expect_found("s=\"x=\"; b=2", "s", "\"x=\"");
    expect_found("s=\"\"", "s", "\"\"");
    assert_int_equal(macaw_cookie_find(str("S=x; as=1; s2=3; s"), "s", &found), MACAW_ENOTFOUND);
    assert_int_equal(macaw_cookie_find(str(""), "s", &found), MACAW_ENOTFOUND);
}

static void refuses_two_and_odd_values(void **state)
{
    static const char *const odd[] = {"s=\"x", "s=x\"",  "s=\"",  "s=\"x\"y\"", "s=\"x y\"",
                                      "s=a b", "s=a\\b", "s=a,b", "s=\x80",     "s=a\x01z"};
    macaw_str found;

    (void)state;
    assert_int_equal(macaw_cookie_find(str("s=1; a=2; s=1"), "s", &found), MACAW_EEXIST);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        assert_int_equal(macaw_cookie_find(str(odd[i]), "s", &found), MACAW_EFORMAT);
    }
}

static void expect_removed(const char *field, const char *left)
{
    char out[200];
    size_t n = macaw_cookie_remove(str(field), "s", out);

    assert_int_equal(n, strlen(left));
    assert_memory_equal(out, left, n);
    memcpy(out, field, strlen(field));
    assert_int_equal(macaw_cookie_remove((macaw_str){out, strlen(field)}, "s", out), n);
    assert_memory_equal(out, left, n);
}

static void removes_all_of_a_name(void **state)
{
    (void)state;
    expect_removed("a=1; s=x; b=2", "a=1; b=2");
    expect_removed("s=x; a=1", "a=1");
    expect_removed("a=1; s=x", "a=1");
    expect_removed("s=x; s=y;s=z", "");
    expect_removed("a=\"1 2\"; s=x; b==;c", "a=\"1 2\"; b==;c");
    expect_removed("ss=1; S=2", "ss=1; S=2");
}

static void writes_what_browsers_keep(void **state)
{
    const macaw_cookie_attributes plain = {.max_age = -1};
    const macaw_cookie_attributes gone = {.max_age = 0, .insecure = true, .path = "/a"};
    char out[256];
    size_t n;

    (void)state;
    assert_int_equal(macaw_cookie_write("__Host-s", str("x"), &plain, out, sizeof out, &n),
                     MACAW_OK);
    assert_string_equal(out, "__Host-s=x; Path=/; Secure; HttpOnly; SameSite=Lax");
    assert_int_equal(n, strlen(out));
    assert_int_equal(macaw_cookie_write("s", str(""), &gone, out, sizeof out, &n), MACAW_OK);
    assert_string_equal(out, "s=; Path=/a; Max-Age=0; HttpOnly; SameSite=Lax");
    assert_int_equal(macaw_cookie_write("s", str("x"), &plain, out, n, &n), MACAW_OK);
    assert_int_equal(macaw_cookie_write("s", str("x"), &plain, out, 20, &n), MACAW_ELIMIT);
}

static void writes_nothing_else(void **state)
{
    static const struct {
        const char *name, *value;
        macaw_cookie_attributes attributes;
    } wrong[] = {
        {"__Host-s", "x", {.path = "/a"}},
        {"__Host-s", "x", {.domain = "example.org"}},
        {"__Host-s", "x", {.insecure = true}},
        {"__host-s", "x", {.insecure = true}},
        {"__Secure-s", "x", {.insecure = true}},
        {"s", "x", {.insecure = true, .same_site = MACAW_SAME_SITE_NONE}},
        {"s", "x", {.path = "/;Domain=evil"}},
        {"s", "x", {.domain = "a b"}},
        {"s", "x; Path=/", {0}},
        {"s", "x\r\nSet-Cookie: t=1", {0}},
        {"", "x", {0}},
        {"a b", "x", {0}},
        {"a=b", "x", {0}},
        {"s", "x", {.max_age = -2}},
    };
    char out[256];
    size_t n;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(macaw_cookie_write(wrong[i].name, str(wrong[i].value),
                                            &wrong[i].attributes, out, sizeof out, &n),
                         MACAW_EARG);
    }
}

static bool has(const macaw_cookie_finding *all, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(all[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void lints(void **state)
{
    static const struct {
        const char *field;
        const char *codes[6];
    } cases[] = {
        {"__Host-s=1; Path=/; Secure; HttpOnly; SameSite=Lax", {NULL}},
        {"s=1", {"no-secure", "no-httponly", "no-same-site", "no-prefix", NULL}},
        {"__Host-s=1; Secure; HttpOnly; SameSite=Strict", {"host-prefix", NULL}},
        {"__Host-s=1; Path=/; Path=/a; Secure; HttpOnly; SameSite=Lax", {"host-prefix", NULL}},
        {"__Secure-s=1; HttpOnly; SameSite=Lax", {"no-secure", "secure-prefix", NULL}},
        {"__Secure-s=1; Secure; HttpOnly; SameSite=None; Domain=a.b; Max-Age=99999999",
         {"same-site-none", "domain", "long-lived", NULL}},
        {"__Secure-s=1; secure; httponly; samesite=off", {"same-site-unknown", NULL}},
        {"__Host-s=a b; Path=/; Secure; HttpOnly; SameSite=Lax", {"bad-value", NULL}},
    };
    macaw_cookie_finding found[MACAW_COOKIE_FINDINGS_MAX];
    macaw_set_cookie cookie;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t expected = 0;
        assert_int_equal(macaw_cookie_parse(str(cases[i].field), &cookie), MACAW_OK);
        size_t n = macaw_cookie_lint(&cookie, found);
        for (; cases[i].codes[expected] != NULL; expected++) {
            assert_true(has(found, n, cases[i].codes[expected]));
        }
        assert_int_equal(n, expected);
    }
    assert_int_equal(macaw_cookie_parse(str("noname"), &cookie), MACAW_EFORMAT);
    assert_int_equal(macaw_cookie_parse(str("=x"), &cookie), MACAW_EFORMAT);
    assert_int_equal(macaw_cookie_parse(str("s=x\n"), &cookie), MACAW_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_one),
        cmocka_unit_test(refuses_two_and_odd_values),
        cmocka_unit_test(removes_all_of_a_name),
        cmocka_unit_test(writes_what_browsers_keep),
        cmocka_unit_test(writes_nothing_else),
        cmocka_unit_test(lints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Judging requests. */
#include "signing_world.h"

#include <jansson.h>

static json_t *vectors;

static const char *text_of(const json_t *vector, const char *member)
{
    return json_string_value(json_object_get(vector, member));
}

/* ---- the printed values ---- */

static void check_request_vector(const json_t *vector)
{
    world *w = world_new();
    char stamp[32];
    int64_t timestamp = json_integer_value(json_object_get(vector, "timestamp"));

    (void)snprintf(stamp, sizeof stamp, "%lld", (long long)timestamp);
    (void)add_spec(w, text_of(vector, "alg"), text_of(vector, "key"),
                   (macaw_entry_spec){.kid = "sample", .insecure = true, .state = MACAW_ACTIVE});
    w->schemes[0] = macaw_scheme_find(text_of(vector, "scheme"));
    w->policy.insecure = true;
    w->request.target = str(text_of(vector, "target"));
    add_field(w, H_MAC, text_of(vector, "mac"));
    add_field(w, H_STAMP, stamp);
    expect_reason(w, MACAW_REASON_OK);
    assert_string_equal(w->verdict.entry->kid, "sample");
    assert_ptr_equal(w->verdict.scheme, w->schemes[0]);

    w->policy.insecure = false;
    assert_int_not_equal(check(w), MACAW_REASON_OK);
    world_free(w);
}

static void test_request_vectors(void **state)
{
    (void)state;
    size_t i, seen = 0;
    json_t *vector;

    json_array_foreach(vectors, i, vector)
    {
        if (text_of(vector, "target") != NULL) {
            check_request_vector(vector);
            seen++;
        }
    }
    assert_int_equal(seen, 2);
}

/* ---- what is under the MAC ---- */

/* Change every byte of a text by one bit each; the request must never pass. */
static void refuse_changes(world *w, macaw_str *text)
{
    char copy[512];
    macaw_str original = *text;

    assert_in_range(original.len, 1, sizeof copy);
    for (size_t i = 0; i < original.len; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(copy, original.data, original.len);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            *text = (macaw_str){copy, original.len};
            assert_int_not_equal(check(w), MACAW_REASON_OK);
            assert_false(w->verdict.mac_ok);
        }
    }
    *text = original;
    expect_reason(w, MACAW_REASON_OK);
}

static void test_one_byte_changes(void **state)
{
    (void)state;
    world *w = world_new();

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, true);
    refuse_changes(w, &w->request.target);
    refuse_changes(w, &w->fields[0].value);
    refuse_changes(w, &w->fields[1].value);
    refuse_changes(w, &w->fields[2].value);
    world_free(w);
}

/* One byte less or more at either end. */
static void test_lengths(void **state)
{
    (void)state;
    world *w = world_new();
    macaw_str *const texts[] = {&w->request.target, &w->fields[0].value, &w->fields[1].value};

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, false);
    for (size_t i = 0; i < 3; i++) {
        macaw_str original = *texts[i];
        texts[i]->len--;
        assert_int_not_equal(check(w), MACAW_REASON_OK);
        texts[i]->data++;
        assert_int_not_equal(check(w), MACAW_REASON_OK);
        texts[i]->len = 0;
        assert_int_not_equal(check(w), MACAW_REASON_OK);
        *texts[i] = original;
    }
    expect_reason(w, MACAW_REASON_OK);
    world_free(w);
}

/* Digits move between target and timestamp without a change of the MAC's bytes. */
static void test_framing(void **state)
{
    (void)state;
    static const struct {
        const char *target, *stamp;
    } moved[] = {
        {"/pay?a=1", "01711662980"}, {"/pay?a=", "101711662980"}, {"/pay?a=101", "711662980"},
        {"/pay?a=101711662980", ""}, {"/pay?a=1", "1711662980"},  {"/pay?a=1", "0171166298"},
    };
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    w->request.target = str("/pay?a=10");
    sign_at(w, alice, NOW, false);
    expect_reason(w, MACAW_REASON_OK);
    for (size_t i = 0; i < sizeof moved / sizeof *moved; i++) {
        w->request.target = str(moved[i].target);
        w->fields[1].value = str(moved[i].stamp);
        assert_int_not_equal(check(w), MACAW_REASON_OK);
        assert_false(w->verdict.mac_ok);
    }
    w->request.target = str("/pay?amount=17");
    sign_at(w, alice, NOW, false);
    w->request.target = str("/pay?amount=1");
    w->fields[1].value = str("71711662980");
    expect_reason(w, MACAW_REASON_MALFORMED);
    world_free(w);
}

/* Bases around the size that is gathered, up to the longest target. */
static void test_target_sizes(void **state)
{
    (void)state;
    static char target[MACAW_SIGNING_TARGET_MAX + 1];
    static const size_t sizes[] = {1, 1013, 1014, 1015, 1016, 4096, MACAW_SIGNING_TARGET_MAX};
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    memset(target, 'a', sizeof target);
    target[0] = '/';
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t last = sizes[i] - 1;
        w->request.target = (macaw_str){target, sizes[i]};
        sign_at(w, alice, NOW, false);
        expect_reason(w, MACAW_REASON_OK);
        if (last > 0) {
            target[last] = 'b';
            expect_reason(w, MACAW_REASON_MISMATCH);
            target[last] = 'a';
        }
    }
    w->request.target.len = sizeof target;
    expect_reason(w, MACAW_REASON_MALFORMED);
    expect_detail(w, "request target: too long");
    world_free(w);
}

/* ---- spelling ---- */

#define HEX "bf09837c51d54fa8f925e6cd6ad114c59488e43332336a561ff4cef5c43d2562"

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *mac, *stamp, *kid, *detail;
    } cases[] = {
        {NULL, "1711662980", NULL, H_MAC ": missing"},
        {HEX, NULL, NULL, H_STAMP ": missing"},
        {NULL, NULL, "alice", H_MAC ": missing"},
        {"", "1711662980", NULL, H_MAC ": empty"},
        {HEX, "", NULL, H_STAMP ": empty"},
        {HEX, "1711662980", "", H_KID ": empty"},
        {"bf09837c51dX", "1711662980", NULL, H_MAC ": byte 11 is not a lower-case hex digit"},
        {"BF09", "1711662980", NULL, H_MAC ": byte 0 is not a lower-case hex digit"},
        {"bf0 ", "1711662980", NULL, H_MAC ": byte 3 is not a lower-case hex digit"},
        {"bf0", "1711662980", NULL, H_MAC ": odd number of digits"},
        {HEX HEX "00", "1711662980", NULL, H_MAC ": longer than 128 digits"},
        {HEX, "171166298", NULL, H_STAMP ": 9 bytes instead of 10 digits"},
        {HEX, "01711662980", NULL, H_STAMP ": 11 bytes instead of 10 digits"},
        {HEX, "0711662980", NULL, H_STAMP ": begins with 0"},
        {HEX, "171166298a", NULL, H_STAMP ": byte 9 is not a digit"},
        {HEX, "-711662980", NULL, H_STAMP ": byte 0 is not a digit"},
        {HEX, "+711662980", NULL, H_STAMP ": byte 0 is not a digit"},
        {HEX, "17116629.0", NULL, H_STAMP ": byte 8 is not a digit"},
        {HEX, "1711662980", "a b", H_KID ": byte 1 is not of a key id"},
        {HEX, "1711662980", "alic\xc3\xa9", H_KID ": byte 4 is not of a key id"},
        {HEX, "1711662980", HEX "x", H_KID ": longer than 64 bytes"},
    };
    world *w = world_new();

    (void)add_key(w, "alice", MACAW_ACTIVE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        w->request.field_count = 0;
        add_field(w, "Host", "example.com");
        if (cases[i].mac != NULL) {
            add_field(w, H_MAC, cases[i].mac);
        }
        if (cases[i].stamp != NULL) {
            add_field(w, H_STAMP, cases[i].stamp);
        }
        if (cases[i].kid != NULL) {
            add_field(w, H_KID, cases[i].kid);
        }
        expect_reason(w, MACAW_REASON_MALFORMED);
        expect_detail(w, cases[i].detail);
        assert_false(w->verdict.mac_ok);
        assert_ptr_equal(w->verdict.scheme, w->schemes[0]);
    }
    world_free(w);
}

/* A right credential beside a second copy, whatever its case and value. */
static void test_doubled(void **state)
{
    (void)state;
    static const char *const names[] = {H_MAC, H_STAMP, H_KID};
    static const char *const lower[] = {"x-authorization-content-hmac", "x-authorization-timestamp",
                                        "x-authorization-key-id"};
    world *w = world_new();
    char expected[64];

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, true);
    for (size_t i = 0; i < 3; i++) {
        w->fields[3] = (macaw_field){str(lower[i]), w->fields[i].value};
        w->request.field_count = 4;
        expect_reason(w, MACAW_REASON_MALFORMED);
        (void)snprintf(expected, sizeof expected, "%s: twice", names[i]);
        expect_detail(w, expected);
        w->fields[4] = w->fields[3];
        w->request.field_count = 5;
        expect_reason(w, MACAW_REASON_MALFORMED);
        (void)snprintf(expected, sizeof expected, "%s: 3 times", names[i]);
        expect_detail(w, expected);
    }
    w->request.field_count = 3;
    expect_reason(w, MACAW_REASON_OK);
    world_free(w);
}

static void test_header_case(void **state)
{
    (void)state;
    world *w = world_new();

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, true);
    w->fields[0].name = str("x-authorization-content-hmac");
    w->fields[1].name = str("X-AUTHORIZATION-TIMESTAMP");
    w->fields[2].name = str("x-Authorization-kEY-iD");
    expect_reason(w, MACAW_REASON_OK);
    w->fields[0].name = str("X_Authorization_Content_HMAC");
    expect_reason(w, MACAW_REASON_MALFORMED);
    w->fields[0].name = str("X\rAuthorization-Content-HMAC");
    expect_reason(w, MACAW_REASON_MALFORMED);
    world_free(w);
}

/* Every byte of a name counts. */
static void test_other_names(void **state)
{
    (void)state;
    world *w = world_new();
    char name[64];

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, true);
    (void)add_key(w, "bob", MACAW_ACTIVE); /* so that the id is needed */
    for (size_t i = 0; i < 3; i++) {
        macaw_str right = w->fields[i].name;
        memcpy(name, right.data, right.len);
        w->fields[i].name = (macaw_str){name, right.len};
        expect_reason(w, MACAW_REASON_OK);
        for (size_t j = 0; j < right.len; j++) {
            name[j] = '~';
            expect_reason(w, i == 2 ? MACAW_REASON_UNKNOWN_KEY : MACAW_REASON_MALFORMED);
            name[j] = right.data[j];
        }
        w->fields[i].name = right;
    }
    world_free(w);
}

static void test_over_long_value(void **state)
{
    (void)state;
    static char value[MACAW_SIGNING_HEADER_MAX + 2];
    world *w = world_new();

    memset(value, '1', sizeof value - 1);
    add_field(w, H_MAC, HEX);
    add_field(w, H_STAMP, value);
    expect_reason(w, MACAW_REASON_MALFORMED);
    expect_detail(w, H_STAMP ": longer than 512 bytes");
    world_free(w);
}

static void test_missing(void **state)
{
    (void)state;
    world *w = world_new();

    expect_reason(w, MACAW_REASON_MISSING);
    add_field(w, "Host", "example.com");
    add_field(w, "X-Authorization-Content-HMAC2", HEX);
    expect_reason(w, MACAW_REASON_MISSING);
    assert_null(w->verdict.scheme);
    w->policy.scheme_count = 0;
    expect_reason(w, MACAW_REASON_MISSING);
    world_free(w);
}

static void test_target_form(void **state)
{
    (void)state;
    static const char *const targets[] = {"", "*", "http://example.com/", "example.com:443"};
    world *w = world_new();

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, false);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        w->request.target = str(targets[i]);
        expect_reason(w, MACAW_REASON_MALFORMED);
        expect_detail(w, "request target: does not begin with /");
    }
    world_free(w);
}

/* ---- keys ---- */

static void test_named_key(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);
    const macaw_entry *bob = add_key(w, "bob", MACAW_ACTIVE);

    sign_at(w, alice, NOW, true);
    expect_reason(w, MACAW_REASON_OK);
    assert_ptr_equal(w->verdict.entry, alice);
    w->fields[2].value = str("bob");
    expect_reason(w, MACAW_REASON_MISMATCH);
    expect_detail(w, "not the MAC of this request under key bob");
    w->fields[2].value = str("Alice");
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    w->fields[2].value = str("alic");
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    sign_at(w, bob, NOW, false);
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY); /* two active keys: none to try */
    world_free(w);
}

static void test_key_states(void **state)
{
    (void)state;
    static const struct {
        macaw_key_state state;
        macaw_reason reason;
        const char *detail;
    } cases[] = {
        {MACAW_PENDING, MACAW_REASON_KEY_STATE, "key alice is pending"},
        {MACAW_ACTIVE, MACAW_REASON_OK, ""},
        {MACAW_VERIFY, MACAW_REASON_OK, ""},
        {MACAW_RETIRED, MACAW_REASON_KEY_STATE, "key alice is retired"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world *w = world_new();
        sign_at(w, add_key(w, "alice", cases[i].state), NOW, true);
        expect_reason(w, cases[i].reason);
        expect_detail(w, cases[i].detail);
        assert_true(w->verdict.mac_ok == (cases[i].reason == MACAW_REASON_OK));
        world_free(w);
    }
}

static void test_rotation(void **state)
{
    (void)state;
    static const char *const old[] = {"old0", "old1", "old2", "old3", "old4"};
    world *w = world_new();
    const macaw_entry *entries[5];
    const macaw_entry *fresh = add_key(w, "fresh", MACAW_ACTIVE);

    for (int i = 0; i < 5; i++) {
        char secret[64];
        (void)snprintf(secret, sizeof secret, "an older secret, number %d, of some length", i);
        entries[i] = add_spec(
            w, "hmac-sha256", secret,
            (macaw_entry_spec){.kid = old[i], .state = MACAW_VERIFY, .iat = 1600000000 + i});
    }
    sign_at(w, fresh, NOW, false);
    expect_reason(w, MACAW_REASON_OK);
    assert_ptr_equal(w->verdict.entry, fresh);
    for (int i = 1; i < 5; i++) {
        sign_at(w, entries[i], NOW, false);
        expect_reason(w, MACAW_REASON_OK);
        assert_ptr_equal(w->verdict.entry, entries[i]);
    }
    sign_at(w, entries[0], NOW, false); /* the fifth, and the oldest */
    expect_reason(w, MACAW_REASON_MISMATCH);
    expect_detail(w, "not the MAC of this request under any of 5 keys");
    sign_at(w, entries[0], NOW, true);
    expect_reason(w, MACAW_REASON_OK);
    world_free(w);
}

static void test_other_use(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *cookie =
        add_spec(w, "hmac-sha256", "a secret that is for something else",
                 (macaw_entry_spec){.kid = "cookie", .use = "session", .state = MACAW_ACTIVE});

    sign_at(w, cookie, NOW, true);
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    sign_at(w, cookie, NOW, false);
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    world_free(w);
}

static void test_empty_ring(void **state)
{
    (void)state;
    world *w = world_new();

    add_field(w, H_MAC, HEX);
    add_field(w, H_STAMP, "1711662980");
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    add_field(w, H_KID, "alice");
    expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
    world_free(w);
}

static void test_insecure_key(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *weak =
        add_spec(w, "hmac-sha256", "short",
                 (macaw_entry_spec){.kid = "weak", .insecure = true, .state = MACAW_ACTIVE});

    for (int with_kid = 0; with_kid < 2; with_kid++) {
        sign_at(w, weak, NOW, with_kid != 0);
        w->policy.insecure = false;
        expect_reason(w, MACAW_REASON_UNKNOWN_KEY);
        w->policy.insecure = true;
        expect_reason(w, MACAW_REASON_OK);
    }
    world_free(w);
}

static void test_algorithms(void **state)
{
    (void)state;
    static const char secret[] = "a secret of at least sixty-four bytes, as HMAC-SHA-512 wants it.";
    world *w = world_new();
    const macaw_entry *wide = add_spec(w, "hmac-sha512", secret,
                                       (macaw_entry_spec){.kid = "wide", .state = MACAW_ACTIVE});
    const macaw_entry *odd =
        add_spec(w, "hmac-sha384", "another secret of forty-eight bytes or so...",
                 (macaw_entry_spec){.kid = "odd", .state = MACAW_VERIFY});

    sign_at(w, wide, NOW, true);
    expect_reason(w, MACAW_REASON_OK);
    assert_int_equal(w->verdict.mac_len, 64);
    w->fields[0].value.len = 64; /* its first half is no tag of this key */
    expect_reason(w, MACAW_REASON_ALGORITHM);
    w->fields[2].value = str("odd");
    w->fields[0].value.len = 96;
    expect_reason(w, MACAW_REASON_ALGORITHM);
    expect_detail(w, "no key for a MAC of 48 bytes under x-authorization");
    assert_int_equal(
        macaw_request_sign(w->schemes[0], odd, &w->request, NOW, true, &w->credentials),
        MACAW_EARG);
    w->request.field_count = 2;
    expect_reason(w, MACAW_REASON_ALGORITHM);
    world_free(w);
}

/* ---- two schemes with the same headers ---- */

static world *world_of_two(void)
{
    world *w = world_new();

    (void)add_key(w, "alice", MACAW_ACTIVE);
    (void)add_spec(w, "sha256-suffix", "your_secret_key",
                   (macaw_entry_spec){.kid = "old", .insecure = true, .state = MACAW_VERIFY});
    w->policy.scheme_count = 2;
    w->policy.insecure = true;
    return w;
}

static void test_both_schemes(void **state)
{
    (void)state;
    world *w = world_of_two();

    for (int order = 0; order < 2; order++) {
        const macaw_scheme *ordered[] = {w->schemes[order], w->schemes[1 - order]};
        w->policy.schemes = ordered;
        for (int with_kid = 0; with_kid < 2; with_kid++) {
            sign_at(w, find(w, "alice"), NOW, with_kid != 0);
            expect_reason(w, MACAW_REASON_OK);
            assert_string_equal(macaw_scheme_name(w->verdict.scheme), "x-authorization");
            assert_string_equal(w->verdict.entry->kid, "alice");

            w->fields[0].value =
                str("1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4");
            w->fields[2].value = str("old");
            expect_reason(w, MACAW_REASON_OK);
            assert_string_equal(macaw_scheme_name(w->verdict.scheme), "x-authorization-legacy");
            assert_string_equal(w->verdict.entry->kid, "old");

            w->fields[0].value.len = 62;
            expect_reason(w, MACAW_REASON_ALGORITHM);
            w->fields[0].value = str(HEX);
            expect_reason(w, MACAW_REASON_MISMATCH);
            if (with_kid) {
                expect_detail(w, "not the MAC of this request under key old");
            }
        }
    }
    world_free(w);
}

/* Where both schemes get equally far, the one listed first has the word. */
static void test_tie(void **state)
{
    (void)state;
    world *w = world_of_two();

    add_field(w, H_MAC, "bf0");
    for (int order = 0; order < 2; order++) {
        const macaw_scheme *ordered[] = {w->schemes[order], w->schemes[1 - order]};
        w->policy.schemes = ordered;
        expect_reason(w, MACAW_REASON_MALFORMED);
        assert_ptr_equal(w->verdict.scheme, ordered[0]);
    }
    world_free(w);
}

static void test_legacy_needs_switch(void **state)
{
    (void)state;
    world *w = world_of_two();

    add_field(w, H_MAC, "1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4");
    add_field(w, H_STAMP, "1711662980");
    expect_reason(w, MACAW_REASON_OK);
    w->policy.insecure = false;
    expect_reason(w, MACAW_REASON_MISMATCH);
    assert_string_equal(macaw_scheme_name(w->verdict.scheme), "x-authorization");
    w->policy.scheme_count = 1;
    w->policy.schemes = &w->schemes[1];
    expect_reason(w, MACAW_REASON_MISSING);
    world_free(w);
}

/* ---- coverage, places, freshness ---- */

static void test_coverage(void **state)
{
    (void)state;
    static const struct {
        const char *method;
        bool body;
        unsigned needs;
    } cases[] = {
        {"GET", false, 0},
        {"HEAD", false, 0},
        {"GET", true, MACAW_COVERS_BODY},
        {"POST", false, MACAW_COVERS_METHOD},
        {"POST", true, MACAW_COVERS_METHOD | MACAW_COVERS_BODY},
        {"get", false, MACAW_COVERS_METHOD},
        {"GETS", false, MACAW_COVERS_METHOD},
        {"HEADS", false, MACAW_COVERS_METHOD},
        {"GE", false, MACAW_COVERS_METHOD},
        {"OPTIONS", false, MACAW_COVERS_METHOD},
        {"", false, MACAW_COVERS_METHOD},
    };
    static const unsigned allowed[] = {0, MACAW_COVERS_METHOD, MACAW_COVERS_BODY,
                                       MACAW_COVERS_METHOD | MACAW_COVERS_BODY};
    world *w = world_new();

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW, false);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t j = 0; j < 4; j++) {
            bool fine = (cases[i].needs & ~allowed[j]) == 0;
            w->request.method = str(cases[i].method);
            w->request.has_body = cases[i].body;
            w->policy.allow_uncovered = allowed[j];
            expect_reason(w, fine ? MACAW_REASON_OK : MACAW_REASON_UNCOVERED);
            assert_true(w->verdict.mac_ok); /* so that the refusal may be signed */
        }
    }
    world_free(w);
}

static void test_uncovered_and_wrong(void **state)
{
    (void)state;
    world *w = world_new();

    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW - 301, false);
    w->request.method = str("DELETE");
    expect_reason(w, MACAW_REASON_UNCOVERED); /* before stale */
    assert_true(w->verdict.mac_ok);
    w->fields[0].value = str(HEX);
    expect_reason(w, MACAW_REASON_UNCOVERED); /* before mismatch */
    assert_false(w->verdict.mac_ok);
    assert_null(w->verdict.entry);
    world_free(w);
}

static void test_allowed_kids(void **state)
{
    (void)state;
    static const char *const kids[] = {"carol", "alice"};
    world *w = world_new();

    w->policy.allow_kids = kids;
    w->policy.allow_kid_count = 2;
    sign_at(w, add_key(w, "alice", MACAW_ACTIVE), NOW - 301, true);
    expect_reason(w, MACAW_REASON_STALE);
    sign_at(w, add_key(w, "bob", MACAW_ACTIVE), NOW - 301, true);
    expect_reason(w, MACAW_REASON_KEY_NOT_ALLOWED); /* before stale */
    expect_detail(w, "key bob is not allowed here");
    assert_true(w->verdict.mac_ok);
    w->policy.allow_kid_count = 1;
    sign_at(w, find(w, "alice"), NOW, false);
    assert_int_not_equal(check(w), MACAW_REASON_OK);
    world_free(w);
}

static void test_window(void **state)
{
    (void)state;
    static const struct {
        int64_t skew;
        macaw_reason reason;
        const char *detail;
    } cases[] = {
        {0, MACAW_REASON_OK, ""},
        {300, MACAW_REASON_OK, ""},
        {-300, MACAW_REASON_OK, ""},
        {301, MACAW_REASON_STALE, "timestamp 301 s old, window 300 s"},
        {-301, MACAW_REASON_EARLY, "timestamp 301 s ahead, window 300 s"},
        {32400, MACAW_REASON_STALE,
         "timestamp 32400 s old, exactly 9 h: time-zone bug in the client"},
        {-19800, MACAW_REASON_EARLY,
         "timestamp 19800 s ahead, exactly 5 h 30 min: time-zone bug in the client"},
    };
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sign_at(w, alice, NOW - cases[i].skew, false);
        expect_reason(w, cases[i].reason);
        expect_detail(w, cases[i].detail);
        assert_true(w->verdict.mac_ok);
        assert_true(w->verdict.has_time);
        assert_int_equal(w->verdict.skew, cases[i].skew);
        assert_int_equal(w->verdict.timestamp, NOW - cases[i].skew);
    }
    world_free(w);
}

/* A time in a header that nobody signed says nothing about freshness. */
static void test_wrong_mac_is_not_stale(void **state)
{
    (void)state;
    world *w = world_new();

    (void)add_key(w, "alice", MACAW_ACTIVE);
    add_field(w, H_MAC, HEX);
    add_field(w, H_STAMP, "1611662980");
    expect_reason(w, MACAW_REASON_MISMATCH);
    assert_true(w->verdict.has_time);
    assert_int_equal(w->verdict.skew, 100000000);
    world_free(w);
}

/* ---- replay ---- */

static _Alignas(64) uint8_t memory[1 << 17];

static void test_claim(void **state)
{
    (void)state;
    world *w = world_new();
    const macaw_entry *alice = add_key(w, "alice", MACAW_ACTIVE);
    macaw_replay *table;

    memset(memory, 0, sizeof memory);
    assert_int_equal(macaw_replay_init(&table, memory, sizeof memory, 300, (uint32_t)NOW - 10),
                     MACAW_OK);
    sign_at(w, alice, NOW, false);
    expect_reason(w, MACAW_REASON_OK);
    macaw_request_claim(table, NOW, &w->verdict);
    assert_int_equal(w->verdict.reason, MACAW_REASON_OK);
    expect_reason(w, MACAW_REASON_OK);
    macaw_request_claim(table, NOW, &w->verdict);
    assert_int_equal(w->verdict.reason, MACAW_REASON_REPLAY);
    assert_true(w->verdict.mac_ok);

    sign_at(w, alice, NOW + 1, true);
    expect_reason(w, MACAW_REASON_OK);
    macaw_request_claim(table, NOW, &w->verdict);
    assert_int_equal(w->verdict.reason, MACAW_REASON_OK);

    sign_at(w, alice, NOW - 11, true); /* in the window, before the table began */
    expect_reason(w, MACAW_REASON_OK);
    macaw_request_claim(table, NOW, &w->verdict);
    assert_int_equal(w->verdict.reason, MACAW_REASON_RESTARTED);

    sign_at(w, alice, NOW - 301, true); /* not OK: nothing to claim */
    expect_reason(w, MACAW_REASON_STALE);
    macaw_request_claim(table, NOW, &w->verdict);
    assert_int_equal(w->verdict.reason, MACAW_REASON_STALE);
    macaw_replay_detach(table);
    world_free(w);
}

/* A key under two ids, in two keyrings, is one key to the replay table. */
static void test_claim_follows_the_secret(void **state)
{
    (void)state;
    static const char secret[] = "one secret with two names, long enough";
    static const char *const kids[] = {"first", "second"};
    macaw_replay *table;

    memset(memory, 0, sizeof memory);
    assert_int_equal(macaw_replay_init(&table, memory, sizeof memory, 300, 0), MACAW_OK);
    for (int i = 0; i < 2; i++) {
        world *w = world_new();
        sign_at(w,
                add_spec(w, "hmac-sha256", secret,
                         (macaw_entry_spec){.kid = kids[i], .state = MACAW_ACTIVE}),
                NOW, true);
        expect_reason(w, MACAW_REASON_OK);
        macaw_request_claim(table, NOW, &w->verdict);
        assert_int_equal(w->verdict.reason, i == 0 ? MACAW_REASON_OK : MACAW_REASON_REPLAY);
        world_free(w);
    }
    macaw_replay_detach(table);
}

/* ---- names ---- */

static void test_reasons(void **state)
{
    (void)state;
    for (int i = 0; i < MACAW_REASON_COUNT; i++) {
        assert_non_null(macaw_reason_name((macaw_reason)i));
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(macaw_reason_name((macaw_reason)i),
                                    macaw_reason_name((macaw_reason)j));
        }
    }
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_OK), 200);
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_MISSING), 401);
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_MALFORMED), 400);
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_REPLAY), 401);
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_STORE_FULL), 503);
    assert_int_equal(macaw_reason_http_status(MACAW_REASON_INTERNAL), 500);
    assert_string_equal(macaw_reason_name(MACAW_REASON_COUNT), "internal");
}

static void test_scheme_table(void **state)
{
    (void)state;
    size_t n = 0;

    for (const macaw_scheme *s; (s = macaw_scheme_at(n)) != NULL; n++) {
        assert_ptr_equal(macaw_scheme_find(macaw_scheme_name(s)), s);
        assert_int_equal(macaw_scheme_covers(s), MACAW_COVERS_TARGET);
    }
    assert_int_equal(n, 2);
    assert_null(macaw_scheme_find("x-authorisation"));
    assert_false(macaw_scheme_insecure(macaw_scheme_find("x-authorization")));
    assert_true(macaw_scheme_insecure(macaw_scheme_find("x-authorization-legacy")));
}

static int load_vectors(void **state)
{
    (void)state;
    vectors = json_load_file(VECTORS "/x-authorization.json", 0, NULL);
    return vectors != NULL ? 0 : -1;
}

static int drop_vectors(void **state)
{
    (void)state;
    json_decref(vectors);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request_vectors),
        cmocka_unit_test(test_one_byte_changes),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_framing),
        cmocka_unit_test(test_target_sizes),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_doubled),
        cmocka_unit_test(test_header_case),
        cmocka_unit_test(test_other_names),
        cmocka_unit_test(test_over_long_value),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_target_form),
        cmocka_unit_test(test_named_key),
        cmocka_unit_test(test_key_states),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_other_use),
        cmocka_unit_test(test_empty_ring),
        cmocka_unit_test(test_insecure_key),
        cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_both_schemes),
        cmocka_unit_test(test_tie),
        cmocka_unit_test(test_legacy_needs_switch),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_uncovered_and_wrong),
        cmocka_unit_test(test_allowed_kids),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_wrong_mac_is_not_stale),
        cmocka_unit_test(test_claim),
        cmocka_unit_test(test_claim_follows_the_secret),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_scheme_table),
    };

    return cmocka_run_group_tests(tests, load_vectors, drop_vectors);
}

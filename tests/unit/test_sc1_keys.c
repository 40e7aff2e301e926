/* Keys of sc1 tokens: forms, ids, states; the longest names and texts. Checklist: E20, E23. */
#include "sc1_world.h"

#include "session/sc1.h"

static int issue(macaw_session *session, const macaw_session_grant *grant)
{
    char out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;

    return macaw_session_issue(session, grant, out, &len);
}

static int try_key(const char *scheme, const char *kid, macaw_session_key_form form, size_t len,
                   const char *alg)
{
    const macaw_session_config config = {.scheme = macaw_session_scheme_find(scheme)};
    const macaw_session_key_spec spec = {.kid = kid,
                                         .form = form,
                                         .alg = alg,
                                         .secret = pattern_key,
                                         .secret_len = len,
                                         .state = MACAW_ACTIVE};
    macaw_session *session = NULL;

    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    int status = macaw_session_add_key(session, &spec, NULL);
    macaw_session_free(session);
    return status;
}

static void keys(void **state)
{
    static const char *const masters[] = {"sc1-mac", "sc1-aead", "sc1-handle"};
    static const char *const kids[] = {"00", "01", "65536", "+1", "1 ", "k", ""};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(try_key(masters[i], "0", MACAW_SESSION_KEY_RAW, 32, NULL), MACAW_OK);
        assert_int_equal(try_key(masters[i], "65535", MACAW_SESSION_KEY_RAW, 64, "hmac-sha256"),
                         MACAW_OK);
        assert_int_equal(try_key(masters[i], "1", MACAW_SESSION_KEY_RAW, 31, NULL), MACAW_EARG);
        assert_int_equal(try_key(masters[i], "1", MACAW_SESSION_KEY_RAW, 32, "hmac-sha512"),
                         MACAW_EARG);
        assert_int_equal(try_key(masters[i], "1", MACAW_SESSION_KEY_DERIVED, 32, NULL), MACAW_EARG);
        assert_int_equal(try_key(masters[i], "1", MACAW_SESSION_KEY_PUBLIC, 32, NULL), MACAW_EARG);
        assert_int_equal(try_key(masters[i], NULL, MACAW_SESSION_KEY_RAW, 32, NULL), MACAW_EARG);
    }
    for (size_t i = 0; i < sizeof kids / sizeof *kids; i++) {
        assert_int_not_equal(try_key("sc1-mac", kids[i], MACAW_SESSION_KEY_RAW, 32, NULL),
                             MACAW_OK);
    }
    assert_int_equal(try_key("sc1-ed25519", "1", MACAW_SESSION_KEY_PRIVATE, 32, NULL), MACAW_OK);
    assert_int_equal(try_key("sc1-ed25519", "1", MACAW_SESSION_KEY_PRIVATE, 33, NULL), MACAW_EARG);
    assert_int_equal(try_key("sc1-ed25519", "1", MACAW_SESSION_KEY_PUBLIC, 31, NULL), MACAW_EARG);
    assert_int_equal(try_key("sc1-ed25519", "1", MACAW_SESSION_KEY_RAW, 32, NULL), MACAW_EARG);
    assert_int_equal(try_key("sc1-ed25519", NULL, MACAW_SESSION_KEY_PUBLIC, 32, NULL), MACAW_EARG);
}

static void key_states(void **state)
{
    vector v;
    const macaw_session_config config = {.scheme = macaw_session_scheme_find("sc1-mac")};
    static const macaw_session_reason wanted[] = {
        [MACAW_PENDING] = MACAW_SESSION_KEY_STATE,
        [MACAW_ACTIVE] = MACAW_SESSION_OK,
        [MACAW_VERIFY] = MACAW_SESSION_OK,
        [MACAW_RETIRED] = MACAW_SESSION_KEY_STATE,
    };

    (void)state;
    vector_of("sc1-mac", 0, &v);
    for (int s = MACAW_PENDING; s <= MACAW_RETIRED; s++) {
        macaw_session *session = NULL;
        macaw_session_grant grant = grant_of(&v);
        assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
        add_key(session, v.kid, MACAW_SESSION_KEY_RAW, &v.key, (macaw_key_state)s);
        assert_reason(verify_at(session, &v, v.issued).reason, wanted[s]);
        assert_int_equal(issue(session, &grant), s == MACAW_ACTIVE ? MACAW_OK : MACAW_ENOTFOUND);
        macaw_session_free(session);
    }
}

static void names_have_a_longest(void **state)
{
    char name[257];
    macaw_session_config config = {.scheme = macaw_session_scheme_find("sc1-mac")};
    macaw_session *session = NULL;

    (void)state;
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    config.audience = name;
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_EARG);
    config.audience = NULL;
    config.purpose = name;
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_EARG);
    config.cookie_name = config.purpose = config.audience = name + 1;
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    macaw_session_free(session);
}

/* Longer than any sc1 token, but no longer than tokens may be. */
static void texts_have_a_longest(void **state)
{
    static const char *const schemes[] = {"sc1-mac", "sc1-aead", "sc1-ed25519", "sc1-handle"};
    char text[MACAW_SESSION_TOKEN_MAX];
    vector v;

    (void)state;
    memset(text, 'A', sizeof text);
    text[0] = '1';
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        vector_of(schemes[i], 0, &v);
        macaw_session *session = session_of(&v);
        for (size_t len = MACAW_SC1_TEXT_MAX - 3; len <= sizeof text; len++) {
            assert_false(macaw_session_looks_like(v.scheme, text, len));
            macaw_session_claims claims = verify_text(session, &v, text, len, v.issued);
            assert_int_not_equal(claims.reason, MACAW_SESSION_OK);
            assert_true(len <= MACAW_SC1_TEXT_MAX || claims.reason == MACAW_SESSION_MALFORMED);
        }
        macaw_session_free(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(key_states),
        cmocka_unit_test(names_have_a_longest),
        cmocka_unit_test(texts_have_a_longest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

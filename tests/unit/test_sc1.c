/* sc1 tokens: lines printed by another implementation, and every changed character.
 * Checklist: E4, E16. */
#include "sc1_world.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                               "=+/.~ \n%,;\"|:\x01\x7f\xff";

static void assert_str(macaw_str got, const bytes *want)
{
    assert_int_equal(got.len, want->len);
    assert_memory_equal(got.data, want->data, want->len);
}

/* ---- another implementation ---- */

static void says(const vector *v)
{
    macaw_session *session = session_of(v);
    macaw_session_claims claims = verify_at(session, v, v->issued);

    assert_reason(claims.reason, MACAW_SESSION_OK);
    assert_true(claims.authentic);
    assert_string_equal(claims.kid, v->kid);
    assert_int_equal(claims.login, v->login);
    assert_int_equal(claims.issued, v->issued);
    assert_int_equal(claims.expires, end_of(v));
    assert_int_equal(claims.cap, v->login + v->cap);
    assert_int_equal(claims.not_before, 0);
    assert_int_equal(claims.generation, v->generation);
    assert_true(claims.has_sid);
    assert_memory_equal(claims.sid, v->sid.data, MACAW_SESSION_SID_LEN);
    assert_str(claims.subject, &v->subject);
    assert_str(claims.data, &v->data);
    assert_str(claims.payload, &v->data);
    assert_int_equal(claims.has_chain, v->chain.len > 0);
    assert_memory_equal(claims.chain, v->chain.data, v->chain.len);
    assert_string_equal(claims.detail, "");
    macaw_session_free(session);
}

static void reads_what_others_write(void **state)
{
    (void)state;
    assert_int_equal(each_vector(says), 4 * 4 * 5);
}

static void writes(const vector *v)
{
    macaw_session *session = session_of(v);
    macaw_session_grant grant = grant_of(v);
    char out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;

    assert_int_equal(macaw_session_issue(session, &grant, out, &len), MACAW_OK);
    assert_int_equal(len, strlen(v->token));
    if ((macaw_session_scheme_flags(v->scheme) & MACAW_SESSION_SEALED) == 0) {
        assert_string_equal(out, v->token);
    } else { /* has a salt of its own */
        vector own = *v;
        (void)snprintf(own.token, sizeof own.token, "%s", out);
        says(&own);
        assert_string_not_equal(out, v->token);
    }
    macaw_session_free(session);
}

static void writes_what_others_write(void **state)
{
    (void)state;
    assert_int_equal(each_vector(writes), 4 * 4 * 5);
}

static void handles_are_stored_hashed(void **state)
{
    /* SHA-256 of the bytes 80 to 9f. */
    static const char want[] = "82d86408530b765e46ebf47807095027e807bc08674b0de77ee5ef2fae7d0492";
    uint8_t digest[32];
    vector v;

    (void)state;
    vector_of("sc1-handle", 0, &v);
    macaw_session *session = session_of(&v);
    macaw_session_claims claims = verify_at(session, &v, v.issued);
    assert_reason(claims.reason, MACAW_SESSION_OK);
    assert_int_equal(unhex(digest, 32, want), 32);
    assert_memory_equal(claims.handle, digest, 32);
    assert_str(claims.handle_secret, &v.extra);
    macaw_session_free(session);
}

static void the_public_key_verifies_and_cannot_issue(void **state)
{
    vector v;
    macaw_session *session = NULL;
    char out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;

    (void)state;
    vector_of("sc1-ed25519", 0, &v);
    macaw_session_config config = config_of(&v);
    macaw_session_grant grant = grant_of(&v);
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    add_key(session, v.kid, MACAW_SESSION_KEY_PUBLIC, &v.extra, MACAW_ACTIVE);
    assert_reason(verify_at(session, &v, v.issued).reason, MACAW_SESSION_OK);
    assert_int_equal(macaw_session_issue(session, &grant, out, &len), MACAW_ENOTFOUND);
    macaw_session_free(session);
}

/* ---- one spelling ---- */

static void refused(const macaw_session *session, const vector *v, const char *text, size_t len)
{
    macaw_session_claims claims = verify_text(session, v, text, len, v->issued);

    if (claims.authentic || claims.reason == MACAW_SESSION_OK ||
        claims.reason == MACAW_SESSION_INTERNAL || claims.subject.len > 0 || claims.has_sid) {
        fail_msg("%s: %.*s", macaw_session_reason_name(claims.reason), (int)len, text);
    }
}

static size_t mutate(const macaw_session *session, const vector *v)
{
    char text[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len = strlen(v->token), tried = 0;

    for (size_t at = 0; at <= len; at++) {
        for (size_t c = 0; c < sizeof alphabet; c++) { /* NUL included */
            memcpy(text, v->token, len + 1);
            text[at] = alphabet[c];
            if (at < len && alphabet[c] != v->token[at]) {
                refused(session, v, text, len);
                tried++;
            }
            memcpy(text + at + 1, v->token + at, len - at);
            refused(session, v, text, len + 1); /* inserted */
            tried++;
        }
        memcpy(text, v->token, at);
        if (at < len) {
            refused(session, v, v->token, at); /* cut off */
            memcpy(text + at, v->token + at + 1, len - at - 1);
            refused(session, v, text, len - 1); /* left out */
            tried += 2;
        }
    }
    return tried;
}

static void every_changed_character_is_refused(void **state)
{
    static const char *const schemes[] = {"sc1-mac", "sc1-aead", "sc1-handle"};
    size_t tried = 0;
    vector v;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        for (size_t number = 0; number < 3; number++) {
            vector_of(schemes[i], number, &v);
            macaw_session *session = session_of(&v);
            tried += mutate(session, &v);
            macaw_session_free(session);
        }
    }
    vector_of("sc1-ed25519", 0, &v); /* one: a signature costs a hundred times as much */
    macaw_session *session = session_of(&v);
    tried += mutate(session, &v);
    macaw_session_free(session);
    assert_true(tried > 100000);
}

static void too_long_or_nothing(void **state)
{
    char text[MACAW_SESSION_TOKEN_MAX + 2];
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session *session = session_of(&v);
    memset(text, 'A', sizeof text);
    text[0] = '1';
    assert_reason(verify_text(session, &v, text, 0, v.issued).reason, MACAW_SESSION_MISSING);
    assert_reason(verify_text(session, &v, text, 1, v.issued).reason, MACAW_SESSION_MALFORMED);
    for (size_t len = MACAW_SESSION_TOKEN_MAX - 3; len <= MACAW_SESSION_TOKEN_MAX + 1; len++) {
        assert_reason(verify_text(session, &v, text, len, v.issued).reason,
                      MACAW_SESSION_MALFORMED);
    }
    macaw_session_free(session);
}

static void types_know_each_other_apart(void **state)
{
    static const char *const schemes[] = {"sc1-mac", "sc1-aead", "sc1-ed25519", "sc1-handle"};
    vector mine, other;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        vector_of(schemes[i], 0, &mine);
        macaw_session *session = session_of(&mine);
        for (size_t j = 0; j < 4; j++) {
            vector_of(schemes[j], 0, &other);
            macaw_session_claims claims = verify_at(session, &other, other.issued);
            assert_reason(claims.reason, i == j ? MACAW_SESSION_OK : MACAW_SESSION_ALGORITHM);
            assert_int_equal(
                macaw_session_looks_like(mine.scheme, other.token, strlen(other.token)), i == j);
        }
        macaw_session_free(session);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_others_write),
        cmocka_unit_test(writes_what_others_write),
        cmocka_unit_test(handles_are_stored_hashed),
        cmocka_unit_test(the_public_key_verifies_and_cannot_issue),
        cmocka_unit_test(every_changed_character_is_refused),
        cmocka_unit_test(too_long_or_nothing),
        cmocka_unit_test(types_know_each_other_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

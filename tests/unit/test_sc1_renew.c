/* sc1 tokens renewed: what stays, what moves, what ends. Checklist: E8. */
#include "sc1_world.h"

#define NOW INT64_C(1700000000)

static macaw_session *mac_session(vector *v)
{
    vector_of("sc1-mac", 0, v);
    return session_of(v);
}

static macaw_session_claims renewed(const char *scheme, size_t number, int64_t at, vector *v)
{
    static char out[MACAW_SESSION_TOKEN_MAX + 1];
    static uint8_t before[MACAW_SESSION_WORK];
    macaw_session_claims claims;
    macaw_session_grant grant;
    size_t len;

    vector_of(scheme, number, v);
    macaw_session *session = session_of(v);
    const macaw_session_token token = {.text = {v->token, strlen(v->token)},
                                       .bind = str_of(&v->bind)};
    macaw_session_verify(session, &token, at, before, &claims);
    assert_reason(claims.reason, MACAW_SESSION_OK);
    assert_int_equal(macaw_session_renew(&claims, at, v->ttl, &grant), MACAW_OK);
    grant.bind = token.bind;
    assert_int_equal(macaw_session_issue(session, &grant, out, &len), MACAW_OK);
    macaw_session_claims again = verify_text(session, v, out, len, at);
    macaw_session_free(session);
    return again;
}

static void renewal_keeps_all_but_the_issue(void **state)
{
    static const char *const schemes[] = {"sc1-mac", "sc1-aead", "sc1-ed25519", "sc1-handle"};
    vector v;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        for (size_t number = 0; number < 2; number++) {
            vector_of(schemes[i], number, &v);
            int64_t at = v.issued + 1800;
            macaw_session_claims claims = renewed(schemes[i], number, at, &v);
            assert_reason(claims.reason, MACAW_SESSION_OK);
            assert_int_equal(claims.login, v.login);
            assert_int_equal(claims.issued, at);
            assert_int_equal(claims.expires, at + v.ttl);
            assert_int_equal(claims.cap, v.login + v.cap);
            assert_int_equal(claims.generation, v.generation);
            assert_memory_equal(claims.sid, v.sid.data, MACAW_SESSION_SID_LEN);
            assert_int_equal(claims.subject.len, v.subject.len);
            assert_int_equal(claims.data.len, v.data.len);
            assert_int_equal(claims.handle_secret.len, i == 3 ? 32 : 0);
        }
    }
    macaw_session_claims claims = renewed("sc1-mac", 2, NOW + 43199, &v); /* with a chain */
    assert_true(claims.has_chain);
    assert_memory_equal(claims.chain, v.chain.data, 32);
    assert_int_equal(claims.expires, NOW + 43200);
}

static void renewal_refuses(void **state)
{
    vector v;
    macaw_session *session = mac_session(&v);
    macaw_session_claims claims = verify_at(session, &v, v.issued);
    macaw_session_grant grant;

    (void)state;
    assert_int_equal(macaw_session_renew(&claims, claims.cap - 1, 3600, &grant), MACAW_OK);
    assert_int_equal(macaw_session_renew(&claims, claims.cap, 3600, &grant), MACAW_EARG);
    assert_int_equal(macaw_session_renew(&claims, claims.login, 3600, &grant), MACAW_OK);
    assert_int_equal(macaw_session_renew(&claims, claims.login - 1, 3600, &grant), MACAW_EARG);
    assert_int_equal(macaw_session_renew(&claims, v.issued, 0, &grant), MACAW_EARG);
    assert_int_equal(macaw_session_renew(&claims, v.issued, MACAW_SESSION_TTL_MAX, &grant),
                     MACAW_OK);
    assert_int_equal(grant.ttl, v.cap);
    claims.has_sid = false;
    assert_int_equal(macaw_session_renew(&claims, v.issued, 3600, &grant), MACAW_EARG);
    claims = verify_at(session, &v, v.issued + v.ttl);
    assert_reason(claims.reason, MACAW_SESSION_EXPIRED);
    assert_int_equal(macaw_session_renew(&claims, v.issued, 3600, &grant), MACAW_EARG);
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renewal_keeps_all_but_the_issue),
        cmocka_unit_test(renewal_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

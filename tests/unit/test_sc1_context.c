/* sc1 tokens: every other context, and the seconds at which something ends.
 * Checklist: E4, E17. */
#include "sc1_world.h"

/* ---- context ---- */

static void misses(const macaw_session_config *config, const vector *v)
{
    macaw_session *session = session_with(config, v);
    macaw_session_claims claims = verify_at(session, v, v->issued);

    assert_reason(claims.reason, MACAW_SESSION_MISMATCH);
    assert_false(claims.authentic);
    macaw_session_free(session);
}

static void another_context(const vector *v)
{
    macaw_session_config config = config_of(v);
    vector other = *v;

    config.cookie_name = "other";
    misses(&config, v);
    config = config_of(v);
    config.purpose = "other";
    misses(&config, v);
    config = config_of(v);
    config.audience = "other";
    misses(&config, v);
    config = config_of(v);
    other.bind.data[other.bind.len < 1024 ? other.bind.len++ : 0] = 'x';
    misses(&config, &other);
    other = *v;
    other.key.data[31] ^= 1;
    misses(&config, &other);
}

/* A character that moves from one name to the next is another context. */
static void names_do_not_run_together(void **state)
{
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session_config config = config_of(&v);
    config.purpose = "sessionm";
    config.cookie_name = "acaw-session";
    misses(&config, &v);
    config.purpose = "session";
    config.cookie_name = "macaw-sessio";
    config.audience = "n";
    misses(&config, &v);
}

static void any_other_context_is_refused(void **state)
{
    (void)state;
    assert_int_equal(each_vector(another_context), 4 * 4 * 5);
}

static void a_binding_nobody_issues_for(void **state)
{
    char bind[1025] = {0}, out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session *session = session_of(&v);
    macaw_session_grant grant = grant_of(&v);
    grant.bind = (macaw_str){bind, sizeof bind};
    assert_int_equal(macaw_session_issue(session, &grant, out, &len), MACAW_EARG);
    const macaw_session_token token = {.text = {v.token, strlen(v.token)}, .bind = grant.bind};
    macaw_session_claims claims;
    macaw_session_verify(session, &token, v.issued, work, &claims);
    assert_reason(claims.reason, MACAW_SESSION_MISMATCH);
    macaw_session_free(session);
}

/* ---- clock ---- */

static void edges(const vector *v)
{
    macaw_session *session = session_of(v);
    int64_t idle = v->issued + v->ttl, cap = v->login + v->cap;

    assert_reason(verify_at(session, v, v->issued - 1).reason, MACAW_SESSION_EARLY);
    assert_reason(verify_at(session, v, v->issued).reason, MACAW_SESSION_OK);
    assert_reason(verify_at(session, v, end_of(v) - 1).reason, MACAW_SESSION_OK);
    assert_reason(verify_at(session, v, end_of(v)).reason,
                  cap <= idle ? MACAW_SESSION_ENDED : MACAW_SESSION_EXPIRED);
    assert_reason(verify_at(session, v, cap).reason, MACAW_SESSION_ENDED);
    assert_true(verify_at(session, v, cap).authentic);
    macaw_session_free(session);
}

static void ends_to_the_second(void **state)
{
    (void)state;
    assert_int_equal(each_vector(edges), 4 * 4 * 5);
}

static void leeway_and_age(void **state)
{
    vector v;

    (void)state;
    vector_of("sc1-mac", 1, &v); /* issued two hours after login, for one */
    macaw_session_config config = config_of(&v);
    config.leeway = 30;
    macaw_session *session = session_with(&config, &v);
    assert_reason(verify_at(session, &v, v.issued - 30).reason, MACAW_SESSION_OK);
    assert_reason(verify_at(session, &v, v.issued - 31).reason, MACAW_SESSION_EARLY);
    assert_reason(verify_at(session, &v, v.issued + v.ttl + 29).reason, MACAW_SESSION_OK);
    assert_reason(verify_at(session, &v, v.issued + v.ttl + 30).reason, MACAW_SESSION_EXPIRED);
    macaw_session_free(session);
    config.leeway = 0;
    config.max_age = 100;
    session = session_with(&config, &v);
    assert_reason(verify_at(session, &v, v.issued + 99).reason, MACAW_SESSION_OK);
    assert_reason(verify_at(session, &v, v.issued + 100).reason, MACAW_SESSION_EXPIRED);
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_other_context_is_refused),
        cmocka_unit_test(names_do_not_run_together),
        cmocka_unit_test(a_binding_nobody_issues_for),
        cmocka_unit_test(ends_to_the_second),
        cmocka_unit_test(leeway_and_age),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

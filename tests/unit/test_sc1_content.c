/* sc1 tokens: what an authentic one may say, and what may be granted.
 * Checklist: E4, E16. */
#include "sc1_world.h"

#include "session/sc1.h"

#define NOW INT64_C(1700000000)

static macaw_session *mac_session(vector *v)
{
    vector_of("sc1-mac", 0, v);
    return session_of(v);
}

/* ---- authentic, but nonsense ---- */

/* Judge a header with any bytes instead of its own at some place, and any body,
 * under the right MAC. */
static macaw_session_claims judge(const char *body, size_t at, const char *bytes_there)
{
    macaw_sc1_blob blob;
    uint8_t raw[64];
    char text[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    vector v;
    macaw_session *session = mac_session(&v);
    macaw_session_grant grant = grant_of(&v);

    assert_int_equal(macaw_sc1_put_header(session, session->keys, &grant, &blob), MACAW_OK);
    size_t n = unhex(raw, sizeof raw, bytes_there);
    memcpy(blob.bytes + at, raw, n);
    assert_int_equal(macaw_sc1_put(&blob, raw, unhex(raw, sizeof raw, body)), MACAW_OK);
    assert_int_equal(macaw_sc1_put_mac(session, session->keys, &blob, grant.bind), MACAW_OK);
    macaw_sc1_print(&blob, text, &len);
    macaw_session_claims claims = verify_text(session, &v, text, len, v.issued);
    macaw_session_free(session);
    return claims;
}

static void fields(void **state)
{
    static const struct {
        const char *body;
        macaw_session_reason reason;
    } cases[] = {
        {"00", MACAW_SESSION_OK},
        {"0161", MACAW_SESSION_OK},
        {"0261", MACAW_SESSION_CONTENT}, /* a subject that is not there */
        {"0100", MACAW_SESSION_CONTENT}, /* control characters */
        {"010a", MACAW_SESSION_CONTENT},
        {"011f", MACAW_SESSION_CONTENT},
        {"0120", MACAW_SESSION_OK},
        {"017f", MACAW_SESSION_CONTENT},
        {"0180", MACAW_SESSION_CONTENT}, /* no UTF-8 */
        {"01c3", MACAW_SESSION_CONTENT},
        {"02c3a9", MACAW_SESSION_OK},
        {"00010001ff", MACAW_SESSION_OK},
        {"00010000", MACAW_SESSION_CONTENT}, /* empty data is no data */
        {"0001", MACAW_SESSION_CONTENT},     /* cut off */
        {"000100", MACAW_SESSION_CONTENT},
        {"00010002ff", MACAW_SESSION_CONTENT},
        {"00020000", MACAW_SESSION_OK}, /* unknown, not critical */
        {"007f0001ff", MACAW_SESSION_OK},
        {"00800000", MACAW_SESSION_CONTENT}, /* critical and unknown */
        {"00820000", MACAW_SESSION_CONTENT},
        {"00ff0000", MACAW_SESSION_CONTENT},
        {"00000000", MACAW_SESSION_OK},
        {"00010001ff020000", MACAW_SESSION_OK},
        {"00020000010001ff", MACAW_SESSION_CONTENT},   /* falling */
        {"00010001ff010001ff", MACAW_SESSION_CONTENT}, /* twice */
        {"008100200000000000000000000000000000000000000000000000000000000000000000",
         MACAW_SESSION_OK},
        {"0081001f00000000000000000000000000000000000000000000000000000000000000",
         MACAW_SESSION_CONTENT},
        {"00810000", MACAW_SESSION_CONTENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_session_claims claims = judge(cases[i].body, 0, "-");
        if (claims.reason != cases[i].reason || !claims.authentic) {
            fail_msg("%s: %s", cases[i].body, macaw_session_reason_name(claims.reason));
        }
    }
}

static void headers(void **state)
{
    static const struct {
        size_t at;
        const char *bytes;
        macaw_session_reason reason;
        bool authentic;
    } cases[] = {
        {0, "00", MACAW_SESSION_MALFORMED, false},
        {0, "05", MACAW_SESSION_MALFORMED, false},
        {0, "02", MACAW_SESSION_ALGORITHM, false},
        {1, "01", MACAW_SESSION_MALFORMED, false}, /* a flag */
        {1, "80", MACAW_SESSION_MALFORMED, false},
        {2, "0001", MACAW_SESSION_UNKNOWN_KEY, false},
        {4, "0000000000", MACAW_SESSION_CONTENT, true}, /* no login */
        {12, "000000", MACAW_SESSION_CONTENT, true},    /* no ttl */
        {12, "000001", MACAW_SESSION_OK, true},
        {12, "00a8c0", MACAW_SESSION_OK, true},      /* as long as the cap */
        {12, "ffffff", MACAW_SESSION_OK, true},      /* the cap ends it */
        {15, "000000", MACAW_SESSION_CONTENT, true}, /* no cap */
        {9, "00a8bf", MACAW_SESSION_EARLY, true},    /* a second before the cap */
        {9, "00a8c0", MACAW_SESSION_CONTENT, true},  /* at the cap */
        {18, "ffff", MACAW_SESSION_OK, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        macaw_session_claims claims = judge("00", cases[i].at, cases[i].bytes);
        if (claims.reason != cases[i].reason || claims.authentic != cases[i].authentic) {
            fail_msg("%zu %s: %s", cases[i].at, cases[i].bytes,
                     macaw_session_reason_name(claims.reason));
        }
    }
}

/* A body of that many bytes under the right MAC of a handle. */
static macaw_session_reason handle_of(size_t len)
{
    macaw_sc1_blob blob;
    vector v;

    vector_of("sc1-handle", 0, &v);
    macaw_session *session = session_of(&v);
    macaw_session_grant grant = grant_of(&v);
    assert_int_equal(macaw_sc1_put_header(session, session->keys, &grant, &blob), MACAW_OK);
    assert_int_equal(macaw_sc1_put(&blob, pattern_msg, len), MACAW_OK);
    assert_int_equal(macaw_sc1_put_mac(session, session->keys, &blob, grant.bind), MACAW_OK);
    macaw_sc1_print(&blob, v.token, &len);
    macaw_session_claims claims = verify_at(session, &v, v.issued);
    macaw_session_free(session);
    return claims.reason;
}

static void bodies_have_their_size(void **state)
{
    (void)state;
    assert_reason(judge("-", 0, "-").reason, MACAW_SESSION_MALFORMED);
    assert_reason(handle_of(31), MACAW_SESSION_MALFORMED);
    assert_reason(handle_of(32), MACAW_SESSION_OK);
    assert_reason(handle_of(33), MACAW_SESSION_MALFORMED);
}

/* ---- grants ---- */

static int issue(macaw_session *session, const macaw_session_grant *grant)
{
    char out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;

    return macaw_session_issue(session, grant, out, &len);
}

static void ranges(void **state)
{
    static const char nothing[MACAW_SESSION_TOKEN_MAX];
    vector v;
    macaw_session *session = mac_session(&v);
    const macaw_session_grant good = grant_of(&v);
    macaw_session_grant grant = good;

    (void)state;
    assert_int_equal(issue(session, &grant), MACAW_OK);
    grant.login = grant.issued + 1; /* after the issue */
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.ttl = grant.lifetime + 1; /* the cap ends it */
    assert_int_equal(issue(session, &grant), MACAW_OK);
    grant.ttl = 0;
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.login = grant.issued - grant.lifetime; /* at the cap */
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant.login++;
    assert_int_equal(issue(session, &grant), MACAW_OK);
    grant = good;
    grant.login = grant.issued = INT64_C(1) << 40;
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.lifetime = MACAW_SESSION_TTL_MAX + 1;
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.subject = (macaw_str){"a\nb", 3};
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant.subject = (macaw_str){nothing, 256};
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.data = (macaw_str){nothing, MACAW_SC1_BLOB_MAX - 32 - 18 - 3 - 32};
    assert_int_equal(issue(session, &grant), MACAW_OK); /* 4000 characters */
    grant.data.len++;
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    grant = good;
    grant.kid = "9";
    assert_int_equal(issue(session, &grant), MACAW_ENOTFOUND);
    macaw_session_free(session);
}

/* Without a lifetime of its own a session ends with its first idle time. */
static void no_cap_beyond_the_ttl(void **state)
{
    char out[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    vector v;
    macaw_session *session = mac_session(&v);
    const macaw_session_grant grant = {.subject = {"u", 1}, .issued = NOW, .ttl = 60};
    macaw_session_grant again;

    (void)state;
    assert_int_equal(macaw_session_issue(session, &grant, out, &len), MACAW_OK);
    macaw_session_claims claims = verify_text(session, &v, out, len, NOW + 59);
    assert_reason(claims.reason, MACAW_SESSION_OK);
    assert_int_equal(claims.login, NOW);
    assert_int_equal(claims.cap, NOW + 60);
    assert_int_equal(macaw_session_renew(&claims, NOW + 59, 60, &again), MACAW_OK);
    assert_int_equal(macaw_session_issue(session, &again, out, &len), MACAW_OK);
    assert_reason(verify_text(session, &v, out, len, NOW + 60).reason, MACAW_SESSION_ENDED);
    macaw_session_free(session);
}

/* What a handle has no room for belongs in its record. */
static void a_handle_carries_no_chain(void **state)
{
    static const uint8_t chain[32];
    vector v;

    (void)state;
    vector_of("sc1-handle", 0, &v);
    macaw_session *session = session_of(&v);
    macaw_session_grant grant = {.issued = NOW, .ttl = 60};
    assert_int_equal(issue(session, &grant), MACAW_OK);
    grant.chain = chain;
    assert_int_equal(issue(session, &grant), MACAW_EARG);
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(headers),
        cmocka_unit_test(bodies_have_their_size),
        cmocka_unit_test(ranges),
        cmocka_unit_test(no_cap_beyond_the_ttl),
        cmocka_unit_test(a_handle_carries_no_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

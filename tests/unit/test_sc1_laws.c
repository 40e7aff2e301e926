/* sc1 tokens and their relatives as laws: what is written is what is read, so that
 * no two sessions share a token; CSRF tokens belong to one session.
 * Checklist: E4, E16, E33. */
#include "sc1_world.h"

#include "base/codec.h"

#define ROUNDS 20000
#define NOW    INT64_C(1700000000)

/* A generator with a fixed seed: a failure can be repeated. */
static uint64_t seed = 1;

static uint64_t draw(uint64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % n;
}

static void draw_text(bytes *ret, size_t most)
{
    ret->len = draw(8) == 0 ? most : draw(most + 1);
    for (size_t i = 0; i < ret->len; i++) {
        ret->data[i] = (uint8_t)(0x20 + draw(0x5f));
    }
}

/* Values pile up at the ends of their ranges. */
static int64_t draw_number(int64_t least, int64_t most)
{
    uint64_t span = (uint64_t)(most - least) + 1;

    switch (draw(4)) {
    case 0:
        return least;
    case 1:
        return most;
    default:
        return least + (int64_t)((draw(1u << 30) << 30 | draw(1u << 30)) % span);
    }
}

static void draw_session(vector *v)
{
    v->cap = draw_number(1, MACAW_SESSION_TTL_MAX);
    v->ttl = draw_number(1, MACAW_SESSION_TTL_MAX);
    v->login = draw_number(1, (INT64_C(1) << 40) - 1 - v->cap);
    v->issued = v->login + draw_number(0, v->cap - 1);
    v->generation = (uint16_t)draw_number(0, UINT16_MAX);
    for (size_t i = 0; i < MACAW_SESSION_SID_LEN; i++) {
        v->sid.data[i] = (uint8_t)draw(256);
    }
    draw_text(&v->subject, 255);
    draw_text(&v->data, 600);
    draw_text(&v->chain, 32);
    v->chain.len = draw(2) * 32;
}

static void assert_same(const macaw_session_claims *claims, const vector *v)
{
    int64_t idle = v->issued + v->ttl, cap = v->login + v->cap;

    assert_reason(claims->reason, MACAW_SESSION_OK);
    assert_int_equal(claims->login, v->login);
    assert_int_equal(claims->issued, v->issued);
    assert_int_equal(claims->expires, idle < cap ? idle : cap);
    assert_int_equal(claims->cap, cap);
    assert_int_equal(claims->generation, v->generation);
    assert_memory_equal(claims->sid, v->sid.data, MACAW_SESSION_SID_LEN);
    assert_int_equal(claims->subject.len, v->subject.len);
    assert_memory_equal(claims->subject.data, v->subject.data, v->subject.len);
    assert_int_equal(claims->data.len, v->data.len);
    if (v->data.len > 0) {
        assert_memory_equal(claims->data.data, v->data.data, v->data.len);
    }
    assert_int_equal(claims->has_chain, v->chain.len > 0);
    assert_memory_equal(claims->chain, v->chain.data, v->chain.len);
}

static void round_trips(const char *scheme, size_t rounds)
{
    vector v;

    vector_of(scheme, 0, &v);
    macaw_session *session = session_of(&v);
    for (size_t i = 0; i < rounds; i++) {
        size_t len;
        draw_session(&v);
        macaw_session_grant grant = grant_of(&v);
        assert_int_equal(macaw_session_issue(session, &grant, v.token, &len), MACAW_OK);
        macaw_session_claims claims = verify_at(session, &v, v.issued);
        assert_same(&claims, &v);
    }
    macaw_session_free(session);
}

/* What can be read back is written differently for each session. */
static void what_is_written_is_read(void **state)
{
    (void)state;
    round_trips("sc1-mac", ROUNDS);
    round_trips("sc1-aead", ROUNDS / 4);
    round_trips("sc1-ed25519", ROUNDS / 20);
}

/* Subjects and data that would run together without their lengths. */
static void no_splicing(void **state)
{
    char a[MACAW_SESSION_TOKEN_MAX + 1], b[MACAW_SESSION_TOKEN_MAX + 1];
    size_t len;
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session *session = session_of(&v);
    macaw_session_grant grant = grant_of(&v);
    grant.subject = (macaw_str){"admin1", 6};
    grant.data = (macaw_str){"700003600", 9};
    assert_int_equal(macaw_session_issue(session, &grant, a, &len), MACAW_OK);
    grant.subject = (macaw_str){"admin", 5};
    grant.data = (macaw_str){"1700003600", 10};
    assert_int_equal(macaw_session_issue(session, &grant, b, &len), MACAW_OK);
    assert_string_not_equal(a, b);
    macaw_session_free(session);
}

static void login_makes_a_new_session_id(void **state)
{
    uint8_t seen[64][MACAW_SESSION_SID_LEN];
    size_t len;
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session *session = session_of(&v);
    const macaw_session_grant grant = {.subject = {"u", 1}, .issued = NOW, .ttl = 60};
    for (size_t i = 0; i < 64; i++) {
        assert_int_equal(macaw_session_issue(session, &grant, v.token, &len), MACAW_OK);
        macaw_session_claims claims = verify_at(session, &v, NOW);
        memcpy(seen[i], claims.sid, MACAW_SESSION_SID_LEN);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(seen[i], seen[j], MACAW_SESSION_SID_LEN);
        }
    }
    macaw_session_free(session);
}

/* ---- tokens against cross-site requests ---- */

static void csrf_belongs_to_a_session(void **state)
{
    static const uint8_t other[MACAW_SESSION_SID_LEN] = {1};
    char token[MACAW_CSRF_LEN + 1], second[MACAW_CSRF_LEN + 1];
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session *session = session_of(&v);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_OK);
    assert_int_equal(strlen(token), MACAW_CSRF_LEN);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, token, 64), MACAW_OK);
    assert_int_equal(macaw_csrf_check(session, other, NOW, token, 64), MACAW_EFORGED);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, token, 63), MACAW_EFORMAT);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, token, 0), MACAW_EFORMAT);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, second), MACAW_OK);
    assert_memory_not_equal(token + 3, second + 3, 18); /* masked: no run in common */
    assert_memory_not_equal(token + 22, second + 22, 42);
    macaw_session_free(session);
}

static void every_character_of_csrf_counts(void **state)
{
    char token[MACAW_CSRF_LEN + 1];
    vector v;

    (void)state;
    vector_of("sc1-handle", 0, &v);
    macaw_session *session = session_of(&v);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_OK);
    for (size_t at = 0; at < MACAW_CSRF_LEN; at++) {
        char right = token[at];
        for (int c = 0; c < 256; c++) {
            token[at] = (char)c;
            int status = macaw_csrf_check(session, v.sid.data, NOW, token, MACAW_CSRF_LEN);
            assert_int_equal(status == MACAW_OK, (char)c == right);
        }
        token[at] = right;
    }
    macaw_session_free(session);
}

/* Of the definition: HKDF with a label of its own, HMAC over what is sent and the id. */
static void csrf_as_described(void **state)
{
    static const char label[] = "sc1-csrf\0\0\7session\0\15macaw-session\0";
    uint8_t secret[32], prk[32], raw[48], want[32], message[16 + MACAW_SESSION_SID_LEN];
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    char token[MACAW_CSRF_LEN + 1];
    size_t len;
    vector v;

    (void)state;
    vector_of("sc1-mac", 1, &v); /* key 7 */
    macaw_session *session = session_of(&v);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_OK);
    macaw_session_free(session);
    assert_int_equal(macaw_base64_decode(MACAW_BASE64URL, raw, &len, token, 64, NULL), MACAW_OK);
    assert_int_equal(raw[0] << 8 | raw[1], 7);
    assert_int_equal(macaw_hkdf_extract(alg, NULL, 0, v.key.data, v.key.len, prk), MACAW_OK);
    assert_int_equal(macaw_hkdf_expand(alg, prk, 32, label, sizeof label, secret, 32), MACAW_OK);
    memcpy(message, raw, 16);
    memcpy(message + 16, v.sid.data, MACAW_SESSION_SID_LEN);
    macaw_key *key = key_of("hmac-sha256", secret, 32, NULL);
    tag_of(key, message, sizeof message, want);
    macaw_key_free(key);
    assert_memory_equal(raw + 16, want, 32);
}

static void csrf_keys(void **state)
{
    char token[MACAW_CSRF_LEN + 1], old[MACAW_CSRF_LEN + 1];
    macaw_session *session = NULL;
    vector v;

    (void)state;
    vector_of("sc1-mac", 0, &v);
    macaw_session_config config = config_of(&v);
    macaw_session *before = session_of(&v);
    assert_int_equal(macaw_csrf_issue(before, v.sid.data, NOW, old), MACAW_OK);
    macaw_session_free(before);
    assert_int_equal(macaw_session_new(&session, &config, NULL), MACAW_OK);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_ENOTFOUND);
    add_key(session, v.kid, MACAW_SESSION_KEY_RAW, &v.key, MACAW_VERIFY);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_ENOTFOUND);
    v.key.data[0] ^= 1;
    add_key(session, "5", MACAW_SESSION_KEY_RAW, &v.key, MACAW_ACTIVE);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_OK);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, token, 64), MACAW_OK);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, old, 64), MACAW_OK);
    macaw_session_free(session);
    config.audience = "other";
    session = session_with(&config, &v);
    assert_int_equal(macaw_csrf_check(session, v.sid.data, NOW, old, 64), MACAW_EFORGED);
    macaw_session_free(session);
    vector_of("sc1-ed25519", 0, &v); /* no secret key */
    session = session_of(&v);
    assert_int_equal(macaw_csrf_issue(session, v.sid.data, NOW, token), MACAW_ENOTFOUND);
    macaw_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(no_splicing),
        cmocka_unit_test(login_makes_a_new_session_id),
        cmocka_unit_test(csrf_belongs_to_a_session),
        cmocka_unit_test(every_character_of_csrf_counts),
        cmocka_unit_test(csrf_as_described),
        cmocka_unit_test(csrf_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Everything that decides about a token, in one order. */
#include <string.h>

#include "prim/md.h"
#include "session/scheme.h"

#define TRIES_MAX (1 + MACAW_KEYRING_VERIFY_MAX)

typedef struct tries {
    const macaw_session_key *keys[TRIES_MAX];
    size_t count;
} tries;

static bool is_usable(const macaw_session_key *key, int64_t now)
{
    macaw_key_state state = macaw_entry_state(&key->life, now);

    return state == MACAW_ACTIVE || state == MACAW_VERIFY;
}

static macaw_session_reason choose_named(macaw_session_attempt *a, tries *ret)
{
    const macaw_session *session = a->session;
    const macaw_str *kid = &a->frame.kid;

    for (size_t i = 0; i < session->key_count; i++) {
        const macaw_session_key *key = &session->keys[i];
        if (strlen(key->life.kid) != kid->len || memcmp(key->life.kid, kid->data, kid->len) != 0) {
            continue;
        }
        if (!is_usable(key, a->now)) {
            return macaw_session_refuse(
                a, MACAW_SESSION_KEY_STATE, "key %s is %s", key->life.kid,
                macaw_key_state_name(macaw_entry_state(&key->life, a->now)));
        }
        ret->keys[ret->count++] = key;
        return MACAW_SESSION_OK;
    }
    return macaw_session_refuse(a, MACAW_SESSION_UNKNOWN_KEY, "no key of the id it names");
}

/* Whether x is tried before y: active keys first, then the newest. */
static bool precedes(const macaw_session_key *x, const macaw_session_key *y, int64_t now)
{
    bool x_active = macaw_entry_state(&x->life, now) == MACAW_ACTIVE;
    bool y_active = macaw_entry_state(&y->life, now) == MACAW_ACTIVE;

    return x_active != y_active ? x_active : x->life.iat > y->life.iat;
}

/* Insert in order; the last falls off where there are too many. */
static void insert(tries *ret, const macaw_session_key *key, int64_t now)
{
    size_t at = ret->count;

    while (at > 0 && precedes(key, ret->keys[at - 1], now)) {
        at--;
    }
    if (at == TRIES_MAX) {
        return;
    }
    size_t moved = ret->count < TRIES_MAX ? ret->count - at : TRIES_MAX - 1 - at;
    memmove(&ret->keys[at + 1], &ret->keys[at], moved * sizeof *ret->keys);
    ret->keys[at] = key;
    ret->count += ret->count < TRIES_MAX;
}

static macaw_session_reason choose_unnamed(macaw_session_attempt *a, tries *ret)
{
    for (size_t i = 0; i < a->session->key_count; i++) {
        if (is_usable(&a->session->keys[i], a->now)) {
            insert(ret, &a->session->keys[i], a->now);
        }
    }
    return ret->count > 0 ? MACAW_SESSION_OK
                          : macaw_session_refuse(a, MACAW_SESSION_UNKNOWN_KEY, "no key to try");
}

static macaw_session_reason authenticate_with(macaw_session_attempt *a,
                                              const macaw_session_key *key)
{
    const macaw_session_scheme *scheme = a->session->config.scheme;

    if (scheme->authenticate != NULL) {
        return scheme->authenticate(a, key);
    }
    if (a->frame.mac_len != macaw_key_tag_len(key->mac)) {
        return MACAW_SESSION_ALGORITHM;
    }
    return macaw_session_mac_matches(a, key->mac);
}

/* Under any key to try: MISMATCH outranks ALGORITHM, INTERNAL both. */
static macaw_session_reason authenticate(macaw_session_attempt *a, const tries *all,
                                         const macaw_session_key **ret)
{
    macaw_session_reason reason = MACAW_SESSION_ALGORITHM;

    for (size_t i = 0; i < all->count; i++) {
        macaw_session_reason one = authenticate_with(a, all->keys[i]);
        if (one == MACAW_SESSION_OK) {
            *ret = all->keys[i];
            return one;
        }
        if (one > reason) {
            reason = one;
        }
    }
    if (reason == MACAW_SESSION_ALGORITHM && a->claims->detail[0] == '\0') {
        return macaw_session_refuse(a, reason, "no key whose MAC has %zu bytes", a->frame.mac_len);
    }
    return reason;
}

/* ---- times ---- */

static int64_t earliest(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The dates of an authentic token. A date of expiry is no longer valid in its own
 * second, a date of issue is valid from its own. Leeway widens each. */
static macaw_session_reason judge_times(macaw_session_attempt *a)
{
    const macaw_session_config *config = &a->session->config;
    macaw_session_claims *claims = a->claims;
    const int64_t late = a->now - config->leeway, soon = a->now + config->leeway;

    if (config->max_age > 0) {
        claims->expires = earliest(claims->expires, claims->issued + config->max_age);
    }
    claims->expires = earliest(claims->expires, claims->cap);
    if (claims->issued > soon || claims->login > soon) {
        return macaw_session_refuse(a, MACAW_SESSION_EARLY, "issued %lld s ahead of the clock",
                                    (long long)(claims->issued - a->now));
    }
    if (claims->not_before > soon) {
        return macaw_session_refuse(a, MACAW_SESSION_EARLY, "not valid for another %lld s",
                                    (long long)(claims->not_before - a->now));
    }
    if (claims->cap != 0 && claims->cap <= late) {
        return macaw_session_refuse(a, MACAW_SESSION_ENDED, "past its absolute end by %lld s",
                                    (long long)(a->now - claims->cap));
    }
    if (claims->expires != 0 && claims->expires <= late) {
        return macaw_session_refuse(a, MACAW_SESSION_EXPIRED, "expired %lld s ago",
                                    (long long)(a->now - claims->expires));
    }
    return MACAW_SESSION_OK;
}

/* ---- identity ---- */

/* A token without a session id of its own gets one from what its MAC covers, not
 * from its spelling or its signature: those may have siblings. */
static macaw_session_reason identify(macaw_session_attempt *a)
{
    const macaw_session_scheme *scheme = a->session->config.scheme;
    size_t len = strlen(scheme->name) + 1;
    uint8_t digest[MACAW_MD_DIGEST_MAX];

    for (size_t i = 0; i < a->frame.under_count; i++) {
        len += a->frame.under[i].len;
    }
    uint8_t *text = macaw_session_take(&a->room, len), *next = text;
    if (text == NULL) {
        return MACAW_SESSION_CONTENT;
    }
    next =
        (uint8_t *)memcpy(next, scheme->name, strlen(scheme->name) + 1) + strlen(scheme->name) + 1;
    for (size_t i = 0; i < a->frame.under_count; i++) {
        if (a->frame.under[i].len > 0) {
            memcpy(next, a->frame.under[i].data, a->frame.under[i].len);
        }
        next += a->frame.under[i].len;
    }
    macaw_md_hash(&macaw_sha256, macaw_md_pick(&macaw_sha256, NULL, NULL), text, len, digest);
    memcpy(a->claims->sid, digest, MACAW_SESSION_SID_LEN);
    a->claims->has_sid = true;
    return MACAW_SESSION_OK;
}

/* ---- the order ---- */

static macaw_session_reason judge(macaw_session_attempt *a)
{
    const macaw_session_scheme *scheme = a->session->config.scheme;
    const macaw_session_key *key = NULL;
    tries all = {.count = 0};
    macaw_session_reason reason;

    if (a->token->text.len == 0) {
        return MACAW_SESSION_MISSING;
    }
    if (a->token->text.len > MACAW_SESSION_TOKEN_MAX ||
        a->token->signature.len > MACAW_SESSION_TOKEN_MAX) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "longer than %d bytes",
                                    MACAW_SESSION_TOKEN_MAX);
    }
    reason = scheme->read(a);
    if (reason == MACAW_SESSION_OK) {
        reason = a->frame.kid.len > 0 ? choose_named(a, &all) : choose_unnamed(a, &all);
    }
    if (reason == MACAW_SESSION_OK) {
        reason = authenticate(a, &all, &key);
    }
    if (key == NULL) {
        return reason;
    }
    a->claims->authentic = true;
    memcpy(a->claims->kid, key->life.kid, sizeof a->claims->kid);
    reason = scheme->content(a, key);
    if (reason == MACAW_SESSION_OK && !macaw_session_is_subject(a->claims->subject)) {
        a->claims->subject = (macaw_str){NULL, 0};
        reason = macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                      "subject: no UTF-8, control characters, or over %d bytes",
                                      MACAW_SESSION_SUBJECT_MAX);
    }
    if (reason == MACAW_SESSION_OK && !a->claims->has_sid) {
        reason = identify(a);
    }
    return reason == MACAW_SESSION_OK ? judge_times(a) : reason;
}

void macaw_session_verify(const macaw_session *session, const macaw_session_token *token,
                          int64_t now, void *work, macaw_session_claims *ret)
{
    macaw_session_attempt a;

    memset(ret, 0, sizeof *ret);
    a.session = session;
    a.token = token;
    a.now = now;
    a.room = (macaw_session_room){work, MACAW_SESSION_WORK};
    a.frame.kid = (macaw_str){NULL, 0};
    a.frame.under_count = 0;
    a.frame.mac_len = 0;
    a.claims = ret;
    ret->reason = judge(&a);
}

/* Everything that decides about a request, in one order. */
#include <stdio.h>
#include <string.h>

#include "signing/scheme.h"
#include "signing/skew.h"

/* A base up to this size is gathered, so that each key costs one call and no
 * message in progress; a longer one is streamed. */
#define GATHER_MAX 1024

/* One scheme's attempt at one request. */
typedef struct attempt {
    const macaw_policy *policy;
    const macaw_scheme *scheme;
    const macaw_request *request;
    int64_t now;
    macaw_verdict *verdict;
    macaw_credentials cred;
    const macaw_entry *keys[1 + MACAW_KEYRING_VERIFY_MAX]; /* to try, in order */
    size_t key_count;
    uint8_t *base;   /* GATHER_MAX bytes of room */
    size_t base_len; /* GATHER_MAX + 1: too long */
} attempt;

static int gather(void *to, const void *data, size_t len)
{
    attempt *a = to;

    if (len > GATHER_MAX - a->base_len) {
        a->base_len = GATHER_MAX + 1;
        return MACAW_ELIMIT;
    }
    memcpy(a->base + a->base_len, data, len);
    a->base_len += len;
    return MACAW_OK;
}

static int gather_base(attempt *a)
{
    const macaw_sink sink = {gather, a};
    int status;

    a->base_len = 0;
    status = a->scheme->request_base(a->request, &a->cred, &sink);
    return a->base_len > GATHER_MAX ? MACAW_OK : status;
}

static int stream_verify(const attempt *a, const macaw_key *key, const void *mac, size_t mac_len)
{
    macaw_ctx ctx;
    macaw_sink sink = macaw_sink_mac(&ctx);
    int status = macaw_start(&ctx, key, NULL, 0);

    if (status != MACAW_OK) {
        return status;
    }
    status = a->scheme->request_base(a->request, &a->cred, &sink);
    if (status != MACAW_OK) {
        macaw_ctx_end(&ctx);
        return status;
    }
    return macaw_finish_verify(&ctx, mac, mac_len);
}

static int verify(const attempt *a, const macaw_key *key, const void *mac, size_t mac_len)
{
    const macaw_msg msg = {.data = a->base, .len = a->base_len};

    return a->base_len > GATHER_MAX ? stream_verify(a, key, mac, mac_len)
                                    : macaw_verify(key, &msg, mac, mac_len);
}

/* ---- keys ---- */

static bool is_eligible(const macaw_policy *policy, const macaw_entry *entry)
{
    return (policy->insecure || !entry->insecure) && strcmp(entry->use, policy->use) == 0;
}

static bool fits(const attempt *a, const macaw_entry *entry)
{
    return macaw_scheme_takes(a->scheme, entry->alg) &&
           macaw_key_tag_len(entry->key) == a->cred.mac_len;
}

static macaw_reason wrong_algorithm(const attempt *a)
{
    (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX, "no key for a MAC of %zu bytes under %s",
                   a->cred.mac_len, a->scheme->name);
    return MACAW_REASON_ALGORITHM;
}

/* The key that the message names. */
static macaw_reason choose_named(attempt *a)
{
    const macaw_str *kid = &a->cred.kid;
    const macaw_entry *entry = macaw_keyring_find(a->policy->keys, kid->data, kid->len);
    macaw_key_state state;

    if (entry == NULL || !is_eligible(a->policy, entry)) {
        (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX, "no such key id for \"%s\"",
                       a->policy->use);
        return MACAW_REASON_UNKNOWN_KEY;
    }
    state = macaw_entry_state(entry, a->now);
    if (state != MACAW_ACTIVE && state != MACAW_VERIFY) {
        (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX, "key %s is %s", entry->kid,
                       macaw_key_state_name(state));
        return MACAW_REASON_KEY_STATE;
    }
    if (!fits(a, entry)) {
        return wrong_algorithm(a);
    }
    a->keys[a->key_count++] = entry;
    return MACAW_REASON_OK;
}

/* The message names none: the keys that a rotation leaves to try. */
static macaw_reason choose_unnamed(attempt *a)
{
    const macaw_entry *all[1 + MACAW_KEYRING_VERIFY_MAX];
    size_t n = macaw_keyring_candidates(a->policy->keys, a->policy->use, a->now, all);
    size_t eligible = 0;

    for (size_t i = 0; i < n; i++) {
        if (is_eligible(a->policy, all[i])) {
            eligible++;
            if (fits(a, all[i])) {
                a->keys[a->key_count++] = all[i];
            }
        }
    }
    if (eligible > 0) {
        return a->key_count > 0 ? MACAW_REASON_OK : wrong_algorithm(a);
    }
    (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX,
                   "no key id, and not exactly one active key for \"%s\"", a->policy->use);
    return MACAW_REASON_UNKNOWN_KEY;
}

/* Where there is no key to try, do the work of one nevertheless, so that time
 * does not tell which key ids exist. Which key it is depends on the length of the
 * MAC only, and a keyring without one does no such work for any key id. */
static void spend(const attempt *a)
{
    const macaw_entry *entry;

    for (size_t i = 0; (entry = macaw_keyring_at(a->policy->keys, i)) != NULL; i++) {
        if (fits(a, entry)) {
            int ignored = verify(a, entry->key, a->cred.mac, a->cred.mac_len);
            (void)ignored;
            return;
        }
    }
}

/* ---- the checks ---- */

static macaw_reason check_coverage(const attempt *a)
{
    unsigned covered = a->scheme->covers | a->policy->allow_uncovered;
    const macaw_str *method = &a->request->method;
    bool plain = (method->len == 3 && memcmp(method->data, "GET", 3) == 0) ||
                 (method->len == 4 && memcmp(method->data, "HEAD", 4) == 0);

    if (!plain && (covered & MACAW_COVERS_METHOD) == 0) {
        (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX,
                       "method is neither GET nor HEAD, and %s does not cover it", a->scheme->name);
        return MACAW_REASON_UNCOVERED;
    }
    if (a->request->has_body && (covered & MACAW_COVERS_BODY) == 0) {
        (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX,
                       "request has a body, and %s does not cover it", a->scheme->name);
        return MACAW_REASON_UNCOVERED;
    }
    return MACAW_REASON_OK;
}

/* Sets mac_ok and entry; the first key that verifies wins. */
static macaw_reason check_mac(const attempt *a)
{
    macaw_verdict *verdict = a->verdict;
    macaw_reason reason = MACAW_REASON_MISMATCH;

    for (size_t i = 0; i < a->key_count; i++) {
        int status = verify(a, a->keys[i]->key, a->cred.mac, a->cred.mac_len);
        if (status == MACAW_OK) {
            verdict->mac_ok = true;
            verdict->entry = a->keys[i];
            return MACAW_REASON_OK;
        }
        if (status != MACAW_EFORGED) {
            reason = MACAW_REASON_INTERNAL;
        }
    }
    return reason;
}

static macaw_reason check_allowed(const attempt *a)
{
    const macaw_policy *policy = a->policy;
    const char *kid = a->verdict->entry->kid;

    for (size_t i = 0; i < policy->allow_kid_count; i++) {
        if (strcmp(policy->allow_kids[i], kid) == 0) {
            return MACAW_REASON_OK;
        }
    }
    if (policy->allow_kid_count == 0) {
        return MACAW_REASON_OK;
    }
    (void)snprintf(a->verdict->detail, MACAW_DETAIL_MAX, "key %s is not allowed here", kid);
    return MACAW_REASON_KEY_NOT_ALLOWED;
}

static void explain_mac(const attempt *a, macaw_reason reason)
{
    char *detail = a->verdict->detail;

    if (reason == MACAW_REASON_INTERNAL) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "computing the MAC failed");
    } else if (a->key_count == 1) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "not the MAC of this request under key %s",
                       a->keys[0]->kid);
    } else {
        (void)snprintf(detail, MACAW_DETAIL_MAX,
                       "not the MAC of this request under any of %zu keys", a->key_count);
    }
}

/* From the key lookup on. The first step that fails gives the reason; the MAC is
 * computed whatever came before it. */
static macaw_reason judge(attempt *a)
{
    macaw_reason reason = a->cred.kid.len > 0 ? choose_named(a) : choose_unnamed(a);
    macaw_reason mac;

    if (gather_base(a) != MACAW_OK) {
        return MACAW_REASON_INTERNAL;
    }
    if (reason != MACAW_REASON_OK) {
        spend(a);
        return reason;
    }
    reason = check_coverage(a);
    mac = check_mac(a);
    if (reason == MACAW_REASON_OK && mac != MACAW_REASON_OK) {
        explain_mac(a, mac);
        return mac;
    }
    if (reason == MACAW_REASON_OK) {
        reason = check_allowed(a);
    }
    return reason == MACAW_REASON_OK ? macaw_skew_judge(a->verdict, a->policy->window) : reason;
}

/* Not the MAC and the text, which mean nothing beyond their lengths: this is on
 * the path of every request. */
static void clear(macaw_verdict *verdict)
{
    memset(verdict, 0, offsetof(macaw_verdict, mac));
    verdict->mac_len = 0;
    verdict->detail[0] = '\0';
}

static void try_scheme(attempt *a, macaw_verdict *verdict)
{
    clear(verdict);
    a->verdict = verdict;
    a->key_count = 0;
    verdict->reason = a->scheme->read_request(a->request, &a->cred, verdict->detail);
    if (verdict->reason == MACAW_REASON_MISSING) {
        return;
    }
    verdict->scheme = a->scheme;
    if (verdict->reason == MACAW_REASON_OK) {
        macaw_verdict_take(verdict, &a->cred, a->now);
        verdict->reason = judge(a);
    }
}

/* Several schemes may read the same headers. The first whose MAC verifies
 * decides, else the first of those that got furthest: enum macaw_reason has the
 * order of the checks. */
void macaw_request_check(const macaw_policy *policy, const macaw_request *request, int64_t now,
                         macaw_verdict *verdict)
{
    static const macaw_verdict nothing = {
        .reason = MACAW_REASON_MISSING,
        .detail = "no credentials",
    };
    uint8_t base[GATHER_MAX];
    attempt a = {.policy = policy, .request = request, .now = now, .base = base};
    macaw_verdict other, *next = verdict; /* the first attempt needs no copy */

    verdict->reason = MACAW_REASON_MISSING;
    verdict->mac_ok = false;
    for (size_t i = 0; i < policy->scheme_count && !verdict->mac_ok; i++) {
        a.scheme = policy->schemes[i];
        if (a.scheme->insecure && !policy->insecure) {
            continue;
        }
        try_scheme(&a, next);
        if (next == &other && (other.mac_ok || other.reason > verdict->reason)) {
            *verdict = other;
        }
        next = &other;
    }
    if (verdict->reason == MACAW_REASON_MISSING) {
        *verdict = nothing;
    }
}

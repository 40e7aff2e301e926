/* user "|" expiry "|" hex(MAC(k, user "|" expiry)), and the nested form of the same
 * in which the MAC's key is derived from the message:
 * k' = hex(HMAC(k, user "|" expiry)), MAC = HMAC(k', user "|" expiry). PHP's
 * hash_hmac returns lower-case digits, and those 64 characters are k'. Nesting
 * costs twice as much and buys nothing: whoever has k has k'. */
#include "base/codec.h"
#include "base/ct.h"
#include "session/study/text.h"

static const char *const algs[] = {"hmac-sha256", "hmac-sha384", "hmac-sha512", "hmac-sha1", NULL};
static const char *const nested_algs[] = {"hmac-sha256", NULL};

#define SEPARATOR '|'

static bool take_apart(macaw_str token, macaw_str *message, macaw_str *user, macaw_str *expiry,
                       macaw_str *mac)
{
    return macaw_session_rsplit(token, SEPARATOR, message, mac) &&
           macaw_session_rsplit(*message, SEPARATOR, user, expiry) && user->len > 0;
}

static bool looks_like(const char *token, size_t len)
{
    macaw_str message, user, expiry, mac;
    int64_t time;

    return take_apart((macaw_str){token, len}, &message, &user, &expiry, &mac) &&
           macaw_session_decimal(expiry, &time) && mac.len >= 40 &&
           macaw_hex_decode(NULL, mac.data, mac.len, NULL) == MACAW_OK;
}

static macaw_session_reason read(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str message, mac;

    if (!take_apart(a->token->text, &message, &frame->part[0], &frame->part[1], &mac) ||
        !macaw_session_mac_hex(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not USER|EXPIRY|HEX");
    }
    macaw_session_under(frame, message.data, message.len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    if (!macaw_text_is_field(a->frame.part[0], "|") ||
        !macaw_session_decimal(a->frame.part[1], &a->claims->expires)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "the user holds a separator, or the expiry is no number");
    }
    a->claims->subject = a->frame.part[0];
    return MACAW_SESSION_OK;
}

static bool put_message(macaw_text *text, const macaw_session_grant *grant)
{
    if (!macaw_text_is_field(grant->subject, "|")) {
        return false;
    }
    macaw_text_put(text, grant->subject.data, grant->subject.len);
    macaw_text_format(text, "|%lld", (long long)macaw_text_expiry(grant));
    return true;
}

static int issue(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len)
{
    macaw_text text = {out, 0};

    (void)session;
    if (!put_message(&text, grant)) {
        return MACAW_EARG;
    }
    size_t covered = text.len;
    macaw_text_put(&text, "|", 1);
    int status = macaw_text_mac(&text, key->mac, covered);
    return status == MACAW_OK ? macaw_text_end(&text, out_len) : status;
}

const macaw_session_scheme macaw_session_plain = {
    .name = "plain",
    .about = "USER|EXPIRY|hex(HMAC(k, USER|EXPIRY))",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES,
    .algs = algs,
    .looks_like = looks_like,
    .read = read,
    .content = content,
    .issue = issue,
};

/* ---- nested ---- */

/* The key k' of a message. */
static int inner_key(const macaw_key *outer, const void *message, size_t len, macaw_key **ret)
{
    const macaw_msg msg = {.data = message, .len = len};
    uint8_t tag[32];
    char hex[MACAW_HEX_LEN(sizeof tag)];

    int status = macaw_tag(outer, &msg, tag, sizeof tag);
    if (status == MACAW_OK) {
        macaw_hex_encode(hex, tag, sizeof tag);
        status = macaw_key_new(ret, macaw_key_alg(outer), hex, sizeof hex, NULL);
    }
    macaw_wipe(tag, sizeof tag);
    macaw_wipe(hex, sizeof hex);
    return status;
}

static macaw_session_reason authenticate_nested(macaw_session_attempt *a,
                                                const macaw_session_key *key)
{
    macaw_key *inner = NULL;
    macaw_session_reason reason = MACAW_SESSION_INTERNAL;

    if (a->frame.mac_len != macaw_key_tag_len(key->mac)) {
        return MACAW_SESSION_ALGORITHM;
    }
    if (inner_key(key->mac, a->frame.under[0].data, a->frame.under[0].len, &inner) == MACAW_OK) {
        reason = macaw_session_mac_matches(a, inner);
    }
    macaw_key_free(inner);
    return reason;
}

static int issue_nested(const macaw_session *session, const macaw_session_key *key,
                        const macaw_session_grant *grant, char *out, size_t *out_len)
{
    macaw_text text = {out, 0};
    macaw_key *inner = NULL;

    (void)session;
    if (!put_message(&text, grant)) {
        return MACAW_EARG;
    }
    size_t covered = text.len;
    int status = inner_key(key->mac, out, covered, &inner);
    if (status == MACAW_OK) {
        macaw_text_put(&text, "|", 1);
        status = macaw_text_mac(&text, inner, covered);
    }
    macaw_key_free(inner);
    return status == MACAW_OK ? macaw_text_end(&text, out_len) : status;
}

const macaw_session_scheme macaw_session_nested_php = {
    .name = "nested-php",
    .about = "USER|EXPIRY|hex(HMAC(hex(HMAC(k, USER|EXPIRY)), USER|EXPIRY))",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES,
    .algs = nested_algs,
    .looks_like = looks_like,
    .read = read,
    .authenticate = authenticate_nested,
    .content = content,
    .issue = issue_nested,
};

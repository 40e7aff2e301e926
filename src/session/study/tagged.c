/* A value and its MAC, nothing else: no date, so it holds until the key changes.
 * "username-tag": user "." hex(HMAC(k, user)). "token-pair": a random token and
 * its MAC, base64url "." hex: the MAC lets a server drop guesses before it looks
 * the token up, where its SHA-256 is stored; who the token belongs to is not in
 * it. */
#include "base/codec.h"
#include "base/random.h"
#include "session/study/text.h"

#define RANDOM_LEN 32

static const char *const algs[] = {"hmac-sha256", "hmac-sha1", "hmac-md5", NULL};

static bool ends_in_hex(macaw_str token, macaw_str *value, macaw_str *mac)
{
    return macaw_session_rsplit(token, '.', value, mac) && value->len > 0 && mac->len >= 32 &&
           macaw_hex_decode(NULL, mac->data, mac->len, NULL) == MACAW_OK;
}

static bool is_random(macaw_str value)
{
    uint8_t bytes[RANDOM_LEN];
    size_t len;

    return value.len == MACAW_BASE64URL_LEN(RANDOM_LEN) &&
           macaw_base64_decode(MACAW_BASE64URL, bytes, &len, value.data, value.len, NULL) ==
               MACAW_OK;
}

static bool looks_like(const char *token, size_t len)
{
    macaw_str value, mac;

    return ends_in_hex((macaw_str){token, len}, &value, &mac);
}

static bool looks_like_pair(const char *token, size_t len)
{
    macaw_str value, mac;

    return ends_in_hex((macaw_str){token, len}, &value, &mac) && is_random(value);
}

static macaw_session_reason read(macaw_session_attempt *a)
{
    macaw_str mac;

    if (!ends_in_hex(a->token->text, &a->frame.part[0], &mac) ||
        !macaw_session_mac_hex(&a->frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not VALUE.HEX");
    }
    macaw_session_under(&a->frame, a->frame.part[0].data, a->frame.part[0].len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    if (!macaw_text_is_field(a->frame.part[0], "")) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "the value is no cookie text");
    }
    a->claims->subject = a->frame.part[0];
    return MACAW_SESSION_OK;
}

static macaw_session_reason content_pair(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    if (!is_random(a->frame.part[0])) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "the token is not %d random bytes",
                                    RANDOM_LEN);
    }
    a->claims->payload = a->frame.part[0];
    return MACAW_SESSION_OK;
}

static int finish(macaw_text *text, const macaw_session_key *key, size_t *out_len)
{
    size_t covered = text->len;

    macaw_text_put(text, ".", 1);
    int status = macaw_text_mac(text, key->mac, covered);
    return status == MACAW_OK ? macaw_text_end(text, out_len) : status;
}

static int issue(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len)
{
    macaw_text text = {out, 0};

    (void)session;
    if (!macaw_text_is_field(grant->subject, "")) {
        return MACAW_EARG;
    }
    macaw_text_put(&text, grant->subject.data, grant->subject.len);
    return finish(&text, key, out_len);
}

static int issue_pair(const macaw_session *session, const macaw_session_key *key,
                      const macaw_session_grant *grant, char *out, size_t *out_len)
{
    uint8_t random[RANDOM_LEN];
    char coded[MACAW_BASE64URL_LEN(RANDOM_LEN)];
    macaw_text text = {out, 0};

    (void)session;
    (void)grant;
    int status = macaw_random(random, sizeof random);
    if (status != MACAW_OK) {
        return status;
    }
    macaw_text_put(&text, coded,
                   macaw_base64_encode(MACAW_BASE64URL, coded, random, sizeof random));
    return finish(&text, key, out_len);
}

const macaw_session_scheme macaw_session_username_tag = {
    .name = "username-tag",
    .about = "USER.hex(HMAC(k, USER))",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY,
    .algs = algs,
    .looks_like = looks_like,
    .read = read,
    .content = content,
    .issue = issue,
};

const macaw_session_scheme macaw_session_token_pair = {
    .name = "token-pair",
    .about = "b64u(32 random bytes).hex(HMAC(k, token)), SHA-256(token) on the server",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_RECORD,
    .algs = algs,
    .looks_like = looks_like_pair,
    .read = read,
    .content = content_pair,
    .issue = issue_pair,
};

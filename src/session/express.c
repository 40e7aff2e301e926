/* Express: res.cookie(…, {signed: true}) and the session id of express-session.
 *
 * encodeURIComponent("s:" VALUE "." base64(HMAC-SHA256(K, VALUE))), base64 without
 * padding. VALUE is text, or "j:" and JSON. Neither the cookie's name nor a time is
 * under the MAC. */
#include <string.h>

#include "base/codec.h"
#include "session/scheme.h"

#define KEEP     "-_.!~*'()" /* of encodeURIComponent, besides letters and digits */
#define MAC_TEXT 43          /* characters of a MAC of 32 bytes */

static bool begins_with(macaw_str text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len >= len && memcmp(text.data, prefix, len) == 0;
}

static bool looks_like(const char *token, size_t len)
{
    const macaw_str text = {token, len};

    return begins_with(text, "s%3A") && memrchr(token, '.', len) != NULL;
}

static bool read_mac(macaw_session_frame *frame, macaw_str text)
{
    char padded[MAC_TEXT + 1];

    if (text.len != MAC_TEXT) {
        return false;
    }
    memcpy(padded, text.data, MAC_TEXT);
    padded[MAC_TEXT] = '=';
    return macaw_base64_decode(MACAW_BASE64, frame->mac, &frame->mac_len, padded, sizeof padded,
                               NULL) == MACAW_OK;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_str plain, value, mac;

    if (!macaw_session_percent(a, a->token->text, KEEP, &plain)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not spelled as encodeURIComponent does");
    }
    if (!begins_with(plain, "s:")) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not signed: no \"s:\"");
    }
    plain = (macaw_str){plain.data + 2, plain.len - 2};
    if (!macaw_session_rsplit(plain, '.', &value, &mac) || !read_mac(&a->frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "does not end with a signature");
    }
    a->frame.part[0] = value;
    macaw_session_under(&a->frame, value.data, value.len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_claims *claims = a->claims;
    const macaw_str value = a->frame.part[0];

    (void)key;
    claims->payload = value;
    if (begins_with(value, "j:")) {
        claims->payload = (macaw_str){value.data + 2, value.len - 2};
        return macaw_session_json_subject(a);
    }
    if (a->session->config.subject != NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "is not JSON, but a JSON Pointer names the subject");
    }
    return macaw_session_value_subject(a);
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_express = {
    .name = "express",
    .about = "s%3A value . base64(HMAC-SHA256(key, value)); a value j: is JSON",
    .flags = 0,
    .algs = algs,
    .looks_like = looks_like,
    .read = read_token,
    .content = content,
};

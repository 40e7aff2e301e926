/* The cookie-session middleware of Express, signed by keygrip, in two cookies:
 *
 * NAME = base64(JSON), NAME.sig = base64url(HMAC(K, NAME "=" value)). The digest is
 * SHA-1 unless the application chose another. No time is under the MAC. */
#include <string.h>

#include "session/scheme.h"

static bool looks_like(const char *token, size_t len)
{
    /* base64 of JSON that begins with {" */
    return len >= 8 && len % 4 == 0 && memcmp(token, "eyJ", 3) == 0 &&
           memchr(token, '.', len) == NULL;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    const char *name = a->session->config.cookie_name;
    const macaw_str text = a->token->text;

    if (!macaw_session_decode_b64(a, text, &a->frame.part[0])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not base64");
    }
    if (a->token->signature.len == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "came without the cookie %s.sig",
                                    name);
    }
    if (!macaw_session_mac_b64u(&a->frame, a->token->signature)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "%s.sig is not base64url", name);
    }
    macaw_session_under(&a->frame, name, strlen(name));
    macaw_session_under(&a->frame, "=", 1);
    macaw_session_under(&a->frame, text.data, text.len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->payload = a->frame.part[0];
    return macaw_session_json_subject(a);
}

static const char *const algs[] = {"hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", NULL};

const macaw_session_scheme macaw_session_cookie_session = {
    .name = "cookie-session",
    .about = "name=base64(JSON), name.sig=base64url(HMAC-SHA1(key, name=value))",
    .flags = MACAW_SESSION_JSON | MACAW_SESSION_TWO_COOKIES,
    .algs = algs,
    .default_subject = "/passport/user",
    .looks_like = looks_like,
    .read = read_token,
    .content = content,
};

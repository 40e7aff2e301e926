/* Rails: key derivation and the envelope inside its cookies.
 *
 * ActiveSupport writes the envelope with its members always in one order, and
 * that is the spelling accepted here, blanks around signs apart, which others write:
 *
 *   {"_rails":{"message":"base64","exp":null,"pur":"cookie.NAME"}}   cookie jars
 *   {"_rails":{"data":JSON,"exp":"…","pur":"cookie.NAME"}}           Rails 7.1 verifiers
 *
 * exp is a date-time with milliseconds; the second form leaves it out if there is
 * none. The end of the text cannot lie inside a JSON string, where a quotation mark
 * would have a backslash before it, and what remains in the middle is parsed as JSON
 * as a whole; so a text has one reading. */
#include "session/rails.h"

#include <string.h>

#include "base/error.h"

#define KEEP       "*-._" /* of Rack's escape, besides letters and digits */
#define ROUNDS     1000
#define STAMP_LEN  24 /* 2026-01-02T03:04:05.678Z */
#define EXPIRY_LEN (sizeof ",\"exp\":\"" - 1 + STAMP_LEN + 1)

bool macaw_rails_unescape(macaw_session_attempt *a, macaw_str *ret)
{
    return macaw_session_percent(a, a->token->text, KEEP, ret);
}

/* ---- keys ---- */

int macaw_rails_settle(macaw_session_config *config, macaw_error *err)
{
    const macaw_alg *kdf = config->kdf;

    if (kdf != NULL && strcmp(kdf->name, "hmac-sha256") != 0 &&
        strcmp(kdf->name, "hmac-sha1") != 0) {
        return macaw_fail(err, MACAW_EARG, 0, "kdf: is not hmac-sha256 or hmac-sha1");
    }
    if (strchr(config->cookie_name, '&') != NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "cookie name: has \"&\", which Rails escapes");
    }
    return MACAW_OK;
}

int macaw_rails_derive(const macaw_session *session, const macaw_rails_derivation *how,
                       const macaw_alg *kdf, const void *secret, size_t secret_len, uint8_t *out)
{
    const char *salt = session->config.salt != NULL ? session->config.salt : how->salt;
    bool older = kdf != NULL && strcmp(kdf->name, "hmac-sha1") == 0;

    if (secret_len > INT32_MAX) {
        return MACAW_EARG;
    }
    return PKCS5_PBKDF2_HMAC(secret, (int)secret_len, (const uint8_t *)salt, (int)strlen(salt),
                             ROUNDS, older ? EVP_sha1() : EVP_sha256(), (int)how->key_len, out)
               ? MACAW_OK
               : MACAW_ECRYPTO;
}

/* ---- the envelope ---- */

static bool drop_prefix(macaw_str *text, const char *prefix)
{
    size_t len = strlen(prefix);

    if (text->len < len || memcmp(text->data, prefix, len) != 0) {
        return false;
    }
    *text = (macaw_str){text->data + len, text->len - len};
    return true;
}

static bool drop_suffix(macaw_str *text, const char *suffix)
{
    size_t len = strlen(suffix);

    if (text->len < len || memcmp(text->data + text->len - len, suffix, len) != 0) {
        return false;
    }
    text->len -= len;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_sign(char c)
{
    return strchr("{}[]:,", c) != NULL; /* the end of the text is one, too */
}

/* Blanks beside a sign, outside of strings. False: no memory. */
static bool drop_blanks(macaw_session_attempt *a, macaw_str *text)
{
    char *out = macaw_session_take(&a->room, text->len);
    size_t n = 0;
    bool in_string = false;

    for (size_t i = 0; out != NULL && i < text->len; i++) {
        size_t next = i;
        while (!in_string && next < text->len && is_blank(text->data[next])) {
            next++;
        }
        if (next > i && (n == 0 || is_sign(out[n - 1]) ||
                         is_sign(next < text->len ? text->data[next] : '\0'))) {
            i = next - 1;
            continue;
        }
        char c = text->data[i];
        in_string = in_string != (c == '"');
        out[n++] = c;
        if (in_string && c == '\\' && i + 1 < text->len) {
            out[n++] = text->data[++i];
        }
    }
    *text = (macaw_str){out, n};
    return out != NULL;
}

static bool drop_purpose(macaw_session_attempt *a, macaw_str *text)
{
    return drop_suffix(text, "\"}}") && drop_suffix(text, a->session->config.cookie_name) &&
           drop_suffix(text, ",\"pur\":\"cookie.");
}

/* The date at the end, if there is one; false if it is not one. */
static bool drop_expiry(macaw_session_attempt *a, macaw_str *text)
{
    macaw_str date = *text;

    if (text->len < EXPIRY_LEN) {
        return true;
    }
    date = (macaw_str){text->data + text->len - EXPIRY_LEN, EXPIRY_LEN};
    if (!drop_prefix(&date, ",\"exp\":\"")) {
        return true;
    }
    text->len -= EXPIRY_LEN;
    return drop_suffix(&date, "\"") && macaw_session_iso8601(date, &a->claims->expires);
}

static bool is_marshal(macaw_str text)
{
    return text.len >= 2 && memcmp(text.data, "\x04\x08", 2) == 0;
}

static macaw_session_reason refuse_marshal(macaw_session_attempt *a)
{
    return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                "is Marshal, never decoded: set cookies_serializer to :json");
}

/* "base64" with its expiry: null where there is none. */
static macaw_session_reason open_message(macaw_session_attempt *a, macaw_str text)
{
    macaw_str *payload = &a->claims->payload;

    if (!drop_suffix(&text, ",\"exp\":null") &&
        (!drop_expiry(a, &text) || a->claims->expires == 0)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "its envelope has no expiry member");
    }
    if (!drop_prefix(&text, "\"") || !drop_suffix(&text, "\"") ||
        !macaw_session_decode_b64(a, text, payload)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "its message is not base64");
    }
    return is_marshal(*payload) ? refuse_marshal(a) : macaw_session_json_subject(a);
}

static macaw_session_reason open_data(macaw_session_attempt *a, macaw_str text)
{
    if (!drop_expiry(a, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "its expiry is no date");
    }
    a->claims->payload = text;
    return macaw_session_json_subject(a);
}

macaw_session_reason macaw_rails_open(macaw_session_attempt *a, macaw_str text)
{
    if (is_marshal(text)) {
        return refuse_marshal(a);
    }
    if (!drop_blanks(a, &text) || !drop_prefix(&text, "{\"_rails\":{")) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "has no envelope: set use_cookies_with_metadata");
    }
    if (!drop_purpose(a, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "was not made as the cookie %s",
                                    a->session->config.cookie_name);
    }
    if (drop_prefix(&text, "\"message\":")) {
        return open_message(a, text);
    }
    return drop_prefix(&text, "\"data\":")
               ? open_data(a, text)
               : macaw_session_refuse(a, MACAW_SESSION_CONTENT, "its envelope is unknown");
}

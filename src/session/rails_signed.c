/* Signed cookies of Rails (ActiveSupport::MessageVerifier): Rack-escaped
 *
 * base64(ENVELOPE) "--" hex(HMAC(PBKDF2(secret_key_base, "signed cookie"), base64)),
 * the HMAC with SHA-1 unless signed_cookie_digest says otherwise. */
#include <string.h>

#include "base/ct.h"
#include "base/error.h"
#include "session/rails.h"

static const macaw_rails_derivation how = {"signed cookie", 64};

/* Digits after the last hyphen: those of SHA-1, -256, -384 or -512. */
static size_t digest_digits(const char *token, size_t len)
{
    const char *hyphen = memrchr(token, '-', len);
    size_t digits = hyphen != NULL ? len - (size_t)(hyphen - token) - 1 : 0;
    bool known = digits == 40 || digits == 64 || digits == 96 || digits == 128;

    return known && len > digits + 2 && hyphen[-1] == '-' ? digits : 0;
}

static bool looks_like(const char *token, size_t len)
{
    size_t digits = digest_digits(token, len);

    for (size_t i = len - digits; i < len; i++) {
        if (strchr("0123456789abcdef", token[i]) == NULL || token[i] == '\0') {
            return false;
        }
    }
    return digits > 0;
}

static int derive(const macaw_session *session, const macaw_alg *alg, const void *secret,
                  size_t secret_len, uint8_t *out, size_t *out_len)
{
    (void)alg;
    *out_len = how.key_len;
    return macaw_rails_derive(session, &how, session->config.kdf, secret, secret_len, out);
}

/* A raw secret without a word about its KDF makes two keys. */
static int expand_raw(const macaw_session *session, const macaw_session_key_spec *spec,
                      macaw_session_key *key)
{
    uint8_t derived[64];
    const macaw_alg *older = macaw_alg_find("hmac-sha1");
    int status = macaw_rails_derive(session, &how, session->config.kdf, spec->secret,
                                    spec->secret_len, derived);

    if (status == MACAW_OK) {
        status = macaw_key_new(&key->mac, key->alg, derived, how.key_len, NULL);
    }
    if (status == MACAW_OK && session->config.kdf == NULL) {
        status = macaw_rails_derive(session, &how, older, spec->secret, spec->secret_len, derived);
        if (status == MACAW_OK) {
            status = macaw_key_new(&key->older, key->alg, derived, how.key_len, NULL);
        }
    }
    macaw_wipe(derived, sizeof derived);
    return status;
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    int status = MACAW_EARG;

    if (spec->form == MACAW_SESSION_KEY_RAW) {
        status = expand_raw(session, spec, key);
    } else if (spec->form == MACAW_SESSION_KEY_DERIVED) {
        status = macaw_key_new(&key->mac, key->alg, spec->secret, spec->secret_len, NULL);
    }
    return status == MACAW_OK ? status
                              : macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str text;

    if (!macaw_rails_unescape(a, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not escaped as Rack does");
    }
    size_t digits = digest_digits(text.data, text.len);
    const macaw_str mac = {text.data + text.len - digits, digits};
    if (!macaw_session_mac_hex(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "does not end with a signature");
    }
    text.len -= digits + 2;
    macaw_session_under(frame, text.data, text.len);
    if (!macaw_session_decode_b64(a, text, &frame->part[0])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not base64");
    }
    return MACAW_SESSION_OK;
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    if (a->frame.mac_len != macaw_key_tag_len(key->mac)) {
        return MACAW_SESSION_ALGORITHM;
    }
    macaw_session_reason reason = macaw_session_mac_matches(a, key->mac);
    return reason == MACAW_SESSION_MISMATCH && key->older != NULL
               ? macaw_session_mac_matches(a, key->older)
               : reason;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    return macaw_rails_open(a, a->frame.part[0]);
}

static const char *const algs[] = {"hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", NULL};

const macaw_session_scheme macaw_session_rails_signed = {
    .name = "rails-signed",
    .about = "base64(envelope)--hex(HMAC-SHA1(key, base64)), escaped; the envelope has exp",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_EXPIRES | MACAW_SESSION_JSON,
    .algs = algs,
    .default_subject = "",
    .looks_like = looks_like,
    .settle = macaw_rails_settle,
    .derive = derive,
    .expand = expand,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

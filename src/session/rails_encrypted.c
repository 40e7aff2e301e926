/* Encrypted cookies of Rails, its sessions among them: Rack-escaped
 *
 * base64(CIPHERTEXT) "--" base64(IV) "--" base64(TAG), AES-256-GCM without
 * associated data under PBKDF2(secret_key_base, "authenticated encrypted cookie").
 * Inside lies the same envelope as in a signed cookie. */
#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "session/gcm.h"
#include "session/rails.h"

#define KEY_LEN  MACAW_GCM_KEY_LEN
#define IV_LEN   MACAW_GCM_NONCE_LEN
#define TAG_LEN  MACAW_GCM_TAG_LEN
#define IV_TEXT  MACAW_BASE64_LEN(IV_LEN)
#define TAG_TEXT MACAW_BASE64_LEN(TAG_LEN)
#define ID_MAX   128 /* of a session_id; Rails writes 32 characters */

static const macaw_rails_derivation how = {"authenticated encrypted cookie", KEY_LEN};

/* The tag ends with two signs of padding; before it come IV and separators. */
static bool looks_like(const char *token, size_t len)
{
    static const char end[] = "%3D%3D";
    const size_t end_len = sizeof end - 1;

    if (len < end_len || memcmp(token + len - end_len, end, end_len) != 0) {
        return false;
    }
    const char *hyphen = memrchr(token, '-', len);
    return hyphen != NULL && hyphen - token > (ptrdiff_t)(IV_TEXT + 2) && hyphen[-1] == '-' &&
           memrchr(token, '-', (size_t)(hyphen - token) - 1) != NULL;
}

static int derive(const macaw_session *session, const macaw_alg *alg, const void *secret,
                  size_t secret_len, uint8_t *out, size_t *out_len)
{
    (void)alg;
    *out_len = KEY_LEN;
    return macaw_rails_derive(session, &how, session->config.kdf, secret, secret_len, out);
}

/* A raw secret without a word about its KDF makes two keys, one after the other. */
static int expand_raw(const macaw_session *session, const macaw_session_key_spec *spec,
                      macaw_session_key *key)
{
    int status = macaw_rails_derive(session, &how, session->config.kdf, spec->secret,
                                    spec->secret_len, key->secret);

    key->secret_len = KEY_LEN;
    if (status == MACAW_OK && session->config.kdf == NULL) {
        status = macaw_rails_derive(session, &how, macaw_alg_find("hmac-sha1"), spec->secret,
                                    spec->secret_len, key->secret + KEY_LEN);
        key->secret_len = 2 * KEY_LEN;
    }
    return status;
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    if (spec->form == MACAW_SESSION_KEY_RAW) {
        int status = expand_raw(session, spec, key);
        return status == MACAW_OK ? status
                                  : macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
    }
    if (spec->form != MACAW_SESSION_KEY_DERIVED || spec->secret_len != KEY_LEN) {
        return macaw_fail(err, MACAW_EARG, 0, "key: a derived one has %d bytes", KEY_LEN);
    }
    memcpy(key->secret, spec->secret, KEY_LEN);
    key->secret_len = KEY_LEN;
    return MACAW_OK;
}

/* Take the last part, of len characters, and the separator before it off text. */
static bool take_last(macaw_str *text, size_t len, macaw_str *ret)
{
    if (text->len < len + 2 || memcmp(text->data + text->len - len - 2, "--", 2) != 0) {
        return false;
    }
    *ret = (macaw_str){text->data + text->len - len, len};
    text->len -= len + 2;
    return true;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str text, iv, tag;

    if (!macaw_rails_unescape(a, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not escaped as Rack does");
    }
    if (!take_last(&text, TAG_TEXT, &tag) || !take_last(&text, IV_TEXT, &iv) ||
        macaw_base64_decode(MACAW_BASE64, frame->mac, &frame->mac_len, tag.data, tag.len, NULL) !=
            MACAW_OK ||
        frame->mac_len != TAG_LEN || !macaw_session_decode_b64(a, iv, &frame->part[1]) ||
        frame->part[1].len != IV_LEN || !macaw_session_decode_b64(a, text, &frame->part[0])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not ciphertext, IV and tag in base64");
    }
    macaw_session_under(frame, frame->part[1].data, frame->part[1].len);
    macaw_session_under(frame, frame->part[0].data, frame->part[0].len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason open_with(macaw_session_attempt *a, const uint8_t *key, uint8_t *out)
{
    const macaw_str text = a->frame.part[0];
    const macaw_gcm gcm = {.key = key, .nonce = (const uint8_t *)a->frame.part[1].data};
    int status = macaw_gcm_open(&gcm, text, a->frame.mac, out);

    if (status == MACAW_OK) {
        a->frame.part[2] = (macaw_str){(const char *)out, text.len};
        return MACAW_SESSION_OK;
    }
    return status == MACAW_EFORGED ? MACAW_SESSION_MISMATCH : MACAW_SESSION_INTERNAL;
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_room before = a->room;
    uint8_t *out = macaw_session_take(&a->room, a->frame.part[0].len + 1);
    macaw_session_reason reason = MACAW_SESSION_MISMATCH;

    if (out == NULL) {
        return MACAW_SESSION_INTERNAL;
    }
    for (size_t i = 0; i < key->secret_len && reason == MACAW_SESSION_MISMATCH; i += KEY_LEN) {
        reason = open_with(a, key->secret + i, out);
    }
    if (reason != MACAW_SESSION_OK) {
        a->room = before;
    }
    return reason;
}

/* A session is written anew with every answer and keeps its session_id: that, and
 * not this one writing of it, is what identifies it. */
static void identify(macaw_session_attempt *a)
{
    char *id = macaw_session_take(&a->room, ID_MAX);
    size_t len;

    if (id != NULL &&
        macaw_session_member(a->claims->payload, "/session_id", id, ID_MAX, &len) == MACAW_OK) {
        a->frame.under_count = 0;
        macaw_session_under(&a->frame, id, len);
    }
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    macaw_session_reason reason = macaw_rails_open(a, a->frame.part[2]);
    if (reason == MACAW_SESSION_OK) {
        identify(a);
    }
    return reason;
}

static const char *const algs[] = {"A256GCM", NULL};

const macaw_session_scheme macaw_session_rails_encrypted = {
    .name = "rails-encrypted",
    .about = "base64(AES-256-GCM(key, envelope))--base64(IV)--base64(tag), escaped",
    .flags =
        MACAW_SESSION_DERIVES | MACAW_SESSION_EXPIRES | MACAW_SESSION_JSON | MACAW_SESSION_SEALED,
    .algs = algs,
    .default_subject = "/warden.user.user.key/0/0",
    .looks_like = looks_like,
    .settle = macaw_rails_settle,
    .derive = derive,
    .expand = expand,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

/* gorilla/securecookie:
 *
 * b64(SECONDS "|" b64(CONTENT) "|" HMAC(K, NAME "|" SECONDS "|" b64(CONTENT))), b64
 * base64url with padding, the MAC raw bytes. With a block key, CONTENT is a counter
 * block of 16 bytes and what AES-CTR makes of the content. The content is what the
 * application's serializer wrote: JSON if a subject is asked for, else bytes that
 * nobody looks at. gob, the default, is never decoded. */
#include <string.h>

#include <openssl/evp.h>

#include "base/codec.h"
#include "base/error.h"
#include "session/scheme.h"

#define IV_LEN 16

/* SECONDS has ten digits from 2001 to 2286. */
static bool looks_like(const char *token, size_t len)
{
    uint8_t head[12];
    size_t n;

    if (len < 64 || len % 4 != 0 ||
        macaw_base64_decode(MACAW_BASE64URL, head, &n, token, 16, NULL) != MACAW_OK ||
        head[10] != '|') {
        return false;
    }
    for (size_t i = 0; i < 10; i++) {
        if (head[i] < '0' || head[i] > '9') {
            return false;
        }
    }
    return true;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    const char *name = a->session->config.cookie_name;
    macaw_session_frame *frame = &a->frame;
    macaw_str blob, seconds, rest, value, mac;

    if (!macaw_session_decode_b64u_padded(a, a->token->text, &blob)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not padded base64url");
    }
    if (!macaw_session_split(blob, '|', &seconds, &rest) ||
        !macaw_session_split(rest, '|', &value, &mac) || mac.len == 0 || mac.len > MACAW_TAG_MAX ||
        !macaw_session_decimal(seconds, &frame->number[0])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not seconds, content and MAC");
    }
    memcpy(frame->mac, mac.data, mac.len);
    frame->mac_len = mac.len;
    frame->part[0] = value;
    macaw_session_under(frame, name, strlen(name));
    macaw_session_under(frame, "|", 1);
    macaw_session_under(frame, blob.data, blob.len - mac.len - 1);
    return MACAW_SESSION_OK;
}

static int keep_block_key(const macaw_session_key_spec *spec, macaw_session_key *key,
                          macaw_error *err)
{
    size_t len = spec->block_key_len;

    if (spec->block_key == NULL) {
        return MACAW_OK;
    }
    if (len != 16 && len != 24 && len != 32) {
        return macaw_fail(err, MACAW_EARG, 0, "block key: has %zu bytes, not 16, 24 or 32", len);
    }
    memcpy(key->block_key, spec->block_key, len);
    key->block_key_len = len;
    return MACAW_OK;
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    int status;

    (void)session;
    if (spec->form != MACAW_SESSION_KEY_RAW || key->alg == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "key: gorilla takes a secret hash key");
    }
    status = macaw_key_new(&key->mac, key->alg, spec->secret, spec->secret_len, NULL);
    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
    }
    return keep_block_key(spec, key, err);
}

static const EVP_CIPHER *cipher_of(size_t key_len)
{
    if (key_len == 16) {
        return EVP_aes_128_ctr();
    }
    return key_len == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
}

/* Decrypt what follows the counter block, in place. */
static macaw_session_reason decrypt(macaw_session_attempt *a, const macaw_session_key *key,
                                    macaw_str *text)
{
    uint8_t *out = macaw_session_take(&a->room, text->len);
    int n = 0;

    if (text->len < IV_LEN || out == NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "is not encrypted");
    }
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const uint8_t *in = (const uint8_t *)text->data;
    size_t len = text->len - IV_LEN;
    bool done = ctx != NULL &&
                EVP_DecryptInit_ex(ctx, cipher_of(key->block_key_len), NULL, key->block_key, in) &&
                EVP_DecryptUpdate(ctx, out, &n, in + IV_LEN, (int)len);
    EVP_CIPHER_CTX_free(ctx);
    *text = (macaw_str){(const char *)out, len};
    return done && (size_t)n == len ? MACAW_SESSION_OK : MACAW_SESSION_INTERNAL;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_claims *claims = a->claims;
    macaw_session_reason reason = MACAW_SESSION_OK;
    macaw_str text;

    claims->issued = a->frame.number[0];
    if (!macaw_session_decode_b64u_padded(a, a->frame.part[0], &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "its content is not base64url");
    }
    if (key->block_key_len > 0) {
        reason = decrypt(a, key, &text);
    }
    if (reason != MACAW_SESSION_OK) {
        return reason;
    }
    claims->payload = text;
    return a->session->config.subject != NULL ? macaw_session_json_subject(a) : MACAW_SESSION_OK;
}

static const char *const algs[] = {"hmac-sha256", "hmac-sha1",   "hmac-sha224",
                                   "hmac-sha384", "hmac-sha512", NULL};

const macaw_session_scheme macaw_session_gorilla = {
    .name = "gorilla",
    .about = "base64url(seconds|base64url(content)|HMAC-SHA256(key, name|seconds|content))",
    .flags = MACAW_SESSION_DATED,
    .algs = algs,
    .default_max_age = 30 * 86400,
    .looks_like = looks_like,
    .expand = expand,
    .read = read_token,
    .content = content,
};

/* sc1-ed25519: content in clear, signed; who verifies cannot issue. */
#include "base/error.h"
#include "session/sc1.h"
#include "session/signed/signature.h"

#define KEY_LEN       32
#define SIGNATURE_LEN 64

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    bool private = spec->form == MACAW_SESSION_KEY_PRIVATE;
    int status = macaw_sc1_check_kid(spec->kid, err);

    (void)session;
    if (status != MACAW_OK) {
        return status;
    }
    if (!private && spec->form != MACAW_SESSION_KEY_PUBLIC) {
        return macaw_fail(err, MACAW_EARG, 0, "key: expected a public or private key");
    }
    if (spec->secret_len != KEY_LEN) {
        return macaw_fail(err, MACAW_EARG, 0,
                          "key: %zu bytes; a key of Ed25519 has %d, raw ones, no PEM",
                          spec->secret_len, KEY_LEN);
    }
    key->pkey = private
                    ? EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, spec->secret, KEY_LEN)
                    : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, spec->secret, KEY_LEN);
    if (key->pkey == NULL) {
        return macaw_fail(err, MACAW_ECRYPTO, 0, "key: %s", macaw_strerror(MACAW_ECRYPTO));
    }
    key->can_sign = private;
    return MACAW_OK;
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_frame *frame = &a->frame;

    return macaw_signature_matches(key->pkey, NULL, frame->under[0].data, frame->under[0].len,
                                   frame->mac, frame->mac_len);
}

static bool sign(EVP_PKEY *pkey, const uint8_t *message, size_t len,
                 uint8_t signature[SIGNATURE_LEN])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t n = SIGNATURE_LEN;
    bool done = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
                EVP_DigestSign(ctx, signature, &n, message, len) == 1;

    EVP_MD_CTX_free(ctx);
    return done;
}

/* The signature is of prefix and blob. */
static int seal(const macaw_session *session, const macaw_session_key *key, macaw_sc1_blob *blob,
                macaw_str bind)
{
    uint8_t message[MACAW_SC1_PREFIX_MAX + MACAW_SC1_BLOB_MAX], signature[SIGNATURE_LEN];
    size_t len = macaw_sc1_prefix(&session->config, bind, message);

    memcpy(message + len, blob->bytes, blob->len);
    return sign(key->pkey, message, len + blob->len, signature)
               ? macaw_sc1_put(blob, signature, sizeof signature)
               : MACAW_ECRYPTO;
}

static const macaw_sc1_type type = {
    .number = 3,
    .signs_context = true,
    .body_min = 1,
    .body_max = MACAW_SC1_BLOB_MAX,
    .mac_len = SIGNATURE_LEN,
    .put_body = macaw_sc1_put_body,
    .seal = seal,
};

static bool looks_like(const char *token, size_t len)
{
    return macaw_sc1_looks_like(&type, token, len);
}

static const char *const algs[] = {"EdDSA", NULL};

const macaw_session_scheme macaw_session_sc1_ed25519 = {
    .name = "sc1-ed25519",
    .about = "1 base64url(header subject fields Ed25519)",
    .flags = MACAW_SESSION_NATIVE | MACAW_SESSION_ISSUES | MACAW_SESSION_KEY_IDS |
             MACAW_SESSION_EXPIRES | MACAW_SESSION_DATED | MACAW_SESSION_SIGNED |
             MACAW_SESSION_DATA,
    .algs = algs,
    .sc1 = &type,
    .looks_like = looks_like,
    .settle = macaw_sc1_settle,
    .expand = expand,
    .read = macaw_sc1_read,
    .authenticate = authenticate,
    .content = macaw_sc1_content,
    .issue = macaw_sc1_issue,
};

#include "session/signed/signature.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <string.h>

#include "base/error.h"
#include "key/pem.h"
#include "prim/ed25519.h"

enum { ED25519_LEN = 32, COORDINATE_LEN = 32, DER_MAX = 2 + 2 * (2 + 1 + COORDINATE_LEN) };

static int raw_key(EVP_PKEY **ret, const uint8_t *bytes, macaw_error *err)
{
    if (macaw_ed25519_check(bytes) != MACAW_OK) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is no public key of Ed25519");
    }
    *ret = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, ED25519_LEN);
    return *ret != NULL
               ? MACAW_OK
               : macaw_fail(err, MACAW_ECRYPTO, 0, "key: %s", macaw_strerror(MACAW_ECRYPTO));
}

/* A raw public key inside PEM has the checks of a bare one. */
static int check_pem(const EVP_PKEY *pkey, macaw_error *err)
{
    uint8_t bytes[ED25519_LEN];
    size_t len = sizeof bytes;

    if (!EVP_PKEY_is_a(pkey, "ED25519")) {
        return MACAW_OK;
    }
    return EVP_PKEY_get_raw_public_key(pkey, bytes, &len) == 1 &&
                   macaw_ed25519_check(bytes) == MACAW_OK
               ? MACAW_OK
               : macaw_fail(err, MACAW_EARG, 0, "key: is no public key of Ed25519");
}

int macaw_public_key(EVP_PKEY **ret, const macaw_session_key_spec *spec, macaw_error *err)
{
    EVP_PKEY *pkey;

    if (spec->form != MACAW_SESSION_KEY_PUBLIC) {
        return macaw_fail(err, MACAW_EARG, 0, "key: expected a public key");
    }
    if (spec->secret_len == ED25519_LEN) {
        return raw_key(ret, spec->secret, err);
    }
    int status = macaw_pem_read(&pkey, spec->secret, spec->secret_len, false);
    if (status != MACAW_OK) {
        return macaw_fail(err, MACAW_EARG, 0,
                          "key: is neither a public key in PEM nor the 32 bytes of Ed25519");
    }
    status = check_pem(pkey, err);
    if (status != MACAW_OK) {
        EVP_PKEY_free(pkey);
        return status;
    }
    *ret = pkey;
    return MACAW_OK;
}

macaw_session_reason macaw_signature_matches(EVP_PKEY *pkey, const EVP_MD *md, const void *message,
                                             size_t message_len, const uint8_t *signature,
                                             size_t len)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    macaw_session_reason reason = MACAW_SESSION_INTERNAL;

    ERR_set_mark();
    if (ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, md, NULL, pkey) == 1) {
        reason = EVP_DigestVerify(ctx, signature, len, message, message_len) == 1
                     ? MACAW_SESSION_OK
                     : MACAW_SESSION_MISMATCH;
    }
    ERR_pop_to_mark();
    EVP_MD_CTX_free(ctx);
    return reason;
}

/* ---- ECDSA ---- */

/* INTEGER of DER; returns its length. */
static size_t put_integer(uint8_t *out, const uint8_t number[COORDINATE_LEN])
{
    size_t zeros = 0;

    while (zeros < COORDINATE_LEN - 1 && number[zeros] == 0) {
        zeros++;
    }
    size_t sign = number[zeros] >> 7, n = COORDINATE_LEN - zeros;
    out[0] = 0x02;
    out[1] = (uint8_t)(sign + n);
    out[2] = 0;
    memcpy(out + 2 + sign, number + zeros, n);
    return 2 + sign + n;
}

static bool is_zero(const uint8_t number[COORDINATE_LEN])
{
    static const uint8_t zero[COORDINATE_LEN];

    return memcmp(number, zero, COORDINATE_LEN) == 0;
}

macaw_session_reason macaw_signature_es256(EVP_PKEY *pkey, const void *message, size_t message_len,
                                           const uint8_t signature[64])
{
    const uint8_t *r = signature, *s = signature + COORDINATE_LEN;
    uint8_t der[DER_MAX] = {0x30};
    size_t len = 2;

    /* Zeros would verify under any key if libcrypto forgot to look (CVE-2022-21449). */
    if (is_zero(r) || is_zero(s)) {
        return MACAW_SESSION_MISMATCH;
    }
    len += put_integer(der + len, r);
    len += put_integer(der + len, s);
    der[1] = (uint8_t)(len - 2);
    return macaw_signature_matches(pkey, EVP_sha256(), message, message_len, der, len);
}

/* ---- digests, by hand ---- */

/* DigestInfo of RFC 8017 section 9.2 without the digest. */
typedef struct digest_info {
    const macaw_md *md;
    uint8_t len;
    uint8_t prefix[19];
} digest_info;

static const digest_info infos[] = {
    {&macaw_sha1,
     15,
     {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14}},
    {&macaw_sha224,
     19,
     {0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04,
      0x05, 0x00, 0x04, 0x1c}},
    {&macaw_sha256,
     19,
     {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
      0x05, 0x00, 0x04, 0x20}},
    {&macaw_sha384,
     19,
     {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
      0x05, 0x00, 0x04, 0x30}},
    {&macaw_sha512,
     19,
     {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03,
      0x05, 0x00, 0x04, 0x40}},
};

static const digest_info *info_of(const macaw_md *md)
{
    for (size_t i = 0; i < sizeof infos / sizeof *infos; i++) {
        if (infos[i].md == md) {
            return &infos[i];
        }
    }
    return NULL;
}

/* What the signer padded must be the one DigestInfo, nothing before or behind it. */
static bool rsa_matches(EVP_PKEY_CTX *ctx, const digest_info *info, const uint8_t *digest,
                        const uint8_t *signature, size_t len)
{
    uint8_t got[MACAW_SESSION_SIGNATURE_MAX];
    size_t got_len = sizeof got, digest_len = info->md->digest_len;

    return EVP_PKEY_verify_recover_init(ctx) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_verify_recover(ctx, got, &got_len, signature, len) == 1 &&
           got_len == info->len + digest_len && memcmp(got, info->prefix, info->len) == 0 &&
           memcmp(got + info->len, digest, digest_len) == 0;
}

static bool dsa_matches(EVP_PKEY_CTX *ctx, const macaw_md *md, const uint8_t *digest,
                        const uint8_t *signature, size_t len)
{
    return EVP_PKEY_verify_init(ctx) == 1 &&
           EVP_PKEY_verify(ctx, signature, len, digest, md->digest_len) == 1;
}

macaw_session_reason macaw_signature_of_digest(EVP_PKEY *pkey, const macaw_md *md,
                                               const uint8_t *digest, const uint8_t *signature,
                                               size_t len)
{
    const digest_info *info = info_of(md);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool good;

    if (ctx == NULL || info == NULL) {
        EVP_PKEY_CTX_free(ctx);
        return MACAW_SESSION_INTERNAL;
    }
    ERR_set_mark();
    good = EVP_PKEY_is_a(pkey, "RSA") ? len == (size_t)EVP_PKEY_get_size(pkey) &&
                                            rsa_matches(ctx, info, digest, signature, len)
                                      : dsa_matches(ctx, md, digest, signature, len);
    ERR_pop_to_mark();
    EVP_PKEY_CTX_free(ctx);
    return good ? MACAW_SESSION_OK : MACAW_SESSION_MISMATCH;
}

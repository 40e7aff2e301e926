#include "session/gcm.h"

#include <openssl/evp.h>

#include "base/ct.h"

/* Key, nonce and associated data; messages here are far under INT_MAX. */
static bool start(EVP_CIPHER_CTX *ctx, const macaw_gcm *gcm, int sealing)
{
    int n;

    return EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, gcm->key, gcm->nonce, sealing) == 1 &&
           (gcm->aad.len == 0 || EVP_CipherUpdate(ctx, NULL, &n, (const uint8_t *)gcm->aad.data,
                                                  (int)gcm->aad.len) == 1);
}

static bool update(EVP_CIPHER_CTX *ctx, macaw_str in, uint8_t *out)
{
    int n;

    return in.len == 0 ||
           EVP_CipherUpdate(ctx, out, &n, (const uint8_t *)in.data, (int)in.len) == 1;
}

int macaw_gcm_seal(const macaw_gcm *gcm, macaw_str text, uint8_t *out,
                   uint8_t tag[MACAW_GCM_TAG_LEN])
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t none[1];
    int n;
    bool done = ctx != NULL && start(ctx, gcm, 1) && update(ctx, text, out) &&
                EVP_CipherFinal_ex(ctx, none, &n) == 1 &&
                EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, MACAW_GCM_TAG_LEN, tag) == 1;

    EVP_CIPHER_CTX_free(ctx);
    return done ? MACAW_OK : MACAW_ECRYPTO;
}

int macaw_gcm_open(const macaw_gcm *gcm, macaw_str sealed, const uint8_t tag[MACAW_GCM_TAG_LEN],
                   uint8_t *out)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t want[MACAW_GCM_TAG_LEN], none[1];
    int n, status = MACAW_ECRYPTO;

    memcpy(want, tag, sizeof want);
    if (ctx != NULL && start(ctx, gcm, 0) && update(ctx, sealed, out) &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, MACAW_GCM_TAG_LEN, want) == 1) {
        status = EVP_CipherFinal_ex(ctx, none, &n) == 1 ? MACAW_OK : MACAW_EFORGED;
    }
    EVP_CIPHER_CTX_free(ctx);
    if (status != MACAW_OK) {
        macaw_wipe(out, sealed.len);
    }
    return status;
}

/* HKDF (RFC 5869): extract a key from a secret, expand it to any length. */
#include <string.h>

#include <macaw/kdf.h>

#include "base/ct.h"
#include "key/hkdf.h"

#define BLOCKS_MAX 255 /* the counter is one byte */

static bool is_bytes(const void *p, size_t n)
{
    return p != NULL || n == 0;
}

/* No salt stands for zeros, which HMAC does not tell from none: both are padded
 * with zeros to a block. */
static int extract(const macaw_alg *alg, const macaw_part *salt, const macaw_part *ikm,
                   uint8_t *prk)
{
    macaw_key *key = NULL;
    int rc = macaw_key_new(&key, alg, salt->data, salt->len, NULL);

    if (rc == MACAW_OK) {
        rc = macaw_prf(key, ikm, 1, prk);
    }
    macaw_key_free(key);
    return rc;
}

/* T(i) = PRF(PRK, T(i - 1) || info || i); T(0) is empty. */
int macaw_hkdf_expand_with(const macaw_key *key, const macaw_part *info, uint8_t *out,
                           size_t out_len)
{
    size_t tag_len = macaw_key_tag_len(key);
    uint8_t t[MACAW_TAG_MAX];
    int rc = MACAW_OK;

    for (size_t done = 0, n; done < out_len && rc == MACAW_OK; done += n) {
        uint8_t i = (uint8_t)(done / tag_len + 1);
        const macaw_part parts[] = {{t, done > 0 ? tag_len : 0}, *info, {&i, 1}};
        n = out_len - done < tag_len ? out_len - done : tag_len;
        rc = macaw_prf(key, parts, 3, t);
        if (rc == MACAW_OK) {
            memcpy(out + done, t, n);
        }
    }
    macaw_wipe(t, sizeof t);
    return rc;
}

int macaw_hkdf_extract(const macaw_alg *alg, const void *salt, size_t salt_len, const void *ikm,
                       size_t ikm_len, void *prk)
{
    const macaw_part salt_part = {salt, salt_len}, ikm_part = {ikm, ikm_len};

    if (!macaw_prf_is_extractor(alg) || !is_bytes(salt, salt_len) || !is_bytes(ikm, ikm_len) ||
        prk == NULL) {
        return MACAW_EARG;
    }
    return extract(alg, &salt_part, &ikm_part, prk);
}

int macaw_hkdf_expand(const macaw_alg *alg, const void *prk, size_t prk_len, const void *info,
                      size_t info_len, void *out, size_t out_len)
{
    const macaw_part info_part = {info, info_len};
    macaw_key *key = NULL;

    if (!macaw_prf_is_extractor(alg) || !is_bytes(prk, prk_len) || !is_bytes(info, info_len) ||
        out == NULL || out_len == 0 || out_len > (size_t)BLOCKS_MAX * alg->tag_len) {
        return MACAW_EARG;
    }
    int rc = macaw_key_new(&key, alg, prk, prk_len, NULL);
    if (rc == MACAW_OK) {
        rc = macaw_hkdf_expand_with(key, &info_part, out, out_len);
        if (rc != MACAW_OK) {
            macaw_wipe(out, out_len);
        }
    }
    macaw_key_free(key);
    return rc;
}

int macaw_hkdf(const macaw_alg *alg, const void *salt, size_t salt_len, const void *secret,
               size_t secret_len, const char *label, void *out, size_t out_len)
{
    uint8_t prk[MACAW_TAG_MAX];

    if (label == NULL || label[0] == '\0') {
        return MACAW_EARG;
    }
    int rc = macaw_hkdf_extract(alg, salt, salt_len, secret, secret_len, prk);
    if (rc == MACAW_OK) {
        rc = macaw_hkdf_expand(alg, prk, alg->tag_len, label, strlen(label), out, out_len);
    }
    macaw_wipe(prk, sizeof prk);
    return rc;
}

/* Key derivation in counter mode (SP 800-108r1 section 4.1). */
#include <string.h>

#include <macaw/kdf.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "key/prf.h"

#define FIXED_PARTS 4                /* label, 0x00, context, length */
#define LENGTH_MAX  (UINT32_MAX / 8) /* its bits are counted in 32 bits */

/* K(i) = PRF(key, i || fixed), i from 1 on. */
static int blocks(const macaw_key *key, const macaw_part *fixed, size_t n, uint8_t *out,
                  size_t out_len)
{
    size_t tag_len = macaw_key_tag_len(key);
    uint8_t counter[4], tag[MACAW_TAG_MAX];
    macaw_part parts[1 + FIXED_PARTS] = {{counter, sizeof counter}};
    int rc = MACAW_OK;

    memcpy(parts + 1, fixed, n * sizeof *fixed);
    for (size_t done = 0, take; done < out_len && rc == MACAW_OK; done += take) {
        take = out_len - done < tag_len ? out_len - done : tag_len;
        macaw_store_be32(counter, (uint32_t)(done / tag_len + 1));
        rc = macaw_prf(key, parts, 1 + n, tag);
        if (rc == MACAW_OK) {
            memcpy(out + done, tag, take);
        }
    }
    macaw_wipe(tag, sizeof tag);
    return rc;
}

static int derive(const macaw_alg *alg, const macaw_part *secret, const macaw_part *fixed, size_t n,
                  uint8_t *out, size_t out_len)
{
    macaw_key *key = NULL;

    if (!macaw_prf_is_usable(alg) || out == NULL || out_len == 0 ||
        (out_len - 1) / alg->tag_len >= UINT32_MAX) {
        return MACAW_EARG;
    }
    for (size_t i = 0; i < n; i++) {
        if (fixed[i].data == NULL && fixed[i].len > 0) {
            return MACAW_EARG;
        }
    }
    int rc = macaw_key_new(&key, alg, secret->data, secret->len, NULL);
    if (rc == MACAW_OK) {
        rc = blocks(key, fixed, n, out, out_len);
        if (rc != MACAW_OK) {
            macaw_wipe(out, out_len);
        }
    }
    macaw_key_free(key);
    return rc;
}

int macaw_kbkdf_counter_raw(const macaw_alg *alg, const void *secret, size_t secret_len,
                            const void *fixed, size_t fixed_len, void *out, size_t out_len)
{
    const macaw_part secret_part = {secret, secret_len}, fixed_part = {fixed, fixed_len};

    return derive(alg, &secret_part, &fixed_part, 1, out, out_len);
}

int macaw_kbkdf_counter(const macaw_alg *alg, const void *secret, size_t secret_len,
                        const void *label, size_t label_len, const void *context,
                        size_t context_len, void *out, size_t out_len)
{
    static const uint8_t zero;
    const macaw_part secret_part = {secret, secret_len};
    uint8_t bits[4];

    if (label_len == 0 || out_len > LENGTH_MAX) {
        return MACAW_EARG;
    }
    macaw_store_be32(bits, (uint32_t)(out_len * 8));
    const macaw_part fixed[FIXED_PARTS] = {
        {label, label_len}, {&zero, 1}, {context, context_len}, {bits, sizeof bits}};
    return derive(alg, &secret_part, fixed, FIXED_PARTS, out, out_len);
}

/* HMAC_DRBG (SP 800-90A section 10.1.2). */
#include "key/drbg.h"

#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "key/prf.h"

#define SEED_PARTS 3 /* entropy, nonce, personalization */

/* V = PRF(K, V). */
static int step(macaw_drbg *drbg)
{
    const macaw_part v = {drbg->v, drbg->alg->tag_len};

    return macaw_prf(drbg->key, &v, 1, drbg->v);
}

/* K = PRF(K, V || round || seed), V = PRF(K, V). */
static int mix(macaw_drbg *drbg, uint8_t round, const macaw_part *seed, size_t n)
{
    macaw_part parts[2 + SEED_PARTS] = {{drbg->v, drbg->alg->tag_len}, {&round, 1}};
    uint8_t k[MACAW_TAG_MAX];
    macaw_key *key = NULL;

    memcpy(parts + 2, seed, n * sizeof *seed);
    int rc = macaw_prf(drbg->key, parts, 2 + n, k);
    if (rc == MACAW_OK) {
        rc = macaw_key_new(&key, drbg->alg, k, drbg->alg->tag_len, NULL);
    }
    macaw_wipe(k, sizeof k);
    if (rc == MACAW_OK) {
        macaw_key_free(drbg->key);
        drbg->key = key;
        rc = step(drbg);
    }
    return rc;
}

/* HMAC_DRBG_Update, section 10.1.2.2. */
static int update(macaw_drbg *drbg, const macaw_part *seed, size_t n)
{
    size_t len = 0;
    int rc = mix(drbg, 0, seed, n);

    for (size_t i = 0; i < n; i++) {
        len += seed[i].len;
    }
    return rc == MACAW_OK && len > 0 ? mix(drbg, 1, seed, n) : rc;
}

static bool are_bytes(const macaw_part *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (parts[i].data == NULL && parts[i].len > 0) {
            return false;
        }
    }
    return true;
}

/* K = 00 .. 00, V = 01 .. 01, then the seed: section 10.1.2.3. */
static int instantiate(macaw_drbg *drbg, const macaw_part *seed)
{
    static const uint8_t zeros[MACAW_TAG_MAX];
    int rc = macaw_key_new(&drbg->key, drbg->alg, zeros, drbg->alg->tag_len, NULL);

    if (rc == MACAW_OK) {
        memset(drbg->v, 0x01, drbg->alg->tag_len);
        drbg->calls = 1;
        rc = update(drbg, seed, SEED_PARTS);
    }
    return rc;
}

int macaw_drbg_new(macaw_drbg **ret, const macaw_alg *alg, const void *entropy, size_t entropy_len,
                   const void *nonce, size_t nonce_len, const void *personalization,
                   size_t personalization_len)
{
    const macaw_part seed[SEED_PARTS] = {
        {entropy, entropy_len}, {nonce, nonce_len}, {personalization, personalization_len}};

    if (ret == NULL || !macaw_prf_is_extractor(alg) || !are_bytes(seed, SEED_PARTS)) {
        return MACAW_EARG;
    }
    if (entropy_len < alg->key_safe) {
        return MACAW_EWEAK;
    }
    macaw_drbg *drbg = calloc(1, sizeof *drbg);
    if (drbg == NULL) {
        return MACAW_ENOMEM;
    }
    drbg->alg = alg;
    int rc = instantiate(drbg, seed);
    if (rc != MACAW_OK) {
        macaw_drbg_free(drbg);
        return rc;
    }
    *ret = drbg;
    return MACAW_OK;
}

int macaw_drbg_reseed(macaw_drbg *drbg, const void *entropy, size_t entropy_len,
                      const void *additional, size_t additional_len)
{
    const macaw_part seed[] = {{entropy, entropy_len}, {additional, additional_len}};

    if (!are_bytes(seed, 2)) {
        return MACAW_EARG;
    }
    if (entropy_len < drbg->alg->key_safe) {
        return MACAW_EWEAK;
    }
    int rc = update(drbg, seed, 2);
    if (rc == MACAW_OK) {
        drbg->calls = 1;
    }
    return rc;
}

static int fill(macaw_drbg *drbg, uint8_t *out, size_t out_len)
{
    int rc = MACAW_OK;

    for (size_t done = 0, n; done < out_len && rc == MACAW_OK; done += n) {
        n = out_len - done < drbg->alg->tag_len ? out_len - done : drbg->alg->tag_len;
        rc = step(drbg);
        memcpy(out + done, drbg->v, n);
    }
    return rc;
}

int macaw_drbg_generate(macaw_drbg *drbg, void *out, size_t out_len, const void *additional,
                        size_t additional_len)
{
    const macaw_part seed = {additional, additional_len};
    int rc = MACAW_OK;

    if ((out == NULL && out_len > 0) || !are_bytes(&seed, 1) || out_len > MACAW_DRBG_REQUEST_MAX) {
        return MACAW_EARG;
    }
    if (drbg->calls > MACAW_DRBG_RESEED_INTERVAL) {
        return MACAW_ELIMIT;
    }
    if (additional_len > 0) {
        rc = update(drbg, &seed, 1);
    }
    if (rc == MACAW_OK) {
        rc = fill(drbg, out, out_len);
    }
    if (rc == MACAW_OK) {
        rc = update(drbg, &seed, 1);
    }
    if (rc != MACAW_OK) {
        macaw_wipe(out, out_len);
        return rc;
    }
    drbg->calls++;
    return MACAW_OK;
}

void macaw_drbg_free(macaw_drbg *drbg)
{
    if (drbg == NULL) {
        return;
    }
    macaw_key_free(drbg->key);
    macaw_wipe(drbg, sizeof *drbg);
    free(drbg);
}

/* RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 6.3.1): public keys. */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "key/kind.h"
#include "key/member.h"
#include "key/pem.h"

enum { MODULUS_MAX = 512, EXPONENT_MAX = 8 };

static EVP_PKEY *of_params(OSSL_PARAM *params)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;

    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static EVP_PKEY *of_numbers(const BIGNUM *n, const BIGNUM *e)
{
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *pkey = NULL;

    if (build != NULL && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
        params = OSSL_PARAM_BLD_to_param(build);
    }
    if (params != NULL) {
        pkey = of_params(params);
    }
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    return pkey;
}

/* Both odd, and e large enough that the power is no identity. */
static int accept(macaw_jwk_material *ret, const BIGNUM *n, const BIGNUM *e,
                  const macaw_entry_site *site)
{
    if (n == NULL || e == NULL) {
        return macaw_entry_refuse(site, MACAW_ENOMEM, "n", macaw_strerror(MACAW_ENOMEM));
    }
    if (!BN_is_odd(n)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "n", "is even, which no modulus is");
    }
    if (!BN_is_odd(e) || BN_is_one(e) || BN_num_bits(e) > 8 * EXPONENT_MAX) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "e", "is even, 1, or over 64 bits");
    }
    ret->pkey = of_numbers(n, e);
    return ret->pkey != NULL ? MACAW_OK : macaw_entry_refuse(site, MACAW_ECRYPTO, "n", "failed");
}

/* Without leading zero bytes (RFC 7518 section 2, Base64urlUInt). */
static int read_number(BIGNUM **ret, const json_t *jwk, const macaw_entry_site *site,
                       const char *member, size_t max)
{
    uint8_t bytes[MODULUS_MAX];
    size_t len = 0;
    int status = macaw_member_bytes(jwk, site, member, 1, max, bytes, &len);

    if (status != MACAW_OK) {
        return status;
    }
    if (bytes[0] == 0) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "begins with a zero byte");
    }
    *ret = BN_bin2bn(bytes, (int)len, NULL);
    return MACAW_OK;
}

static int read(macaw_jwk_material *ret, const json_t *jwk, const macaw_entry_site *site)
{
    BIGNUM *n = NULL, *e = NULL;

    if (json_object_get(jwk, "d") != NULL) {
        return macaw_jwk_refuse_private(site);
    }
    int status = read_number(&n, jwk, site, "n", MODULUS_MAX);
    if (status == MACAW_OK) {
        status = read_number(&e, jwk, site, "e", EXPONENT_MAX);
    }
    if (status == MACAW_OK) {
        status = accept(ret, n, e, site);
    }
    BN_free(n);
    BN_free(e);
    return status;
}

static int numbers_of(const EVP_PKEY *pkey, BIGNUM **n, BIGNUM **e)
{
    return EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
                   EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, e) == 1
               ? MACAW_OK
               : MACAW_ECRYPTO;
}

static int take(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const macaw_entry_site *site)
{
    macaw_jwk_material given = {0};
    BIGNUM *n = NULL, *e = NULL;

    if (spec->private_part) {
        return macaw_jwk_refuse_private(site);
    }
    int status = macaw_jwk_take_pem(&given, spec, "RSA", site);
    if (status != MACAW_OK) {
        return status;
    }
    (void)numbers_of(given.pkey, &n, &e);
    status = accept(ret, n, e, site);
    BN_free(n);
    BN_free(e);
    macaw_jwk_material_clear(&given);
    return status;
}

static int set_number(json_t *jwk, const char *member, const BIGNUM *number)
{
    uint8_t bytes[MODULUS_MAX];
    int len = BN_num_bytes(number);

    if (len > MODULUS_MAX) {
        return MACAW_ELIMIT;
    }
    (void)BN_bn2bin(number, bytes);
    return macaw_member_set_bytes(jwk, member, bytes, (size_t)len);
}

static int describe(json_t *jwk, const macaw_jwk_material *material)
{
    BIGNUM *n = NULL, *e = NULL;
    int status = numbers_of(material->pkey, &n, &e);

    if (status == MACAW_OK) {
        status = set_number(jwk, "n", n);
    }
    if (status == MACAW_OK) {
        status = set_number(jwk, "e", e);
    }
    BN_free(n);
    BN_free(e);
    return status;
}

static int bytes(const macaw_jwk_material *material, bool private_part, uint8_t *out,
                 size_t *out_len)
{
    (void)private_part;
    return macaw_pem_write_public(material->pkey, out, MACAW_JWK_BYTES_MAX, out_len);
}

static const char *const thumbprint[] = {"e", "kty", "n", NULL};

const macaw_jwk_kind macaw_jwk_rs256 = {
    .alg = "RS256",
    .kty = "RSA",
    .thumbprint = thumbprint,
    .read = read,
    .take = take,
    .describe = describe,
    .bytes = bytes,
};

/* ECDSA with P-256 (RFC 7518 section 6.2.1): public keys. */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <string.h>

#include "key/kind.h"
#include "key/member.h"
#include "key/pem.h"

enum { COORDINATE_LEN = 32, POINT_LEN = 1 + 2 * COORDINATE_LEN, UNCOMPRESSED = 4 };

static EVP_PKEY *of_point(uint8_t point[POINT_LEN])
{
    char group[] = "prime256v1";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, POINT_LEN),
        OSSL_PARAM_construct_end(),
    };
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *pkey = NULL;

    if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        pkey = NULL;
    }
    EVP_PKEY_CTX_free(ctx);
    return pkey;
}

static bool is_in_order(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool ok = ctx != NULL && EVP_PKEY_public_check(ctx) == 1;

    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static int accept(macaw_jwk_material *ret, EVP_PKEY *pkey, const macaw_entry_site *site)
{
    if (pkey == NULL || !is_in_order(pkey)) {
        EVP_PKEY_free(pkey);
        return macaw_entry_refuse(site, MACAW_EFORMAT, "x", "with y is no point of P-256");
    }
    ret->pkey = pkey;
    return MACAW_OK;
}

static int read(macaw_jwk_material *ret, const json_t *jwk, const macaw_entry_site *site)
{
    uint8_t point[POINT_LEN] = {UNCOMPRESSED};
    size_t len;

    if (json_object_get(jwk, "d") != NULL) {
        return macaw_jwk_refuse_private(site);
    }
    int status =
        macaw_member_bytes(jwk, site, "x", COORDINATE_LEN, COORDINATE_LEN, point + 1, &len);
    if (status == MACAW_OK) {
        status = macaw_member_bytes(jwk, site, "y", COORDINATE_LEN, COORDINATE_LEN,
                                    point + 1 + COORDINATE_LEN, &len);
    }
    if (status != MACAW_OK) {
        return status;
    }
    ERR_set_mark();
    status = accept(ret, of_point(point), site);
    ERR_pop_to_mark();
    return status;
}

/* The coordinates of a key of P-256. */
static int point_of(const EVP_PKEY *pkey, uint8_t x[COORDINATE_LEN], uint8_t y[COORDINATE_LEN])
{
    BIGNUM *bn_x = NULL, *bn_y = NULL;
    int ok = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &bn_x) == 1 &&
             EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &bn_y) == 1 &&
             BN_bn2binpad(bn_x, x, COORDINATE_LEN) == COORDINATE_LEN &&
             BN_bn2binpad(bn_y, y, COORDINATE_LEN) == COORDINATE_LEN;

    BN_free(bn_x);
    BN_free(bn_y);
    return ok ? MACAW_OK : MACAW_ECRYPTO;
}

static bool is_p256(const EVP_PKEY *pkey)
{
    char group[32];

    return EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                          NULL) == 1 &&
           strcmp(group, "prime256v1") == 0;
}

/* Made anew from its coordinates, so that nothing else of the PEM stays. */
static int take(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const macaw_entry_site *site)
{
    uint8_t point[POINT_LEN] = {UNCOMPRESSED};
    macaw_jwk_material given = {0};

    if (spec->private_part) {
        return macaw_jwk_refuse_private(site);
    }
    int status = macaw_jwk_take_pem(&given, spec, "EC", site);
    if (status != MACAW_OK) {
        return status;
    }
    if (!is_p256(given.pkey)) {
        status = macaw_entry_refuse(site, MACAW_EFORMAT, "key", "is not on P-256");
    } else if (point_of(given.pkey, point + 1, point + 1 + COORDINATE_LEN) == MACAW_OK) {
        status = accept(ret, of_point(point), site);
    } else {
        status = macaw_entry_refuse(site, MACAW_ECRYPTO, "key", "failed");
    }
    macaw_jwk_material_clear(&given);
    return status;
}

static int describe(json_t *jwk, const macaw_jwk_material *material)
{
    uint8_t x[COORDINATE_LEN], y[COORDINATE_LEN];
    int status = point_of(material->pkey, x, y);

    if (status == MACAW_OK) {
        status = macaw_member_set_bytes(jwk, "x", x, sizeof x);
    }
    return status == MACAW_OK ? macaw_member_set_bytes(jwk, "y", y, sizeof y) : status;
}

static int bytes(const macaw_jwk_material *material, bool private_part, uint8_t *out,
                 size_t *out_len)
{
    (void)private_part;
    return macaw_pem_write_public(material->pkey, out, MACAW_JWK_BYTES_MAX, out_len);
}

static const char *const thumbprint[] = {"crv", "kty", "x", "y", NULL};

const macaw_jwk_kind macaw_jwk_es256 = {
    .alg = "ES256",
    .kty = "EC",
    .crv = "P-256",
    .thumbprint = thumbprint,
    .read = read,
    .take = take,
    .describe = describe,
    .bytes = bytes,
};

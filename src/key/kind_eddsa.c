/* Ed25519 (RFC 8037). */
#include <openssl/evp.h>
#include <string.h>

#include "key/kind.h"
#include "key/member.h"
#include "prim/ed25519.h"

enum { KEY_LEN = 32 };

static int of_public(macaw_jwk_material *ret, const uint8_t *x, const macaw_entry_site *site)
{
    int status = macaw_ed25519_check(x);

    if (status != MACAW_OK) {
        return macaw_entry_refuse(site, status, "x",
                                  status == MACAW_EFORMAT
                                      ? "is no public key of Ed25519 (RFC 8032 section 5.1.3)"
                                      : macaw_strerror(status));
    }
    ret->pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, KEY_LEN);
    return ret->pkey != NULL ? MACAW_OK : macaw_entry_refuse(site, MACAW_ECRYPTO, "x", "failed");
}

/* ret->secret is filled already. */
static int of_private(macaw_jwk_material *ret, const macaw_entry_site *site)
{
    ret->pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, ret->secret, KEY_LEN);
    ret->has_private = ret->pkey != NULL;
    return ret->pkey != NULL ? MACAW_OK : macaw_entry_refuse(site, MACAW_ECRYPTO, "d", "failed");
}

static int public_of(const macaw_jwk_material *material, uint8_t x[KEY_LEN])
{
    size_t len = KEY_LEN;

    return EVP_PKEY_get_raw_public_key(material->pkey, x, &len) == 1 && len == KEY_LEN
               ? MACAW_OK
               : MACAW_ECRYPTO;
}

static int read(macaw_jwk_material *ret, const json_t *jwk, const macaw_entry_site *site)
{
    uint8_t x[KEY_LEN], own[KEY_LEN];
    size_t len;
    int status = macaw_member_bytes(jwk, site, "x", KEY_LEN, KEY_LEN, x, &len);

    if (status != MACAW_OK || json_object_get(jwk, "d") == NULL) {
        return status == MACAW_OK ? of_public(ret, x, site) : status;
    }
    status = macaw_member_bytes(jwk, site, "d", KEY_LEN, KEY_LEN, ret->secret, &len);
    if (status == MACAW_OK) {
        status = of_private(ret, site);
    }
    if (status == MACAW_OK && (public_of(ret, own) != MACAW_OK || memcmp(x, own, KEY_LEN) != 0)) {
        status = macaw_entry_refuse(site, MACAW_EFORMAT, "d", "does not belong to x");
    }
    return status;
}

static int take_pem(macaw_jwk_material *ret, const macaw_jwk_spec *spec,
                    const macaw_entry_site *site)
{
    uint8_t x[KEY_LEN];
    size_t len = KEY_LEN;
    int status = macaw_jwk_take_pem(ret, spec, "ED25519", site);

    if (status == MACAW_OK && spec->private_part) {
        ret->has_private = EVP_PKEY_get_raw_private_key(ret->pkey, ret->secret, &len) == 1;
        status = ret->has_private ? MACAW_OK : MACAW_ECRYPTO;
    } else if (status == MACAW_OK) {
        status = public_of(ret, x);
        EVP_PKEY_free(ret->pkey);
        ret->pkey = NULL;
        status = status == MACAW_OK ? of_public(ret, x, site) : status;
    }
    return status;
}

static int take(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const macaw_entry_site *site)
{
    if (spec->bytes_len != KEY_LEN) {
        return take_pem(ret, spec, site);
    }
    if (!spec->private_part) {
        return of_public(ret, spec->bytes, site);
    }
    memcpy(ret->secret, spec->bytes, KEY_LEN);
    return of_private(ret, site);
}

static int fresh(macaw_jwk_material *ret)
{
    size_t len = KEY_LEN;

    ret->pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    ret->has_private =
        ret->pkey != NULL && EVP_PKEY_get_raw_private_key(ret->pkey, ret->secret, &len) == 1;
    return ret->has_private ? MACAW_OK : MACAW_ECRYPTO;
}

static int describe(json_t *jwk, const macaw_jwk_material *material)
{
    uint8_t x[KEY_LEN];
    int status = public_of(material, x);

    if (status == MACAW_OK) {
        status = macaw_member_set_bytes(jwk, "x", x, KEY_LEN);
    }
    return status == MACAW_OK && material->has_private
               ? macaw_member_set_bytes(jwk, "d", material->secret, KEY_LEN)
               : status;
}

static int bytes(const macaw_jwk_material *material, bool private_part, uint8_t *out,
                 size_t *out_len)
{
    *out_len = KEY_LEN;
    if (!private_part) {
        return public_of(material, out);
    }
    memcpy(out, material->secret, KEY_LEN);
    return MACAW_OK;
}

static const char *const thumbprint[] = {"crv", "kty", "x", NULL};

const macaw_jwk_kind macaw_jwk_eddsa = {
    .alg = "EdDSA",
    .kty = "OKP",
    .crv = "Ed25519",
    .thumbprint = thumbprint,
    .read = read,
    .take = take,
    .fresh = fresh,
    .describe = describe,
    .bytes = bytes,
};

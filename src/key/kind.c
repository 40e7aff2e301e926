#include "key/kind.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/ct.h"
#include "key/pem.h"
#include "key/published.h"

static const macaw_jwk_kind *const kinds[] = {
    &macaw_jwk_eddsa,
    &macaw_jwk_es256,
    &macaw_jwk_rs256,
    &macaw_jwk_a256gcm,
};

#define KIND_COUNT (sizeof kinds / sizeof *kinds)

const macaw_jwk_kind *macaw_jwk_kind_find(const char *alg)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i]->alg, alg) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}

/* Whether a member is that text; absent where text is NULL or absence is allowed. */
static bool says(const json_t *jwk, const char *member, const char *text, bool may_be_absent)
{
    const json_t *value = json_object_get(jwk, member);

    if (value == NULL) {
        return text == NULL || may_be_absent;
    }
    return text != NULL && json_is_string(value) && strcmp(json_string_value(value), text) == 0;
}

static bool is_named(const json_t *jwk)
{
    const char *kid = json_string_value(json_object_get(jwk, "kid"));
    const char *use = json_string_value(json_object_get(jwk, "use"));

    return kid != NULL && use != NULL && macaw_kid_spelled(kid) && macaw_use_spelled(use);
}

const macaw_jwk_kind *macaw_jwk_kind_of(const json_t *jwk)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const macaw_jwk_kind *kind = kinds[i];
        if (says(jwk, "kty", kind->kty, false) && says(jwk, "crv", kind->crv, false) &&
            says(jwk, "alg", kind->alg, kind->thumbprint != NULL)) {
            return is_named(jwk) ? kind : NULL;
        }
    }
    return NULL;
}

void macaw_jwk_material_clear(macaw_jwk_material *material)
{
    EVP_PKEY_free(material->pkey);
    macaw_wipe(material, sizeof *material);
}

/* SHA-256 over {"a":"…","b":"…"} without white space; the values are base64url text
 * and names, which JSON does not escape. */
static int thumbprint(uint8_t out[EVP_MAX_MD_SIZE], const macaw_jwk_kind *kind, const json_t *jwk)
{
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    bool ok = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

    for (size_t i = 0; ok && kind->thumbprint[i] != NULL; i++) {
        const char *text = json_string_value(json_object_get(jwk, kind->thumbprint[i]));
        const char *pieces[] = {i == 0 ? "{\"" : ",\"", kind->thumbprint[i], "\":\"", text, "\""};
        for (size_t j = 0; ok && j < sizeof pieces / sizeof *pieces; j++) {
            ok = pieces[j] != NULL && EVP_DigestUpdate(md, pieces[j], strlen(pieces[j])) == 1;
        }
    }
    ok = ok && EVP_DigestUpdate(md, "}", 1) == 1 && EVP_DigestFinal_ex(md, out, NULL) == 1;
    EVP_MD_CTX_free(md);
    return ok ? MACAW_OK : MACAW_ECRYPTO;
}

static int fingerprint(macaw_jwk *ret, const macaw_jwk_kind *kind,
                       const macaw_jwk_material *material, const json_t *jwk)
{
    uint8_t digest[EVP_MAX_MD_SIZE];

    if (kind->thumbprint == NULL) {
        return macaw_secret_fingerprint(ret->fingerprint, material->secret,
                                        sizeof material->secret);
    }
    int status = thumbprint(digest, kind, jwk);
    if (status == MACAW_OK) {
        memcpy(ret->fingerprint, digest, MACAW_FINGERPRINT_LEN);
    }
    return status;
}

enum { RSA_SAFE_BITS = 2048, RSA_LEAST_BITS = 1024, RSA_MOST_BITS = 4096, OTHER_BITS = 256 };

static int check_bits(const macaw_jwk *jwk, const macaw_entry_site *site)
{
    char why[80];

    if (jwk->bits == OTHER_BITS) {
        return MACAW_OK;
    }
    if (jwk->bits < RSA_LEAST_BITS || jwk->bits > RSA_MOST_BITS) {
        (void)snprintf(why, sizeof why, "is of %u bits, the algorithm takes %d to %d", jwk->bits,
                       RSA_LEAST_BITS, RSA_MOST_BITS);
        return macaw_entry_refuse(site, MACAW_EFORMAT, "n", why);
    }
    if (jwk->bits < RSA_SAFE_BITS && !jwk->insecure) {
        (void)snprintf(why, sizeof why, "is of %u bits, at least %d are needed", jwk->bits,
                       RSA_SAFE_BITS);
        return macaw_entry_refuse(site, MACAW_EWEAK, "n", why);
    }
    return MACAW_OK;
}

int macaw_jwk_judge(macaw_jwk *ret, const macaw_jwk_kind *kind, const macaw_jwk_material *material,
                    const json_t *jwk, const macaw_entry_site *site)
{
    ret->alg = kind->alg;
    ret->has_private = material->has_private;
    ret->is_secret = kind->thumbprint == NULL;
    ret->bits = kind == &macaw_jwk_rs256 ? (unsigned)EVP_PKEY_get_bits(material->pkey) : OTHER_BITS;
    int status = check_bits(ret, site);
    if (status != MACAW_OK) {
        return status;
    }
    if (material->has_private && !ret->insecure &&
        macaw_secret_published(material->secret, sizeof material->secret)) {
        return macaw_entry_refuse(site, MACAW_EWEAK, material->pkey != NULL ? "d" : "k",
                                  "is a published example, everybody has it");
    }
    status = fingerprint(ret, kind, material, jwk);
    return status == MACAW_OK ? status
                              : macaw_entry_refuse(site, status, "kty", macaw_strerror(status));
}

int macaw_jwk_take_pem(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const char *type,
                       const macaw_entry_site *site)
{
    EVP_PKEY *pkey;
    char why[80];
    int status = macaw_pem_read(&pkey, spec->bytes, spec->bytes_len, spec->private_part);

    if (status != MACAW_OK) {
        return macaw_entry_refuse(site, status, "key",
                                  spec->private_part ? "is no PKCS #8 key in PEM (RFC 7468)"
                                                     : "is no public key in PEM (RFC 7468)");
    }
    if (!EVP_PKEY_is_a(pkey, type)) {
        EVP_PKEY_free(pkey);
        (void)snprintf(why, sizeof why, "is not of type %s, as the algorithm needs", type);
        return macaw_entry_refuse(site, MACAW_EFORMAT, "key", why);
    }
    ret->pkey = pkey;
    return MACAW_OK;
}

int macaw_jwk_refuse_private(const macaw_entry_site *site)
{
    return macaw_entry_refuse(site, MACAW_EFORMAT, "d",
                              "is a private key: macaw only verifies with this algorithm and "
                              "wants the public one");
}

/* AES-256-GCM (RFC 7518 section 5.3): secret keys. */
#include <string.h>

#include "base/random.h"
#include "key/kind.h"
#include "key/member.h"

enum { KEY_LEN = 32 };

static int read(macaw_jwk_material *ret, const json_t *jwk, const macaw_entry_site *site)
{
    size_t len;
    int status = macaw_member_bytes(jwk, site, "k", KEY_LEN, KEY_LEN, ret->secret, &len);

    ret->has_private = status == MACAW_OK;
    return status;
}

static int take(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const macaw_entry_site *site)
{
    if (!spec->private_part || spec->bytes_len != KEY_LEN) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "k", "is not a secret of 32 bytes");
    }
    memcpy(ret->secret, spec->bytes, KEY_LEN);
    ret->has_private = true;
    return MACAW_OK;
}

static int fresh(macaw_jwk_material *ret)
{
    int status = macaw_random(ret->secret, KEY_LEN);

    ret->has_private = status == MACAW_OK;
    return status;
}

static int describe(json_t *jwk, const macaw_jwk_material *material)
{
    return macaw_member_set_bytes(jwk, "k", material->secret, KEY_LEN);
}

static int bytes(const macaw_jwk_material *material, bool private_part, uint8_t *out,
                 size_t *out_len)
{
    if (!private_part) {
        return MACAW_EARG;
    }
    memcpy(out, material->secret, KEY_LEN);
    *out_len = KEY_LEN;
    return MACAW_OK;
}

const macaw_jwk_kind macaw_jwk_a256gcm = {
    .alg = "A256GCM",
    .kty = "oct",
    .read = read,
    .take = take,
    .fresh = fresh,
    .describe = describe,
    .bytes = bytes,
};

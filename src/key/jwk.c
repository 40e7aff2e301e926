/* One member of a JWK Set into an entry. */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/error.h"
#include "key/kind.h"
#include "key/member.h"
#include "key/ring.h"
#include "mac/registry.h"

static int read_alg(const json_t *jwk, const macaw_entry_site *site, const macaw_alg **ret)
{
    const char *name = NULL;
    int status = macaw_member_string(jwk, site, "alg", &name);

    if (status != MACAW_OK) {
        return status;
    }
    if (name == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "alg", "is missing");
    }
    const macaw_alg *alg = macaw_alg_find(name);
    if (alg == NULL) {
        alg = macaw_alg_find_insecure(name);
    }
    if (alg == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "alg", "is no algorithm of macaw");
    }
    *ret = alg;
    return MACAW_OK;
}

/* *ret is the caller's, to wipe (room bytes) and free. */
static int read_secret(const json_t *jwk, const macaw_entry_site *site, uint8_t **ret, size_t *room,
                       size_t *len)
{
    const char *text = NULL;
    int status = macaw_member_string(jwk, site, "k", &text);

    if (status != MACAW_OK) {
        return status;
    }
    if (text == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "k", "is missing");
    }
    size_t n = strlen(text);
    uint8_t *secret = malloc(n + 1);
    if (secret == NULL) {
        return macaw_entry_refuse(site, MACAW_ENOMEM, "k", macaw_strerror(MACAW_ENOMEM));
    }
    if (macaw_base64_decode(MACAW_BASE64URL, secret, len, text, n, NULL) != MACAW_OK) {
        macaw_wipe(secret, n);
        free(secret);
        return macaw_entry_refuse(site, MACAW_EFORMAT, "k",
                                  "is not base64url without padding (RFC 7515 section 2)");
    }
    *ret = secret;
    *room = n + 1;
    return MACAW_OK;
}

static int read_names(const json_t *jwk, macaw_entry_site *site, macaw_entry_spec *spec)
{
    int status = macaw_member_string(jwk, site, "kid", &spec->kid);

    if (status == MACAW_OK && spec->kid == NULL) {
        status = macaw_entry_refuse(site, MACAW_EFORMAT, "kid", "is missing");
    }
    if (status == MACAW_OK) {
        status = macaw_entry_check_kid(site, spec->kid);
    }
    return status == MACAW_OK ? macaw_member_string(jwk, site, "use", &spec->use) : status;
}

static int read_properties(const json_t *jwk, macaw_entry_site *site, macaw_entry_spec *spec)
{
    macaw_member_life life = {0};
    int status = read_names(jwk, site, spec);

    if (status == MACAW_OK) {
        status = read_alg(jwk, site, &spec->alg);
    }
    if (status == MACAW_OK) {
        status = macaw_member_read_life(jwk, site, &life);
    }
    spec->state = life.state;
    spec->insecure = life.insecure;
    spec->iat = life.dates.iat;
    spec->nbf = life.dates.nbf;
    spec->sign_until = life.dates.sign_until;
    spec->exp = life.dates.exp;
    return status;
}

static int read_key(macaw_keyring *ring, const json_t *jwk, macaw_entry_site *site)
{
    macaw_entry_spec spec = {0};
    macaw_entry entry = {0};
    uint8_t *secret = NULL;
    size_t room = 0;
    int status = read_properties(jwk, site, &spec);

    if (status == MACAW_OK) {
        status = read_secret(jwk, site, &secret, &room, &spec.secret_len);
    }
    if (status != MACAW_OK) {
        return status;
    }
    spec.secret = secret;
    status = macaw_entry_init(&entry, &spec, site);
    macaw_wipe(secret, room);
    free(secret);
    if (status != MACAW_OK) {
        return status;
    }
    status = macaw_ring_insert(ring, &entry, site->index, site);
    if (status != MACAW_OK) {
        macaw_key_free((macaw_key *)entry.key);
    }
    return status;
}

int macaw_ring_read(macaw_keyring *ring, const json_t *jwk, macaw_entry_site *site)
{
    const char *kty = NULL;

    if (!json_is_object(jwk)) {
        return macaw_fail(site->err, MACAW_EFORMAT, 0, "keys[%zu]: is not an object", site->index);
    }
    int status = macaw_member_string(jwk, site, "kty", &kty);
    if (status != MACAW_OK) {
        return status;
    }
    if (kty == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "kty", "is missing");
    }
    if (macaw_jwk_kind_of(jwk) != NULL) {
        return macaw_ring_read_jwk(ring, jwk, site);
    }
    return strcmp(kty, "oct") == 0 ? read_key(ring, jwk, site) : MACAW_OK;
}

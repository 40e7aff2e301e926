/* Adding keys that are no MACs. */
#include <openssl/err.h>
#include <string.h>

#include "base/error.h"
#include "key/kind.h"
#include "key/member.h"
#include "key/ring.h"

static int set_text(json_t *json, const char *member, const char *text)
{
    return text == NULL ? MACAW_OK : macaw_member_set_string(json, member, text, strlen(text));
}

static int describe(json_t *json, const macaw_jwk *jwk, const macaw_jwk_kind *kind,
                    const macaw_jwk_material *material)
{
    const struct {
        const char *member, *text;
    } names[] = {
        {"kty", kind->kty}, {"crv", kind->crv}, {"kid", jwk->kid},
        {"use", jwk->use},  {"alg", kind->alg},
    };
    const macaw_member_life life = {
        .state = jwk->state,
        .insecure = jwk->insecure,
        .dates = {jwk->iat, jwk->nbf, jwk->sign_until, jwk->exp},
    };
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < sizeof names / sizeof *names; i++) {
        status = set_text(json, names[i].member, names[i].text);
    }
    if (status == MACAW_OK) {
        status = kind->describe(json, material);
    }
    return status == MACAW_OK ? macaw_member_set_life(json, &life) : status;
}

/* json becomes the last member of the document, if the key is accepted. */
static int insert(macaw_keyring *ring, macaw_jwk *jwk, const macaw_jwk_kind *kind,
                  const macaw_jwk_material *material, json_t *json, const macaw_entry_site *site)
{
    int status = json == NULL ? MACAW_ENOMEM : describe(json, jwk, kind, material);

    if (status != MACAW_OK) {
        return macaw_fail(site->err, status, 0, "%s", macaw_strerror(status));
    }
    status = macaw_jwk_judge(jwk, kind, material, json, site);
    if (status != MACAW_OK) {
        return status;
    }
    if (json_array_append(ring->keys, json) != 0) {
        return macaw_fail(site->err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    status = macaw_ring_insert_jwk(ring, jwk, site->index, site);
    if (status != MACAW_OK) {
        (void)json_array_remove(ring->keys, site->index);
    }
    return status;
}

static int add(macaw_keyring *ring, macaw_jwk *jwk, const macaw_jwk_kind *kind,
               const macaw_jwk_material *material, const macaw_entry_site *site)
{
    json_t *json = json_object();
    int status = insert(ring, jwk, kind, material, json, site);

    if (status != MACAW_OK) {
        macaw_json_wipe_free(json);
    } else {
        json_decref(json);
    }
    return status;
}

static int take(macaw_jwk_material *ret, const macaw_jwk_kind *kind, const macaw_jwk_spec *spec,
                const macaw_entry_site *site)
{
    int status;

    ERR_set_mark();
    if (spec->bytes != NULL) {
        status = kind->take(ret, spec, site);
    } else if (kind->fresh != NULL) {
        status = kind->fresh(ret);
        status = status == MACAW_OK ? status
                                    : macaw_entry_refuse(site, status, "key", "could not be made");
    } else {
        status = macaw_entry_refuse(site, MACAW_EARG, "alg",
                                    "is one that macaw only verifies with: give the public key");
    }
    ERR_pop_to_mark();
    return status;
}

static int check(const macaw_keyring *ring, const macaw_jwk_spec *spec, const char *use,
                 macaw_entry_site *site)
{
    const macaw_entry_dates dates = {spec->iat, spec->nbf, spec->sign_until, spec->exp};

    if (site->index >= MACAW_KEYRING_KEYS_MAX) {
        return macaw_fail(site->err, MACAW_ELIMIT, 0, "keys: more than %d", MACAW_KEYRING_KEYS_MAX);
    }
    int status = macaw_entry_check_names(site, spec->kid, use, spec->state);
    if (status == MACAW_OK) {
        status = macaw_entry_check_dates(site, &dates);
    }
    if (status == MACAW_OK && macaw_ring_has_kid(ring, spec->kid)) {
        status = macaw_entry_refuse(site, MACAW_EEXIST, "kid", "is there already");
    }
    return status;
}

int macaw_keyring_add_jwk(macaw_keyring *ring, const macaw_jwk_spec *spec, macaw_error *err)
{
    const macaw_jwk_kind *kind = spec->alg != NULL ? macaw_jwk_kind_find(spec->alg) : NULL;
    const char *use = spec->use != NULL ? spec->use : "session";
    macaw_entry_site site = {.err = err, .index = json_array_size(ring->keys)};
    macaw_jwk_material material = {0};

    if (kind == NULL) {
        return macaw_entry_refuse(&site, MACAW_EARG, "alg",
                                  "is not EdDSA, ES256, RS256 or A256GCM");
    }
    int status = check(ring, spec, use, &site);
    if (status != MACAW_OK) {
        return status;
    }
    macaw_jwk jwk = {.state = spec->state,
                     .insecure = spec->insecure,
                     .iat = spec->iat,
                     .nbf = spec->nbf,
                     .sign_until = spec->sign_until,
                     .exp = spec->exp};
    memcpy(jwk.kid, spec->kid, strlen(spec->kid));
    memcpy(jwk.use, use, strlen(use));
    status = take(&material, kind, spec, &site);
    if (status == MACAW_OK) {
        status = add(ring, &jwk, kind, &material, &site);
    }
    macaw_jwk_material_clear(&material);
    return status;
}

/* ---- public parts ---- */

static int publish_new(macaw_keyring *ring, const macaw_keyring *from, const macaw_jwk *jwk,
                       macaw_error *err)
{
    uint8_t bytes[MACAW_JWK_BYTES_MAX];
    macaw_jwk_spec spec = {
        .kid = jwk->kid,
        .use = jwk->use,
        .alg = jwk->alg,
        .bytes = bytes,
        .state = jwk->state,
        .iat = jwk->iat,
        .nbf = jwk->nbf,
        .sign_until = jwk->sign_until,
        .exp = jwk->exp,
        .insecure = jwk->insecure,
    };
    int status = macaw_keyring_jwk_bytes(from, jwk, false, bytes, &spec.bytes_len);

    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "\"%s\": %s", jwk->kid, macaw_strerror(status));
    }
    return macaw_keyring_add_jwk(ring, &spec, err);
}

static int publish(macaw_keyring *ring, const macaw_keyring *from, const macaw_jwk *jwk,
                   macaw_error *err)
{
    const macaw_jwk_node *there = macaw_ring_find_jwk(ring, jwk->kid, strlen(jwk->kid));

    if (there == NULL) {
        return publish_new(ring, from, jwk, err);
    }
    if (memcmp(there->jwk.fingerprint, jwk->fingerprint, MACAW_FINGERPRINT_LEN) != 0) {
        return macaw_fail(err, MACAW_EEXIST, 0, "\"%s\": another key has this kid", jwk->kid);
    }
    int status = macaw_keyring_change(ring, jwk->kid, jwk->state, jwk->sign_until, jwk->exp);
    return status == MACAW_OK
               ? status
               : macaw_fail(err, status, 0, "\"%s\": %s", jwk->kid, macaw_strerror(status));
}

int macaw_keyring_publish(macaw_keyring *ring, const macaw_keyring *from, const char *use,
                          macaw_error *err)
{
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < from->jwk_size; i++) {
        const macaw_jwk *jwk = &from->jwks[i]->jwk;
        if (!jwk->is_secret && (use == NULL || strcmp(use, jwk->use) == 0)) {
            status = publish(ring, from, jwk, err);
        }
    }
    return status;
}

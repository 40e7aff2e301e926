/* The keys of a keyring that are no MACs. */
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "key/kind.h"
#include "key/member.h"
#include "key/ring.h"

/* ---- in ---- */

static int make_room(macaw_keyring *ring)
{
    if (ring->jwk_size < ring->jwk_room) {
        return MACAW_OK;
    }
    size_t room = ring->jwk_room == 0 ? 4 : ring->jwk_room * 2;
    macaw_jwk_node **more = realloc(ring->jwks, room * sizeof *more);
    if (more == NULL) {
        return MACAW_ENOMEM;
    }
    ring->jwks = more;
    ring->jwk_room = room;
    return MACAW_OK;
}

static int check_unique(const macaw_keyring *ring, const macaw_jwk *jwk,
                        const macaw_entry_site *site)
{
    if (macaw_ring_has_kid(ring, jwk->kid)) {
        return macaw_entry_refuse(site, MACAW_EEXIST, "kid", "is there already");
    }
    const char *same = macaw_ring_same_key(ring, jwk->fingerprint);
    if (same != NULL) {
        return macaw_fail(site->err, MACAW_EEXIST, 0,
                          "keys[%zu] \"%s\": is the key of \"%s\" as well", site->index, jwk->kid,
                          same);
    }
    return MACAW_OK;
}

int macaw_ring_insert_jwk(macaw_keyring *ring, const macaw_jwk *jwk, size_t index,
                          const macaw_entry_site *site)
{
    int status = check_unique(ring, jwk, site);

    if (status != MACAW_OK) {
        return status;
    }
    macaw_jwk_node *node = malloc(sizeof *node);
    if (node == NULL || make_room(ring) != MACAW_OK) {
        free(node);
        return macaw_fail(site->err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    *node = (macaw_jwk_node){.jwk = *jwk, .index = index};
    ring->jwks[ring->jwk_size++] = node;
    return MACAW_OK;
}

/* What is wrong must leave nothing in libcrypto's queue: nginx reports it later. */
static int read_material(macaw_jwk_material *ret, const macaw_jwk_kind *kind, const json_t *json,
                         const macaw_entry_site *site)
{
    ERR_set_mark();
    int status = kind->read(ret, json, site);
    ERR_pop_to_mark();
    return status;
}

static int read_life(macaw_jwk *ret, const json_t *json, const macaw_entry_site *site)
{
    macaw_member_life life = {0};
    int status = macaw_member_read_life(json, site, &life);

    if (status == MACAW_OK) {
        status = macaw_entry_check_dates(site, &life.dates);
    }
    ret->state = life.state;
    ret->insecure = life.insecure;
    ret->iat = life.dates.iat;
    ret->nbf = life.dates.nbf;
    ret->sign_until = life.dates.sign_until;
    ret->exp = life.dates.exp;
    return status;
}

int macaw_ring_read_jwk(macaw_keyring *ring, const json_t *json, macaw_entry_site *site)
{
    const macaw_jwk_kind *kind = macaw_jwk_kind_of(json);
    const char *kid = json_string_value(json_object_get(json, "kid"));
    const char *use = json_string_value(json_object_get(json, "use"));
    macaw_jwk_material material = {0};
    macaw_jwk jwk = {0};

    site->kid = kid;
    memcpy(jwk.kid, kid, strlen(kid));
    memcpy(jwk.use, use, strlen(use));
    int status = read_life(&jwk, json, site);
    if (status == MACAW_OK) {
        status = read_material(&material, kind, json, site);
    }
    if (status == MACAW_OK) {
        status = macaw_jwk_judge(&jwk, kind, &material, json, site);
    }
    macaw_jwk_material_clear(&material);
    return status == MACAW_OK ? macaw_ring_insert_jwk(ring, &jwk, site->index, site) : status;
}

void macaw_ring_free_jwks(macaw_keyring *ring)
{
    for (size_t i = 0; i < ring->jwk_size; i++) {
        free(ring->jwks[i]);
    }
    free(ring->jwks);
}

/* ---- out ---- */

size_t macaw_keyring_jwk_size(const macaw_keyring *ring)
{
    return ring->jwk_size;
}

size_t macaw_keyring_ignored(const macaw_keyring *ring)
{
    return json_array_size(ring->keys) - ring->size - ring->jwk_size;
}

const macaw_jwk *macaw_keyring_jwk_at(const macaw_keyring *ring, size_t i)
{
    return i < ring->jwk_size ? &ring->jwks[i]->jwk : NULL;
}

macaw_jwk_node *macaw_ring_find_jwk(const macaw_keyring *ring, const char *kid, size_t len)
{
    for (size_t i = 0; i < ring->jwk_size; i++) {
        const char *own = ring->jwks[i]->jwk.kid;
        if (strlen(own) == len && memcmp(own, kid, len) == 0) {
            return ring->jwks[i];
        }
    }
    return NULL;
}

const macaw_jwk *macaw_keyring_jwk_find(const macaw_keyring *ring, const char *kid, size_t len)
{
    const macaw_jwk_node *node = macaw_ring_find_jwk(ring, kid, len);

    return node != NULL ? &node->jwk : NULL;
}

static bool is_signer(const macaw_jwk *jwk, const char *use, int64_t now)
{
    return jwk->has_private && !jwk->is_secret && strcmp(jwk->use, use) == 0 &&
           macaw_jwk_state(jwk, now) == MACAW_ACTIVE;
}

int macaw_keyring_jwk_signer(const macaw_keyring *ring, const char *use, int64_t now,
                             const macaw_jwk **ret)
{
    const macaw_jwk *found = NULL;

    for (size_t i = 0; i < ring->jwk_size; i++) {
        const macaw_jwk *jwk = &ring->jwks[i]->jwk;
        if (is_signer(jwk, use, now)) {
            if (found != NULL) {
                return MACAW_EEXIST;
            }
            found = jwk;
        }
    }
    if (found == NULL) {
        return MACAW_ENOTFOUND;
    }
    *ret = found;
    return MACAW_OK;
}

int macaw_keyring_jwk_bytes(const macaw_keyring *ring, const macaw_jwk *jwk, bool private_part,
                            uint8_t *out, size_t *out_len)
{
    const macaw_jwk_node *node = macaw_ring_find_jwk(ring, jwk->kid, strlen(jwk->kid));
    const macaw_jwk_kind *kind = node != NULL ? macaw_jwk_kind_find(node->jwk.alg) : NULL;
    macaw_jwk_material material = {0};
    macaw_entry_site site = {.err = NULL};

    if (kind == NULL || (private_part && !node->jwk.has_private)) {
        return MACAW_EARG;
    }
    int status = kind->read(&material, json_array_get(ring->keys, node->index), &site);
    if (status == MACAW_OK) {
        status = kind->bytes(&material, private_part, out, out_len);
    }
    macaw_jwk_material_clear(&material);
    return status;
}

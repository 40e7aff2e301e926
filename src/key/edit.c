/* Changes of a keyring: to the document and to the entries, both or neither. */
#include <string.h>

#include "base/error.h"
#include "key/member.h"
#include "key/ring.h"
#include "key/state.h"

int macaw_keyring_new(macaw_keyring **ret)
{
    json_t *doc = json_pack("{s:[]}", "keys");

    return doc == NULL ? MACAW_ENOMEM : macaw_ring_new(ret, doc);
}

static int describe(json_t *jwk, const macaw_entry *entry, const void *secret)
{
    const struct {
        const char *member;
        const char *text;
    } names[] = {
        {"kty", "oct"},
        {"kid", entry->kid},
        {"use", entry->use},
        {"alg", entry->alg->name},
    };
    const macaw_member_life life = {
        .state = entry->state,
        .insecure = entry->insecure,
        .dates = {entry->iat, entry->nbf, entry->sign_until, entry->exp},
    };
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < sizeof names / sizeof *names; i++) {
        status =
            macaw_member_set_string(jwk, names[i].member, names[i].text, strlen(names[i].text));
    }
    if (status == MACAW_OK) {
        status = macaw_member_set_bytes(jwk, "k", secret, entry->secret_len);
    }
    return status == MACAW_OK ? macaw_member_set_life(jwk, &life) : status;
}

/* The array's own reference keeps jwk; ours is only for the way back. */
static int append(macaw_keyring *ring, json_t *jwk, const macaw_entry *entry,
                  const macaw_entry_site *site)
{
    if (json_array_append(ring->keys, jwk) != 0) {
        return macaw_fail(site->err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    int status = macaw_ring_insert(ring, entry, site->index, site);
    if (status != MACAW_OK) {
        (void)json_array_remove(ring->keys, site->index);
    }
    return status;
}

static int add_entry(macaw_keyring *ring, const macaw_entry *entry, const void *secret,
                     const macaw_entry_site *site)
{
    json_t *jwk = json_object();
    int status = jwk == NULL ? MACAW_ENOMEM : describe(jwk, entry, secret);

    if (status != MACAW_OK) {
        macaw_json_wipe_free(jwk);
        return macaw_fail(site->err, status, 0, "%s", macaw_strerror(status));
    }
    status = append(ring, jwk, entry, site);
    if (status != MACAW_OK) {
        macaw_json_wipe_free(jwk);
        return status;
    }
    json_decref(jwk);
    return MACAW_OK;
}

int macaw_keyring_add(macaw_keyring *ring, const macaw_entry_spec *spec, macaw_error *err)
{
    macaw_entry_site site = {.err = err, .index = json_array_size(ring->keys)};
    macaw_entry entry = {0};

    if (site.index >= MACAW_KEYRING_KEYS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "keys: more than %d", MACAW_KEYRING_KEYS_MAX);
    }
    int status = macaw_entry_init(&entry, spec, &site);
    if (status != MACAW_OK) {
        return status;
    }
    status = add_entry(ring, &entry, spec->secret, &site);
    if (status != MACAW_OK) {
        macaw_key_free((macaw_key *)entry.key);
    }
    return status;
}

/* A changed copy takes the place of the member, so that a failure leaves it
 * as it was. The copy shares the strings, the secret among them. */
static int replace_state(macaw_keyring *ring, size_t index, macaw_key_state state,
                         int64_t sign_until, int64_t exp)
{
    json_t *jwk = json_copy(json_array_get(ring->keys, index));

    if (jwk == NULL) {
        return MACAW_ENOMEM;
    }
    int status = macaw_member_set_state(jwk, state, sign_until, exp);
    if (status != MACAW_OK) {
        json_decref(jwk);
        return status;
    }
    return json_array_set_new(ring->keys, index, jwk) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

static int change_entry(macaw_keyring *ring, macaw_ring_node *node, macaw_key_state state,
                        int64_t sign_until, int64_t exp)
{
    int status = replace_state(ring, node->index, state, sign_until, exp);

    if (status == MACAW_OK) {
        macaw_ring_change(ring, node, state, sign_until, exp);
    }
    return status;
}

static int change_jwk(macaw_keyring *ring, macaw_jwk_node *node, macaw_key_state state,
                      int64_t sign_until, int64_t exp)
{
    int status = replace_state(ring, node->index, state, sign_until, exp);

    if (status == MACAW_OK) {
        node->jwk.state = state;
        node->jwk.sign_until = sign_until;
        node->jwk.exp = exp;
    }
    return status;
}

int macaw_keyring_change(macaw_keyring *ring, const char *kid, macaw_key_state state,
                         int64_t sign_until, int64_t exp)
{
    macaw_ring_node *node = macaw_ring_find(ring, kid, strlen(kid));
    macaw_jwk_node *other = node != NULL ? NULL : macaw_ring_find_jwk(ring, kid, strlen(kid));
    macaw_entry_site site = {.kid = kid};

    if (node == NULL && other == NULL) {
        return MACAW_ENOTFOUND;
    }
    int64_t nbf = node != NULL ? node->entry.nbf : other->jwk.nbf;
    macaw_entry_dates dates = {.nbf = nbf, .sign_until = sign_until, .exp = exp};
    if (!macaw_key_state_valid(state) || macaw_entry_check_dates(&site, &dates) != MACAW_OK) {
        return MACAW_EARG;
    }
    return node != NULL ? change_entry(ring, node, state, sign_until, exp)
                        : change_jwk(ring, other, state, sign_until, exp);
}

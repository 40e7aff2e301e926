/* Changes of a keyring: to the document and to the entries, both or neither. */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/error.h"
#include "key/ring.h"
#include "key/state.h"

int macaw_keyring_new(macaw_keyring **ret)
{
    json_t *doc = json_pack("{s:[]}", "keys");

    return doc == NULL ? MACAW_ENOMEM : macaw_ring_new(ret, doc);
}

static int set_string(json_t *jwk, const char *member, const char *text, size_t len)
{
    return json_object_set_new(jwk, member, json_stringn(text, len)) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

static int set_secret(json_t *jwk, const void *secret, size_t n)
{
    char *text = malloc(MACAW_BASE64URL_LEN(n) + 1);

    if (text == NULL) {
        return MACAW_ENOMEM;
    }
    size_t len = macaw_base64_encode(MACAW_BASE64URL, text, secret, n);
    int status = set_string(jwk, "k", text, len);
    macaw_wipe(text, len);
    free(text);
    return status;
}

/* A date of 0 leaves no member. */
static int set_date(json_t *jwk, const char *member, int64_t date)
{
    if (date == 0) {
        (void)json_object_del(jwk, member);
        return MACAW_OK;
    }
    return json_object_set_new(jwk, member, json_integer(date)) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

static int set_state(json_t *jwk, macaw_key_state state, int64_t sign_until, int64_t exp)
{
    const char *name = macaw_key_state_name(state);
    int status = set_string(jwk, "state", name, strlen(name));

    if (status == MACAW_OK) {
        status = set_date(jwk, "sign_until", sign_until);
    }
    return status == MACAW_OK ? set_date(jwk, "exp", exp) : status;
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
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < sizeof names / sizeof *names; i++) {
        status = set_string(jwk, names[i].member, names[i].text, strlen(names[i].text));
    }
    if (status == MACAW_OK) {
        status = set_secret(jwk, secret, entry->secret_len);
    }
    if (status == MACAW_OK) {
        status = set_date(jwk, "iat", entry->iat);
    }
    if (status == MACAW_OK) {
        status = set_date(jwk, "nbf", entry->nbf);
    }
    if (status == MACAW_OK) {
        status = set_state(jwk, entry->state, entry->sign_until, entry->exp);
    }
    if (status == MACAW_OK && entry->insecure) {
        status = json_object_set_new(jwk, "insecure", json_true()) == 0 ? MACAW_OK : MACAW_ENOMEM;
    }
    return status;
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
    int status = set_state(jwk, state, sign_until, exp);
    if (status != MACAW_OK) {
        json_decref(jwk);
        return status;
    }
    return json_array_set_new(ring->keys, index, jwk) == 0 ? MACAW_OK : MACAW_ENOMEM;
}

int macaw_keyring_change(macaw_keyring *ring, const char *kid, macaw_key_state state,
                         int64_t sign_until, int64_t exp)
{
    macaw_ring_node *node = macaw_ring_find(ring, kid, strlen(kid));

    if (node == NULL) {
        return MACAW_ENOTFOUND;
    }
    macaw_entry_dates dates = {node->entry.iat, node->entry.nbf, sign_until, exp};
    macaw_entry_site site = {.err = NULL, .index = node->index, .kid = node->entry.kid};
    if (!macaw_key_state_valid(state) || macaw_entry_check_dates(&site, &dates) != MACAW_OK) {
        return MACAW_EARG;
    }
    int status = replace_state(ring, node->index, state, sign_until, exp);
    if (status == MACAW_OK) {
        macaw_ring_change(ring, node, state, sign_until, exp);
    }
    return status;
}

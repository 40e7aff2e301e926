/* Keyrings as text: JWK Set in and out, through the jansson document that keeps
 * what macaw does not know. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/error.h"
#include "key/ring.h"
#include "key/state.h"
#include "mac/registry.h"

/* ---- documents ---- */

static void wipe_strings(json_t *value)
{
    const char *name = NULL;
    json_t *member;
    size_t i;

    if (json_is_string(value)) {
        /* jansson owns this memory and nobody reads it again. */
        macaw_wipe((char *)json_string_value(value), json_string_length(value));
    }
    json_array_foreach(value, i, member) {
        wipe_strings(member);
    }
    json_object_foreach(value, name, member) {
        wipe_strings(member);
    }
}

void macaw_json_wipe_free(json_t *doc)
{
    if (doc != NULL) {
        wipe_strings(doc);
        json_decref(doc);
    }
}

/* jansson's own text may quote the input, and with it a secret. */
static int syntax_error(const json_error_t *where, macaw_error *err)
{
    enum json_error_code code = json_error_code(where);
    size_t offset = where->position > 0 ? (size_t)where->position : 0;

    /* Where jansson fails before it begins to read, it says nothing. */
    if (code == json_error_out_of_memory || where->text[0] == '\0') {
        return macaw_fail(err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    return macaw_fail(err, MACAW_EFORMAT, offset, "%s at line %d, column %d",
                      code == json_error_duplicate_key ? "a member occurs twice"
                                                       : "is not JSON (RFC 8259)",
                      where->line, where->column);
}

/* ---- one key ---- */

/* NULL if absent; a value of another type is refused. */
static int read_string(const json_t *jwk, const macaw_entry_site *site, const char *member,
                       const char **ret)
{
    const json_t *value = json_object_get(jwk, member);

    if (value != NULL && !json_is_string(value)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "is not a string");
    }
    *ret = json_string_value(value);
    return MACAW_OK;
}

/* 0 if absent. 0 itself is refused, so that "exp": 0 does not mean forever. */
static int read_date(const json_t *jwk, const macaw_entry_site *site, const char *member,
                     int64_t *ret)
{
    const json_t *value = json_object_get(jwk, member);

    if (value == NULL) {
        *ret = 0;
        return MACAW_OK;
    }
    if (!json_is_integer(value) || json_integer_value(value) < 1) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, member, "is not a positive integer");
    }
    *ret = json_integer_value(value);
    return MACAW_OK;
}

static int read_dates(const json_t *jwk, const macaw_entry_site *site, macaw_entry_spec *spec)
{
    const struct {
        const char *member;
        int64_t *value;
    } all[] = {
        {"iat", &spec->iat},
        {"nbf", &spec->nbf},
        {"sign_until", &spec->sign_until},
        {"exp", &spec->exp},
    };
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && i < sizeof all / sizeof *all; i++) {
        status = read_date(jwk, site, all[i].member, all[i].value);
    }
    return status;
}

static int read_insecure(const json_t *jwk, const macaw_entry_site *site, bool *ret)
{
    const json_t *value = json_object_get(jwk, "insecure");

    if (value != NULL && !json_is_boolean(value)) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "insecure", "is neither true nor false");
    }
    *ret = json_is_true(value);
    return MACAW_OK;
}

static int read_state(const json_t *jwk, const macaw_entry_site *site, macaw_key_state *ret)
{
    const char *name = NULL;
    int status = read_string(jwk, site, "state", &name);

    if (status != MACAW_OK) {
        return status;
    }
    if (name == NULL) {
        *ret = MACAW_ACTIVE;
        return MACAW_OK;
    }
    if (macaw_key_state_find(name, ret) != MACAW_OK) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "state",
                                  "is not pending, active, verify or retired");
    }
    return MACAW_OK;
}

static int read_alg(const json_t *jwk, const macaw_entry_site *site, const macaw_alg **ret)
{
    const char *name = NULL;
    int status = read_string(jwk, site, "alg", &name);

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
    int status = read_string(jwk, site, "k", &text);

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
    int status = read_string(jwk, site, "kid", &spec->kid);

    if (status == MACAW_OK && spec->kid == NULL) {
        status = macaw_entry_refuse(site, MACAW_EFORMAT, "kid", "is missing");
    }
    if (status == MACAW_OK) {
        status = macaw_entry_check_kid(site, spec->kid);
    }
    return status == MACAW_OK ? read_string(jwk, site, "use", &spec->use) : status;
}

static int read_properties(const json_t *jwk, macaw_entry_site *site, macaw_entry_spec *spec)
{
    int status = read_names(jwk, site, spec);

    if (status == MACAW_OK) {
        status = read_alg(jwk, site, &spec->alg);
    }
    if (status == MACAW_OK) {
        status = read_state(jwk, site, &spec->state);
    }
    if (status == MACAW_OK) {
        status = read_insecure(jwk, site, &spec->insecure);
    }
    return status == MACAW_OK ? read_dates(jwk, site, spec) : status;
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

/* Keys of another type stay in the document and are otherwise left alone (RFC
 * 7517 section 5). */
static int read_any(macaw_keyring *ring, const json_t *jwk, macaw_entry_site *site)
{
    const char *kty = NULL;

    if (!json_is_object(jwk)) {
        return macaw_fail(site->err, MACAW_EFORMAT, 0, "keys[%zu]: is not an object", site->index);
    }
    int status = read_string(jwk, site, "kty", &kty);
    if (status != MACAW_OK) {
        return status;
    }
    if (kty == NULL) {
        return macaw_entry_refuse(site, MACAW_EFORMAT, "kty", "is missing");
    }
    return strcmp(kty, "oct") == 0 ? read_key(ring, jwk, site) : MACAW_OK;
}

/* ---- the set ---- */

static int read_keys(macaw_keyring *ring, macaw_error *err)
{
    for (size_t i = 0; i < json_array_size(ring->keys); i++) {
        macaw_entry_site site = {.err = err, .index = i};
        int status = read_any(ring, json_array_get(ring->keys, i), &site);
        if (status != MACAW_OK) {
            return status;
        }
    }
    return MACAW_OK;
}

static int check_set(const json_t *doc, macaw_error *err)
{
    const json_t *keys = json_object_get(doc, "keys");

    if (!json_is_array(keys)) {
        return macaw_fail(err, MACAW_EFORMAT, 0,
                          "is no JWK Set (RFC 7517 section 5): an object with an array \"keys\"");
    }
    if (json_array_size(keys) > MACAW_KEYRING_KEYS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "keys: more than %d", MACAW_KEYRING_KEYS_MAX);
    }
    return MACAW_OK;
}

int macaw_keyring_parse(macaw_keyring **ret, const char *json, size_t len, macaw_error *err)
{
    macaw_keyring *ring;
    json_error_t where = {0};

    if (len > MACAW_KEYRING_BYTES_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "is longer than %d bytes", MACAW_KEYRING_BYTES_MAX);
    }
    json_t *doc = json_loadb(len == 0 ? "" : json, len, JSON_REJECT_DUPLICATES, &where);
    if (doc == NULL) {
        return syntax_error(&where, err);
    }
    int status = check_set(doc, err);
    if (status != MACAW_OK) {
        macaw_json_wipe_free(doc);
        return status;
    }
    if (macaw_ring_new(&ring, doc) != MACAW_OK) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    status = read_keys(ring, err);
    if (status != MACAW_OK) {
        macaw_keyring_free(ring);
        return status;
    }
    *ret = ring;
    return MACAW_OK;
}

int macaw_ring_print(const macaw_keyring *ring, char **ret, size_t *ret_len)
{
    const size_t flags = JSON_INDENT(2);
    size_t n = json_dumpb(ring->doc, NULL, 0, flags);

    if (n == 0) {
        return MACAW_ENOMEM;
    }
    if (n + 1 > MACAW_KEYRING_BYTES_MAX) {
        return MACAW_ELIMIT;
    }
    char *text = malloc(n + 1);
    if (text == NULL) {
        return MACAW_ENOMEM;
    }
    if (json_dumpb(ring->doc, text, n, flags) != n) {
        macaw_wipe(text, n);
        free(text);
        return MACAW_ENOMEM;
    }
    text[n] = '\n';
    *ret = text;
    *ret_len = n + 1;
    return MACAW_OK;
}

/* Keyrings as text: JWK Sets in and out, through the jansson document that keeps
 * what macaw does not know. */
#include <stdlib.h>

#include "base/ct.h"
#include "base/error.h"
#include "key/ring.h"

static void wipe_strings(json_t *value)
{
    const char *name = NULL;
    json_t *member;
    size_t i;

    if (json_is_string(value)) {
        /* jansson owns this memory and nobody reads it again. */
        macaw_wipe((char *)json_string_value(value), json_string_length(value));
    }
    json_array_foreach(value, i, member)
    {
        wipe_strings(member);
    }
    json_object_foreach(value, name, member)
    {
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

static int read_keys(macaw_keyring *ring, macaw_error *err)
{
    for (size_t i = 0; i < json_array_size(ring->keys); i++) {
        macaw_entry_site site = {.err = err, .index = i};
        int status = macaw_ring_read(ring, json_array_get(ring->keys, i), &site);
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

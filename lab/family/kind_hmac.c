/* HMAC-SHA256 with few keys, short messages and its highest bits: what a real MAC
 * looks like when everything can be counted. */
#include "kind.h"

#include <macaw/mac.h>

#include "base/error.h"
#include "memory.h"

static int hmac_shape(const family_spec *spec, family_shape *ret, macaw_error *err)
{
    if ((uint64_t)spec->keys > family_power(256, (uint64_t)spec->keybytes)) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "keys: more than keybytes=%d can count",
                          (int)spec->keybytes);
    }
    ret->n = ret->candidates = (uint64_t)spec->messages;
    ret->m = (uint64_t)1 << spec->bits;
    ret->base = (uint32_t)spec->keys;
    ret->dims = 1;
    ret->message_len = 1;
    return MACAW_OK;
}

static char *hmac_message(const family_spec *spec, const family_shape *shape, uint64_t x,
                          uint32_t *ret)
{
    (void)spec;
    (void)shape;
    ret[0] = (uint32_t)x;
    return family_format("%02x", ret[0]);
}

static int32_t hmac_tag(const family_spec *spec, const family_shape *shape, const uint32_t *key,
                        const uint32_t *message)
{
    size_t len = (size_t)spec->keybytes;
    uint8_t secret[4];
    uint8_t byte = (uint8_t)message[0];
    macaw_msg msg = {NULL, &byte, 1};
    uint8_t tag[32];
    macaw_key *made;
    int status;

    (void)shape;
    for (size_t i = 0; i < len; i++) {
        secret[i] = (uint8_t)(key[0] >> 8 * (len - 1 - i));
    }
    status = macaw_key_new(&made, macaw_alg_find("hmac-sha256"), secret, len, NULL);
    if (status != MACAW_OK) {
        return -1;
    }
    status = macaw_tag(made, &msg, tag, sizeof tag);
    macaw_key_free(made);
    return status != MACAW_OK ? -1 : (tag[0] << 8 | tag[1]) >> (16 - spec->bits);
}

static void hmac_coordinate(const family_spec *spec, uint32_t i, char ret[8])
{
    (void)spec;
    (void)i;
    family_letter_name('k', ret);
}

const family_kind family_hmac = {
    .name = "hmac",
    .needs = (const char *const[]){"keys", "keybytes", "messages", "bits", NULL},
    .takes = (const char *const[]){"mod", "weights", "xweights", NULL},
    .shape = hmac_shape,
    .message = hmac_message,
    .tag = hmac_tag,
    .coordinate = hmac_coordinate,
};

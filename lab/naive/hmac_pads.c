/* HMAC-SHA256 whose pads can be set. Settings: ipad, opad (0 to 255), inner (open: inner
 * digests can be had, by the action "inner"), key. */
#include <string.h>

#include "harness/target.h"
#include "naive/hash.h"

enum { BLOCK = 64, DIGEST = 32 };

typedef struct pads_state {
    uint8_t inner[BLOCK], outer[BLOCK]; /* the key, xored with each pad */
    bool open;
} pads_state;

static bool hash(const uint8_t *key, lab_bytes text, uint8_t *ret)
{
    lab_buf all = {0};
    bool done;

    lab_buf_add(&all, key, BLOCK);
    lab_buf_add(&all, text.data, text.len);
    done = !all.failed && lab_digest("SHA256", lab_buf_bytes(&all), ret) == DIGEST;
    lab_buf_free(&all);
    return done;
}

static bool pads_tag(void *state, const lab_input *in, lab_output *ret)
{
    const pads_state *s = state;
    uint8_t digest[DIGEST];

    ret->tag_len = DIGEST;
    return hash(s->inner, in->message, digest) &&
           hash(s->outer, (lab_bytes){digest, sizeof digest}, ret->tag);
}

static bool run_inner(void *state, lab_bytes in, lab_buf *out)
{
    const pads_state *s = state;
    uint8_t digest[DIGEST];

    if (!s->open || !hash(s->inner, in, digest)) {
        return false;
    }
    lab_buf_add(out, digest, sizeof digest);
    return true;
}

static bool pads_setup(void *state, const lab_target *self, lab_env *env)
{
    pads_state *s = state;
    uint8_t key[DIGEST];

    (void)self;
    lab_draw_key(env, key, sizeof key);
    memset(s->inner, (int)lab_settings_number(env->settings, "ipad", 0x36), BLOCK);
    memset(s->outer, (int)lab_settings_number(env->settings, "opad", 0x5c), BLOCK);
    lab_xor(s->inner, s->inner, key, sizeof key);
    lab_xor(s->outer, s->outer, key, sizeof key);
    s->open = lab_settings_is(env->settings, "inner", "open");
    lab_publish_number(env->publics, "tag", DIGEST);
    return true;
}

extern const lab_target lab_hmac_pads;
const lab_target lab_hmac_pads = {
    .name = "hmac-pads",
    .title = "HMAC-SHA256 with other pads",
    .advice = "hmac-sha256, with the pads of RFC 2104",
    .properties = LAB_ANY_LENGTH | LAB_MD_HASH | LAB_ITERATED,
    .state_size = sizeof(pads_state),
    .setup = pads_setup,
    .tag = pads_tag,
    .actions = (const lab_action[]){{"inner", run_inner}, {NULL, NULL}},
};

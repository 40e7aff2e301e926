/* The cascade: SHA-256's compression function with the chaining value as its key, and
 * nothing behind it. The tag is the last chaining value. */
#include "base/bytes.h"
#include "base/ct.h"
#include "harness/target.h"
#include "prim/md.h"

enum { KEY = 32, BLOCK = 64 };

typedef struct cascade_state {
    uint8_t key[KEY];
} cascade_state;

static bool cascade_setup(void *state, const lab_target *self, lab_env *env)
{
    cascade_state *s = state;

    (void)self;
    lab_draw_key(env, s->key, sizeof s->key);
    lab_publish_number(env->publics, "tag", KEY);
    lab_publish_number(env->publics, "block", BLOCK);
    return true;
}

static bool cascade_tag(void *state, const lab_input *in, lab_output *ret)
{
    const cascade_state *s = state;
    macaw_md_state chain = {.w64 = {0}};

    if (in->message.len == 0 || in->message.len % BLOCK != 0) {
        return false;
    }
    for (size_t i = 0; i < KEY / 4; i++) {
        chain.w32[i] = macaw_load_be32(s->key + 4 * i);
    }
    macaw_md_pick(&macaw_sha256, NULL, NULL)
        ->blocks(&chain, in->message.data, in->message.len / BLOCK);
    macaw_md_digest(&macaw_sha256, &chain, ret->tag);
    ret->tag_len = KEY;
    return true;
}

static bool cascade_key_is(const void *state, lab_bytes guess)
{
    const cascade_state *s = state;

    return guess.len == KEY && macaw_ct_equal(s->key, guess.data, KEY);
}

extern const lab_target lab_cascade_sha256;
const lab_target lab_cascade_sha256 = {
    .name = "cascade-sha256",
    .title = "F(... F(F(k, x1), x2) ..., xn) with SHA-256's compression function, whole blocks",
    .advice = "nmac-sha256, which ends under a second key, or hmac-sha256",
    .family = "cascade",
    .properties = LAB_ANY_LENGTH | LAB_CASCADE | LAB_ITERATED | LAB_TAG_IS_STATE,
    .state_size = sizeof(cascade_state),
    .setup = cascade_setup,
    .tag = cascade_tag,
    .key_is = cascade_key_is,
};

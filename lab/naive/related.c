/* Any MAC under a key and under the same key with one bit flipped: the nonce of a query,
 * two bytes, says which bit. Settings: of, key-len (bytes of that key). */
#include <string.h>

#include "harness/target.h"

enum { KEY_MAX = 64 };

typedef struct related_state {
    lab_env inner;
    lab_settings settings; /* borrowed ones, and a key */
    lab_publics unused;
    lab_rng rng;
    uint8_t seed[LAB_SEED_LEN], key[KEY_MAX];
    size_t key_len;
} related_state;

static bool related_tag(void *state, const lab_input *in, lab_output *ret)
{
    related_state *s = state;
    const lab_input message = {{NULL, 0}, in->message};
    lab_instance one = {0};
    size_t bit = in->nonce.len == 2 ? (size_t)in->nonce.data[0] << 8 | in->nonce.data[1] : 0;
    bool flips = in->nonce.len == 2, done;

    if ((!flips && in->nonce.len > 0) || bit >= 8 * s->key_len) {
        return false;
    }
    s->key[bit / 8] ^= (uint8_t)(flips << bit % 8);
    lab_rng_init(&s->rng, s->seed);
    s->inner.rng = &s->rng;
    s->inner.publics = &s->unused;
    s->inner.settings = &s->settings;
    s->unused.fields.len = 0;
    done = lab_instance_open(&one, &s->inner) && one.target->tag(one.state, &message, ret);
    lab_instance_close(&one);
    s->key[bit / 8] ^= (uint8_t)(flips << bit % 8);
    ret->nonce_len = in->nonce.len;
    if (flips) {
        memcpy(ret->nonce, in->nonce.data, in->nonce.len);
    }
    return done;
}

/* The user's own key gives way to the one that bits are flipped of. */
static void set_key(related_state *s)
{
    size_t at = 0;

    while (at < s->settings.count && strcmp(s->settings.list[at].name, "key") != 0) {
        at++;
    }
    s->settings.list[at] = (struct lab_set){.name = "key", .bytes = {s->key, s->key_len}};
    s->settings.count += at == s->settings.count ? 1 : 0;
}

static bool related_setup(void *state, const lab_target *self, lab_env *env)
{
    related_state *s = state;
    const lab_input sample = {{NULL, 0}, {(const uint8_t *)"0123456789abcdef", 16}};
    lab_output out = {0};

    (void)self;
    s->inner = *env;
    s->inner.name = (const char *)lab_settings_bytes(env->settings, "of", "hmac-sha256").data;
    s->key_len = (size_t)lab_settings_number(env->settings, "key-len", 16);
    s->settings = *env->settings;
    if (s->key_len < 1 || s->key_len > KEY_MAX || s->settings.count == LAB_SETTINGS_MAX) {
        env->wrong = "key-len: from 1 to 64";
        return false;
    }
    lab_rng_bytes(env->rng, s->seed, sizeof s->seed);
    lab_draw_key(env, s->key, s->key_len);
    set_key(s);
    if (!related_tag(s, &sample, &out)) {
        env->wrong = "the construction cannot be set up";
        return false;
    }
    lab_publish_number(env->publics, "tag", out.tag_len);
    lab_publish_number(env->publics, "key-bits", 8 * s->key_len);
    return true;
}

static void related_clear(void *state)
{
    related_state *s = state;

    lab_buf_free(&s->unused.fields);
}

extern const lab_target lab_related_any;
const lab_target lab_related_any = {
    .name = "related-any",
    .title = "any MAC, and the same with one bit of its key flipped",
    .advice = "hmac-sha256, whose keys have nothing to do with each other",
    .properties = LAB_ANY_LENGTH | LAB_NONCE,
    .state_size = sizeof(related_state),
    .setup = related_setup,
    .tag = related_tag,
    .clear = related_clear,
};

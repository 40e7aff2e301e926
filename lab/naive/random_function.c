/* The PRF game: behind the oracle is a MAC, or, by a coin, a function picked at random
 * from all there are, one value at a time as it is asked for. The world is wronged by
 * whoever says which: the message "1" for the MAC, "0" for the function. Setting: of. */
#include <string.h>

#include "harness/target.h"

typedef struct game_state {
    lab_instance inner;
    lab_rng *rng;
    bool random;
    lab_buf known; /* message, tag, .. */
} game_state;

static bool game_setup(void *state, const lab_target *self, lab_env *env)
{
    game_state *s = state;
    lab_env inner = *env;

    (void)self;
    s->rng = env->rng;
    s->random = lab_rng_below(env->rng, 2) == 1;
    inner.name = (const char *)lab_settings_bytes(env->settings, "of", "hmac-sha256").data;
    if (!lab_instance_open(&s->inner, &inner)) {
        env->wrong = inner.wrong;
        return false;
    }
    return true;
}

/* The value that the random function has there: drawn at first, kept from then on. */
static void look_up(game_state *s, lab_bytes message, uint8_t *tag, size_t len)
{
    lab_reader reader = {lab_buf_bytes(&s->known), true};

    while (reader.rest.len > 0) {
        lab_bytes at = lab_get_bytes(&reader), value = lab_get_bytes(&reader);
        if (lab_bytes_equal(at, message) && value.len == len) {
            memcpy(tag, value.data, len);
            return;
        }
    }
    lab_rng_bytes(s->rng, tag, len);
    lab_put_bytes(&s->known, message);
    lab_put_bytes(&s->known, (lab_bytes){tag, len});
}

static bool game_tag(void *state, const lab_input *in, lab_output *ret)
{
    game_state *s = state;

    if (!s->inner.target->tag(s->inner.state, in, ret)) {
        return false;
    }
    if (s->random) {
        look_up(s, in->message, ret->tag, ret->tag_len);
    }
    return true;
}

static bool game_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const game_state *s = state;

    (void)tag;
    return lab_bytes_equal(in->message, lab_text(s->random ? "0" : "1"));
}

static void game_clear(void *state)
{
    game_state *s = state;

    lab_instance_close(&s->inner);
    lab_buf_free(&s->known);
}

extern const lab_target lab_random_or_any;
const lab_target lab_random_or_any = {
    .name = "random-or-any",
    .title = "a MAC or a random function, by a coin",
    .advice = "hmac-sha256 and cmac-aes128, which nobody tells from random functions",
    .properties = LAB_ANY_LENGTH | LAB_WORLD,
    .state_size = sizeof(game_state),
    .setup = game_setup,
    .tag = game_tag,
    .verify = game_verify,
    .clear = game_clear,
};

/* The one-time polynomial modulo 101: messages of bytes below 101, tags of one byte, and
 * chances that can be counted. One tag a key. */
#include "harness/target.h"

enum { Q = 101, LENGTH_MAX = 16 };

typedef struct small_state {
    unsigned k1, k2;
    bool spent;
} small_state;

static bool small_setup(void *state, const lab_target *self, lab_env *env)
{
    small_state *s = state;

    (void)self;
    s->k1 = (unsigned)lab_rng_below(env->rng, Q);
    s->k2 = (unsigned)lab_rng_below(env->rng, Q);
    lab_publish_number(env->publics, "tag", 1);
    lab_publish_number(env->publics, "q", Q);
    return true;
}

static bool compute(const small_state *s, lab_bytes message, uint8_t *ret)
{
    unsigned sum = 0;

    if (message.len == 0 || message.len > LENGTH_MAX) {
        return false;
    }
    for (size_t i = message.len; i-- > 0;) {
        if (message.data[i] >= Q) {
            return false;
        }
        sum = (sum + message.data[i]) * s->k1 % Q;
    }
    *ret = (uint8_t)((sum + s->k2) % Q);
    return true;
}

static bool small_tag(void *state, const lab_input *in, lab_output *ret)
{
    small_state *s = state;

    if (s->spent) {
        return false;
    }
    s->spent = true;
    ret->tag_len = 1;
    return compute(s, in->message, ret->tag);
}

static bool small_verify(void *state, const lab_input *in, lab_bytes tag)
{
    lab_output own = {.tag_len = 1};

    return compute(state, in->message, own.tag) && lab_tag_is(&own, tag);
}

extern const lab_target lab_onetime_small;
const lab_target lab_onetime_small = {
    .name = "onetime-small",
    .title = "P(m, k1) + k2 modulo 101, one message a key",
    .advice = "poly-onetime",
    .properties = LAB_POLYNOMIAL | LAB_ONE_TIME | LAB_SMALL,
    .state_size = sizeof(small_state),
    .setup = small_setup,
    .tag = small_tag,
    .verify = small_verify,
};

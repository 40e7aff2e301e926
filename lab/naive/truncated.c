/* Any MAC with its tag cut to a few bits. Settings: of (the MAC), tag-bits (1 to 32),
 * lockout (after so many refusals it refuses all; 0: never). */
#include "harness/target.h"

enum { BITS_MAX = 32 };

typedef struct truncated_state {
    lab_env inner;
    lab_publics unused;
    lab_rng rng;
    uint8_t seed[LAB_SEED_LEN];
    lab_instance instance;
    bool once; /* nonces, or one message a key: it begins anew for each operation */
    unsigned bits;
    uint64_t lockout, refused;
} truncated_state;

/* The same key each time, because the coins are. */
static bool begin(truncated_state *s)
{
    lab_instance_close(&s->instance);
    s->unused.fields.len = 0;
    lab_rng_init(&s->rng, s->seed);
    s->inner.rng = &s->rng;
    s->inner.publics = &s->unused;
    return lab_instance_open(&s->instance, &s->inner);
}

static void cut(lab_output *out, unsigned bits)
{
    out->tag_len = (bits + 7) / 8;
    out->tag[out->tag_len - 1] &= (uint8_t)(0xff << (8 * out->tag_len - bits));
}

static bool truncated_tag(void *state, const lab_input *in, lab_output *ret)
{
    truncated_state *s = state;
    const lab_input message = {{NULL, 0}, in->message};

    if ((s->once && !begin(s)) || !s->instance.target->tag(s->instance.state, &message, ret) ||
        8 * ret->tag_len < s->bits) {
        return false;
    }
    cut(ret, s->bits);
    return true;
}

static bool truncated_verify(void *state, const lab_input *in, lab_bytes tag)
{
    truncated_state *s = state;
    lab_output own = {0};
    bool good = (s->lockout == 0 || s->refused < s->lockout) && truncated_tag(s, in, &own) &&
                lab_bytes_equal((lab_bytes){own.nonce, own.nonce_len}, in->nonce) &&
                lab_tag_is(&own, tag);

    s->refused += good ? 0 : 1;
    return good;
}

static bool truncated_setup(void *state, const lab_target *self, lab_env *env)
{
    truncated_state *s = state;
    static const uint8_t message[48];
    const lab_input sample = {{NULL, 0}, {message, sizeof message}};
    lab_output out = {0};

    (void)self;
    s->inner = *env;
    s->inner.name = (const char *)lab_settings_bytes(env->settings, "of", "hmac-sha256").data;
    s->bits = (unsigned)lab_settings_number(env->settings, "tag-bits", 8);
    s->lockout = (uint64_t)lab_settings_number(env->settings, "lockout", 0);
    s->once = (lab_target_properties(s->inner.name) & (LAB_NONCE | LAB_ONE_TIME)) != 0;
    lab_rng_bytes(env->rng, s->seed, sizeof s->seed);
    if (s->bits < 1 || s->bits > BITS_MAX) {
        env->wrong = "tag-bits: from 1 to 32";
        return false;
    }
    if (!begin(s)) {
        env->wrong = s->inner.wrong;
        return false;
    }
    if (s->once && truncated_tag(s, &sample, &out)) {
        lab_publish(env->publics, "next-nonce", (lab_bytes){out.nonce, out.nonce_len});
    }
    lab_publish_number(env->publics, "tag", (s->bits + 7) / 8);
    lab_publish_number(env->publics, "tag-bits", s->bits);
    return true;
}

static void truncated_clear(void *state)
{
    truncated_state *s = state;

    lab_instance_close(&s->instance);
    lab_buf_free(&s->unused.fields);
}

extern const lab_target lab_truncated_any;
const lab_target lab_truncated_any = {
    .name = "truncated-any",
    .title = "any MAC, its tag cut to a few bits",
    .advice = "hmac-sha256 with 128 bits at least, which is what the library insists on",
    .properties = LAB_ANY_LENGTH | LAB_SMALL,
    .state_size = sizeof(truncated_state),
    .setup = truncated_setup,
    .tag = truncated_tag,
    .verify = truncated_verify,
    .clear = truncated_clear,
};

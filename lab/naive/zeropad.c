/* A sound MAC behind zero padding: the last block is filled with zeros, and nothing
 * says how many. zeropad-any takes the name of the MAC from the setting "of". */
#include <string.h>

#include "harness/target.h"

enum { BLOCK = 16 };

typedef struct zeropad_state {
    lab_instance inner;
} zeropad_state;

static bool zeropad_setup(void *state, const lab_target *self, lab_env *env)
{
    zeropad_state *s = state;
    lab_env inner = *env;

    inner.name = self->param != NULL
                     ? self->param
                     : (const char *)lab_settings_bytes(env->settings, "of", "cbc-raw").data;
    if (!lab_instance_open(&s->inner, &inner)) {
        env->wrong = inner.wrong;
        return false;
    }
    lab_publish_number(env->publics, "padded-to", BLOCK);
    return true;
}

/* The inner construction's message; an empty one becomes a block. */
static lab_input padded(const lab_input *in, lab_buf *buf)
{
    size_t len = in->message.len == 0 ? BLOCK : (in->message.len + BLOCK - 1) / BLOCK * BLOCK;
    uint8_t *text = lab_buf_extend(buf, len);

    if (text != NULL && in->message.len > 0) {
        memcpy(text, in->message.data, in->message.len);
    }
    return (lab_input){in->nonce, lab_buf_bytes(buf)};
}

static bool zeropad_tag(void *state, const lab_input *in, lab_output *ret)
{
    zeropad_state *s = state;
    lab_buf buf = {0};
    const lab_input whole = padded(in, &buf);
    bool done = !buf.failed && s->inner.target->tag(s->inner.state, &whole, ret);

    lab_buf_free(&buf);
    return done;
}

static bool zeropad_verify(void *state, const lab_input *in, lab_bytes tag)
{
    zeropad_state *s = state;
    lab_buf buf = {0};
    const lab_input whole = padded(in, &buf);
    bool good = !buf.failed && lab_instance_verify(&s->inner, &whole, tag);

    lab_buf_free(&buf);
    return good;
}

static void zeropad_clear(void *state)
{
    zeropad_state *s = state;

    lab_instance_close(&s->inner);
}

#define ZEROPAD(id, spelled, inner_name, words)                                                    \
    extern const lab_target lab_zeropad_##id;                                                      \
    const lab_target lab_zeropad_##id = {                                                          \
        .name = "zeropad-" spelled,                                                                \
        .title = words " of the message filled with zeros",                                        \
        .advice = "cmac-aes128, which marks the end of the message",                               \
        .properties = LAB_ANY_LENGTH | LAB_ZERO_PADDED,                                            \
        .param = inner_name,                                                                       \
        .state_size = sizeof(zeropad_state),                                                       \
        .setup = zeropad_setup,                                                                    \
        .tag = zeropad_tag,                                                                        \
        .verify = zeropad_verify,                                                                  \
        .clear = zeropad_clear,                                                                    \
    };

ZEROPAD(cbc, "cbc", "cbc-raw", "cbc-raw")
ZEROPAD(ecbc, "ecbc", "ecbc-aes128", "ecbc-aes128")
ZEROPAD(retail, "retail", "retail-mac-des", "retail-mac-des")
ZEROPAD(cmac, "cmac", "cmac-aes128", "cmac-aes128")
ZEROPAD(pmac, "pmac", "pmac-aes128", "pmac-aes128")
ZEROPAD(pmac1, "pmac1", "pmac1-aes128", "pmac1-aes128")
ZEROPAD(hmac, "hmac", "hmac-sha256", "hmac-sha256")
ZEROPAD(any, "any", NULL, "any MAC")

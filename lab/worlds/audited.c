/* Worlds of one message and its tag, whose making shall be found out: which construction,
 * and which key. Action:
 *   sample  as the setting "sample" says, of a request or a response: MESSAGE|TAG, in hexadecimal
 * Handed in: CONSTRUCTION, a space, KEY. Wronged: that is what made it.
 *   audit-suffix, audit-prefix, audit-hmac  under a published key
 *   audit-sound                             HMAC under 32 random bytes */
#include <string.h>

#include "base/codec.h"
#include "key/published.h"
#include "naive/hash.h"
#include "worlds/world.h"

enum { KEY_MAX = 256, TAG = 32 };

typedef struct made_by {
    const char *name;
    bool suffix, prefix, random;
} made_by;

/* Of a manual that printed the tags of both, as HMACs. */
static const char request[] = "/example/users?user=test&institutionID=999"
                              "&signature=7e745d74b69b7f62e8e2"
                              "1711662980";
static const char response[] = "1711663027|"
                               "{\"result\": \"ok\", \"users\": \"test\", \"sub\": 2840345654}";

typedef struct audited_state {
    const made_by *by;
    lab_bytes message;
    uint8_t secret[KEY_MAX];
    size_t len;
} audited_state;

static bool audited_setup(void *state, const lab_target *self, lab_env *env)
{
    audited_state *s = state;
    lab_bytes key = lab_settings_bytes(env->settings, "key", "your_secret_key");

    s->by = self->param;
    s->message =
        lab_text(lab_settings_is(env->settings, "sample", "response") ? response : request);
    if (s->by->random) {
        s->len = TAG;
        lab_rng_bytes(env->rng, s->secret, s->len);
        return true;
    }
    s->len = key.len < KEY_MAX ? key.len : KEY_MAX;
    memcpy(s->secret, key.data, s->len);
    return true;
}

static bool compute(const audited_state *s, lab_bytes message, uint8_t tag[TAG])
{
    lab_buf text = {0};
    macaw_key *key = NULL;
    bool done;

    if (!s->by->prefix && !s->by->suffix) {
        done = macaw_key_new(&key, macaw_alg_find("hmac-sha256"), s->secret, s->len, NULL) ==
                   MACAW_OK &&
               macaw_tag(key, &(macaw_msg){NULL, message.data, message.len}, tag, TAG) == MACAW_OK;
        macaw_key_free(key);
        return done;
    }
    lab_buf_add(&text, s->secret, s->by->prefix ? s->len : 0);
    lab_buf_add(&text, message.data, message.len);
    lab_buf_add(&text, s->secret, s->by->suffix ? s->len : 0);
    done = lab_digest("SHA256", lab_buf_bytes(&text), tag) == TAG;
    lab_buf_free(&text);
    return done;
}

static bool sample(void *state, lab_bytes in, lab_buf *out)
{
    const lab_bytes message = ((audited_state *)state)->message;
    uint8_t tag[TAG];
    char hex[LAB_HEX_TAG];
    bool done = compute(state, message, tag);

    (void)in;
    macaw_hex_encode(hex, tag, sizeof tag);
    lab_buf_add(out, message.data, message.len);
    lab_world_put(out, "|%.*s", LAB_HEX_TAG, hex);
    return done;
}

static bool audited_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const audited_state *s = state;
    lab_bytes name, key;

    (void)tag;
    return lab_cut(in->message, ' ', &name, &key) && lab_bytes_equal(name, lab_text(s->by->name)) &&
           lab_bytes_equal(key, (lab_bytes){s->secret, s->len});
}

static void audited_clear(void *state)
{
    (void)state;
}

static const lab_action actions[] = {{"sample", sample}, {NULL, NULL}};

#define AUDITED(id, words, better, ...)                                                            \
    static const made_by by_##id = {__VA_ARGS__};                                                  \
    extern const lab_target lab_audited_##id;                                                      \
    const lab_target lab_audited_##id = {                                                          \
        .name = "audit-" #id,                                                                      \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &by_##id,                                                                         \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(audited),                                                                     \
    };

#define ADVICE "hmac-sha256 with 32 random bytes: macaw key new"
AUDITED(suffix, "SHA-256(message || key) under a published key", ADVICE, .name = "SHA-256:mk",
        .suffix = true)
AUDITED(prefix, "SHA-256(key || message) under a published key", ADVICE, .name = "SHA-256:km",
        .prefix = true)
AUDITED(hmac, "HMAC-SHA-256 under a published key", ADVICE, .name = "hmac-sha256")
AUDITED(sound, "HMAC-SHA-256 under 32 random bytes", NULL, .name = "hmac-sha256", .random = true)

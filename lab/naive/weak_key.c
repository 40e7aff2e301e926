/* hmac-sha256 under keys that can be found.
 *   weak-word    a word that somebody published as an example
 *   weak-digits  four digits
 *   weak-short   "bits" bits, at the end of 32 bytes of zeros; nested, 1: the MAC under a
 *                key that is the hexadecimal MAC of the message itself */
#include <stdio.h>
#include <string.h>

#include <macaw/mac.h>

#include "base/bytes.h"
#include "base/codec.h"
#include "base/ct.h"
#include "harness/target.h"
#include "key/published.h"

enum { TAG = 32, KEY_MAX = 256 };

enum kind { WORD, DIGITS, SHORT };

typedef struct weak_state {
    const macaw_alg *alg;
    uint8_t secret[KEY_MAX];
    size_t len;
    macaw_key *key;
    bool nested;
} weak_state;

static void draw_word(weak_state *s, lab_rng *rng)
{
    const char *word;
    size_t n = 0;

    while (macaw_published_at(n) != NULL) {
        n++;
    }
    do {
        word = macaw_published_at((size_t)lab_rng_below(rng, n));
        s->len = strlen(word);
    } while (s->len == 0 || s->len > KEY_MAX);
    memcpy(s->secret, word, s->len);
}

static void draw_secret(weak_state *s, enum kind kind, lab_env *env)
{
    uint64_t bits = (uint64_t)lab_settings_number(env->settings, "bits", 16);

    if (kind == WORD) {
        draw_word(s, env->rng);
    } else if (kind == DIGITS) {
        s->len = 4;
        for (size_t i = 0; i < s->len; i++) {
            s->secret[i] = (uint8_t)('0' + lab_rng_below(env->rng, 10));
        }
    } else {
        s->len = TAG;
        macaw_store_be64(s->secret + TAG - 8, lab_rng_below(env->rng, UINT64_C(1) << bits));
    }
}

static bool weak_setup(void *state, const lab_target *self, lab_env *env)
{
    weak_state *s = state;

    s->alg = macaw_alg_find("hmac-sha256");
    s->nested = lab_settings_number(env->settings, "nested", 0) != 0;
    draw_secret(s, *(const enum kind *)self->param, env);
    lab_publish_number(env->publics, "tag", TAG);
    lab_publish_number(env->publics, "nested", s->nested ? 1 : 0);
    return macaw_key_new(&s->key, s->alg, s->secret, s->len, NULL) == MACAW_OK;
}

static bool nested_tag(const weak_state *s, const macaw_msg *msg, uint8_t *tag)
{
    char digits[2 * TAG];
    macaw_key *inner = NULL;
    bool done;

    macaw_hex_encode(digits, tag, TAG);
    done = macaw_key_new(&inner, s->alg, digits, sizeof digits, NULL) == MACAW_OK &&
           macaw_tag(inner, msg, tag, TAG) == MACAW_OK;
    macaw_key_free(inner);
    return done;
}

static bool weak_tag(void *state, const lab_input *in, lab_output *ret)
{
    const weak_state *s = state;
    const macaw_msg msg = {NULL, in->message.data, in->message.len};

    ret->tag_len = TAG;
    return macaw_tag(s->key, &msg, ret->tag, TAG) == MACAW_OK &&
           (!s->nested || nested_tag(s, &msg, ret->tag));
}

static bool weak_key_is(const void *state, lab_bytes guess)
{
    const weak_state *s = state;

    return guess.len == s->len && macaw_ct_equal(guess.data, s->secret, s->len);
}

static void weak_draw(void *state, lab_rng *rng, lab_buf *message)
{
    char text[40];
    int n = snprintf(text, sizeof text, "user-%06u|17000%05u",
                     (unsigned)lab_rng_below(rng, 1000000), (unsigned)lab_rng_below(rng, 100000));

    (void)state;
    message->len = 0;
    lab_buf_add(message, text, (size_t)n);
}

static void weak_clear(void *state)
{
    macaw_key_free(((weak_state *)state)->key);
}

#define WEAK(id, spelled, words, which)                                                            \
    static const enum kind kind_##id = which;                                                      \
    extern const lab_target lab_weak_##id;                                                         \
    const lab_target lab_weak_##id = {                                                             \
        .name = "weak-" spelled,                                                                   \
        .title = "hmac-sha256 under " words,                                                       \
        .advice = "hmac-sha256 with 32 random bytes: macaw key new",                               \
        .properties = LAB_ANY_LENGTH,                                                              \
        .param = &kind_##id,                                                                       \
        .state_size = sizeof(weak_state),                                                          \
        .setup = weak_setup,                                                                       \
        .tag = weak_tag,                                                                           \
        .key_is = weak_key_is,                                                                     \
        .draw = weak_draw,                                                                         \
        .clear = weak_clear,                                                                       \
    };

WEAK(word, "word", "a word of a manual", WORD)
WEAK(digits, "digits", "four digits", DIGITS)
WEAK(short, "short", "a key of few random bits", SHORT)

/* hmac-sha256 with verifiers that are wrong in one place each. */
#include <string.h>

#include <macaw/mac.h>

#include "base/bytes.h"
#include "harness/target.h"

enum { TAG = 32 };

/* Whether a tag of any length is taken for own, of TAG bytes. */
typedef bool judge(const uint8_t own[TAG], lab_bytes tag);

typedef struct verifier_kind {
    judge *judge;
} verifier_kind;

typedef struct verifier_state {
    const verifier_kind *kind;
    macaw_key *key;
} verifier_state;

/* As texts of C, which end at the first zero. */
static bool by_strcmp(const uint8_t own[TAG], lab_bytes tag)
{
    char a[TAG + 1] = {0}, b[TAG + 1] = {0};

    memcpy(a, own, TAG);
    memcpy(b, tag.data, tag.len < TAG ? tag.len : TAG);
    return tag.len == TAG && strcmp(a, b) == 0;
}

/* As many bytes as the sender likes, but some. */
static bool by_their_length(const uint8_t own[TAG], lab_bytes tag)
{
    return tag.len > 0 && tag.len <= TAG && memcmp(own, tag.data, tag.len) == 0;
}

/* Checked where there is one. */
static bool where_present(const uint8_t own[TAG], lab_bytes tag)
{
    return tag.len == 0 || (tag.len == TAG && memcmp(own, tag.data, TAG) == 0);
}

/* As the standard allows memcmp to be: the difference of the first words that differ. */
static int compare_words(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i += 4) {
        uint32_t x = macaw_load_be32(a + i), y = macaw_load_be32(b + i);
        if (x != y) {
            return (int)(x - y);
        }
    }
    return 0;
}

/* And its result cut to a char. */
static bool by_char(const uint8_t own[TAG], lab_bytes tag)
{
    return tag.len == TAG && (char)compare_words(own, tag.data, TAG) == 0;
}

/* The status of a function for which 0 means good, taken for a truth value. */
static bool reversed(const uint8_t own[TAG], lab_bytes tag)
{
    return tag.len == TAG && memcmp(own, tag.data, TAG) != 0;
}

static bool verifier_setup(void *state, const lab_target *self, lab_env *env)
{
    verifier_state *s = state;
    uint8_t secret[TAG];

    s->kind = self->param;
    lab_draw_key(env, secret, sizeof secret);
    lab_publish_number(env->publics, "tag", TAG);
    return macaw_key_new(&s->key, macaw_alg_find("hmac-sha256"), secret, sizeof secret, NULL) ==
           MACAW_OK;
}

static bool verifier_tag(void *state, const lab_input *in, lab_output *ret)
{
    ret->tag_len = TAG;
    return macaw_tag(((verifier_state *)state)->key,
                     &(macaw_msg){NULL, in->message.data, in->message.len}, ret->tag,
                     TAG) == MACAW_OK;
}

static bool verifier_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const verifier_state *s = state;
    lab_output own = {0};

    return verifier_tag(state, in, &own) && s->kind->judge(own.tag, tag);
}

static void verifier_clear(void *state)
{
    macaw_key_free(((verifier_state *)state)->key);
}

#define VERIFIER(id, spelled, words, function)                                                     \
    static const verifier_kind kind_##id = {function};                                             \
    extern const lab_target lab_verifier_##id;                                                     \
    const lab_target lab_verifier_##id = {                                                         \
        .name = "verifier-" spelled,                                                               \
        .title = "hmac-sha256, " words,                                                            \
        .advice = "macaw_verify",                                                                  \
        .properties = LAB_ANY_LENGTH,                                                              \
        .param = &kind_##id,                                                                       \
        .state_size = sizeof(verifier_state),                                                      \
        .setup = verifier_setup,                                                                   \
        .tag = verifier_tag,                                                                       \
        .verify = verifier_verify,                                                                 \
        .clear = verifier_clear,                                                                   \
    };

VERIFIER(strcmp, "strcmp", "tags compared with strcmp", by_strcmp)
VERIFIER(length, "length", "as many bytes compared as the sender's tag has", by_their_length)
VERIFIER(empty, "empty", "an empty tag not checked", where_present)
VERIFIER(char, "char", "the result of memcmp cut to a char", by_char)
VERIFIER(reversed, "reversed", "a status that is 0 for good taken for a truth value", reversed)

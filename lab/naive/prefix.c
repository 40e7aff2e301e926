/* The secret-prefix MAC: h(k || x). Settings: key, key-bytes. */
#include <string.h>

#include "harness/target.h"
#include "naive/hash.h"

enum { KEY_MAX = 256 };

typedef struct prefix_state {
    const char *hash; /* libcrypto's name */
    uint8_t key[KEY_MAX];
    size_t key_len;
} prefix_state;

static bool prefix_tag(void *state, const lab_input *in, lab_output *ret)
{
    const prefix_state *s = state;
    lab_buf text = {0};

    lab_buf_add(&text, s->key, s->key_len);
    lab_buf_add(&text, in->message.data, in->message.len);
    if (!text.failed) {
        ret->tag_len = lab_digest(s->hash, lab_buf_bytes(&text), ret->tag);
    }
    lab_buf_free(&text);
    return ret->tag_len > 0;
}

static bool prefix_verify(void *state, const lab_input *in, lab_bytes tag)
{
    lab_output own = {0};

    return prefix_tag(state, in, &own) && lab_tag_is(&own, tag);
}

static bool prefix_setup(void *state, const lab_target *self, lab_env *env)
{
    prefix_state *s = state;
    const lab_input nothing = {{NULL, 0}, {NULL, 0}};
    lab_output sample = {0};

    s->hash = self->param;
    s->key_len = lab_settings_has(env->settings, "key")
                     ? lab_settings_bytes(env->settings, "key", "").len
                     : (size_t)lab_settings_number(env->settings, "key-bytes", 16);
    if (s->key_len > KEY_MAX) {
        env->wrong = "a key of this construction has at most 256 bytes here";
        return false;
    }
    lab_draw_key(env, s->key, s->key_len);
    if (!prefix_tag(s, &nothing, &sample)) {
        return false;
    }
    lab_publish_number(env->publics, "tag", sample.tag_len);
    return true;
}

#define PREFIX(id, spelled, hash_name, words, more)                                                \
    extern const lab_target lab_prefix_##id;                                                       \
    const lab_target lab_prefix_##id = {                                                           \
        .name = "prefix-" spelled,                                                                 \
        .title = "h(k || x), secret prefix, " words,                                               \
        .advice = "hmac-sha256",                                                                   \
        .family = "prefix",                                                                        \
        .properties = LAB_ANY_LENGTH | LAB_KEY_FIRST | (more),                                     \
        .param = hash_name,                                                                        \
        .state_size = sizeof(prefix_state),                                                        \
        .setup = prefix_setup,                                                                     \
        .tag = prefix_tag,                                                                         \
        .verify = prefix_verify,                                                                   \
    };

PREFIX(md5, "md5", "MD5", "MD5", LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha1, "sha1", "SHA1", "SHA-1", LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha256, "sha256", "SHA256", "SHA-256", LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha512, "sha512", "SHA512", "SHA-512", LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha224, "sha224", "SHA224", "SHA-224", LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha384, "sha384", "SHA384", "SHA-384", LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha512_256, "sha512-256", "SHA512-256", "SHA-512/256", LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha3_256, "sha3-256", "SHA3-256", "SHA3-256", 0)

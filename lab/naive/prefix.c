/* The secret-prefix MAC, h(k || x), and the secret-suffix MAC, h(x || k). Settings:
 * key, key-bytes. */
#include "harness/target.h"
#include "naive/hash.h"

enum { KEY_MAX = 256 };

typedef struct shape {
    const char *hash;    /* libcrypto's name */
    bool behind;         /* the key */
    size_t tag_len;      /* 0: the whole digest */
    unsigned state_bits; /* of the hash; 0: not told */
} shape;

typedef struct prefix_state {
    const shape *shape;
    uint8_t key[KEY_MAX];
    size_t key_len;
} prefix_state;

static bool prefix_tag(void *state, const lab_input *in, lab_output *ret)
{
    const prefix_state *s = state;
    lab_buf text = {0};

    if (!s->shape->behind) {
        lab_buf_add(&text, s->key, s->key_len);
    }
    lab_buf_add(&text, in->message.data, in->message.len);
    if (s->shape->behind) {
        lab_buf_add(&text, s->key, s->key_len);
    }
    if (!text.failed) {
        ret->tag_len = lab_digest(s->shape->hash, lab_buf_bytes(&text), ret->tag);
    }
    if (ret->tag_len > 0 && s->shape->tag_len > 0) {
        ret->tag_len = s->shape->tag_len;
    }
    lab_buf_free(&text);
    return ret->tag_len > 0;
}

static bool prefix_setup(void *state, const lab_target *self, lab_env *env)
{
    prefix_state *s = state;
    const lab_input nothing = {{NULL, 0}, {NULL, 0}};
    lab_output sample = {0};

    s->shape = self->param;
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
    if (s->shape->state_bits > 0) {
        lab_publish_number(env->publics, "state-bits", s->shape->state_bits);
    }
    return true;
}

#define KEYED(where, id, spelled, words, sides, more, ...)                                         \
    static const shape shape_##where##_##id = {__VA_ARGS__};                                       \
    extern const lab_target lab_##where##_##id;                                                    \
    const lab_target lab_##where##_##id = {                                                        \
        .name = #where "-" spelled,                                                                \
        .title = words,                                                                            \
        .advice = "hmac-sha256",                                                                   \
        .family = #where,                                                                          \
        .properties = LAB_ANY_LENGTH | (sides) | (more),                                           \
        .param = &shape_##where##_##id,                                                            \
        .state_size = sizeof(prefix_state),                                                        \
        .setup = prefix_setup,                                                                     \
        .tag = prefix_tag,                                                                         \
    };

#define PREFIX(id, spelled, hash_name, words, bits, more)                                          \
    KEYED(prefix, id, spelled, "h(k || x), secret prefix, " words, LAB_KEY_FIRST, more,            \
          .hash = hash_name, .state_bits = bits)

#define SUFFIX(id, spelled, hash_name, words, len)                                                 \
    KEYED(suffix, id, spelled, "h(x || k), secret suffix, " words, LAB_KEY_LAST,                   \
          LAB_MD_HASH | LAB_ITERATED, .hash = hash_name, .behind = true, .tag_len = len)

PREFIX(md5, "md5", "MD5", "MD5", 128, LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha1, "sha1", "SHA1", "SHA-1", 160, LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha256, "sha256", "SHA256", "SHA-256", 256, LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha512, "sha512", "SHA512", "SHA-512", 512, LAB_MD_HASH | LAB_ITERATED | LAB_TAG_IS_STATE)
PREFIX(sha224, "sha224", "SHA224", "SHA-224", 256, LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha384, "sha384", "SHA384", "SHA-384", 512, LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha512_256, "sha512-256", "SHA512-256", "SHA-512/256", 512, LAB_MD_HASH | LAB_ITERATED)
PREFIX(sha3_256, "sha3-256", "SHA3-256", "SHA3-256", 1600, 0)

SUFFIX(md5, "md5", "MD5", "MD5", 0)
SUFFIX(sha1, "sha1", "SHA1", "SHA-1", 0)
SUFFIX(sha256, "sha256", "SHA256", "SHA-256", 0)
SUFFIX(sha256_32, "sha256-32", "SHA256", "SHA-256 cut to 32 bits", 4)

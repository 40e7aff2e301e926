/* CBC-MAC over whole blocks, IV 0, in the shapes that attacks tell apart. Settings:
 * cipher, key, blocks (cbc-fixed), rekey (cbc-rekey: messages a key). */
#include <string.h>

#include "base/ct.h"
#include "naive/cipher.h"

enum { BLOCKS_MAX = 1 << 16 };

typedef struct shape {
    bool prepend; /* a first block with the number of blocks */
    bool append;  /* a last block with it */
    bool final;   /* encrypt the chaining value under a second key: ECBC */
    bool fixed;   /* one number of blocks only */
    bool rekey;   /* a new key every so many messages */
    bool iv;      /* the sender draws an IV and sends it: the nonce */
    bool cover;   /* that IV is the first block under the MAC instead */
    bool leak;    /* every chaining value comes out with a tag, the tag first */
} shape;

typedef struct cbc_state {
    const shape *shape;
    lab_cipher cipher, final;
    size_t blocks;
    uint64_t rekey, tagged;
    lab_env env; /* rekey: where new keys come from */
} cbc_state;

static bool cbc_setup(void *state, const lab_target *self, lab_env *env)
{
    cbc_state *s = state;

    s->shape = self->param;
    s->env = *env;
    s->blocks = (size_t)lab_settings_number(env->settings, "blocks", 3);
    s->rekey = (uint64_t)lab_settings_number(env->settings, "rekey", 1000);
    if (!lab_cipher_draw(&s->cipher, env) ||
        (s->shape->final && !lab_cipher_draw(&s->final, env))) {
        return false;
    }
    lab_publish_number(env->publics, "tag", s->cipher.block);
    lab_publish_number(env->publics, "block", s->cipher.block);
    lab_publish_number(env->publics, "block-bits", s->cipher.bits);
    if (s->shape->fixed) {
        lab_publish_number(env->publics, "fixed-blocks", s->blocks);
    }
    return true;
}

static void absorb(const cbc_state *s, uint8_t *chain, const uint8_t *block)
{
    uint8_t input[MACAW_BLOCK_MAX];

    lab_xor(input, chain, block, s->cipher.block);
    s->cipher.encrypt(&s->cipher, input, chain);
}

static void absorb_number(const cbc_state *s, uint8_t *chain, size_t number)
{
    uint8_t block[MACAW_BLOCK_MAX] = {0};

    for (size_t i = s->cipher.block; i-- > 0 && number > 0; number >>= 8) {
        block[i] = (uint8_t)number;
    }
    absorb(s, chain, block);
}

static bool has_iv(const cbc_state *s)
{
    return s->shape->iv || s->shape->cover;
}

/* Where the chain begins: false for an IV that is none. */
static bool begin(const cbc_state *s, lab_bytes iv, uint8_t *chain)
{
    size_t block = s->cipher.block;

    memset(chain, 0, block);
    if (!has_iv(s)) {
        return iv.len == 0;
    }
    if (iv.len != block) {
        return false;
    }
    if (s->shape->cover) {
        absorb(s, chain, iv.data);
    } else {
        memcpy(chain, iv.data, block);
    }
    return true;
}

/* false: not whole blocks, none, another number than the fixed one, or no IV. ret: the
 * chaining values behind each block, NULL where nobody wants them. */
static bool chain_message(const cbc_state *s, const lab_input *in, uint8_t *chain, lab_buf *ret)
{
    const lab_bytes message = in->message;
    size_t block = s->cipher.block;
    size_t n = message.len / block;

    if (n == 0 || n > BLOCKS_MAX || message.len % block != 0 ||
        (s->shape->fixed && n != s->blocks) || !begin(s, in->nonce, chain)) {
        return false;
    }
    if (s->shape->prepend) {
        absorb_number(s, chain, n);
    }
    for (size_t i = 0; i < n; i++) {
        if (!lab_cipher_is_block(&s->cipher, message.data + i * block)) {
            return false;
        }
        absorb(s, chain, message.data + i * block);
        if (ret != NULL) {
            lab_buf_add(ret, chain, block);
        }
    }
    if (s->shape->append) {
        absorb_number(s, chain, n);
    }
    return true;
}

static bool compute(const cbc_state *s, const lab_input *in, uint8_t *tag, lab_buf *values)
{
    if (!chain_message(s, in, tag, values)) {
        return false;
    }
    if (s->shape->final) {
        s->final.encrypt(&s->final, tag, tag);
    }
    return true;
}

/* The chaining values behind the tag, as many as there is room for. */
static void leak(lab_output *ret, const lab_buf *values)
{
    size_t n = values->len < LAB_TAG_MAX - ret->tag_len ? values->len : LAB_TAG_MAX - ret->tag_len;

    if (n > 0) {
        memcpy(ret->tag + ret->tag_len, values->data, n);
        ret->tag_len += n;
    }
}

static bool cbc_tag(void *state, const lab_input *asked, lab_output *ret)
{
    cbc_state *s = state;
    lab_input in = *asked;
    lab_buf values = {0};
    bool done;

    if (s->shape->rekey && s->tagged++ == s->rekey) {
        s->tagged = 1;
        lab_cipher_clear(&s->cipher);
        if (!lab_cipher_draw(&s->cipher, &s->env)) {
            return false;
        }
    }
    if (has_iv(s)) {
        lab_rng_bytes(s->env.rng, ret->nonce, s->cipher.block);
        ret->nonce_len = s->cipher.block;
        in.nonce = (lab_bytes){ret->nonce, ret->nonce_len};
    }
    ret->tag_len = s->cipher.block;
    done = compute(s, &in, ret->tag, s->shape->leak ? &values : NULL) && !values.failed;
    if (done && s->shape->leak) {
        leak(ret, &values);
    }
    lab_buf_free(&values);
    return done;
}

static bool cbc_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const cbc_state *s = state;
    uint8_t own[MACAW_BLOCK_MAX];

    return tag.len == s->cipher.block && compute(s, in, own, NULL) &&
           macaw_ct_equal(own, tag.data, tag.len);
}

static void cbc_clear(void *state)
{
    cbc_state *s = state;

    lab_cipher_clear(&s->cipher);
    lab_cipher_clear(&s->final);
}

#define CBC(id, spelled, words, sound, column, more, ...)                                          \
    static const shape shape_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_##id;                                                              \
    const lab_target lab_##id = {                                                                  \
        .name = spelled,                                                                           \
        .title = words,                                                                            \
        .advice = sound,                                                                           \
        .family = column,                                                                          \
        .properties = LAB_CHAIN | LAB_ITERATED | (more),                                           \
        .param = &shape_##id,                                                                      \
        .state_size = sizeof(cbc_state),                                                           \
        .setup = cbc_setup,                                                                        \
        .tag = cbc_tag,                                                                            \
        .verify = cbc_verify,                                                                      \
        .clear = cbc_clear,                                                                        \
    };

CBC(cbc_raw, "cbc-raw", "CBC-MAC with IV 0 over any number of whole blocks", "cmac-aes128", "cbc",
    LAB_ANY_LENGTH | LAB_TAG_IS_STATE, .prepend = false)
CBC(cbc_append, "cbc-append", "CBC-MAC over the message and, behind it, its length", "cmac-aes128",
    NULL, LAB_ANY_LENGTH, .append = true)
CBC(cbc_prepend, "cbc-prepend", "CBC-MAC over the message's length and, behind it, the message",
    "cmac-aes128, which needs no length in advance", NULL, LAB_ANY_LENGTH, .prepend = true)
CBC(cbc_fixed, "cbc-fixed", "CBC-MAC over messages of one number of blocks",
    "cmac-aes128, which takes any length", NULL, LAB_TAG_IS_STATE, .fixed = true)
CBC(cbc_rekey, "cbc-rekey", "CBC-MAC with a fresh key every few messages", "cmac-aes128", NULL,
    LAB_ANY_LENGTH | LAB_TAG_IS_STATE, .rekey = true)
CBC(ecbc_small, "ecbc-small", "ECBC over any of the laboratory's ciphers", "ecbc-aes128", "ecbc",
    LAB_ANY_LENGTH | LAB_SMALL, .final = true)
CBC(cbc_iv, "cbc-iv", "CBC-MAC from an IV that travels with the message", "cmac-aes128", "cbc",
    LAB_ANY_LENGTH | LAB_TAG_IS_STATE | LAB_IV_SENT | LAB_NONCE, .iv = true)
CBC(cbc_iv_covered, "cbc-iv-covered", "CBC-MAC over an IV and, behind it, the message",
    "cmac-aes128, which needs no IV", NULL, LAB_ANY_LENGTH | LAB_IV_SENT | LAB_NONCE, .cover = true)
CBC(cbc_leaky, "cbc-leaky", "CBC-MAC of fixed length that also returns its chaining values",
    "cmac-aes128", NULL, LAB_ANY_LENGTH | LAB_TAG_IS_STATE, .leak = true)

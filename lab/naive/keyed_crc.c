/* Checksums that somebody put a key into. Settings: crc, key, key-bytes. */
#include <string.h>

#include <macaw/status.h>

#include "harness/target.h"
#include "naive/crc.h"
#include "prim/block.h"

enum { KEY_MAX = 64, BLOCK = 16 };

typedef struct shape {
    bool before;  /* the key stands in front of the message */
    bool behind;  /* and behind it */
    bool masked;  /* CRC(m) xor k */
    bool begins;  /* k is where the register begins */
    bool encrypt; /* E_k(CRC(m)) */
} shape;

typedef struct crc_state {
    const shape *shape;
    const lab_crc *crc;
    uint8_t key[KEY_MAX];
    size_t key_len;
    macaw_block_key cipher;
} crc_state;

static bool crc_tag(void *state, const lab_input *in, lab_output *ret)
{
    const crc_state *s = state;
    const lab_bytes key = {s->key, s->key_len};
    uint64_t reg = s->shape->begins ? lab_crc_load(s->crc, s->key) : s->crc->init;

    reg = s->shape->before ? lab_crc_forth(s->crc, reg, key) : reg;
    reg = lab_crc_forth(s->crc, reg, in->message);
    reg = s->shape->behind ? lab_crc_forth(s->crc, reg, key) : reg;
    reg ^= s->crc->xorout ^ (s->shape->masked ? lab_crc_load(s->crc, s->key) : 0);
    ret->tag_len = s->crc->width / 8;
    lab_crc_store(s->crc, reg, ret->tag);
    if (s->shape->encrypt) {
        memset(ret->tag + ret->tag_len, 0, BLOCK - ret->tag_len);
        macaw_block_encrypt(&s->cipher, ret->tag, ret->tag, 1);
        ret->tag_len = BLOCK;
    }
    return true;
}

static bool crc_key_is(const void *state, lab_bytes guess)
{
    const crc_state *s = state;

    return s->key_len > 0 && lab_bytes_equal((lab_bytes){s->key, s->key_len}, guess);
}

static bool crc_setup(void *state, const lab_target *self, lab_env *env)
{
    crc_state *s = state;

    s->shape = self->param;
    s->crc = lab_crc_find(lab_settings_bytes(env->settings, "crc", "crc32"));
    if (s->crc == NULL) {
        env->wrong = "no such checksum; " LAB_CRCS;
        return false;
    }
    if (s->shape->masked || s->shape->begins) {
        s->key_len = s->crc->width / 8;
    } else if (s->shape->before || s->shape->behind) {
        s->key_len = (size_t)lab_settings_number(env->settings, "key-bytes", BLOCK);
    } else if (s->shape->encrypt) {
        s->key_len = BLOCK;
    }
    if (s->key_len > KEY_MAX) {
        env->wrong = "a key of this construction has at most 64 bytes here";
        return false;
    }
    lab_draw_key(env, s->key, s->key_len);
    lab_publish_number(env->publics, "tag", s->shape->encrypt ? BLOCK : s->crc->width / 8);
    return !s->shape->encrypt ||
           macaw_block_init(&s->cipher, &macaw_aes128, s->key, NULL) == MACAW_OK;
}

static void crc_clear(void *state)
{
    crc_state *s = state;

    if (s->shape->encrypt) {
        macaw_block_clear(&s->cipher);
    }
}

#define CRC(id, spelled, words, more, ...)                                                         \
    static const shape shape_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_crc_##id;                                                          \
    const lab_target lab_crc_##id = {                                                              \
        .name = "crc-" spelled,                                                                    \
        .title = words,                                                                            \
        .advice = "hmac-sha256",                                                                   \
        .family = "crc",                                                                           \
        .properties = LAB_ANY_LENGTH | LAB_CRC | (more),                                           \
        .param = &shape_##id,                                                                      \
        .state_size = sizeof(crc_state),                                                           \
        .setup = crc_setup,                                                                        \
        .tag = crc_tag,                                                                            \
        .key_is = crc_key_is,                                                                      \
        .clear = crc_clear,                                                                        \
    };

CRC(plain, "plain", "CRC(m), no key at all", LAB_LINEAR, .before = false)
CRC(prefix, "prefix", "CRC(k || m)", LAB_LINEAR, .before = true)
CRC(suffix, "suffix", "CRC(m || k)", LAB_LINEAR, .behind = true)
CRC(both, "both", "CRC(k || m || k)", LAB_LINEAR, .before = true, .behind = true)
CRC(xor, "xor", "CRC(m) xor k", LAB_LINEAR, .masked = true)
CRC(init, "init", "CRC(m) from a secret register", LAB_LINEAR, .begins = true)
CRC(encrypted, "encrypted", "E_k(CRC(m)), AES-128", 0, .encrypt = true)

/* CMAC with what it needs left out:
 *   cmac-one-subkey  K2 = K1: padded and whole last blocks look alike
 *   cmac-open        E_k(0) is known: the key also encrypts counters, say
 *   cmac-apart       the same, but what encrypts has a key of its own (the control) */
#include <string.h>

#include <macaw/status.h>

#include "harness/target.h"
#include "prim/block.h"
#include "prim/gf.h"

enum { BLOCK = 16 };

typedef struct shape {
    bool one_subkey, open, apart;
} shape;

typedef struct cmac_state {
    macaw_block_key key;
    uint8_t whole[BLOCK], padded[BLOCK];
} cmac_state;

static bool cmac_setup(void *state, const lab_target *self, lab_env *env)
{
    cmac_state *s = state;
    const shape *form = self->param;
    uint8_t keys[BLOCK], zero[BLOCK] = {0};
    macaw_block_key other;

    lab_draw_key(env, keys, sizeof keys);
    if (macaw_block_init(&s->key, &macaw_aes128, keys, NULL) != MACAW_OK) {
        return false;
    }
    macaw_block_encrypt(&s->key, zero, zero, 1);
    macaw_block_times_x(s->whole, zero, BLOCK);
    macaw_block_times_x(s->padded, s->whole, BLOCK);
    if (form->one_subkey) {
        memcpy(s->padded, s->whole, BLOCK);
    }
    if (form->apart) {
        lab_rng_bytes(env->rng, keys, sizeof keys);
        if (macaw_block_init(&other, &macaw_aes128, keys, NULL) != MACAW_OK) {
            return false;
        }
        memset(zero, 0, sizeof zero);
        macaw_block_encrypt(&other, zero, zero, 1);
        macaw_block_clear(&other);
    }
    lab_publish_number(env->publics, "tag", BLOCK);
    lab_publish_number(env->publics, "block", BLOCK);
    if (form->open) {
        lab_publish(env->publics, "zero", (lab_bytes){zero, BLOCK});
    }
    return true;
}

static bool cmac_tag(void *state, const lab_input *in, lab_output *ret)
{
    const cmac_state *s = state;
    size_t len = in->message.len;
    size_t before = len > 0 ? (len - 1) / BLOCK : 0;
    size_t rest = len - before * BLOCK;
    uint8_t last[BLOCK] = {0}, *chain = ret->tag;

    memset(chain, 0, BLOCK);
    if (before > 0) {
        macaw_block_chain(&s->key, chain, in->message.data, before);
    }
    if (rest > 0) {
        memcpy(last, in->message.data + before * BLOCK, rest);
    }
    if (rest < BLOCK) {
        last[rest] = 0x80;
    }
    lab_xor(last, last, rest == BLOCK ? s->whole : s->padded, BLOCK);
    macaw_block_chain(&s->key, chain, last, 1);
    ret->tag_len = BLOCK;
    return true;
}

static void cmac_clear(void *state)
{
    cmac_state *s = state;

    macaw_block_clear(&s->key);
}

#define CMAC(id, spelled, words, sound, ...)                                                       \
    static const shape shape_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_cmac_##id;                                                         \
    const lab_target lab_cmac_##id = {                                                             \
        .name = "cmac-" spelled,                                                                   \
        .title = words,                                                                            \
        .advice = sound,                                                                           \
        .properties = LAB_ANY_LENGTH | LAB_CHAIN | LAB_ITERATED,                                   \
        .param = &shape_##id,                                                                      \
        .state_size = sizeof(cmac_state),                                                          \
        .setup = cmac_setup,                                                                       \
        .tag = cmac_tag,                                                                           \
        .clear = cmac_clear,                                                                       \
    };

CMAC(one_subkey, "one-subkey", "CMAC with one subkey for whole and padded last blocks",
     "cmac-aes128", .one_subkey = true)
CMAC(open, "open", "CMAC under a key that also encrypts, so that E_k(0) is known",
     "cmac-aes128 under a key of its own (macaw key derive)", .open = true)
CMAC(apart, "apart", "CMAC beside encryption under another key",
     "cmac-aes128; keys apart by derivation (macaw key derive)", .open = true, .apart = true)

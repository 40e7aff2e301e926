/* CBC-MAC as a sponge: a permutation E_k of 128 bits, of which the last `capacity` are
 * neither reached by the message nor shown by the tag. Capacity 0 is raw CBC-MAC.
 * Settings: capacity (0 to 64), key. */
#include "harness/target.h"
#include "naive/cipher.h"

enum { BLOCK = 16 };

typedef struct sponge_state {
    lab_cipher cipher;
    uint8_t rate[BLOCK]; /* ones where messages and tags are */
} sponge_state;

static bool sponge_setup(void *state, const lab_target *self, lab_env *env)
{
    sponge_state *s = state;
    int64_t capacity = lab_settings_number(env->settings, "capacity", 64);

    (void)self;
    if (capacity < 0 || capacity > 64) {
        env->wrong = "capacity: from 0 to 64";
        return false;
    }
    for (int64_t i = 0; i < 128 - capacity; i++) {
        s->rate[i / 8] |= (uint8_t)(0x80 >> i % 8);
    }
    lab_publish_number(env->publics, "tag", BLOCK);
    lab_publish_number(env->publics, "block", BLOCK);
    lab_publish(env->publics, "rate", (lab_bytes){s->rate, BLOCK});
    return lab_cipher_draw(&s->cipher, env);
}

/* Blocks of 16 bytes whose last bits, as many as the capacity, are 0. */
static bool sponge_tag(void *state, const lab_input *in, lab_output *ret)
{
    const sponge_state *s = state;
    lab_bytes m = in->message;
    uint8_t chain[BLOCK] = {0};

    if (m.len == 0 || m.len % BLOCK != 0) {
        return false;
    }
    for (size_t at = 0; at < m.len; at += BLOCK) {
        for (size_t i = 0; i < BLOCK; i++) {
            if ((m.data[at + i] & ~s->rate[i]) != 0) {
                return false;
            }
        }
        lab_xor(chain, chain, m.data + at, BLOCK);
        s->cipher.encrypt(&s->cipher, chain, chain);
    }
    ret->tag_len = BLOCK;
    for (size_t i = 0; i < BLOCK; i++) {
        ret->tag[i] = chain[i] & s->rate[i];
    }
    return true;
}

static void sponge_clear(void *state)
{
    sponge_state *s = state;

    lab_cipher_clear(&s->cipher);
}

extern const lab_target lab_sponge;
const lab_target lab_sponge = {
    .name = "sponge",
    .title = "CBC-MAC with a capacity: a keyed sponge",
    .advice = "kmac128, a sponge with a capacity of 256 bits, or cmac-aes128",
    .properties = LAB_ANY_LENGTH | LAB_ITERATED,
    .state_size = sizeof(sponge_state),
    .setup = sponge_setup,
    .tag = sponge_tag,
    .clear = sponge_clear,
};

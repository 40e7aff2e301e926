/* MACs of a Merkle-Damgard hash whose state is small: what breaks the sound ones here
 * is their bound. Blocks have 4 bytes, states 16 to 40 bits (setting state-bits). */
#include <string.h>

#include "base/bytes.h"
#include "naive/small_hash.h"
#include "prim/siphash.h"

enum { BLOCK = LAB_SMALL_BLOCK };

uint64_t lab_small_compress(unsigned bits, uint64_t state, const uint8_t block[BLOCK])
{
    static const uint8_t key[MACAW_SIPHASH_KEY_LEN];
    uint8_t text[8 + BLOCK], out[8];
    macaw_siphash s;

    macaw_store_be64(text, state);
    memcpy(text + 8, block, BLOCK);
    macaw_siphash_start(&s, key, 2, 4, sizeof out);
    macaw_siphash_whole(&s, text, sizeof text, out);
    return macaw_load_le64(out) >> (64 - bits);
}

enum { IV = 0x6d61 };

uint64_t lab_small_iv(unsigned bits)
{
    return IV & ((UINT64_C(1) << bits) - 1);
}

/* A hash in progress. */
typedef struct small_hash {
    unsigned bits;
    uint64_t state;
    uint8_t tail[BLOCK];
    size_t total;
} small_hash;

static void update(small_hash *h, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        h->tail[h->total++ % BLOCK] = data[i];
        if (h->total % BLOCK == 0) {
            h->state = lab_small_compress(h->bits, h->state, h->tail);
        }
    }
}

/* A 1 bit, zeros, and, with_length, a block with the length in bits. */
static uint64_t finish(small_hash *h, bool with_length)
{
    static const uint8_t mark = 0x80, zero = 0;
    uint8_t length[BLOCK];

    macaw_store_be32(length, (uint32_t)(8 * h->total));
    update(h, &mark, 1);
    while (h->total % BLOCK != 0) {
        update(h, &zero, 1);
    }
    if (with_length) {
        update(h, length, sizeof length);
    }
    return h->state;
}

typedef struct small_state {
    unsigned bits;
    uint8_t key[BLOCK];
    uint64_t inner, outer; /* states that are keys */
} small_state;

static small_hash start(const small_state *s, uint64_t state)
{
    return (small_hash){.bits = s->bits, .state = state};
}

/* ---- the constructions, each a function of key and message ---- */

static uint64_t prefix(const small_state *s, lab_bytes m)
{
    small_hash h = start(s, lab_small_iv(s->bits));

    update(&h, s->key, BLOCK);
    update(&h, m.data, m.len);
    return finish(&h, true);
}

static uint64_t suffix(const small_state *s, lab_bytes m)
{
    small_hash h = start(s, lab_small_iv(s->bits));

    update(&h, m.data, m.len);
    update(&h, s->key, BLOCK);
    return finish(&h, true);
}

static uint64_t cascade(const small_state *s, lab_bytes m)
{
    small_hash h = start(s, s->inner);

    update(&h, m.data, m.len);
    return finish(&h, false);
}

static uint64_t outer_step(const small_state *s, uint64_t inner)
{
    uint8_t blocks[2 * BLOCK];
    uint64_t state = s->outer;

    macaw_store_be64(blocks, inner);
    if (s->bits > 8 * BLOCK) {
        state = lab_small_compress(s->bits, state, blocks);
    }
    return lab_small_compress(s->bits, state, blocks + BLOCK);
}

static uint64_t nmac(const small_state *s, lab_bytes m)
{
    return outer_step(s, cascade(s, m));
}

/* RFC 2104 over this hash. */
static uint64_t nested(const small_state *s, uint8_t pad, const uint8_t *data, size_t len)
{
    small_hash h = start(s, lab_small_iv(s->bits));
    uint8_t block[BLOCK];

    for (size_t i = 0; i < BLOCK; i++) {
        block[i] = s->key[i] ^ pad;
    }
    update(&h, block, BLOCK);
    update(&h, data, len);
    return finish(&h, true);
}

static uint64_t hmac(const small_state *s, lab_bytes m)
{
    uint8_t inner[8];
    size_t len = s->bits > 32 ? 8 : 4;

    macaw_store_be64(inner, nested(s, 0x36, m.data, m.len));
    return nested(s, 0x5c, inner + sizeof inner - len, len);
}

/* ---- as targets ---- */

static bool small_setup(void *state, const lab_target *self, lab_env *env)
{
    small_state *s = state;
    int64_t bits = lab_settings_number(env->settings, "state-bits", 16);
    uint8_t keys[16];

    (void)self;
    if (bits < 16 || bits > 40) {
        env->wrong = "state-bits: from 16 to 40";
        return false;
    }
    s->bits = (unsigned)bits;
    lab_draw_key(env, s->key, sizeof s->key);
    lab_rng_bytes(env->rng, keys, sizeof keys);
    s->inner = macaw_load_be64(keys) >> (64 - s->bits);
    s->outer = macaw_load_be64(keys + 8) >> (64 - s->bits);
    lab_publish_number(env->publics, "tag", (s->bits + 7) / 8);
    lab_publish_number(env->publics, "block", BLOCK);
    lab_publish_number(env->publics, "state-bits", s->bits);
    return true;
}

static bool put_tag(const small_state *s, uint64_t value, lab_output *ret)
{
    uint8_t wide[8];

    ret->tag_len = (s->bits + 7) / 8;
    macaw_store_be64(wide, value);
    memcpy(ret->tag, wide + sizeof wide - ret->tag_len, ret->tag_len);
    return true;
}

#define SMALL(id, words, sound, more)                                                              \
    static bool id##_tag(void *state, const lab_input *in, lab_output *ret)                        \
    {                                                                                              \
        return put_tag(state, id(state, in->message), ret);                                        \
    }                                                                                              \
    extern const lab_target lab_##id##_small;                                                      \
    const lab_target lab_##id##_small = {                                                          \
        .name = #id "-small",                                                                      \
        .title = words " over a hash of a small state",                                            \
        .advice = sound,                                                                           \
        .family = #id,                                                                             \
        .properties = LAB_ANY_LENGTH | LAB_ITERATED | LAB_MD_HASH | LAB_SMALL | (more),            \
        .state_size = sizeof(small_state),                                                         \
        .setup = small_setup,                                                                      \
        .tag = id##_tag,                                                                           \
    };

SMALL(prefix, "h(k || x)", "hmac-sha256", LAB_KEY_FIRST)
SMALL(suffix, "h(x || k)", "hmac-sha256", LAB_KEY_LAST)
SMALL(cascade, "cascade", "nmac-sha256", LAB_CASCADE)
SMALL(nmac, "NMAC", "nmac-sha256", LAB_CASCADE)
SMALL(hmac, "HMAC", "hmac-sha256", 0)

/* MACs that polynomials make, with what must be fresh used again. Messages are whole
 * blocks of 16 bytes. Settings: key, nonce (cw-).
 *   onetime-reused  S(k, m) = P(m, k1) + k2 modulo q = 2^128 + 51, for any number of
 *                   messages under one key
 *   cw-gf           r, F(r) xor P(m, k) in GF(2^128)
 *   cw-add          r, F(r) + P(m, k) modulo q
 *   cw-xor          r, F(r) xor S(k, m), 17 bytes
 * F is AES-128 on r and a counter. */
#include <string.h>

#include <macaw/status.h>

#include "base/bytes.h"
#include "harness/target.h"
#include "naive/residue.h"
#include "prim/block.h"
#include "prim/gf.h"

enum { BLOCK = 16, BLOCKS_MAX = 64, NONCE = 16, KEY = 32 };

typedef struct shape shape;

typedef struct poly_state {
    macaw_block_key f;
    const shape *shape;
    lab_rng *rng;
    lab_residue k1, k2;
    macaw_gf128 k;
    bool counts;         /* the nonce */
    unsigned nonce_bits; /* of a random one; 0: always the same */
    uint64_t next;
} poly_state;

struct shape {
    size_t tag_len;
    bool nonce;
    const char *algebra;
    void (*hash)(const poly_state *s, lab_bytes message, const uint8_t *mask, uint8_t *ret);
};

/* ---- S and its like, with the mask ---- */

static void hash_one_time(const poly_state *s, lab_bytes message, const uint8_t *mask, uint8_t *ret)
{
    (void)mask;
    lab_residue_store(lab_residue_plus(lab_message_at(message, s->k1), s->k2), ret);
}

static void hash_xor(const poly_state *s, lab_bytes message, const uint8_t *mask, uint8_t *ret)
{
    hash_one_time(s, message, mask, ret);
    lab_xor(ret, ret, mask, LAB_RESIDUE);
}

static void hash_add(const poly_state *s, lab_bytes message, const uint8_t *mask, uint8_t *ret)
{
    lab_residue f = lab_residue_load(mask, BLOCK);

    lab_residue_store(lab_residue_plus(lab_message_at(message, s->k1), f), ret);
}

static void hash_gf(const poly_state *s, lab_bytes message, const uint8_t *mask, uint8_t *ret)
{
    macaw_gf128 sum = {0, 0};

    for (size_t at = message.len; at >= BLOCK; at -= BLOCK) {
        sum = macaw_gf128_add(sum, macaw_gf128_load(message.data + at - BLOCK));
        sum = macaw_gf128_times_public(s->k, sum);
    }
    macaw_gf128_store(ret, macaw_gf128_add(sum, macaw_gf128_load(mask)));
}

/* ---- nonces ---- */

/* F(r): 17 bytes. */
static void mask_of(const poly_state *s, const uint8_t *nonce, uint8_t *ret)
{
    uint8_t blocks[2 * BLOCK];

    memcpy(blocks, nonce, NONCE);
    memcpy(blocks + BLOCK, nonce, NONCE);
    blocks[BLOCK] ^= 0x80; /* nonces of these shapes leave the first bit free */
    macaw_block_encrypt(&s->f, blocks, blocks, 2);
    memcpy(ret, blocks, LAB_RESIDUE);
}

static void draw_nonce(poly_state *s, uint8_t *ret)
{
    uint64_t r = 1;

    if (s->counts) {
        r = ++s->next;
    } else if (s->nonce_bits > 0) {
        r = lab_rng_below(s->rng, UINT64_C(1) << s->nonce_bits);
    }
    memset(ret, 0, NONCE);
    macaw_store_be64(ret + NONCE - 8, r);
}

static bool set_nonces(poly_state *s, lab_env *env)
{
    static const char *const words[] = {"counter",  "stuck",    "random8",
                                        "random16", "random24", "random32"};
    static const unsigned bits[] = {0, 0, 8, 16, 24, 32};
    lab_bytes word = lab_settings_bytes(env->settings, "nonce", "stuck");

    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        if (lab_bytes_equal(word, lab_text(words[i]))) {
            s->counts = i == 0;
            s->nonce_bits = bits[i];
            return true;
        }
    }
    env->wrong = "no such policy for nonces";
    return false;
}

/* ---- as targets ---- */

static bool poly_setup(void *state, const lab_target *self, lab_env *env)
{
    poly_state *s = state;
    uint8_t key[KEY + BLOCK];

    s->shape = self->param;
    s->rng = env->rng;
    lab_draw_key(env, key, s->shape->nonce ? sizeof key : KEY);
    s->k1 = lab_residue_load(key, BLOCK);
    s->k2 = lab_residue_load(key + BLOCK, BLOCK);
    s->k = macaw_gf128_load(key);
    lab_publish_number(env->publics, "tag", s->shape->tag_len);
    lab_publish_number(env->publics, "poly-block", BLOCK);
    lab_publish(env->publics, "algebra", lab_text(s->shape->algebra));
    if (!s->shape->nonce) {
        return true;
    }
    lab_publish_number(env->publics, "nonce", NONCE);
    return set_nonces(s, env) &&
           macaw_block_init(&s->f, &macaw_aes128, key + KEY, NULL) == MACAW_OK;
}

static bool compute(const poly_state *s, const lab_input *in, uint8_t *tag)
{
    uint8_t mask[LAB_RESIDUE] = {0};
    lab_bytes message = in->message;

    if (message.len == 0 || message.len % BLOCK != 0 || message.len > BLOCKS_MAX * BLOCK ||
        in->nonce.len != (s->shape->nonce ? NONCE : 0)) {
        return false;
    }
    if (s->shape->nonce) {
        mask_of(s, in->nonce.data, mask);
    }
    s->shape->hash(s, message, mask, tag);
    return true;
}

static bool poly_tag(void *state, const lab_input *in, lab_output *ret)
{
    poly_state *s = state;
    lab_input used = *in;

    if (s->shape->nonce) {
        draw_nonce(s, ret->nonce);
        ret->nonce_len = NONCE;
        used.nonce = (lab_bytes){ret->nonce, NONCE};
    }
    ret->tag_len = s->shape->tag_len;
    return compute(s, &used, ret->tag);
}

static bool poly_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const poly_state *s = state;
    lab_output own = {.tag_len = s->shape->tag_len};

    return compute(s, in, own.tag) && lab_tag_is(&own, tag);
}

/* k1 || k2, 16 bytes each; of cw-gf and cw-add k alone. */
static bool poly_key_is(const void *state, lab_bytes guess)
{
    const poly_state *s = state;
    uint8_t key[KEY], wide[LAB_RESIDUE];
    bool pair = s->shape->hash == hash_one_time || s->shape->hash == hash_xor;

    lab_residue_store(s->k1, wide);
    memcpy(key, wide + 1, BLOCK);
    lab_residue_store(s->k2, wide);
    memcpy(key + BLOCK, wide + 1, BLOCK);
    return lab_bytes_equal((lab_bytes){key, pair ? KEY : BLOCK}, guess);
}

static void poly_clear(void *state)
{
    poly_state *s = state;

    if (s->shape->nonce && s->f.cipher != NULL) {
        macaw_block_clear(&s->f);
    }
}

#define POLY(id, spelled, words, sound, column, more, ...)                                         \
    static const shape shape_##id = {__VA_ARGS__};                                                 \
    extern const lab_target lab_##id;                                                              \
    const lab_target lab_##id = {                                                                  \
        .name = spelled,                                                                           \
        .title = words,                                                                            \
        .advice = sound,                                                                           \
        .family = column,                                                                          \
        .properties = LAB_ANY_LENGTH | LAB_POLYNOMIAL | (more),                                    \
        .param = &shape_##id,                                                                      \
        .state_size = sizeof(poly_state),                                                          \
        .setup = poly_setup,                                                                       \
        .tag = poly_tag,                                                                           \
        .verify = poly_verify,                                                                     \
        .key_is = poly_key_is,                                                                     \
        .clear = poly_clear,                                                                       \
    };

POLY(onetime_reused, "onetime-reused", "P(m, k1) + k2 modulo 2^128 + 51, one key for all messages",
     "hmac-sha256; poly-onetime takes one message a key", "one-time", LAB_ONE_TIME,
     .tag_len = LAB_RESIDUE, .algebra = "one-time", .hash = hash_one_time)
POLY(cw_gf, "cw-gf", "r, F(r) xor P(m, k) in GF(2^128), r used again",
     "gmac-aes128 with a counter, or hmac-sha256, which needs none", "cw", LAB_NONCE,
     .tag_len = BLOCK, .nonce = true, .algebra = "gf", .hash = hash_gf)
POLY(cw_add, "cw-add", "r, F(r) + P(m, k) modulo 2^128 + 51, r used again",
     "poly1305-aes with a counter, or hmac-sha256, which needs none", "cw", LAB_NONCE,
     .tag_len = LAB_RESIDUE, .nonce = true, .algebra = "add", .hash = hash_add)
POLY(cw_xor, "cw-xor", "r, F(r) xor (P(m, k1) + k2 modulo 2^128 + 51), r used again",
     "cw-aes128 with a counter, or hmac-sha256, which needs none", "cw", LAB_NONCE,
     .tag_len = LAB_RESIDUE, .nonce = true, .algebra = "xor", .hash = hash_xor)

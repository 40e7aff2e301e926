/* CMAC and PMAC over block ciphers of any size: sound, but for blocks so small that
 * birthdays come soon. Settings: cipher (feistel16 unless set). */
#include <string.h>

#include "naive/cipher.h"

enum { BLOCK_MAX = MACAW_BLOCK_MAX, BLOCKS_MAX = 256 };

typedef struct small_state {
    lab_cipher cipher;
    uint8_t mask[BLOCK_MAX];   /* PMAC: L, doubled for each block before the last */
    uint8_t whole[BLOCK_MAX];  /* what a whole last block is xored with */
    uint8_t padded[BLOCK_MAX]; /* and a padded one */
} small_state;

/* x * value in GF(2^bits), modulo the first irreducible polynomial of that degree, for
 * CMAC's sizes the standard's (SP 800-38B, 5.3). */
static bool doubled(const lab_cipher *c, const uint8_t *value, uint8_t *ret)
{
    static const struct field {
        unsigned bits;
        uint8_t polynomial;
    } fields[] = {{16, 0x2b}, {20, 0x09}, {24, 0x1b}, {32, 0x8d}, {128, 0x87}};
    unsigned top = (c->bits - 1) % 8;
    bool carry = (value[0] >> top & 1) != 0;

    for (size_t i = 0; i < c->block; i++) {
        ret[i] = (uint8_t)(value[i] << 1 | (i + 1 < c->block ? value[i + 1] >> 7 : 0));
    }
    ret[0] &= (uint8_t)(0xff >> (7 - top));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (fields[i].bits == c->bits) {
            ret[c->block - 1] ^= carry ? fields[i].polynomial : 0;
            return true;
        }
    }
    return false;
}

static bool small_setup(void *state, const lab_target *self, lab_env *env)
{
    static const uint8_t zero[BLOCK_MAX];
    small_state *s = state;
    uint8_t l[BLOCK_MAX] = {0};

    (void)self;
    if (!lab_cipher_draw_or(&s->cipher, env, "feistel16")) {
        return false;
    }
    s->cipher.encrypt(&s->cipher, zero, l);
    if (!doubled(&s->cipher, l, s->whole) || !doubled(&s->cipher, s->whole, s->padded) ||
        !doubled(&s->cipher, s->padded, s->mask)) {
        return false;
    }
    lab_publish_number(env->publics, "tag", s->cipher.block);
    lab_publish_number(env->publics, "block", s->cipher.block);
    lab_publish_number(env->publics, "block-bits", s->cipher.bits);
    return true;
}

/* The last block, padded if it must be, and masked. false: no such block. */
static bool last_block(const small_state *s, lab_bytes rest, uint8_t *ret)
{
    size_t block = s->cipher.block;

    memset(ret, 0, block);
    if (rest.len > 0) {
        memcpy(ret, rest.data, rest.len);
    }
    if (rest.len < block) {
        ret[rest.len] = 0x80;
    }
    if ((rest.len < block && s->cipher.bits % 8 != 0) || !lab_cipher_is_block(&s->cipher, ret)) {
        return false;
    }
    lab_xor(ret, ret, rest.len == block ? s->whole : s->padded, block);
    return true;
}

/* Blocks before the last one; the rest is 1 byte to a block, or an empty message. */
static size_t blocks_before(const small_state *s, lab_bytes message)
{
    return message.len > 0 ? (message.len - 1) / s->cipher.block : 0;
}

/* As drawn: masked as the others are, with the next multiple. */
static bool last_drawn(const small_state *s, lab_bytes rest, const uint8_t *mask, uint8_t *ret)
{
    uint8_t next[BLOCK_MAX] = {0};

    if (rest.len != s->cipher.block || !lab_cipher_is_block(&s->cipher, rest.data)) {
        return false;
    }
    (void)doubled(&s->cipher, mask, next);
    lab_xor(ret, rest.data, next, rest.len);
    return true;
}

typedef void absorb(const small_state *s, uint8_t *chain, uint8_t *mask, const uint8_t *block);

static void absorb_chain(const small_state *s, uint8_t *chain, uint8_t *mask, const uint8_t *block)
{
    uint8_t input[BLOCK_MAX] = {0};

    (void)mask;
    lab_xor(input, chain, block, s->cipher.block);
    s->cipher.encrypt(&s->cipher, input, chain);
}

static void absorb_sum(const small_state *s, uint8_t *chain, uint8_t *mask, const uint8_t *block)
{
    uint8_t input[BLOCK_MAX] = {0};

    (void)doubled(&s->cipher, mask, input);
    memcpy(mask, input, s->cipher.block);
    lab_xor(input, mask, block, s->cipher.block);
    s->cipher.encrypt(&s->cipher, input, input);
    lab_xor(chain, chain, input, s->cipher.block);
}

static bool compute(const small_state *s, absorb *one, bool drawn, const lab_input *in,
                    lab_output *ret)
{
    size_t block = s->cipher.block, n = blocks_before(s, in->message);
    uint8_t chain[BLOCK_MAX] = {0}, mask[BLOCK_MAX], last[BLOCK_MAX] = {0};
    lab_bytes rest = {in->message.data + n * block, in->message.len - n * block};

    memcpy(mask, s->mask, sizeof mask);
    for (size_t i = 0; i < n && n <= BLOCKS_MAX; i++) {
        if (!lab_cipher_is_block(&s->cipher, in->message.data + i * block)) {
            return false;
        }
        one(s, chain, mask, in->message.data + i * block);
    }
    if (n > BLOCKS_MAX || !(drawn ? last_drawn(s, rest, mask, last) : last_block(s, rest, last))) {
        return false;
    }
    lab_xor(chain, chain, last, block);
    s->cipher.encrypt(&s->cipher, chain, ret->tag);
    ret->tag_len = block;
    return true;
}

static bool cmac_tag(void *state, const lab_input *in, lab_output *ret)
{
    return compute(state, absorb_chain, false, in, ret);
}

static bool pmac_tag(void *state, const lab_input *in, lab_output *ret)
{
    return compute(state, absorb_sum, false, in, ret);
}

static bool drawn_tag(void *state, const lab_input *in, lab_output *ret)
{
    return compute(state, absorb_sum, true, in, ret);
}

static void small_clear(void *state)
{
    small_state *s = state;

    lab_cipher_clear(&s->cipher);
}

const lab_target lab_cmac_small = {
    .name = "cmac-small",
    .title = "CMAC over any of the laboratory's ciphers",
    .advice = "cmac-aes128",
    .family = "cmac",
    .properties = LAB_CHAIN | LAB_ITERATED | LAB_ANY_LENGTH | LAB_SMALL,
    .state_size = sizeof(small_state),
    .setup = small_setup,
    .tag = cmac_tag,
    .clear = small_clear,
};

const lab_target lab_pmac_small = {
    .name = "pmac-small",
    .title = "PMAC, with its last block apart, over any of the laboratory's ciphers",
    .advice = "pmac1-aes128",
    .family = "pmac",
    .properties = LAB_MASKED_SUM | LAB_ITERATED | LAB_ANY_LENGTH | LAB_SMALL,
    .state_size = sizeof(small_state),
    .setup = small_setup,
    .tag = pmac_tag,
    .clear = small_clear,
};

const lab_target lab_pmac_drawn_small = {
    .name = "pmac-drawn-small",
    .title = "PMAC as drawn, over any of the laboratory's ciphers",
    .advice = "pmac1-aes128",
    .family = "pmac-drawn",
    .properties = LAB_MASKED_SUM | LAB_ITERATED | LAB_ANY_LENGTH | LAB_SMALL,
    .state_size = sizeof(small_state),
    .setup = small_setup,
    .tag = drawn_tag,
    .clear = small_clear,
};

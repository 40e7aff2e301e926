#include "naive/cipher.h"

#include <macaw/status.h>

static uint32_t load(const uint8_t *p, size_t n)
{
    uint32_t v = 0;

    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static void store(uint8_t *p, size_t n, uint32_t v)
{
    while (n-- > 0) {
        p[n] = (uint8_t)v;
        v >>= 8;
    }
}

bool lab_cipher_is_block(const lab_cipher *c, const uint8_t *bytes)
{
    return c->bits == 8 * c->block || load(bytes, c->block) >> c->bits == 0;
}

/* ---- AES ---- */

static void aes_encrypt(const lab_cipher *c, const uint8_t *in, uint8_t *out)
{
    macaw_block_encrypt(&c->aes, in, out, 1);
}

static bool aes_draw(lab_cipher *c, lab_env *env)
{
    uint8_t key[16];

    c->bits = 128;
    c->encrypt = aes_encrypt;
    lab_draw_key(env, key, sizeof key);
    return macaw_block_init(&c->aes, &macaw_aes128, key, NULL) == MACAW_OK;
}

/* ---- Speck32/64 ---- */

static uint16_t rotate_right(uint16_t x, unsigned n)
{
    return (uint16_t)(x >> n | x << (16 - n));
}

static void speck_round(uint16_t *x, uint16_t *y, uint16_t k)
{
    *x = (uint16_t)((rotate_right(*x, 7) + *y) ^ k);
    *y = (uint16_t)(rotate_right(*y, 14) ^ *x);
}

void lab_speck_expand(uint16_t schedule[LAB_SPECK_ROUNDS], const uint16_t key[4])
{
    uint16_t l[3] = {key[2], key[1], key[0]};
    uint16_t k = key[3];

    for (unsigned i = 0; i < LAB_SPECK_ROUNDS; i++) {
        schedule[i] = k;
        speck_round(&l[i % 3], &k, (uint16_t)i);
    }
}

uint32_t lab_speck_encrypt(const uint16_t schedule[LAB_SPECK_ROUNDS], uint32_t block)
{
    uint16_t x = (uint16_t)(block >> 16), y = (uint16_t)block;

    for (unsigned i = 0; i < LAB_SPECK_ROUNDS; i++) {
        speck_round(&x, &y, schedule[i]);
    }
    return (uint32_t)x << 16 | y;
}

static void speck_encrypt(const lab_cipher *c, const uint8_t *in, uint8_t *out)
{
    store(out, 4, lab_speck_encrypt(c->speck, load(in, 4)));
}

static void speck_draw(lab_cipher *c, lab_env *env)
{
    uint16_t key[4];

    lab_rng_bytes(env->rng, key, sizeof key);
    lab_speck_expand(c->speck, key);
    c->bits = 32;
    c->encrypt = speck_encrypt;
}

/* ---- Feistel over random functions ---- */

static void feistel_encrypt(const lab_cipher *c, const uint8_t *in, uint8_t *out)
{
    unsigned half = c->bits / 2;
    uint32_t mask = (1u << half) - 1;
    uint32_t block = load(in, c->block);
    uint32_t left = block >> half, right = block & mask;

    for (unsigned i = 0; i < LAB_FEISTEL_ROUNDS; i++) {
        uint32_t next = left ^ (c->feistel[i][right] & mask);
        left = right;
        right = next;
    }
    store(out, c->block, left << half | right);
}

static void feistel_draw(lab_cipher *c, lab_env *env, unsigned bits)
{
    c->bits = bits;
    c->encrypt = feistel_encrypt;
    for (unsigned i = 0; i < LAB_FEISTEL_ROUNDS; i++) {
        lab_rng_bytes(env->rng, c->feistel[i], sizeof(uint16_t) << (bits / 2));
    }
}

unsigned lab_cipher_bits(lab_bytes name)
{
    static const struct entry {
        const char *name;
        unsigned bits;
    } entries[] = {
        {"aes128", 128}, {"speck32", 32}, {"feistel16", 16}, {"feistel20", 20}, {"feistel24", 24},
    };

    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        if (lab_bytes_equal(lab_text(entries[i].name), name)) {
            return entries[i].bits;
        }
    }
    return 0;
}

bool lab_cipher_draw(lab_cipher *ret, lab_env *env)
{
    return lab_cipher_draw_or(ret, env, "aes128");
}

bool lab_cipher_draw_or(lab_cipher *ret, lab_env *env, const char *fallback)
{
    unsigned bits = lab_cipher_bits(lab_settings_bytes(env->settings, "cipher", fallback));

    ret->block = (bits + 7) / 8;
    if (bits == 0) {
        env->wrong = "no such cipher; " LAB_CIPHERS;
        return false;
    }
    if (bits == 128) {
        return aes_draw(ret, env);
    }
    if (bits == 32) {
        speck_draw(ret, env);
    } else {
        feistel_draw(ret, env, bits);
    }
    return true;
}

void lab_cipher_clear(lab_cipher *c)
{
    if (c->bits == 128) {
        macaw_block_clear(&c->aes);
    }
}

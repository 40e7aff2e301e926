#include "prim/siphash.h"

#include "base/bytes.h"
#include "base/ct.h"

static inline uint64_t rotl(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static inline void rounds(uint64_t v[4], unsigned n)
{
    while (n-- > 0) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotl(v[1], 13) ^ v[0];
        v[3] = rotl(v[3], 16) ^ v[2];
        v[0] = rotl(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotl(v[1], 17) ^ v[2];
        v[3] = rotl(v[3], 21) ^ v[0];
        v[2] = rotl(v[2], 32);
    }
}

static inline void absorb(macaw_siphash *s, uint64_t word)
{
    s->v[3] ^= word;
    rounds(s->v, s->c);
    s->v[0] ^= word;
}

/* The state stays in registers from word to word. */
static void absorb_words(macaw_siphash *s, const uint8_t *p, size_t words)
{
    uint64_t v[4] = { s->v[0], s->v[1], s->v[2], s->v[3] };
    unsigned c = s->c;

    for (; words > 0; words--, p += 8) {
        uint64_t word = macaw_load_le64(p);
        v[3] ^= word;
        rounds(v, c);
        v[0] ^= word;
    }
    memcpy(s->v, v, sizeof v);
}

void macaw_siphash_start(macaw_siphash *s, const uint8_t key[MACAW_SIPHASH_KEY_LEN], unsigned c,
                         unsigned d, size_t out_len)
{
    uint64_t k0 = macaw_load_le64(key), k1 = macaw_load_le64(key + 8);

    s->wide = out_len == 16;
    s->v[0] = 0x736f6d6570736575 ^ k0;
    s->v[1] = 0x646f72616e646f6d ^ k1 ^ (s->wide ? 0xee : 0);
    s->v[2] = 0x6c7967656e657261 ^ k0;
    s->v[3] = 0x7465646279746573 ^ k1;
    s->len = 0;
    s->tail = 0;
    s->c = (uint8_t)c;
    s->d = (uint8_t)d;
}

void macaw_siphash_update(macaw_siphash *s, const void *data, size_t n)
{
    const uint8_t *p = data;

    for (; n > 0 && s->len % 8 != 0; n--, s->len++) {
        s->tail |= (uint64_t)*p++ << (8 * (s->len % 8));
        if (s->len % 8 == 7) {
            absorb(s, s->tail);
            s->tail = 0;
        }
    }
    if (n >= 8) {
        absorb_words(s, p, n / 8);
        p += n / 8 * 8;
        s->len += n / 8 * 8;
        n %= 8;
    }
    for (; n > 0; n--, s->len++) {
        s->tail |= (uint64_t)*p++ << (8 * (s->len % 8));
    }
}

static uint64_t fold(const macaw_siphash *s)
{
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

void macaw_siphash_finish(macaw_siphash *s, uint8_t *out)
{
    absorb(s, s->tail | s->len << 56);
    s->v[2] ^= s->wide ? 0xee : 0xff;
    rounds(s->v, s->d);
    macaw_store_le64(out, fold(s));
    if (s->wide) {
        s->v[1] ^= 0xdd;
        rounds(s->v, s->d);
        macaw_store_le64(out + 8, fold(s));
    }
    macaw_wipe(s, sizeof *s);
}

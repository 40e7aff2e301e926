#include "prim/siphash.h"

#include "base/bytes.h"
#include "base/ct.h"
#include "prim/siphash_kernels.h"

static inline uint64_t rotl(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static inline void round1(uint64_t v[4])
{
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

static inline void rounds(uint64_t v[4], unsigned n)
{
    while (n-- > 0) {
        round1(v);
    }
}

/* The same without a loop, for n <= 4 that the compiler knows. */
static inline __attribute__((always_inline)) void rounds_flat(uint64_t v[4], unsigned n)
{
    if (n > 0) {
        round1(v);
    }
    if (n > 1) {
        round1(v);
    }
    if (n > 2) {
        round1(v);
    }
    if (n > 3) {
        round1(v);
    }
}

/* Two rounds are usual, and written out half as expensive as in a loop. */
static inline void absorb(uint64_t v[4], unsigned c, uint64_t word)
{
    v[3] ^= word;
    if (c == 2) {
        round1(v);
        round1(v);
    } else {
        rounds(v, c);
    }
    v[0] ^= word;
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

/* Words that line up with the message, all but the last few bytes. */
static void update_aligned(macaw_siphash *s, const uint8_t *p, size_t n)
{
    const unsigned c = s->c;
    uint64_t v[4] = {s->v[0], s->v[1], s->v[2], s->v[3]};

    for (; n >= 8; n -= 8, p += 8) {
        absorb(v, c, macaw_load_le64(p));
    }
    memcpy(s->v, v, sizeof v);
    s->tail = macaw_siphash_few(p, n);
}

/* Words put together from what was left over before and words of the data. held
 * is the number of bits in the tail, 8 to 56. */
static void update_shifted(macaw_siphash *s, const uint8_t *p, size_t n, unsigned held)
{
    uint64_t rest;

    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word = macaw_load_le64(p);
        absorb(s->v, s->c, s->tail | word << held);
        s->tail = word >> (64 - held);
    }
    rest = macaw_siphash_few(p, n);
    s->tail |= rest << held;
    if (held + 8 * n >= 64) {
        absorb(s->v, s->c, s->tail);
        s->tail = rest >> (64 - held);
    }
}

void macaw_siphash_update(macaw_siphash *s, const void *data, size_t n)
{
    const unsigned held = 8 * (unsigned)(s->len % 8);

    s->len += n;
    if (held == 0) {
        update_aligned(s, data, n);
    } else {
        update_shifted(s, data, n, held);
    }
}

static uint64_t fold(const macaw_siphash *s)
{
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

void macaw_siphash_finish(macaw_siphash *s, uint8_t *out)
{
    absorb(s->v, s->c, s->tail | s->len << 56);
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

/* c and d are at most 4, and constants where this is expanded. */
static inline __attribute__((always_inline)) void whole(const macaw_siphash *start, unsigned c,
                                                        unsigned d, const uint8_t *p, size_t n,
                                                        uint8_t *out)
{
    uint64_t v[4] = {start->v[0], start->v[1], start->v[2], start->v[3]};
    const uint64_t last = macaw_siphash_last(p, n);

    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word = macaw_load_le64(p);
        v[3] ^= word;
        rounds_flat(v, c);
        v[0] ^= word;
    }
    v[3] ^= last;
    rounds_flat(v, c);
    v[0] ^= last;
    v[2] ^= start->wide ? 0xee : 0xff;
    rounds_flat(v, d);
    macaw_store_le64(out, v[0] ^ v[1] ^ v[2] ^ v[3]);
    if (start->wide) {
        v[1] ^= 0xdd;
        rounds_flat(v, d);
        macaw_store_le64(out + 8, v[0] ^ v[1] ^ v[2] ^ v[3]);
    }
}

void macaw_siphash_whole(const macaw_siphash *start, const void *data, size_t n, uint8_t *out)
{
    if (start->c == 2) {
        whole(start, 2, 4, data, n, out);
    } else {
        whole(start, 1, 3, data, n, out);
    }
}

static bool always(void)
{
    return true;
}

static void one_by_one(const macaw_siphash *start, const macaw_msg *msgs, size_t n, uint8_t *out,
                       size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        macaw_siphash_whole(start, msgs[i].data, msgs[i].len, out + i * stride);
    }
}

const macaw_siphash_kernel macaw_siphash_portable = {
    .name = "portable", .usable = always, .many = one_by_one};

const macaw_siphash_kernel *const macaw_siphash_kernels[] = {
#ifdef MACAW_X86
    &macaw_siphash_avx512,
#endif
    &macaw_siphash_portable,
    NULL,
};

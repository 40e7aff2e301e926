/* SHA-256 compression with the SHA extensions (FIPS 180-4 section 6.2.2).
 *
 * The instructions work on the state as two registers, {A,B,E,F} and {C,D,G,H},
 * and do two rounds each. A group of four rounds consumes four message words
 * plus constants; m0..m3 hold the last sixteen words of the schedule, the oldest
 * four of which are replaced by the next four. */
#include "prim/md_kernels.h"

#include <immintrin.h>
#include <string.h>

#include "base/cpu.h"

#define SHANI __attribute__((target("sha,sse4.1,ssse3")))

/* Rounds 4g .. 4g+3 with the message words w. */
SHANI static inline void rounds4(__m128i *abef, __m128i *cdgh, __m128i w, int g)
{
    const void *k = &macaw_sha256_k[4 * g];
    __m128i wk = _mm_add_epi32(w, _mm_load_si128((const __m128i *)k));

    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, wk);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

/* The four words after those of m0 .. m3, oldest first. */
SHANI static inline __m128i next4(__m128i m0, __m128i m1, __m128i m2, __m128i m3)
{
    __m128i t = _mm_add_epi32(_mm_sha256msg1_epu32(m0, m1), _mm_alignr_epi8(m3, m2, 4));

    return _mm_sha256msg2_epu32(t, m3);
}

/* Four words between big-endian bytes and the machine's order. */
SHANI static inline __m128i swap4(__m128i words)
{
    return _mm_shuffle_epi8(words, _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
}

SHANI static inline __m128i load4(const uint8_t *p)
{
    return swap4(_mm_loadu_si128((const __m128i *)(const void *)p));
}

/* The state as the instructions want it. */
struct registers {
    __m128i abef, cdgh;
};

SHANI static inline struct registers pack(__m128i dcba, __m128i hgfe)
{
    __m128i cdab = _mm_shuffle_epi32(dcba, 0xb1), efgh = _mm_shuffle_epi32(hgfe, 0x1b);

    return (struct registers){_mm_alignr_epi8(cdab, efgh, 8), _mm_blend_epi16(efgh, cdab, 0xf0)};
}

/* Words A to D, and E to H, lowest lane first. */
SHANI static inline void unpack(struct registers r, __m128i *dcba, __m128i *hgfe)
{
    __m128i feba = _mm_shuffle_epi32(r.abef, 0x1b), dchg = _mm_shuffle_epi32(r.cdgh, 0xb1);

    *dcba = _mm_blend_epi16(feba, dchg, 0xf0);
    *hgfe = _mm_alignr_epi8(dchg, feba, 8);
}

SHANI static inline struct registers load_state(const macaw_md_state *state)
{
    const __m128i *words = (const __m128i *)(const void *)state->w32;

    return pack(_mm_loadu_si128(words), _mm_loadu_si128(words + 1));
}

SHANI static inline void store_state(macaw_md_state *state, struct registers r)
{
    __m128i *words = (__m128i *)(void *)state->w32, dcba, hgfe;

    unpack(r, &dcba, &hgfe);
    _mm_storeu_si128(words, dcba);
    _mm_storeu_si128(words + 1, hgfe);
}

/* One block, its words in m0..m3. */
SHANI static inline struct registers compress(struct registers r, __m128i m0, __m128i m1,
                                              __m128i m2, __m128i m3)
{
    __m128i abef = r.abef, cdgh = r.cdgh;

    rounds4(&abef, &cdgh, m0, 0);
    rounds4(&abef, &cdgh, m1, 1);
    rounds4(&abef, &cdgh, m2, 2);
    rounds4(&abef, &cdgh, m3, 3);
#pragma GCC unroll 3
    for (int g = 4; g < 16; g += 4) {
        m0 = next4(m0, m1, m2, m3);
        rounds4(&abef, &cdgh, m0, g);
        m1 = next4(m1, m2, m3, m0);
        rounds4(&abef, &cdgh, m1, g + 1);
        m2 = next4(m2, m3, m0, m1);
        rounds4(&abef, &cdgh, m2, g + 2);
        m3 = next4(m3, m0, m1, m2);
        rounds4(&abef, &cdgh, m3, g + 3);
    }
    return (struct registers){_mm_add_epi32(abef, r.abef), _mm_add_epi32(cdgh, r.cdgh)};
}

SHANI static inline struct registers absorb(struct registers r, const uint8_t *in, size_t n)
{
    for (; n > 0; n--, in += 64) {
        r = compress(r, load4(in), load4(in + 16), load4(in + 32), load4(in + 48));
    }
    return r;
}

SHANI void macaw_shani_blocks(macaw_md_state *state, const uint8_t *in, size_t n)
{
    store_state(state, absorb(load_state(state), in, n));
}

/* digest_len is 28 or 32. */
SHANI static inline void store_digest(uint8_t *digest, struct registers r, size_t digest_len)
{
    __m128i abcd, efgh;
    uint8_t high[16];

    unpack(r, &abcd, &efgh);
    _mm_storeu_si128((__m128i *)(void *)digest, swap4(abcd));
    if (digest_len == 32) {
        _mm_storeu_si128((__m128i *)(void *)(digest + 16), swap4(efgh));
    } else {
        _mm_storeu_si128((__m128i *)(void *)high, swap4(efgh));
        memcpy(digest + 16, high, 12);
    }
}

/* The words of a state are the words of the next message as they stand. */
SHANI void macaw_shani_nest(const macaw_md_state *inner, const uint8_t *in, size_t n,
                            const macaw_md_state *outer, size_t digest_len, const uint8_t *last,
                            uint8_t *digest)
{
    __m128i m0, m1;

    unpack(absorb(load_state(inner), in, n), &m0, &m1);
    if (digest_len < 32) { /* SHA-224 has no H */
        m1 = _mm_insert_epi32(m1, 0, 3);
    }
    m1 = _mm_or_si128(m1, load4(last + 16));
    store_digest(digest,
                 compress(load_state(outer), m0, m1, load4(last + 32), load4(last + 48)),
                 digest_len);
}

/* Two messages, their rounds in turn: either one leaves the unit idle half the
 * time, waiting for itself. */
SHANI static inline void two_rounds4(struct registers r[2], __m128i m, __m128i n, int g)
{
    rounds4(&r[0].abef, &r[0].cdgh, m, g);
    rounds4(&r[1].abef, &r[1].cdgh, n, g);
}

SHANI static inline void compress_two(struct registers r[2], const uint8_t *a, const uint8_t *b)
{
    const struct registers before[2] = {r[0], r[1]};
    __m128i m0 = load4(a), m1 = load4(a + 16), m2 = load4(a + 32), m3 = load4(a + 48);
    __m128i n0 = load4(b), n1 = load4(b + 16), n2 = load4(b + 32), n3 = load4(b + 48);

    two_rounds4(r, m0, n0, 0);
    two_rounds4(r, m1, n1, 1);
    two_rounds4(r, m2, n2, 2);
    two_rounds4(r, m3, n3, 3);
#pragma GCC unroll 3
    for (int g = 4; g < 16; g += 4) {
        m0 = next4(m0, m1, m2, m3);
        n0 = next4(n0, n1, n2, n3);
        two_rounds4(r, m0, n0, g);
        m1 = next4(m1, m2, m3, m0);
        n1 = next4(n1, n2, n3, n0);
        two_rounds4(r, m1, n1, g + 1);
        m2 = next4(m2, m3, m0, m1);
        n2 = next4(n2, n3, n0, n1);
        two_rounds4(r, m2, n2, g + 2);
        m3 = next4(m3, m0, m1, m2);
        n3 = next4(n3, n0, n1, n2);
        two_rounds4(r, m3, n3, g + 3);
    }
    for (int i = 0; i < 2; i++) {
        r[i].abef = _mm_add_epi32(r[i].abef, before[i].abef);
        r[i].cdgh = _mm_add_epi32(r[i].cdgh, before[i].cdgh);
    }
}

SHANI static void shani_blocks_many(macaw_md_state *states, const uint8_t *const *in, size_t n)
{
    struct registers r[2] = {load_state(&states[0]), load_state(&states[1])};

    for (size_t at = 0; at < 64 * n; at += 64) {
        compress_two(r, in[0] + at, in[1] + at);
    }
    store_state(&states[0], r[0]);
    store_state(&states[1], r[1]);
}

const macaw_md_kernel macaw_sha256_shani = {.name = "shani",
                                            .usable = macaw_cpu_has_shani,
                                            .blocks = macaw_shani_blocks,
                                            .nest = macaw_shani_nest,
                                            .lanes = 2,
                                            .lanes_pay = 2,
                                            .blocks_many = shani_blocks_many};

/* SHA-256 compression of sixteen messages at once with AVX-512: word j of all
 * sixteen in one register (FIPS 180-4 section 6.2.2). */
#include "prim/md_kernels.h"

#include <immintrin.h>

#include "base/bytes.h"
#include "base/cpu.h"

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define INLINE AVX512 static inline __attribute__((always_inline))
#define LANES 16

/* Rows to columns of a 16 x 16 matrix of words, in place: pairs, fours, then the
 * quarters of the registers in two steps. */
INLINE void transpose(__m512i x[LANES])
{
    __m512i t[LANES];

#pragma GCC unroll 8
    for (int i = 0; i < LANES; i += 2) {
        t[i] = _mm512_unpacklo_epi32(x[i], x[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi32(x[i], x[i + 1]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 4) {
        x[i] = _mm512_unpacklo_epi64(t[i], t[i + 2]);
        x[i + 1] = _mm512_unpackhi_epi64(t[i], t[i + 2]);
        x[i + 2] = _mm512_unpacklo_epi64(t[i + 1], t[i + 3]);
        x[i + 3] = _mm512_unpackhi_epi64(t[i + 1], t[i + 3]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(x[i], x[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(x[i], x[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(x[i + 8], x[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(x[i + 8], x[i + 12], 0xdd);
    }
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        x[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        x[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    }
}

INLINE void load_words(__m512i w[LANES], const uint8_t *const *in, size_t at)
{
    const __m512i swap = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));

#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) {
        w[i] = _mm512_shuffle_epi8(_mm512_loadu_si512((const void *)(in[i] + at)), swap);
    }
    transpose(w);
}

INLINE __m512i xor3(__m512i a, __m512i b, __m512i c)
{
    return _mm512_ternarylogic_epi32(a, b, c, 0x96);
}

#define ROR(x, n) _mm512_ror_epi32(x, n)
#define ADD(a, b) _mm512_add_epi32(a, b)
#define CH(e, f, g)  _mm512_ternarylogic_epi32(e, f, g, 0xca)
#define MAJ(a, b, c) _mm512_ternarylogic_epi32(a, b, c, 0xe8)
#define SUM0(x)   xor3(ROR(x, 2), ROR(x, 13), ROR(x, 22))
#define SUM1(x)   xor3(ROR(x, 6), ROR(x, 11), ROR(x, 25))
#define SIGMA0(x) xor3(ROR(x, 7), ROR(x, 18), _mm512_srli_epi32(x, 3))
#define SIGMA1(x) xor3(ROR(x, 17), ROR(x, 19), _mm512_srli_epi32(x, 10))

/* A round; the caller renames the variables from one to the next. */
#define ROUND(a, b, c, d, e, f, g, h, word, k)                                                     \
    h = ADD(h, ADD(word, _mm512_set1_epi32((int)(k))));                                            \
    h = ADD(h, ADD(CH(e, f, g), SUM1(e)));                                                         \
    d = ADD(d, h);                                                                                 \
    h = ADD(h, ADD(MAJ(a, b, c), SUM0(a)))

/* The word of the schedule that takes the place of w[i]. */
#define NEXT(i)                                                                                    \
    (w[i] = ADD(ADD(w[i], w[(i + 9) % 16]),                                                        \
                ADD(SIGMA0(w[(i + 1) % 16]), SIGMA1(w[(i + 14) % 16]))))
#define SAME(i) w[i]

#define EIGHT_ROUNDS(i, W, k)                                                                      \
    ROUND(a, b, c, d, e, f, g, h, W(i), (k)[i]);                                                   \
    ROUND(h, a, b, c, d, e, f, g, W(i + 1), (k)[i + 1]);                                           \
    ROUND(g, h, a, b, c, d, e, f, W(i + 2), (k)[i + 2]);                                           \
    ROUND(f, g, h, a, b, c, d, e, W(i + 3), (k)[i + 3]);                                           \
    ROUND(e, f, g, h, a, b, c, d, W(i + 4), (k)[i + 4]);                                           \
    ROUND(d, e, f, g, h, a, b, c, W(i + 5), (k)[i + 5]);                                           \
    ROUND(c, d, e, f, g, h, a, b, W(i + 6), (k)[i + 6]);                                           \
    ROUND(b, c, d, e, f, g, h, a, W(i + 7), (k)[i + 7])

INLINE void compress(__m512i s[8], __m512i w[LANES])
{
    __m512i a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];

    EIGHT_ROUNDS(0, SAME, macaw_sha256_k);
    EIGHT_ROUNDS(8, SAME, macaw_sha256_k);
    for (const uint32_t *k = macaw_sha256_k + 16; k < macaw_sha256_k + 64; k += 16) {
        EIGHT_ROUNDS(0, NEXT, k);
        EIGHT_ROUNDS(8, NEXT, k);
    }
    s[0] = ADD(s[0], a);
    s[1] = ADD(s[1], b);
    s[2] = ADD(s[2], c);
    s[3] = ADD(s[3], d);
    s[4] = ADD(s[4], e);
    s[5] = ADD(s[5], f);
    s[6] = ADD(s[6], g);
    s[7] = ADD(s[7], h);
}

INLINE void load_states(__m512i s[LANES], const macaw_md_state *states)
{
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) {
        s[i] = _mm512_loadu_si512((const void *)&states[i]);
    }
    transpose(s);
}

INLINE void store_states(macaw_md_state *states, __m512i s[LANES])
{
#pragma GCC unroll 8
    for (int i = 8; i < LANES; i++) {
        s[i] = _mm512_setzero_si512();
    }
    transpose(s);
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) {
        _mm512_storeu_si512((void *)&states[i], s[i]);
    }
}

AVX512 static void avx512_blocks_many(macaw_md_state *states, const uint8_t *const *in, size_t n)
{
    __m512i s[LANES], w[LANES];

    load_states(s, states);
    for (size_t at = 0; at < 64 * n; at += 64) {
        load_words(w, in, at);
        compress(s, w);
    }
    store_states(states, s);
}

/* The words of the inner values are those of the outer block as they stand. */
AVX512 static void avx512_nest_many(macaw_md_state *states, const macaw_md_state *outer,
                                    size_t digest_len, const uint8_t *last)
{
    __m512i s[LANES], w[LANES];

    load_states(w, states);
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        s[i] = _mm512_set1_epi32((int)outer->w32[i]);
        w[i + 8] = _mm512_set1_epi32((int)macaw_load_be32(last + 4 * (i + 8)));
    }
    if (digest_len < 32) { /* SHA-224 has no H */
        w[7] = _mm512_set1_epi32((int)macaw_load_be32(last + 28));
    }
    compress(s, w);
    store_states(states, s);
}

static bool with_shani(void)
{
    return macaw_cpu_has_avx512() && macaw_cpu_has_shani();
}

const macaw_md_kernel macaw_sha256_avx512_shani = {.name = "avx512+shani",
                                                   .usable = with_shani,
                                                   .blocks = macaw_shani_blocks,
                                                   .nest = macaw_shani_nest,
                                                   .lanes = LANES,
                                                   .lanes_pay = 14,
                                                   .fewer = &macaw_sha256_shani,
                                                   .blocks_many = avx512_blocks_many,
                                                   .nest_many = avx512_nest_many};

/* For CPUs without SHA extensions. */
const macaw_md_kernel macaw_sha256_avx512 = {.name = "avx512",
                                             .usable = macaw_cpu_has_avx512,
                                             .blocks = macaw_libcrypto_sha256,
                                             .lanes = LANES,
                                             .lanes_pay = 4,
                                             .blocks_many = avx512_blocks_many,
                                             .nest_many = avx512_nest_many};

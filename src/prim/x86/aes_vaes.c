/* AES with VAES: four blocks in each 512-bit register, eight registers at a time.
 * What does not fill them, and single chains, is left to the AES instructions. */
#include "prim/x86/aes_ni.h"

#include "base/cpu.h"
#include "prim/block_kernels.h"

#define VAES __attribute__((target("vaes,avx512f,avx512bw,avx512vl,aes,sse4.1")))
#define INLINE VAES static inline __attribute__((always_inline))
#define REGS 8                /* registers in flight */
#define STEP (4 * REGS)       /* blocks in them */
#define CHAIN_REGS 4          /* 16 chains */

INLINE __m512i load(const uint8_t *p)
{
    return _mm512_loadu_si512((const void *)p);
}

INLINE __m512i broadcast(__m128i x)
{
    return _mm512_broadcast_i32x4(x);
}

/* All rounds, on blocks that the first round key was added to. */
INLINE void rounds_of(const __m128i *k, int rounds, __m512i *b, int regs)
{
    __m512i key;

    for (int r = 1; r < rounds; r++) {
        key = broadcast(k[r]);
        for (int i = 0; i < regs; i++) {
            b[i] = _mm512_aesenc_epi128(b[i], key);
        }
    }
    key = broadcast(k[rounds]);
    for (int i = 0; i < regs; i++) {
        b[i] = _mm512_aesenclast_epi128(b[i], key);
    }
}

INLINE void encrypt_regs(const __m128i *k, int rounds, __m512i *b, int regs)
{
    const __m512i key = broadcast(k[0]);

    for (int i = 0; i < regs; i++) {
        b[i] = _mm512_xor_si512(b[i], key);
    }
    rounds_of(k, rounds, b, regs);
}

INLINE size_t encrypt_blocks(const __m128i *k, int rounds, const uint8_t *in, uint8_t *out,
                             size_t n)
{
    size_t done = 0;

    for (; n - done >= STEP; done += STEP) {
        __m512i b[REGS];
        for (int i = 0; i < REGS; i++) {
            b[i] = load(in + 16 * done + 64 * (size_t)i);
        }
        encrypt_regs(k, rounds, b, REGS);
        for (int i = 0; i < REGS; i++) {
            _mm512_storeu_si512((void *)(out + 16 * done + 64 * (size_t)i), b[i]);
        }
    }
    return done;
}

VAES static void vaes_encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    const macaw_aes_schedule *s = schedule;
    size_t done = 0;

#define CALL(rounds) done = encrypt_blocks(s->encrypt, rounds, in, out, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
    macaw_aesni_encrypt(schedule, in + 16 * done, out + 16 * done, n - done);
}

/* ---- a sum of masked blocks ---- */

INLINE __m128i fold(__m512i x)
{
    __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));

    return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* The sum of the first n blocks of what is in b; the rest are not of the message. */
INLINE __m512i add_up(const __m512i *b, size_t n)
{
    __m512i acc = _mm512_setzero_si512();

    for (size_t i = 0; i < REGS; i++) {
        size_t words = n > 4 * i ? 2 * (n - 4 * i) : 0;
        __mmask8 valid = (__mmask8)(words >= 8 ? 0xff : (1u << words) - 1);
        acc = _mm512_mask_xor_epi64(acc, valid, acc, b[i]);
    }
    return acc;
}

/* n <= STEP blocks in one step, nothing read past their end. */
INLINE __m512i sum_rest(const __m128i *k, int rounds, const uint8_t *in, __m512i first,
                        const uint8_t *mask, size_t n)
{
    __m512i b[REGS];

    for (size_t i = 0; i < REGS; i++) {
        size_t at = 64 * i, words = n > 4 * i ? 2 * (n - 4 * i) : 0;
        __mmask8 valid = (__mmask8)(words >= 8 ? 0xff : (1u << words) - 1);
        __m512i m = _mm512_maskz_loadu_epi64(valid, (const void *)(mask + at));
        b[i] = _mm512_maskz_loadu_epi64(valid, (const void *)(in + at));
        b[i] = _mm512_ternarylogic_epi64(b[i], m, first, 0x96);
    }
    rounds_of(k, rounds, b, REGS);
    return add_up(b, n);
}

INLINE void sum_blocks(const __m128i *k, int rounds, uint8_t *sum, const uint8_t *in,
                       const uint8_t *base, const uint8_t *mask, size_t n)
{
    __m512i acc = _mm512_setzero_si512();
    const __m128i whitened =
        _mm_xor_si128(_mm_loadu_si128((const __m128i *)(const void *)base), k[0]);
    const __m512i first = broadcast(whitened);

    for (; n >= STEP; n -= STEP, in += 16 * STEP, mask += 16 * STEP) {
        __m512i b[REGS];
        for (int i = 0; i < REGS; i++) {
            b[i] = _mm512_ternarylogic_epi64(load(in + 64 * i), load(mask + 64 * i), first, 0x96);
        }
        rounds_of(k, rounds, b, REGS);
        for (int i = 0; i < REGS; i += 2) {
            acc = _mm512_ternarylogic_epi64(acc, b[i], b[i + 1], 0x96);
        }
    }
    if (n > 0) {
        acc = _mm512_xor_si512(acc, sum_rest(k, rounds, in, first, mask, n));
    }
    __m128i *to = (__m128i *)(void *)sum;
    _mm_storeu_si128(to, _mm_xor_si128(_mm_loadu_si128(to), fold(acc)));
}

/* A few blocks alone do not fill the registers. */
#define FEW 8

VAES static void vaes_sum(const void *schedule, uint8_t *sum, const uint8_t *in,
                          const uint8_t *base, const uint8_t *mask, size_t n)
{
    const macaw_aes_schedule *s = schedule;

    if (n <= FEW) {
        macaw_aesni_sum(schedule, sum, in, base, mask, n);
        return;
    }
#define CALL(rounds) sum_blocks(s->encrypt, rounds, sum, in, base, mask, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
}

/* ---- sixteen chains ---- */

#define AHEAD 4 /* blocks of each chain in a register */

/* Blocks at .. at + 3 of four messages; x[j] becomes block j of all four. So a
 * line of a message is loaded once: sixteen messages a power of two apart share
 * few places in the cache, and would drive each other out in between. */
INLINE void load_four(__m512i x[AHEAD], const uint8_t *const *in, size_t at)
{
    __m512i m0 = load(in[0] + at), m1 = load(in[1] + at);
    __m512i m2 = load(in[2] + at), m3 = load(in[3] + at);
    __m512i low01 = _mm512_shuffle_i64x2(m0, m1, 0x44);
    __m512i high01 = _mm512_shuffle_i64x2(m0, m1, 0xee);
    __m512i low23 = _mm512_shuffle_i64x2(m2, m3, 0x44);
    __m512i high23 = _mm512_shuffle_i64x2(m2, m3, 0xee);

    x[0] = _mm512_shuffle_i64x2(low01, low23, 0x88);
    x[1] = _mm512_shuffle_i64x2(low01, low23, 0xdd);
    x[2] = _mm512_shuffle_i64x2(high01, high23, 0x88);
    x[3] = _mm512_shuffle_i64x2(high01, high23, 0xdd);
}

INLINE __m128i load_block(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* The block at that place of four messages. */
INLINE __m512i load_one(const uint8_t *const *in, size_t at)
{
    __m512i x = _mm512_castsi128_si512(load_block(in[0] + at));

    x = _mm512_inserti32x4(x, load_block(in[1] + at), 1);
    x = _mm512_inserti32x4(x, load_block(in[2] + at), 2);
    return _mm512_inserti32x4(x, load_block(in[3] + at), 3);
}

/* A block x[i][which] for the chains of each register. */
INLINE void chain_step(const __m512i *k, int rounds, __m512i b[CHAIN_REGS],
                       __m512i x[CHAIN_REGS][AHEAD], int which)
{
#pragma GCC unroll 4
    for (int i = 0; i < CHAIN_REGS; i++) {
        b[i] = _mm512_ternarylogic_epi64(b[i], x[i][which], k[0], 0x96);
    }
#pragma GCC unroll 14
    for (int r = 1; r < rounds; r++) {
#pragma GCC unroll 4
        for (int i = 0; i < CHAIN_REGS; i++) {
            b[i] = _mm512_aesenc_epi128(b[i], k[r]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < CHAIN_REGS; i++) {
        b[i] = _mm512_aesenclast_epi128(b[i], k[rounds]);
    }
}

INLINE void chain_sixteen(const __m128i *schedule, int rounds, uint8_t (*chains)[MACAW_BLOCK_MAX],
                          const uint8_t *const *in, size_t n)
{
    __m512i k[MACAW_AES_ROUNDS_MAX + 1], b[CHAIN_REGS], x[2][CHAIN_REGS][AHEAD];
    size_t at = 0, now = 0;

#pragma GCC unroll 15
    for (int r = 0; r <= rounds; r++) {
        k[r] = broadcast(schedule[r]);
    }
#pragma GCC unroll 4
    for (int i = 0; i < CHAIN_REGS; i++) {
        b[i] = load(chains[4 * i]);
    }
    if (n >= AHEAD) {
#pragma GCC unroll 4
        for (int i = 0; i < CHAIN_REGS; i++) {
            load_four(x[0][i], in + 4 * i, 0);
        }
    }
    for (; n >= AHEAD; n -= AHEAD, now ^= 1) {
        at += 16 * AHEAD;
#pragma GCC unroll 4
        for (int j = 0; j < AHEAD; j++) {
            if (n >= 2 * AHEAD) {
                load_four(x[now ^ 1][j], in + 4 * j, at);
            }
            chain_step(k, rounds, b, x[now], j);
        }
    }
    for (; n > 0; n--, at += 16) {
#pragma GCC unroll 4
        for (int i = 0; i < CHAIN_REGS; i++) {
            x[0][i][0] = load_one(in + 4 * i, at);
        }
        chain_step(k, rounds, b, x[0], 0);
    }
#pragma GCC unroll 4
    for (int i = 0; i < CHAIN_REGS; i++) {
        _mm512_storeu_si512((void *)chains[4 * i], b[i]);
    }
}

VAES static void vaes_chain_many(const void *schedule, uint8_t (*chains)[MACAW_BLOCK_MAX],
                                 const uint8_t **in, size_t n, size_t count)
{
    const macaw_aes_schedule *s = schedule;

    for (size_t i = count; i < MACAW_CHAINS_MAX; i++) {
        in[i] = in[0]; /* idle lanes; what they compute is thrown away */
    }
#define CALL(rounds) chain_sixteen(s->encrypt, rounds, chains, in, n)
    MACAW_AES_BY_ROUNDS(s, CALL)
#undef CALL
}

const macaw_block_kernel macaw_aes_vaes = {
    .name = "vaes",
    .usable = macaw_cpu_has_vaes512,
    .expand = macaw_aesni_expand,
    .encrypt = vaes_encrypt,
    .decrypt = macaw_aesni_decrypt,
    .chain = macaw_aesni_chain,
    .lanes = MACAW_CHAINS_MAX,
    .chain_many = vaes_chain_many,
    .sum = vaes_sum,
};

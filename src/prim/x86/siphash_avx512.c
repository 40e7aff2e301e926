/* SipHash of sixteen messages at once, a message in each 64-bit lane of two vectors:
 * one vector alone would wait for itself. */
#include <immintrin.h>

#include "base/cpu.h"
#include "prim/siphash_kernels.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define INLINE AVX512 static inline __attribute__((always_inline))

#define LANES  16
#define HALF   8  /* lanes of a vector */
#define FEWEST 3  /* messages for which the lanes pay */
#define GROUP  64 /* messages that are sorted by length */

/* Lanes 0 to 7 and 8 to 15. */
typedef struct pair {
    __m512i h[2];
} pair;

typedef struct lanes {
    pair v[4];
} lanes;

INLINE pair add(pair a, pair b)
{
    return (pair){{_mm512_add_epi64(a.h[0], b.h[0]), _mm512_add_epi64(a.h[1], b.h[1])}};
}

INLINE pair both_xor(pair a, pair b)
{
    return (pair){{_mm512_xor_si512(a.h[0], b.h[0]), _mm512_xor_si512(a.h[1], b.h[1])}};
}

INLINE pair all(uint64_t word)
{
    const __m512i x = _mm512_set1_epi64((long long)word);

    return (pair){{x, x}};
}

/* The rotation wants a constant. */
#define ROL(a, n) ((pair){{_mm512_rol_epi64((a).h[0], n), _mm512_rol_epi64((a).h[1], n)}})

INLINE void round1(pair v[4])
{
    v[0] = add(v[0], v[1]);
    v[2] = add(v[2], v[3]);
    v[1] = both_xor(ROL(v[1], 13), v[0]);
    v[3] = both_xor(ROL(v[3], 16), v[2]);
    v[0] = ROL(v[0], 32);
    v[2] = add(v[2], v[1]);
    v[0] = add(v[0], v[3]);
    v[1] = both_xor(ROL(v[1], 17), v[2]);
    v[3] = both_xor(ROL(v[3], 21), v[0]);
    v[2] = ROL(v[2], 32);
}

/* n <= 4, and known where this is expanded. */
INLINE void rounds(lanes *s, unsigned n)
{
    if (n > 0) {
        round1(s->v);
    }
    if (n > 1) {
        round1(s->v);
    }
    if (n > 2) {
        round1(s->v);
    }
    if (n > 3) {
        round1(s->v);
    }
}

INLINE lanes begin(const macaw_siphash *start)
{
    lanes s;

    for (int i = 0; i < 4; i++) {
        s.v[i] = all(start->v[i]);
    }
    return s;
}

INLINE void absorb(lanes *s, unsigned c, pair word)
{
    s->v[3] = both_xor(s->v[3], word);
    rounds(s, c);
    s->v[0] = both_xor(s->v[0], word);
}

INLINE pair fold(const lanes *s)
{
    return both_xor(both_xor(s->v[0], s->v[1]), both_xor(s->v[2], s->v[3]));
}

/* The hash of each lane, one or two words. */
INLINE void end(const macaw_siphash *start, unsigned d, lanes *s, pair hash[2])
{
    s->v[2] = both_xor(s->v[2], all(start->wide ? 0xee : 0xff));
    rounds(s, d);
    hash[0] = hash[1] = fold(s);
    if (start->wide) {
        s->v[1] = both_xor(s->v[1], all(0xdd));
        rounds(s, d);
        hash[1] = fold(s);
    }
}

/* ---- messages of one length ---- */

INLINE __m512i eight_words(const uint8_t *const p[HALF], size_t at)
{
#define WORD(i) ((long long)macaw_load_le64(p[i] + at))
    return _mm512_set_epi64(WORD(7), WORD(6), WORD(5), WORD(4), WORD(3), WORD(2), WORD(1), WORD(0));
#undef WORD
}

INLINE pair each_word(const uint8_t *const p[LANES], size_t at)
{
    return (pair){{eight_words(p, at), eight_words(p + HALF, at)}};
}

/* Two words of p[0], p[2], p[4] and p[6]. */
INLINE __m512i four_twos(const uint8_t *const p[HALF], size_t at)
{
#define TWO(i) _mm_loadu_si128((const __m128i *)(const void *)(p[i] + at))
    __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(TWO(0)), TWO(2), 1);
    __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(TWO(4)), TWO(6), 1);
#undef TWO
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

/* Two words of each. */
INLINE void each_two(const uint8_t *const p[LANES], size_t at, pair words[2])
{
    for (int i = 0; i < 2; i++) {
        __m512i even = four_twos(p + HALF * i, at), odd = four_twos(p + HALF * i + 1, at);
        words[0].h[i] = _mm512_unpacklo_epi64(even, odd);
        words[1].h[i] = _mm512_unpackhi_epi64(even, odd);
    }
}

/* The last words of messages of n bytes. */
INLINE pair each_last(const uint8_t *const p[LANES], size_t n)
{
    const pair len = all((uint64_t)n << 56);
    uint64_t few[LANES];
    pair word;

    if (n % 8 == 0) {
        return len;
    }
    if (n > 8) {
        const __m128i shift = _mm_cvtsi64_si128((long long)(64 - 8 * (n % 8)));
        word = each_word(p, n - 8);
        word.h[0] = _mm512_srl_epi64(word.h[0], shift);
        word.h[1] = _mm512_srl_epi64(word.h[1], shift);
    } else {
        for (size_t i = 0; i < LANES; i++) {
            few[i] = macaw_siphash_few(p[i], n);
        }
        word.h[0] = _mm512_loadu_si512((const void *)few);
        word.h[1] = _mm512_loadu_si512((const void *)(few + HALF));
    }
    return both_xor(word, len);
}

INLINE void hash_alike(const macaw_siphash *start, unsigned c, unsigned d,
                       const uint8_t *const p[LANES], size_t n, pair hash[2])
{
    lanes s = begin(start);
    size_t at = 0;

    for (; n - at >= 16; at += 16) {
        pair words[2];
        each_two(p, at, words);
        absorb(&s, c, words[0]);
        absorb(&s, c, words[1]);
    }
    if (n - at >= 8) {
        absorb(&s, c, each_word(p, at));
    }
    absorb(&s, c, each_last(p, n));
    end(start, d, &s, hash);
}

/* ---- messages of any lengths ---- */

/* The at-th words of those messages that are not through; others keep their state. */
INLINE void absorb_mixed(lanes *s, unsigned c, const macaw_msg *const m[LANES], size_t at)
{
    uint64_t word[LANES] = {0};
    unsigned active = 0;
    lanes next = *s;

    for (unsigned i = 0; i < LANES; i++) {
        const uint8_t *p = m[i]->data;
        size_t whole = m[i]->len / 8;
        if (at <= whole) {
            word[i] = at < whole ? macaw_load_le64(p + 8 * at) : macaw_siphash_last(p, m[i]->len);
            active |= 1u << i;
        }
    }
    absorb(&next, c,
           (pair){{_mm512_loadu_si512((const void *)word),
                   _mm512_loadu_si512((const void *)(word + HALF))}});
    for (int i = 0; i < 4; i++) {
        s->v[i].h[0] = _mm512_mask_mov_epi64(s->v[i].h[0], (__mmask8)active, next.v[i].h[0]);
        s->v[i].h[1] =
            _mm512_mask_mov_epi64(s->v[i].h[1], (__mmask8)(active >> HALF), next.v[i].h[1]);
    }
}

/* The shortest message has least whole words, the longest most. */
INLINE void hash_mixed(const macaw_siphash *start, unsigned c, unsigned d,
                       const macaw_msg *const m[LANES], size_t least, size_t most, pair hash[2])
{
    lanes s = begin(start);
    const uint8_t *p[LANES];

    for (size_t i = 0; i < LANES; i++) {
        p[i] = m[i]->data;
    }
    for (size_t at = 0; at < least; at++) {
        absorb(&s, c, each_word(p, 8 * at));
    }
    for (size_t at = least; at <= most; at++) {
        absorb_mixed(&s, c, m, at);
    }
    end(start, d, &s, hash);
}

/* ---- many ---- */

/* The hash of message i goes to the place of number[i]. */
INLINE void put(const macaw_siphash *start, const pair hash[2], const uint8_t *number, size_t n,
                uint8_t *out, size_t stride)
{
    uint64_t words[2][LANES];

    for (int i = 0; i < 2; i++) {
        _mm512_storeu_si512((void *)words[i], hash[i].h[0]);
        _mm512_storeu_si512((void *)(words[i] + HALF), hash[i].h[1]);
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t *to = out + number[i] * stride;
        macaw_store_le64(to, words[0][i]);
        if (start->wide) {
            macaw_store_le64(to + 8, words[1][i]);
        }
    }
}

/* n <= LANES messages of one length; the last one fills lanes that are free. */
AVX512 static void some_alike(const macaw_siphash *start, const macaw_msg *msgs, size_t n,
                              uint8_t *out, size_t stride)
{
    static const uint8_t in_order[LANES] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8_t *p[LANES];
    pair hash[2];

    for (size_t i = 0; i < LANES; i++) {
        p[i] = msgs[i < n ? i : n - 1].data;
    }
    if (start->c == 2) {
        hash_alike(start, 2, 4, p, msgs->len, hash);
    } else {
        hash_alike(start, 1, 3, p, msgs->len, hash);
    }
    if (n == LANES && stride == 8) {
        _mm512_storeu_si512((void *)out, hash[0].h[0]);
        _mm512_storeu_si512((void *)(out + 8 * HALF), hash[0].h[1]);
    } else {
        put(start, hash, in_order, n, out, stride);
    }
}

/* The same of any lengths, given by their numbers in msgs. */
AVX512 static void some_mixed(const macaw_siphash *start, const macaw_msg *msgs,
                              const uint8_t *number, size_t n, uint8_t *out, size_t stride)
{
    const macaw_msg *m[LANES];
    size_t least = SIZE_MAX, most = 0;
    pair hash[2];

    for (size_t i = 0; i < LANES; i++) {
        m[i] = &msgs[number[i < n ? i : n - 1]];
        least = m[i]->len / 8 < least ? m[i]->len / 8 : least;
        most = m[i]->len / 8 > most ? m[i]->len / 8 : most;
    }
    if (start->c == 2) {
        hash_mixed(start, 2, 4, m, least, most, hash);
    } else {
        hash_mixed(start, 1, 3, m, least, most, hash);
    }
    put(start, hash, number, n, out, stride);
}

static size_t rank(const macaw_msg *msg)
{
    return msg->len / 8 < GROUP ? msg->len / 8 : GROUP - 1;
}

/* The numbers of n <= GROUP messages by length in words, the longest in no order: a
 * counting sort. */
static void sort(const macaw_msg *msgs, size_t n, uint8_t *number)
{
    uint8_t at[GROUP + 1] = {0};

    for (size_t i = 0; i < n; i++) {
        at[rank(&msgs[i]) + 1]++;
    }
    for (size_t i = 1; i < GROUP; i++) {
        at[i] = (uint8_t)(at[i] + at[i - 1]);
    }
    for (size_t i = 0; i < n; i++) {
        number[at[rank(&msgs[i])]++] = (uint8_t)i;
    }
}

static bool alike(const macaw_msg *msgs, size_t n)
{
    size_t difference = 0;

    for (size_t i = 1; i < n; i++) {
        difference |= msgs[i].len ^ msgs[0].len;
    }
    return difference == 0;
}

static void group(const macaw_siphash *start, const macaw_msg *msgs, size_t n, uint8_t *out,
                  size_t stride)
{
    const bool one_length = alike(msgs, n);
    uint8_t number[GROUP];

    if (!one_length) {
        sort(msgs, n, number);
    }
    for (size_t done = 0; done < n; done += LANES) {
        size_t m = n - done < LANES ? n - done : LANES;
        if (one_length) {
            some_alike(start, msgs + done, m, out + done * stride, stride);
        } else {
            some_mixed(start, msgs, number + done, m, out, stride);
        }
    }
}

static void many(const macaw_siphash *start, const macaw_msg *msgs, size_t n, uint8_t *out,
                 size_t stride)
{
    for (; n >= FEWEST; n -= n < GROUP ? n : GROUP) {
        size_t m = n < GROUP ? n : GROUP;
        group(start, msgs, m, out, stride);
        msgs += m;
        out += m * stride;
    }
    macaw_siphash_portable.many(start, msgs, n, out, stride);
}

const macaw_siphash_kernel macaw_siphash_avx512 = {
    .name = "avx512", .usable = macaw_cpu_has_avx512, .many = many};

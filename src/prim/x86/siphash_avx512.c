/* SipHash of eight messages at once, a message in each 64-bit lane. */
#include <immintrin.h>

#include "base/cpu.h"
#include "prim/siphash_kernels.h"

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define INLINE AVX512 static inline __attribute__((always_inline))

#define LANES  8
#define FEWEST 3  /* messages for which the lanes pay */
#define GROUP  64 /* messages that are sorted by length */

typedef struct lanes {
    __m512i v[4];
} lanes;

INLINE void rounds(lanes *s, unsigned n)
{
    __m512i a = s->v[0], b = s->v[1], c = s->v[2], d = s->v[3];

    while (n-- > 0) {
        a = _mm512_add_epi64(a, b);
        c = _mm512_add_epi64(c, d);
        b = _mm512_xor_si512(_mm512_rol_epi64(b, 13), a);
        d = _mm512_xor_si512(_mm512_rol_epi64(d, 16), c);
        a = _mm512_rol_epi64(a, 32);
        c = _mm512_add_epi64(c, b);
        a = _mm512_add_epi64(a, d);
        b = _mm512_xor_si512(_mm512_rol_epi64(b, 17), c);
        d = _mm512_xor_si512(_mm512_rol_epi64(d, 21), a);
        c = _mm512_rol_epi64(c, 32);
    }
    s->v[0] = a;
    s->v[1] = b;
    s->v[2] = c;
    s->v[3] = d;
}

/* In the lanes of active; the others keep their state. */
INLINE void absorb(lanes *s, unsigned c, __m512i word, __mmask8 active)
{
    lanes next = *s;

    next.v[3] = _mm512_xor_si512(next.v[3], word);
    rounds(&next, c);
    next.v[0] = _mm512_xor_si512(next.v[0], word);
    for (int i = 0; i < 4; i++) {
        s->v[i] = _mm512_mask_mov_epi64(s->v[i], active, next.v[i]);
    }
}

INLINE __m512i word_of_each(const macaw_msg *const m[LANES], size_t at)
{
#define WORD(i) ((long long)macaw_load_le64((const uint8_t *)m[i]->data + 8 * at))
    return _mm512_set_epi64(WORD(7), WORD(6), WORD(5), WORD(4), WORD(3), WORD(2), WORD(1), WORD(0));
#undef WORD
}

/* From the first message's last word on, whole words and last words are mixed. */
INLINE void absorb_uneven(lanes *s, unsigned c, const macaw_msg *const m[LANES], size_t at,
                          size_t words)
{
    for (; at <= words; at++) {
        uint64_t word[LANES] = {0};
        unsigned active = 0;
        for (unsigned i = 0; i < LANES; i++) {
            const uint8_t *p = m[i]->data;
            size_t whole = m[i]->len / 8;
            if (at <= whole) {
                word[i] =
                    at < whole ? macaw_load_le64(p + 8 * at) : macaw_siphash_last(p, m[i]->len);
                active |= 1u << i;
            }
        }
        absorb(s, c, _mm512_loadu_si512((const void *)word), (__mmask8)active);
    }
}

INLINE __m512i fold(const lanes *s)
{
    return _mm512_xor_si512(_mm512_xor_si512(s->v[0], s->v[1]), _mm512_xor_si512(s->v[2], s->v[3]));
}

/* Eight messages of which the shortest has least whole words and the longest most. */
INLINE void eight(const macaw_siphash *start, unsigned c, unsigned d,
                  const macaw_msg *const m[LANES], size_t least, size_t most,
                  uint64_t out[2][LANES])
{
    lanes s;

    for (int i = 0; i < 4; i++) {
        s.v[i] = _mm512_set1_epi64((long long)start->v[i]);
    }
    for (size_t at = 0; at < least; at++) {
        absorb(&s, c, word_of_each(m, at), 0xff);
    }
    absorb_uneven(&s, c, m, least, most);
    s.v[2] = _mm512_xor_si512(s.v[2], _mm512_set1_epi64(start->wide ? 0xee : 0xff));
    rounds(&s, d);
    _mm512_storeu_si512((void *)out[0], fold(&s));
    if (start->wide) {
        s.v[1] = _mm512_xor_si512(s.v[1], _mm512_set1_epi64(0xdd));
        rounds(&s, d);
        _mm512_storeu_si512((void *)out[1], fold(&s));
    }
}

/* n <= LANES messages, given by their numbers in msgs; the last one fills lanes that
 * are free. */
AVX512 static void some(const macaw_siphash *start, const macaw_msg *msgs, const uint8_t *number,
                        size_t n, uint8_t *out, size_t stride)
{
    const macaw_msg *m[LANES];
    uint64_t hash[2][LANES];

    for (size_t i = 0; i < LANES; i++) {
        m[i] = &msgs[number[i < n ? i : n - 1]];
    }
    size_t least = m[0]->len / 8, most = least;
    for (size_t i = 1; i < LANES; i++) {
        size_t whole = m[i]->len / 8;
        least = whole < least ? whole : least;
        most = whole > most ? whole : most;
    }
    if (start->c == 2) {
        eight(start, 2, 4, m, least, most, hash);
    } else {
        eight(start, start->c, start->d, m, least, most, hash);
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t *to = out + number[i] * stride;
        macaw_store_le64(to, hash[0][i]);
        if (start->wide) {
            macaw_store_le64(to + 8, hash[1][i]);
        }
    }
}

/* The numbers of n <= GROUP messages by length in words, the longest in no order: a
 * counting sort. */
static void sort(const macaw_msg *msgs, size_t n, uint8_t *number)
{
    uint8_t at[GROUP + 1] = {0};

    for (size_t i = 0; i < n; i++) {
        at[(msgs[i].len / 8 < GROUP ? msgs[i].len / 8 : GROUP - 1) + 1]++;
    }
    for (size_t i = 1; i < GROUP; i++) {
        at[i] = (uint8_t)(at[i] + at[i - 1]);
    }
    for (size_t i = 0; i < n; i++) {
        number[at[msgs[i].len / 8 < GROUP ? msgs[i].len / 8 : GROUP - 1]++] = (uint8_t)i;
    }
}

static void many(const macaw_siphash *start, const macaw_msg *msgs, size_t n, uint8_t *out,
                 size_t stride)
{
    uint8_t number[GROUP];

    for (; n >= FEWEST; n -= n < GROUP ? n : GROUP) {
        size_t group = n < GROUP ? n : GROUP;
        sort(msgs, group, number);
        for (size_t done = 0; done < group; done += LANES) {
            size_t m = group - done < LANES ? group - done : LANES;
            some(start, msgs, number + done, m, out, stride);
        }
        msgs += group;
        out += group * stride;
    }
    macaw_siphash_portable.many(start, msgs, n, out, stride);
}

const macaw_siphash_kernel macaw_siphash_avx512 = {
    .name = "avx512", .usable = macaw_cpu_has_avx512, .many = many};

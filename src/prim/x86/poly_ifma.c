/* Polynomials modulo q = 2^128 + 51 with AVX-512 IFMA, eight blocks in a vector.
 *
 * Block 8 g + j of a message belongs to lane j, so that each lane is a polynomial in
 * x^8; the lanes are added with the weights x^0 .. x^7 at the end. Four vectors are
 * taken at once, each times its own power of x, and reduced once.
 *
 * Numbers are three limbs of 43 bits, so that 2^129 = -102 modulo q is a whole limb.
 * The multiplication gives bits 0..51 and 52..103 of a product: with one factor
 * shifted left by 9 the upper half is what goes into the next limb, and the lower
 * half what stays, shifted by 9. What lands beyond the third limb is subtracted 102
 * times; a multiple of q with all limbs near 2^56 keeps every difference positive. */
#include <immintrin.h>

#include "base/cpu.h"
#include "base/ct.h"
#include "prim/poly_words.h"

#define IFMA   __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512ifma")))
#define INLINE IFMA static inline __attribute__((always_inline))

#define LANES 8
#define STEP  4 /* vectors taken at once */
#define LIMB  43
#define MASK  ((UINT64_C(1) << LIMB) - 1)
#define SHIFT (52 - LIMB)
#define WRAP  (2 * MACAW_POLY_EXCESS)

/* 2^14 q as limbs. Products: at most 12 of each kind are added before a reduction,
 * each lower half below 2^52 and each upper half below 2^44, so that what is
 * subtracted is below 102 * 24 * 2^44 < 2^56. */
#define BIAS0 ((UINT64_C(1) << 56) + (UINT64_C(1) << 13) * WRAP)
#define BIAS  ((UINT64_C(1) << 56) - (UINT64_C(1) << 13))

/* Without a table, in blocks: from how many on it pays to make one. */
#define TABLE_PAYS 40

/* Powers of x, their limbs shifted left by SHIFT. */
typedef struct powers {
    uint64_t lane[3][LANES];  /* of lane j: x^j, in the order of unpacking */
    uint64_t vector[STEP][3]; /* x^8, x^16, x^24, x^32 */
} powers;

_Static_assert(sizeof(powers) <= MACAW_POLY_TABLE, "room in macaw_poly_point");

typedef struct limbs {
    __m512i l[3];
} limbs;

/* Which block of eight a lane holds after unpacking. */
static const uint8_t lane_block[LANES] = {0, 4, 1, 5, 2, 6, 3, 7};

static void split(const macaw_poly_value *v, uint64_t limb[3])
{
    limb[0] = v->w[0] & MASK;
    limb[1] = (v->w[0] >> LIMB | v->w[1] << (64 - LIMB)) & MASK;
    limb[2] = v->w[1] >> (2 * LIMB - 64) | v->w[2] << (128 - 2 * LIMB);
}

/* The value of limbs below 2^48. */
static macaw_poly_value join(const uint64_t limb[3])
{
    uint64_t l1 = limb[1] + (limb[0] >> LIMB), l2 = limb[2] + (l1 >> LIMB);
    const uint64_t lo[2] = {(limb[0] & MASK) | l1 << LIMB,
                            (l1 & MASK) >> (64 - LIMB) | l2 << (2 * LIMB - 64)};
    const uint64_t high[3] = {l2 >> (128 - 2 * LIMB), 0, 0};

    return macaw_poly_fold(lo, high);
}

static void fill_powers(const macaw_poly_point *point, powers *p)
{
    macaw_poly_value x = macaw_poly_x(point), power[LANES + 1] = {{{1, 0, 0}}}, v;
    uint64_t limb[3];

    for (size_t i = 1; i <= LANES; i++) {
        power[i] = macaw_poly_mul(&power[i - 1], &x);
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        split(&power[lane_block[lane]], limb);
        for (size_t i = 0; i < 3; i++) {
            p->lane[i][lane] = limb[i] << SHIFT;
        }
    }
    v = power[LANES];
    for (size_t k = 0; k < STEP; k++) {
        split(&v, limb);
        for (size_t i = 0; i < 3; i++) {
            p->vector[k][i] = limb[i] << SHIFT;
        }
        v = macaw_poly_mul(&v, &power[LANES]);
    }
    macaw_wipe(power, sizeof power);
}

/* Eight blocks as limbs. */
INLINE limbs load(const uint8_t *m)
{
    const __m512i reverse = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f));
    const __m512i mask = _mm512_set1_epi64((long long)MASK);
    __m512i a = _mm512_shuffle_epi8(_mm512_loadu_si512((const void *)m), reverse);
    __m512i b = _mm512_shuffle_epi8(_mm512_loadu_si512((const void *)(m + 64)), reverse);
    __m512i lo = _mm512_unpacklo_epi64(a, b), hi = _mm512_unpackhi_epi64(a, b);
    __m512i middle = _mm512_or_si512(_mm512_srli_epi64(lo, LIMB), _mm512_slli_epi64(hi, 64 - LIMB));

    return (limbs){{_mm512_and_si512(lo, mask), _mm512_and_si512(middle, mask),
                    _mm512_srli_epi64(hi, 2 * LIMB - 64)}};
}

/* A sum of products: lower and upper halves by the limb they begin in. */
typedef struct products {
    __m512i low[5], high[5];
} products;

INLINE void add_product(products *p, const limbs *a, const __m512i b[3])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            p->low[i + j] = _mm512_madd52lo_epu64(p->low[i + j], a->l[i], b[j]);
            p->high[i + j] = _mm512_madd52hi_epu64(p->high[i + j], a->l[i], b[j]);
        }
    }
}

INLINE void add_product_of_power(products *p, const limbs *a, const uint64_t power[3])
{
    const __m512i b[3] = {_mm512_set1_epi64((long long)power[0]),
                          _mm512_set1_epi64((long long)power[1]),
                          _mm512_set1_epi64((long long)power[2])};

    add_product(p, a, b);
}

INLINE __m512i minus_wrap(__m512i a, __m512i b)
{
    return _mm512_sub_epi64(a, _mm512_mullo_epi64(b, _mm512_set1_epi64(WRAP)));
}

/* p + add, reduced: limbs 0 and 1 below 2^43, limb 2 below 2^43 + 2^15. */
INLINE limbs reduce(const products *p, const limbs *add)
{
    const __m512i mask = _mm512_set1_epi64((long long)MASK);
    const __m512i bias0 = _mm512_set1_epi64((long long)BIAS0);
    const __m512i bias = _mm512_set1_epi64((long long)BIAS);
    __m512i d[6] = {_mm512_srli_epi64(p->low[0], SHIFT)};

    for (int i = 1; i < 5; i++) {
        d[i] = _mm512_add_epi64(_mm512_srli_epi64(p->low[i], SHIFT), p->high[i - 1]);
    }
    d[5] = p->high[4];
    __m512i r0 = minus_wrap(_mm512_add_epi64(d[0], _mm512_add_epi64(add->l[0], bias0)), d[3]);
    __m512i r1 = minus_wrap(_mm512_add_epi64(d[1], _mm512_add_epi64(add->l[1], bias)), d[4]);
    __m512i r2 = minus_wrap(_mm512_add_epi64(d[2], _mm512_add_epi64(add->l[2], bias)), d[5]);
    r0 = minus_wrap(r0, _mm512_srli_epi64(r2, LIMB));
    r1 = _mm512_add_epi64(r1, _mm512_srli_epi64(r0, LIMB));
    r2 = _mm512_add_epi64(_mm512_and_si512(r2, mask), _mm512_srli_epi64(r1, LIMB));
    return (limbs){{_mm512_and_si512(r0, mask), _mm512_and_si512(r1, mask), r2}};
}

static const products no_products;

/* h x^8 + m */
INLINE void take_one(const powers *p, limbs *h, const uint8_t *m)
{
    products sum = no_products;
    limbs add = load(m);

    add_product_of_power(&sum, h, p->vector[0]);
    *h = reduce(&sum, &add);
}

/* h x^32 + m[3] x^24 + m[2] x^16 + m[1] x^8 + m[0] */
INLINE void take_step(const powers *p, limbs *h, const uint8_t *m)
{
    products sum = no_products;
    limbs add = load(m);

    for (int i = 1; i < STEP; i++) {
        limbs v = load(m + 128 * i);
        add_product_of_power(&sum, &v, p->vector[i - 1]);
    }
    add_product_of_power(&sum, h, p->vector[STEP - 1]);
    *h = reduce(&sum, &add);
}

/* The sum of lane j times x^j. */
INLINE macaw_poly_value gather(const powers *p, const limbs *h)
{
    const limbs none = {{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()}};
    const __m512i b[3] = {_mm512_loadu_si512((const void *)p->lane[0]),
                          _mm512_loadu_si512((const void *)p->lane[1]),
                          _mm512_loadu_si512((const void *)p->lane[2])};
    products sum = no_products;
    uint64_t limb[3];

    add_product(&sum, h, b);
    limbs r = reduce(&sum, &none);
    for (int i = 0; i < 3; i++) {
        limb[i] = (uint64_t)_mm512_reduce_add_epi64(r.l[i]);
    }
    return join(limb);
}

/* groups of eight blocks, from the last to the first */
IFMA static void horner_groups(const powers *p, macaw_poly_value *value, const uint8_t *m,
                               size_t groups)
{
    uint64_t limb[3];
    limbs h;

    split(value, limb);
    for (int i = 0; i < 3; i++) {
        h.l[i] = _mm512_maskz_set1_epi64(1, (long long)limb[i]);
    }
    for (; groups % STEP != 0; groups--) {
        take_one(p, &h, m + 128 * (groups - 1));
    }
    for (; groups > 0; groups -= STEP) {
        take_step(p, &h, m + 128 * (groups - STEP));
    }
    *value = gather(p, &h);
}

static void horner(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m, size_t n)
{
    size_t groups = n / LANES, rest = n % LANES;
    const powers *p = (const powers *)(const void *)point->table;
    powers own;

    if (groups == 0 || (!point->has_table && n < TABLE_PAYS)) {
        macaw_poly_horner_words(point, h, m, n);
        return;
    }
    if (!point->has_table) {
        fill_powers(point, &own);
        p = &own;
    }
    macaw_poly_horner_words(point, h, m + groups * LANES * MACAW_POLY_BLOCK, rest);
    horner_groups(p, h, m, groups);
    if (!point->has_table) {
        macaw_wipe(&own, sizeof own);
    }
}

static void tabulate(macaw_poly_point *point)
{
    fill_powers(point, (powers *)(void *)point->table);
}

const macaw_poly_kernel macaw_poly_ifma = {
    .name = "ifma", .usable = macaw_cpu_has_ifma512, .horner = horner, .tabulate = tabulate};

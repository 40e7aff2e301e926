/* Polynomials modulo q = 2^128 + 51 with AVX-512 IFMA, eight blocks in a vector.
 *
 * Block 8 g + j of a message belongs to lane j, so that each lane is a polynomial in
 * x^8; the lanes are added with the weights x^0 .. x^7 at the end. Eight vectors are
 * taken at once, each times its own power of x, and reduced once.
 *
 * Numbers are three limbs of 43 bits, so that 2^129 = -102 modulo q is a whole limb.
 * The multiplication gives bits 0..51 and 52..103 of a product: with one factor
 * shifted left by 9 the upper half is what goes into the next limb, and the lower
 * half what stays, shifted by 9. Products that land beyond the third limb are taken
 * with a factor multiplied by 102 beforehand, not shifted, and subtracted; a multiple
 * of q with all limbs near 2^56 keeps every difference positive. */
#include <immintrin.h>

#include "base/cpu.h"
#include "base/ct.h"
#include "prim/poly_words.h"

#define IFMA   __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512ifma")))
#define INLINE IFMA static inline __attribute__((always_inline))

#define LANES 8
#define STEP  8 /* vectors taken at once */
#define LIMB  43
#define MASK  ((UINT64_C(1) << LIMB) - 1)
#define SHIFT (52 - LIMB)
#define WRAP  (2 * MACAW_POLY_EXCESS)

/* 2^15 q as limbs. At most STEP products are added before a reduction. What is subtracted
 * then is at most 16 lower halves below 2^52 and 102 times 24 upper halves below 2^44:
 * less than 2^57. */
#define BIAS0 ((UINT64_C(1) << 57) + (UINT64_C(1) << 14) * WRAP)
#define BIAS  ((UINT64_C(1) << 57) - (UINT64_C(1) << 14))

#define GROUP (LANES * MACAW_POLY_BLOCK)

/* From how many blocks on the lanes pay, with a table and without one. */
#define LANES_PAY  4
#define TABLE_PAYS 32

/* A factor: its limbs shifted by SHIFT, then limbs 1 and 2 times WRAP. */
#define FACTOR 5

/* Powers of x. */
typedef struct powers {
    uint64_t lane[FACTOR][LANES];  /* of lane j: x^j, in the order of unpacking */
    uint64_t vector[STEP][FACTOR]; /* x^8, x^16, .. x^64 */
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

static void as_factor(const macaw_poly_value *v, uint64_t factor[FACTOR])
{
    uint64_t limb[3];

    split(v, limb);
    for (size_t i = 0; i < 3; i++) {
        factor[i] = limb[i] << SHIFT;
    }
    factor[3] = limb[1] * WRAP;
    factor[4] = limb[2] * WRAP;
}

/* steps: as many powers of x^8. */
static void fill_powers(const macaw_poly_point *point, powers *p, size_t steps)
{
    macaw_poly_value power[LANES + 1] = {{{1, 0, 0}}, macaw_poly_x(point)}, v[STEP];
    uint64_t factor[FACTOR];

    for (size_t i = 2; i <= LANES; i++) {
        power[i] = macaw_poly_mul(&power[i / 2], &power[i - i / 2]);
    }
    for (size_t lane = 0; lane < LANES; lane++) {
        as_factor(&power[lane_block[lane]], factor);
        for (size_t i = 0; i < FACTOR; i++) {
            p->lane[i][lane] = factor[i];
        }
    }
    v[0] = power[LANES];
    for (size_t k = 1; k < steps; k++) {
        v[k] = macaw_poly_mul(&v[k / 2], &v[k - 1 - k / 2]);
    }
    for (size_t k = 0; k < steps; k++) {
        as_factor(&v[k], p->vector[k]);
    }
    macaw_wipe(power, sizeof power);
    macaw_wipe(v, sizeof v);
}

/* Blocks 0 to 3 and 4 to 7 as limbs. */
INLINE limbs limbs_of(__m512i first, __m512i second)
{
    const __m512i reverse =
        _mm512_broadcast_i32x4(_mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f));
    const __m512i mask = _mm512_set1_epi64((long long)MASK);
    __m512i a = _mm512_shuffle_epi8(first, reverse), b = _mm512_shuffle_epi8(second, reverse);
    __m512i lo = _mm512_unpacklo_epi64(a, b), hi = _mm512_unpackhi_epi64(a, b);
    __m512i middle = _mm512_or_si512(_mm512_srli_epi64(lo, LIMB), _mm512_slli_epi64(hi, 64 - LIMB));

    return (limbs){{_mm512_and_si512(lo, mask), _mm512_and_si512(middle, mask),
                    _mm512_srli_epi64(hi, 2 * LIMB - 64)}};
}

INLINE limbs load(const uint8_t *m)
{
    return limbs_of(_mm512_loadu_si512((const void *)m),
                    _mm512_loadu_si512((const void *)(m + 64)));
}

/* The first n < 8 blocks, zeros for the others. */
INLINE limbs load_few(const uint8_t *m, size_t n)
{
    const __mmask8 words = (__mmask8)((1u << (2 * (n % 4))) - 1);

    if (n < 4) {
        return limbs_of(_mm512_maskz_loadu_epi64(words, (const void *)m), _mm512_setzero_si512());
    }
    return limbs_of(_mm512_loadu_si512((const void *)m),
                    _mm512_maskz_loadu_epi64(words, (const void *)(m + 64)));
}

/* A sum of products, by limb: lower and upper halves that are added, and those that
 * are subtracted. */
typedef struct products {
    __m512i low[3], high[3], less_low[2], less_high[2];
} products;

INLINE void add_product(products *p, const limbs *a, const __m512i b[FACTOR])
{
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3 - i; j++) {
            p->low[i + j] = _mm512_madd52lo_epu64(p->low[i + j], a->l[i], b[j]);
            p->high[i + j] = _mm512_madd52hi_epu64(p->high[i + j], a->l[i], b[j]);
        }
        for (int j = 3 - i; j < 3; j++) {
            const int k = i + j - 3;
            p->less_low[k] = _mm512_madd52lo_epu64(p->less_low[k], a->l[i], b[j + 2]);
            p->less_high[k] = _mm512_madd52hi_epu64(p->less_high[k], a->l[i], b[j + 2]);
        }
    }
}

INLINE void add_product_of_power(products *p, const limbs *a, const uint64_t power[FACTOR])
{
    __m512i b[FACTOR];

    for (int i = 0; i < FACTOR; i++) {
        b[i] = _mm512_set1_epi64((long long)power[i]);
    }
    add_product(p, a, b);
}

/* Limb i of what is added, and room for what will be subtracted. */
INLINE __m512i gained(const products *p, const limbs *add, int i, uint64_t bias)
{
    __m512i sum = _mm512_add_epi64(add->l[i], _mm512_set1_epi64((long long)bias));

    sum = _mm512_add_epi64(sum, _mm512_srli_epi64(p->low[i], SHIFT));
    return i == 0 ? sum : _mm512_add_epi64(sum, p->high[i - 1]);
}

/* p + add, reduced: limbs 0 and 1 below 2^43, limb 2 below 2^43 + 2^15. An upper half of
 * a product with WRAP has weight 2^52 = 2^(43 + SHIFT). */
INLINE limbs reduce(const products *p, const limbs *add)
{
    const __m512i mask = _mm512_set1_epi64((long long)MASK), wrap = _mm512_set1_epi64(WRAP);
    __m512i over = _mm512_mullo_epi64(p->high[2], wrap);
    __m512i r0 = _mm512_sub_epi64(gained(p, add, 0, BIAS0), p->less_low[0]);
    __m512i r1 = _mm512_sub_epi64(gained(p, add, 1, BIAS), p->less_low[1]);
    __m512i r2 = gained(p, add, 2, BIAS);

    r0 = _mm512_sub_epi64(r0, over);
    r1 = _mm512_sub_epi64(r1, _mm512_slli_epi64(p->less_high[0], SHIFT));
    r2 = _mm512_sub_epi64(r2, _mm512_slli_epi64(p->less_high[1], SHIFT));
    r0 = _mm512_sub_epi64(r0, _mm512_mul_epu32(_mm512_srli_epi64(r2, LIMB), wrap));
    r1 = _mm512_add_epi64(r1, _mm512_srli_epi64(r0, LIMB));
    r2 = _mm512_add_epi64(_mm512_and_si512(r2, mask), _mm512_srli_epi64(r1, LIMB));
    return (limbs){{_mm512_and_si512(r0, mask), _mm512_and_si512(r1, mask), r2}};
}

INLINE void clear(products *p)
{
    for (int i = 0; i < 3; i++) {
        p->low[i] = p->high[i] = _mm512_setzero_si512();
    }
    for (int i = 0; i < 2; i++) {
        p->less_low[i] = p->less_high[i] = _mm512_setzero_si512();
    }
}

/* h x^8 + m */
INLINE void take_one(const powers *p, limbs *h, const uint8_t *m)
{
    limbs add = load(m);
    products sum;

    clear(&sum);
    add_product_of_power(&sum, h, p->vector[0]);
    *h = reduce(&sum, &add);
}

/* h x^64 + m[7] x^56 + .. + m[1] x^8 + m[0] */
INLINE void take_step(const powers *p, limbs *h, const uint8_t *m)
{
    limbs add = load(m);
    products sum;

    clear(&sum);
    for (int i = 1; i < STEP; i++) {
        limbs v = load(m + GROUP * i);
        add_product_of_power(&sum, &v, p->vector[i - 1]);
    }
    add_product_of_power(&sum, h, p->vector[STEP - 1]);
    *h = reduce(&sum, &add);
}

/* The sum of lane j times x^j. */
INLINE macaw_poly_value gather(const powers *p, const limbs *h)
{
    const limbs none = {{_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512()}};
    products sum;
    __m512i b[FACTOR];
    uint64_t limb[3];

    clear(&sum);
    for (int i = 0; i < FACTOR; i++) {
        b[i] = _mm512_loadu_si512((const void *)p->lane[i]);
    }
    add_product(&sum, h, b);
    limbs r = reduce(&sum, &none);
    for (int i = 0; i < 3; i++) {
        limb[i] = (uint64_t)_mm512_reduce_add_epi64(r.l[i]);
    }
    return join(limb);
}

/* Groups of eight blocks, from the last to the first. What is left over by them, and
 * the value before all, which is like a block behind the last one, come first. */
IFMA static void horner_groups(const powers *p, macaw_poly_value *value, const uint8_t *m, size_t n)
{
    size_t groups = n / LANES, rest = n % LANES;
    const __mmask8 lane = (__mmask8)(1u << (rest < 4 ? 2 * rest : 2 * rest - 7));
    limbs h = load_few(m + groups * GROUP, rest);
    uint64_t limb[3];

    split(value, limb);
    for (int i = 0; i < 3; i++) {
        h.l[i] = _mm512_mask_set1_epi64(h.l[i], lane, (long long)limb[i]);
    }
    for (; groups % STEP != 0; groups--) {
        take_one(p, &h, m + GROUP * (groups - 1));
    }
    for (; groups > 0; groups -= STEP) {
        take_step(p, &h, m + GROUP * (groups - STEP));
    }
    *value = gather(p, &h);
}

static void horner(const macaw_poly_point *point, macaw_poly_value *h, const uint8_t *m, size_t n)
{
    powers own;

    if (n < (point->has_table ? LANES_PAY : TABLE_PAYS)) {
        macaw_poly_horner_words(point, h, m, n);
    } else if (point->has_table) {
        horner_groups((const powers *)(const void *)point->table, h, m, n);
    } else {
        fill_powers(point, &own, n < STEP * LANES ? 1 : STEP);
        horner_groups(&own, h, m, n);
        macaw_wipe(&own, sizeof own);
    }
}

static void tabulate(macaw_poly_point *point)
{
    fill_powers(point, (powers *)(void *)point->table, STEP);
}

const macaw_poly_kernel macaw_poly_ifma = {
    .name = "ifma", .usable = macaw_cpu_has_ifma512, .horner = horner, .tabulate = tabulate};

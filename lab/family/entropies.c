/* Every probability is a quotient of weights, so every entropy is a sum of
 * rational multiples of log2 of whole numbers, and those of log2 of primes. */
#include "measures.h"

#include <stdlib.h>

#include "memory.h"

void exact_add_tally(exact *sum, const mpq_t scale, const tally *t)
{
    tally_entry *list;
    size_t count = tally_list(t, &list);
    mpq_t part;
    mpz_t whole;

    mpq_init(part);
    mpz_init(whole);
    for (size_t i = 0; i < count; i++) {
        if (list[i].value > 1) {
            mpz_set_ui(whole, list[i].times);
            mpz_mul_ui(whole, whole, list[i].value);
            mpq_set_z(part, whole);
            mpq_mul(part, part, scale);
            exact_add_log(sum, part, list[i].value);
        }
    }
    mpz_clear(whole);
    mpq_clear(part);
    free(list);
}

static void add_scaled(exact *sum, int64_t num, uint64_t den, const tally *t)
{
    mpq_t scale;

    mpq_init(scale);
    mpz_set_si(mpq_numref(scale), num);
    mpz_set_ui(mpq_denref(scale), den);
    mpq_canonicalize(scale);
    exact_add_tally(sum, scale, t);
    mpq_clear(scale);
}

/* H of the distribution value/total: log2(total) - (1/total) sum value*log2(value). */
static void entropy_of(exact *ret, const tally *t, uint64_t total)
{
    exact_add_ratio(ret, 1, 1, total);
    add_scaled(ret, -1, total, t);
}

static void key_entropy(const family *f, exact *ret)
{
    tally *t = family_zeroed(1, sizeof *t);

    for (uint32_t k = 0; k < f->l; k++) {
        tally_add(t, family_key_weight(f, k), 1);
    }
    entropy_of(ret, t, f->key_sum);
    tally_clear(t);
    free(t);
}

static void message_entropy(const family *f, exact *ret)
{
    tally *t = family_zeroed(1, sizeof *t);

    for (uint32_t x = 0; x < f->n; x++) {
        tally_add(t, family_message_weight(f, x), 1);
    }
    entropy_of(ret, t, f->message_sum);
    tally_clear(t);
    free(t);
}

/* p(y) = sum over x of v(x) N(x,y), over V*W. */
static void tag_entropy(const measures *m, exact *ret)
{
    const family *f = m->f;
    tally *t = family_zeroed(1, sizeof *t);

    for (uint32_t y = 0; y < f->m; y++) {
        uint64_t sum = 0;
        for (uint32_t x = 0; x < f->n; x++) {
            sum += (uint64_t)family_message_weight(f, x) * m->cells[(size_t)x * f->m + y];
        }
        tally_add(t, sum, 1);
    }
    entropy_of(ret, t, f->message_sum * f->key_sum);
    tally_clear(t);
    free(t);
}

/* p(x,y) = v(x) N(x,y), over V*W. */
static void joint_entropy(const measures *m, exact *ret)
{
    const family *f = m->f;
    tally *t = family_zeroed(1, sizeof *t);

    for (size_t i = 0; i < (size_t)f->n * f->m; i++) {
        tally_add(t, (uint64_t)family_message_weight(f, (uint32_t)(i / f->m)) * m->cells[i], 1);
    }
    entropy_of(ret, t, f->message_sum * f->key_sum);
    tally_clear(t);
    free(t);
}

/* sum += (sign/(V*W)) * sum over (x,y) of v(x) N(x,y) log2 N(x,y). */
static void add_cells(const measures *m, int sign, exact *sum)
{
    const family *f = m->f;
    tally *t = family_zeroed(1, sizeof *t);

    for (size_t i = 0; i < (size_t)f->n * f->m; i++) {
        tally_add(t, m->cells[i], family_message_weight(f, (uint32_t)(i / f->m)));
    }
    add_scaled(sum, sign, f->message_sum * f->key_sum, t);
    tally_clear(t);
    free(t);
}

/* From the keys that are left: sum over x and k of p(x) p(k) log2(N(x,h_k(x)) / w(k)). */
static void key_left(const measures *m, exact *ret)
{
    const family *f = m->f;
    uint64_t den = f->message_sum * f->key_sum;
    tally *cells = family_zeroed(1, sizeof *cells);
    tally *keys = family_zeroed(1, sizeof *keys);
    tally_entry *list;
    size_t count;

    for (uint32_t x = 0; x < f->n; x++) {
        for (uint32_t k = 0; k < f->l; k++) {
            uint32_t tag = f->tags[(size_t)x * f->l + k];
            tally_add(cells, m->cells[(size_t)x * f->m + tag],
                      (uint64_t)family_message_weight(f, x) * family_key_weight(f, k));
        }
    }
    for (uint32_t k = 0; k < f->l; k++) {
        tally_add(keys, family_key_weight(f, k), 1);
    }
    count = tally_list(cells, &list);
    for (size_t i = 0; i < count; i++) {
        exact_add_ratio(ret, (int64_t)list[i].times, den, list[i].value);
    }
    add_scaled(ret, -1, f->key_sum, keys);
    free(list);
    tally_clear(cells);
    tally_clear(keys);
    free(cells);
    free(keys);
}

/* p of a pair of messages in two classes, both orders: v v'/V (1/(V-v) + 1/(V-v')). */
static void pair_chance(const family *f, uint64_t v, uint64_t other, mpq_t ret)
{
    mpq_t part;

    mpq_init(part);
    mpq_set_ui(ret, 1, f->message_sum - v);
    mpq_set_ui(part, 1, f->message_sum - other);
    mpq_add(ret, ret, part);
    mpq_set_ui(part, v * other, f->message_sum);
    mpq_canonicalize(part);
    mpq_mul(ret, ret, part);
    mpq_clear(part);
}

/* sum += (sign/W) sum over (x,x') of p(x,x') sum of N log2 N over y, y'. */
static void add_pairs(const measures *m, int sign, exact *sum)
{
    const pair_counts *pairs = &m->pairs;
    mpq_t scale, over;

    mpq_init(scale);
    mpq_init(over);
    mpq_set_si(over, sign, m->f->key_sum);
    for (unsigned c = 0; c < pairs->classes; c++) {
        for (unsigned d = 0; d <= c; d++) {
            pair_chance(m->f, pairs->class_weight[c], pairs->class_weight[d], scale);
            mpq_mul(scale, scale, over);
            exact_add_tally(sum, scale, pair_tally(pairs, c, d));
        }
    }
    mpq_clear(over);
    mpq_clear(scale);
}

/* H(K|M^2): what is left of K after two messages, from the counts of pairs. */
static void key_left_after_two(const measures *m, exact *ret)
{
    tally *keys = family_zeroed(1, sizeof *keys);

    for (uint32_t k = 0; k < m->f->l; k++) {
        tally_add(keys, family_key_weight(m->f, k), 1);
    }
    add_pairs(m, 1, ret);
    add_scaled(ret, -1, m->f->key_sum, keys);
    tally_clear(keys);
    free(keys);
}

/* H(K|M) - H(Y'|M,X') with p(y'|x,y,x') = N(x,y,x',y')/N(x,y). */
static bool two_agrees(const measures *m, const entropies *h)
{
    exact other = {.terms = NULL};
    bool agrees;

    exact_add(&other, 1, &h->k_given_xy);
    add_cells(m, -1, &other);
    add_pairs(m, 1, &other);
    agrees = exact_equal(&other, &h->k_given_m2);
    exact_clear(&other);
    return agrees;
}

/* H(K,X) + … of a model with independent K and X: H(K|X,Y) = H(K) + H(X) - H(X,Y). */
static bool one_agrees(const entropies *h)
{
    exact other = {.terms = NULL};
    bool agrees;

    exact_add(&other, 1, &h->k);
    exact_add(&other, 1, &h->x);
    exact_add(&other, -1, &h->xy);
    agrees = exact_equal(&other, &h->k_given_xy);
    exact_clear(&other);
    return agrees;
}

/* Has every message the same distribution of tags? */
static bool tags_independent(const measures *m)
{
    const family *f = m->f;

    for (size_t i = f->m; i < (size_t)f->n * f->m; i++) {
        if (m->cells[i] != m->cells[i % f->m]) {
            return false;
        }
    }
    return true;
}

void entropies_take(const measures *m, entropies *ret)
{
    exact sum = {.terms = NULL};

    key_entropy(m->f, &ret->k);
    message_entropy(m->f, &ret->x);
    tag_entropy(m, &ret->y);
    joint_entropy(m, &ret->xy);
    exact_add_ratio(&ret->y_given_x, 1, 1, m->f->key_sum);
    add_cells(m, -1, &ret->y_given_x);
    key_left(m, &ret->k_given_xy);
    exact_difference(&ret->gain, &ret->k, &ret->k_given_xy);
    ret->k_given_xy_agrees = one_agrees(ret);
    ret->identity = exact_equal(&ret->gain, &ret->y_given_x);
    ret->independent = tags_independent(m);
    exact_add(&sum, 1, &ret->x);
    exact_add(&sum, 1, &ret->y);
    ret->xy_is_sum = exact_equal(&sum, &ret->xy);
    exact_clear(&sum);
    if (m->has_pairs) {
        key_left_after_two(m, &ret->k_given_m2);
        ret->k_given_m2_agrees = two_agrees(m, ret);
    }
}

void entropies_clear(entropies *h)
{
    exact *all[] = {&h->k,         &h->x,          &h->y,          &h->xy,
                    &h->y_given_x, &h->k_given_xy, &h->k_given_m2, &h->gain};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        exact_clear(all[i]);
    }
}

#include "measures.h"

#include <stdlib.h>

#include "memory.h"

ratio ratio_of(uint64_t num, uint64_t den)
{
    uint64_t a = num;
    uint64_t b = den;

    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a == 0 ? (ratio){0, 1} : (ratio){num / a, den / a};
}

double ratio_value(ratio r)
{
    return (double)r.num / (double)r.den;
}

static void count_cells(const family *f, uint32_t *cells)
{
    for (uint32_t x = 0; x < f->n; x++) {
        const uint16_t *tags = f->tags + (size_t)x * f->l;
        for (uint32_t k = 0; k < f->l; k++) {
            cells[(size_t)x * f->m + tags[k]] += family_key_weight(f, k);
        }
    }
}

/* The first (x,y) of the greatest N(x,y). */
static void find_impersonation(measures *m)
{
    const family *f = m->f;
    forgery *best = &m->impersonation;
    uint32_t most = 0;

    for (uint32_t x = 0; x < f->n; x++) {
        for (uint32_t y = 0; y < f->m; y++) {
            uint32_t weight = m->cells[(size_t)x * f->m + y];
            if (weight > most) {
                most = weight;
                best->x = x;
                best->y = y;
            }
        }
    }
    best->chance = ratio_of(most, f->key_sum);
}

ratio measures_beta(const measures *m, uint32_t x, uint32_t y)
{
    size_t cell = (size_t)x * m->f->m + y;

    if (m->cells[cell] == 0) {
        return (ratio){0, 1};
    }
    return ratio_of(m->pairs.best[cell], m->cells[cell]);
}

/* The answer to (x,y) that best says is worth that much: count again. */
static void find_answer(const measures *m, forgery *ret)
{
    const family *f = m->f;
    const uint16_t *tags = f->tags + (size_t)ret->x * f->l;
    uint32_t want = m->pairs.best[(size_t)ret->x * f->m + ret->y];
    uint32_t *row = family_zeroed(f->m, sizeof *row);
    bool found = false;

    for (uint32_t other = 0; !found && other < f->n; other++) {
        for (uint32_t y = 0; y < f->m; y++) {
            row[y] = 0;
        }
        for (uint32_t k = 0; k < f->l; k++) {
            if (tags[k] == ret->y) {
                row[f->tags[(size_t)other * f->l + k]] += family_key_weight(f, k);
            }
        }
        for (uint32_t y = 0; !found && other != ret->x && y < f->m; y++) {
            found = row[y] == want;
            ret->other = other;
            ret->tag = y;
        }
    }
    free(row);
}

static void find_substitution(measures *m)
{
    const family *f = m->f;
    forgery *best = &m->substitution;
    uint64_t num = 0;
    uint64_t den = 1;

    for (uint32_t x = 0; x < f->n; x++) {
        for (uint32_t y = 0; y < f->m; y++) {
            uint64_t cell = m->cells[(size_t)x * f->m + y];
            uint64_t weight = m->pairs.best[(size_t)x * f->m + y];
            if (cell != 0 && weight * den > num * cell) {
                num = weight;
                den = cell;
                best->x = x;
                best->y = y;
            }
        }
    }
    best->chance = ratio_of(num, den);
    find_answer(m, best);
}

static int count_pairs(measures *m, unsigned threads, macaw_error *err)
{
    const family *f = m->f;
    int status = pairs_count(f, threads, false, &m->pairs, err);

    if (status != MACAW_OK) {
        return status;
    }
    find_substitution(m);
    /* The m*m numbers of a pair of messages sum to W: all equal, they are W/m^2. */
    m->two_universal = m->pairs.min == m->pairs.max;
    m->collision = ratio_of(m->pairs.collision.weight, f->key_sum);
    m->difference = ratio_of(m->pairs.difference.weight, f->key_sum);
    m->xored = ratio_of(m->pairs.xored.weight, f->key_sum);
    m->keys_min = m->pairs.min;
    m->keys_max = m->pairs.max;
    if (f->key_weights != NULL) {
        pair_counts keys;
        status = pairs_count(f, threads, true, &keys, err);
        if (status != MACAW_OK) {
            return status;
        }
        m->keys_min = keys.min;
        m->keys_max = keys.max;
        pairs_clear(&keys);
    }
    m->two_universal_keys = m->keys_min == m->keys_max;
    return MACAW_OK;
}

int measures_take(const family *f, unsigned threads, measures *ret, macaw_error *err)
{
    measures m = {.f = f, .has_pairs = f->n >= 2};

    m.cells = family_zeroed((size_t)f->n * f->m, sizeof *m.cells);
    count_cells(f, m.cells);
    find_impersonation(&m);
    if (m.has_pairs) {
        int status = count_pairs(&m, threads, err);
        if (status != MACAW_OK) {
            measures_clear(&m);
            return status;
        }
    }
    entropies_take(&m, &m.h);
    bounds_take(&m);
    *ret = m;
    return MACAW_OK;
}

void measures_histogram(const measures *m, tally *ret)
{
    for (unsigned i = 0; i < pair_tally_count(m->pairs.classes); i++) {
        tally_merge(ret, &m->pairs.tallies[i]);
    }
}

void measures_clear(measures *m)
{
    free(m->cells);
    pairs_clear(&m->pairs);
    entropies_clear(&m->h);
    for (size_t i = 0; i < BOUNDS; i++) {
        exact_clear(&m->bounds[i].slack);
    }
    *m = (measures){.cells = NULL};
}

/* The inner loops. For a message x the keys are sorted by their tag y of x; for each
 * x' the keys of one y are counted by their tag y' of x' into a row of m numbers,
 * which stays in the first-level cache, is looked at and forgotten. */
#include "pair_rows.h"

#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { BLOCK = 8 }; /* rows are worked on in blocks of as many; xor permutes inside */

struct pair_rows {
    const family *f;
    bool unit;
    uint32_t width;    /* m, rounded up to whole blocks */
    uint32_t xors;     /* the power of two from m on, at least a block */
    uint32_t *order;   /* keys, sorted by their tag of x */
    uint32_t *weights; /* theirs; NULL: all 1 */
    uint32_t *start;   /* m + 1: where the keys of a tag begin in order */
    uint32_t *row;     /* width: N(x,y,x',y') over y' */
    uint32_t *diffs;   /* m: weight of each difference y' - y, for one x' */
    uint32_t *folded;  /* BLOCK * xors: weight of each xor, apart by the low bits of y */
};

pair_rows *pair_rows_new(const family *f, bool unit)
{
    pair_rows *rows = family_zeroed(1, sizeof *rows);

    rows->f = f;
    rows->unit = unit || f->key_weights == NULL;
    rows->width = (f->m + BLOCK - 1) / BLOCK * BLOCK;
    for (rows->xors = BLOCK; rows->xors < f->m; rows->xors *= 2) {
    }
    rows->order = family_zeroed(f->l, sizeof *rows->order);
    rows->weights = rows->unit ? NULL : family_zeroed(f->l, sizeof *rows->weights);
    rows->start = family_zeroed(f->m + 1, sizeof *rows->start);
    rows->row = family_zeroed(rows->xors, sizeof *rows->row);
    rows->diffs = family_zeroed(f->m, sizeof *rows->diffs);
    rows->folded = family_zeroed((size_t)BLOCK * rows->xors, sizeof *rows->folded);
    return rows;
}

void pair_rows_free(pair_rows *rows)
{
    free(rows->order);
    free(rows->weights);
    free(rows->start);
    free(rows->row);
    free(rows->diffs);
    free(rows->folded);
    free(rows);
}

/* Keys in the order of their tags of x, by counting. */
static void sort_keys(pair_rows *rows, uint32_t x)
{
    const family *f = rows->f;
    const uint16_t *tags = f->tags + (size_t)x * f->l;
    uint32_t *next = family_zeroed(f->m, sizeof *next);

    memset(rows->start, 0, (f->m + 1) * sizeof *rows->start);
    for (uint32_t k = 0; k < f->l; k++) {
        rows->start[tags[k] + 1]++;
    }
    for (uint32_t y = 0; y < f->m; y++) {
        rows->start[y + 1] += rows->start[y];
        next[y] = rows->start[y];
    }
    for (uint32_t k = 0; k < f->l; k++) {
        uint32_t at = next[tags[k]]++;
        rows->order[at] = k;
        if (rows->weights != NULL) {
            rows->weights[at] = f->key_weights[k];
        }
    }
    free(next);
}

/* ---- one row ---- */

static void fill_row(const pair_rows *rows, const uint16_t *other, uint32_t from, uint32_t to)
{
    uint32_t *row = rows->row;

    if (rows->weights == NULL) {
        for (uint32_t i = from; i < to; i++) {
            row[other[rows->order[i]]]++;
        }
    } else {
        for (uint32_t i = from; i < to; i++) {
            row[other[rows->order[i]]] += rows->weights[i];
        }
    }
}

typedef struct row_range {
    uint32_t min, max;
} row_range;

/* Largest and smallest number of the row; best[y'] keeps the largest of the column. */
static row_range row_extremes(const uint32_t *restrict row, uint32_t m, uint32_t *restrict best)
{
    uint32_t min = UINT32_MAX;
    uint32_t max = 0;

    for (size_t i = 0; i < m; i++) {
        min = row[i] < min ? row[i] : min;
        max = row[i] > max ? row[i] : max;
        best[i] = row[i] > best[i] ? row[i] : best[i];
    }
    return (row_range){min, max};
}

static void tally_row(const uint32_t *row, uint32_t m, row_range range, tally *times)
{
    if (range.min == range.max) {
        tally_add(times, range.min, m);
        return;
    }
    for (uint32_t i = 0; i < m; i++) {
        tally_add(times, row[i], 1);
    }
}

static void add_row(uint32_t *restrict to, const uint32_t *restrict row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        to[i] += row[i];
    }
}

/* diffs[y' - y mod m] += row[y']. */
static void add_differences(const uint32_t *row, uint32_t y, uint32_t m, uint32_t *diffs)
{
    add_row(diffs, row + y, m - y);
    add_row(diffs + (m - y), row, y);
}

/* Whole blocks go to where the high bits of y' xor y say; the low bits are put
 * right once a pair of messages, by take_peaks. */
static void add_xors(const uint32_t *row, uint32_t y, uint32_t width, uint32_t xors,
                     uint32_t *folded)
{
    uint32_t *mine = folded + (size_t)(y % BLOCK) * xors;
    uint32_t high = y / BLOCK * BLOCK;

    for (uint32_t i = 0; i < width; i += BLOCK) {
        add_row(mine + (i ^ high), row + i, BLOCK);
    }
}

static void dense_row(pair_rows *rows, uint32_t y, uint32_t *best_here, uint32_t *best_there,
                      pair_counts *counts, tally *times)
{
    uint32_t m = rows->f->m;
    row_range range = row_extremes(rows->row, m, best_there);

    *best_here = range.max > *best_here ? range.max : *best_here;
    counts->min = range.min < counts->min ? range.min : counts->min;
    counts->max = range.max > counts->max ? range.max : counts->max;
    tally_row(rows->row, m, range, times);
    add_differences(rows->row, y, m, rows->diffs);
    add_xors(rows->row, y, rows->width, rows->xors, rows->folded);
    memset(rows->row, 0, m * sizeof *rows->row);
}

/* The same where few of the m numbers can be other than 0: visit those only. */
static void sparse_row(pair_rows *rows, uint32_t y, const uint16_t *other, uint32_t *best_here,
                       uint32_t *best_there, pair_counts *counts, tally *times)
{
    uint32_t m = rows->f->m;
    uint32_t visited = 0;

    for (uint32_t i = rows->start[y]; i < rows->start[y + 1]; i++) {
        uint32_t tag = other[rows->order[i]];
        uint32_t weight = rows->row[tag];
        if (weight == 0) {
            continue;
        }
        rows->row[tag] = 0;
        visited++;
        *best_here = weight > *best_here ? weight : *best_here;
        best_there[tag] = weight > best_there[tag] ? weight : best_there[tag];
        counts->max = weight > counts->max ? weight : counts->max;
        counts->min = weight < counts->min ? weight : counts->min;
        tally_add(times, weight, 1);
        rows->diffs[tag >= y ? tag - y : tag + m - y] += weight;
        rows->folded[(size_t)(y % BLOCK) * rows->xors + (tag ^ (y / BLOCK * BLOCK))] += weight;
    }
    if (visited < m) {
        counts->min = 0;
        tally_add(times, 0, m - visited);
    }
}

/* ---- one pair of messages ---- */

static void keep(pair_peak *peak, uint64_t weight, uint32_t x, uint32_t other, uint32_t value)
{
    if (weight > peak->weight) {
        *peak = (pair_peak){weight, x, other, value};
    }
}

/* The weights of the differences and xors of a pair, and clear them. */
static void take_peaks(pair_rows *rows, uint32_t x, uint32_t other, pair_counts *counts)
{
    keep(&counts->collision, rows->diffs[0], x, other, 0);
    for (uint32_t d = 0; d < rows->f->m; d++) {
        keep(&counts->difference, rows->diffs[d], x, other, d);
    }
    for (uint32_t d = 0; d < rows->xors; d++) {
        uint64_t weight = 0;
        for (uint32_t low = 0; low < BLOCK; low++) {
            weight += rows->folded[(size_t)low * rows->xors + (d ^ low)];
        }
        keep(&counts->xored, weight, x, other, d);
    }
    memset(rows->diffs, 0, rows->f->m * sizeof *rows->diffs);
    memset(rows->folded, 0, (size_t)BLOCK * rows->xors * sizeof *rows->folded);
}

static void count_pair(pair_rows *rows, uint32_t x, uint32_t other, pair_counts *counts)
{
    const family *f = rows->f;
    const uint16_t *tags = f->tags + (size_t)other * f->l;
    uint32_t *best_x = counts->best + (size_t)x * f->m;
    uint32_t *best_other = counts->best + (size_t)other * f->m;
    tally *times = pair_tally(counts, counts->class_of[x], counts->class_of[other]);

    for (uint32_t y = 0; y < f->m; y++) {
        uint32_t keys = rows->start[y + 1] - rows->start[y];
        fill_row(rows, tags, rows->start[y], rows->start[y + 1]);
        if ((uint64_t)keys * 4 < f->m) {
            sparse_row(rows, y, tags, &best_x[y], best_other, counts, times);
        } else {
            dense_row(rows, y, &best_x[y], best_other, counts, times);
        }
    }
    take_peaks(rows, x, other, counts);
}

void pair_rows_count(pair_rows *rows, uint32_t x, pair_counts *counts)
{
    sort_keys(rows, x);
    for (uint32_t other = x + 1; other < rows->f->n; other++) {
        count_pair(rows, x, other, counts);
    }
}

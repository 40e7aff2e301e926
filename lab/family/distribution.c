#include "distribution.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory.h"
#include "spec.h"

void distribution_clear(distribution *d)
{
    free(d->weights);
    *d = (distribution){.weights = NULL};
}

static int read_weight(const char *at, size_t len, size_t offset, distribution *d, size_t place,
                       macaw_error *err)
{
    int64_t weight;

    if (!spec_number(at, len, 0, DISTRIBUTION_WEIGHT, &weight)) {
        return macaw_fail(err, MACAW_EFORMAT, offset, "expected a weight from 0 to %d",
                          DISTRIBUTION_WEIGHT);
    }
    if (place >= DISTRIBUTION_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, offset, "more than %d weights", DISTRIBUTION_MAX);
    }
    d->weights[place] = (uint32_t)weight;
    d->sum += (uint64_t)weight;
    return MACAW_OK;
}

/* The numbers of a row, which ends at a slash or with the text. */
static int read_row(const char *text, size_t *offset, distribution *d, macaw_error *err)
{
    size_t in_row = 0;
    bool more = true;

    d->rows++;
    while (more) {
        size_t len = strcspn(text + *offset, ",/");
        size_t place = (d->rows - 1) * d->columns + in_row;
        int status;

        if (d->rows > 1 && in_row == d->columns) {
            return macaw_fail(err, MACAW_EFORMAT, *offset, "this row is longer than the first");
        }
        status = read_weight(text + *offset, len, *offset, d, place, err);
        if (status != MACAW_OK) {
            return status;
        }
        in_row++;
        *offset += len;
        more = text[*offset] == ',';
        *offset += more;
    }
    if (d->rows == 1) {
        d->columns = in_row;
    }
    if (in_row != d->columns) {
        return macaw_fail(err, MACAW_EFORMAT, *offset, "this row is shorter than the first");
    }
    return MACAW_OK;
}

int distribution_parse(const char *text, bool rows, distribution *ret, macaw_error *err)
{
    distribution d = {.weights = family_zeroed(DISTRIBUTION_MAX, sizeof *d.weights)};
    size_t offset = 0;
    int status = read_row(text, &offset, &d, err);

    while (status == MACAW_OK && rows && text[offset] == '/') {
        offset++;
        status = read_row(text, &offset, &d, err);
    }
    if (status == MACAW_OK && text[offset] != '\0') {
        status = macaw_fail(err, MACAW_EFORMAT, offset, "rows are for --joint");
    }
    if (status == MACAW_OK && d.sum == 0) {
        status = macaw_fail(err, MACAW_EFORMAT, 0, "all weights are 0");
    }
    if (status != MACAW_OK) {
        distribution_clear(&d);
        return status;
    }
    *ret = d;
    return MACAW_OK;
}

/* ---- entropies ---- */

/* ret += log2(sum) - w/sum log2(w) of each w that is not 0, times how often it occurs. */
static void add_entropy(const uint64_t *weights, size_t count, uint64_t sum, exact *ret)
{
    exact_add_ratio(ret, 1, 1, sum);
    for (size_t i = 0; i < count; i++) {
        if (weights[i] > 1) {
            exact_add_ratio(ret, -(int64_t)weights[i], sum, weights[i]);
        }
    }
}

void distribution_entropy(const distribution *d, exact *ret)
{
    size_t count = d->rows * d->columns;
    uint64_t *weights = family_zeroed(count, sizeof *weights);

    for (size_t i = 0; i < count; i++) {
        weights[i] = d->weights[i];
    }
    add_entropy(weights, count, d->sum, ret);
    free(weights);
}

/* The sums of the rows, then those of the columns. */
static uint64_t *margins(const distribution *d)
{
    uint64_t *sums = family_zeroed(d->rows + d->columns, sizeof *sums);

    for (size_t i = 0; i < d->rows * d->columns; i++) {
        sums[i / d->columns] += d->weights[i];
        sums[d->rows + i % d->columns] += d->weights[i];
    }
    return sums;
}

void distribution_row_entropy(const distribution *d, exact *ret)
{
    uint64_t *sums = margins(d);

    add_entropy(sums, d->rows, d->sum, ret);
    free(sums);
}

void distribution_column_entropy(const distribution *d, exact *ret)
{
    uint64_t *sums = margins(d);

    add_entropy(sums + d->rows, d->columns, d->sum, ret);
    free(sums);
}

bool distribution_independent(const distribution *d)
{
    uint64_t *sums = margins(d);
    bool independent = true;

    for (size_t i = 0; i < d->rows * d->columns; i++) {
        independent &= (unsigned __int128)d->weights[i] * d->sum ==
                       (unsigned __int128)sums[i / d->columns] * sums[d->rows + i % d->columns];
    }
    free(sums);
    return independent;
}

void coins_entropy(unsigned tosses, exact *ret)
{
    uint64_t outcomes = (uint64_t)1 << tosses;
    uint64_t with_heads = 1; /* C(tosses, heads): outcomes of chance 1/2^tosses each */

    for (unsigned heads = 0; heads <= tosses; heads++) {
        exact_add_ratio(ret, (int64_t)with_heads, outcomes, outcomes);
        with_heads = (uint64_t)((unsigned __int128)with_heads * (tosses - heads) / (heads + 1));
    }
}

void distribution_mean_log(const distribution *d, const uint32_t *values, exact *ret)
{
    for (size_t i = 0; i < d->columns; i++) {
        exact_add_ratio(ret, d->weights[i], d->sum, values[i]);
    }
}

void distribution_log_mean(const distribution *d, const uint32_t *values, exact *ret)
{
    uint64_t total = 0;

    for (size_t i = 0; i < d->columns; i++) {
        total += (uint64_t)d->weights[i] * values[i];
    }
    exact_add_ratio(ret, 1, 1, total);
    exact_add_ratio(ret, -1, 1, d->sum);
}

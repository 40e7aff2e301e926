/* Tags of a table: numbers as they are where they leave no gaps, else names. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory.h"

int table_by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All tags as numbers below limit, into the table; false: one is not. */
static bool take_numbers(const table *t, uint32_t limit, bool *used)
{
    const family *f = t->f;

    for (size_t i = 0; i < (size_t)f->n * f->l; i++) {
        int64_t tag;
        if (!spec_number(t->cells[i], strlen(t->cells[i]), 0, (int64_t)limit - 1, &tag)) {
            return false;
        }
        f->tags[i % f->n * f->l + i / f->n] = (uint16_t)tag;
        used[tag] = true;
    }
    return true;
}

/* Numbers with gaps: close them, and keep the numbers as names. */
static void close_gaps(family *f, const bool *used)
{
    uint16_t *place = family_zeroed(FAMILY_TAGS_MAX, sizeof *place);

    f->tag_names = family_zeroed(FAMILY_TAGS_MAX, sizeof *f->tag_names);
    for (uint32_t y = 0; y < FAMILY_TAGS_MAX; y++) {
        if (used[y]) {
            place[y] = (uint16_t)f->m;
            f->tag_names[f->m++] = family_format("%u", y);
        }
    }
    for (size_t i = 0; i < (size_t)f->n * f->l; i++) {
        f->tags[i] = place[f->tags[i]];
    }
    free(place);
}

/* Where they are to be truncated, numbers keep their values. */
static void take_used(family *f, const bool *used, bool keep)
{
    uint32_t top = 0;
    uint32_t count = 0;

    for (uint32_t y = 0; y < FAMILY_TAGS_MAX; y++) {
        top = used[y] ? y + 1 : top;
        count += used[y];
    }
    f->is_group = keep || top == count;
    if (f->is_group) {
        f->m = top;
    } else {
        close_gaps(f, used);
    }
}

/* Names, numbered in the order of their text. */
static int take_names(const table *t)
{
    family *f = t->f;
    size_t count = (size_t)f->n * f->l;
    char **sorted = family_zeroed(count, sizeof *sorted);
    size_t different = 0;

    memcpy(sorted, t->cells, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, table_by_text);
    for (size_t i = 0; i < count; i++) {
        if (different == 0 || strcmp(sorted[i], sorted[different - 1]) != 0) {
            sorted[different++] = sorted[i];
        }
    }
    if (different <= FAMILY_TAGS_MAX) {
        f->tag_names = family_zeroed(different, sizeof *f->tag_names);
        for (; f->m < different; f->m++) {
            f->tag_names[f->m] = family_copy(sorted[f->m], strlen(sorted[f->m]));
        }
        for (size_t i = 0; i < count; i++) {
            char **at = bsearch(&t->cells[i], sorted, different, sizeof *sorted, table_by_text);
            f->tags[i % f->n * f->l + i / f->n] = (uint16_t)(at - sorted);
        }
    }
    free(sorted);
    return different <= FAMILY_TAGS_MAX
               ? MACAW_OK
               : macaw_fail(t->err, MACAW_ELIMIT, 0, "%s: more than 65536 tags", t->name);
}

int table_take_tags(const table *t)
{
    family *f = t->f;
    bool *used = family_zeroed(FAMILY_TAGS_MAX, sizeof *used);
    uint32_t limit = t->spec->tags != 0 ? (uint32_t)t->spec->tags : FAMILY_TAGS_MAX;
    int status = MACAW_OK;

    f->tags = family_zeroed((size_t)f->n * f->l, sizeof *f->tags);
    if (take_numbers(t, limit, used)) {
        if (t->spec->tags != 0) {
            f->m = limit;
            f->is_group = true;
        } else {
            take_used(f, used, t->spec->mod != 0);
        }
    } else if (t->spec->tags != 0) {
        status = macaw_fail(t->err, MACAW_EFORMAT, 0, "%s: tags=%u: a tag is not one of 0 to %u",
                            t->name, limit, limit - 1);
    } else {
        status = take_names(t);
    }
    free(used);
    return status;
}

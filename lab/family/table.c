/* A family from a file: comma-separated, a row for each key.
 *
 *     # what stands behind this mark is left out, as are empty lines
 *     key,weight,x0,x1,x2      the messages; the column "weight" may be left out
 *     weight,,1,2,1            weights of the messages; the row may be left out
 *     k0,3,0,1,1               a key, its weight, its tags
 *
 * Cells have no quotes and no spaces around them. Tags are numbers below 65536, or
 * else names. Y is what occurs, unless the SPEC says tags=M: then it is 0 … M-1. */
#include "table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory.h"

enum { FILE_MAX = 64 << 20 };

const family_kind family_csv = {
    .name = "csv",
    .needs = (const char *const[]){NULL},
    .takes = (const char *const[]){"mod", "tags", NULL},
};

static int fail(const table *t, const char *why)
{
    return macaw_fail(t->err, MACAW_EFORMAT, 0, "%s: line %u: %s", t->name, t->line, why);
}

/* The whole file with a NUL behind it. */
static int read_file(const char *name, char **ret, macaw_error *err)
{
    FILE *in = fopen(name, "rb");
    char *text;
    size_t len;
    int bad;

    if (in == NULL) {
        return macaw_fail(err, MACAW_EIO, 0, "%s: %s", name, strerror(errno));
    }
    text = family_zeroed((size_t)FILE_MAX + 2, 1); /* untouched pages cost nothing */
    len = fread(text, 1, (size_t)FILE_MAX + 1, in);
    bad = ferror(in) ? errno : 0;
    fclose(in);
    if (bad == 0 && len <= FILE_MAX && memchr(text, '\0', len) == NULL) {
        *ret = text;
        return MACAW_OK;
    }
    free(text);
    if (bad != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "%s: %s", name, strerror(bad));
    }
    return macaw_fail(err, MACAW_EFORMAT, 0, "%s: %s", name,
                      len > FILE_MAX ? "larger than 64 MiB" : "has a NUL byte");
}

/* Cut a line at its commas; returns how many cells, at most max + 1. */
static uint32_t split(char *line, char **cells, uint32_t max)
{
    uint32_t count = 0;
    char *cell;

    while (count <= max && (cell = strsep(&line, ",")) != NULL) {
        cells[count++] = cell;
    }
    return count;
}

static bool is_plain(const char *cell)
{
    size_t len = strlen(cell);

    return len > 0 && strpbrk(cell, "\"\t") == NULL && cell[0] != ' ' && cell[len - 1] != ' ';
}

/* Does a name stand twice? */
static bool has_twins(char *const *names, size_t count)
{
    char **sorted = family_zeroed(count, sizeof *sorted);
    bool twins = false;

    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, table_by_text);
    for (size_t i = 1; i < count; i++) {
        twins |= strcmp(sorted[i - 1], sorted[i]) == 0;
    }
    free(sorted);
    return twins;
}

static int read_head(table *t, char **cells, uint32_t count)
{
    uint32_t first;

    if (strcmp(cells[0], "key") != 0) {
        return fail(t, "the first line begins with the cell \"key\" and names the messages");
    }
    t->has_weights = count > 1 && strcmp(cells[1], "weight") == 0;
    first = 1 + t->has_weights;
    if (count <= first || count - first > FAMILY_MESSAGES_MAX) {
        return fail(t, "there must be 1 to 100000 messages");
    }
    t->f->n = count - first;
    t->f->message_names = family_zeroed(t->f->n, sizeof *t->f->message_names);
    for (uint32_t x = 0; x < t->f->n; x++) {
        if (!is_plain(cells[first + x])) {
            return fail(t, "a message's name is empty, quoted or has spaces around it");
        }
        t->f->message_names[x] = family_copy(cells[first + x], strlen(cells[first + x]));
    }
    t->room = 64;
    t->cells = family_zeroed((size_t)t->room * t->f->n, sizeof *t->cells);
    t->f->key_weights = family_zeroed(t->room, sizeof *t->f->key_weights);
    return has_twins(t->f->message_names, t->f->n) ? fail(t, "two messages of one name") : MACAW_OK;
}

static int read_message_weights(table *t, char **cells)
{
    family *f = t->f;

    if (f->message_weights != NULL || f->l > 0) {
        return fail(t, "the row \"weight\" stands once, before the keys");
    }
    if (t->has_weights && cells[1][0] != '\0') {
        return fail(t, "the weight of the weights must be empty");
    }
    f->message_weights = family_zeroed(f->n, sizeof *f->message_weights);
    for (uint32_t x = 0; x < f->n; x++) {
        const char *cell = cells[1 + t->has_weights + x];
        int64_t weight;
        if (!spec_number(cell, strlen(cell), 1, FAMILY_WEIGHT_MAX, &weight)) {
            return fail(t, "expected weights from 1 to 1000000");
        }
        f->message_weights[x] = (uint32_t)weight;
    }
    return MACAW_OK;
}

static int read_key(table *t, char **cells)
{
    family *f = t->f;
    int64_t weight = 1;

    if (t->has_weights && !spec_number(cells[1], strlen(cells[1]), 1, FAMILY_WEIGHT_MAX, &weight)) {
        return fail(t, "expected a weight from 1 to 1000000");
    }
    if ((uint64_t)(f->l + 1) * f->n > FAMILY_CELLS_MAX) {
        return fail(t, "too large: at most 50000000 messages times keys");
    }
    if (f->l == t->room) {
        t->room *= 2;
        t->cells = family_resized(t->cells, (size_t)t->room * f->n, sizeof *t->cells);
        f->key_weights = family_resized(f->key_weights, t->room, sizeof *f->key_weights);
    }
    for (uint32_t x = 0; x < f->n; x++) {
        char *cell = cells[1 + t->has_weights + x];
        if (!is_plain(cell)) {
            return fail(t, "a tag is empty, quoted or has spaces around it");
        }
        t->cells[(size_t)f->l * f->n + x] = cell;
    }
    f->key_weights[f->l++] = (uint32_t)weight;
    return MACAW_OK;
}

static int read_row(table *t, char **cells, uint32_t count)
{
    if (t->f->n == 0) {
        return read_head(t, cells, count);
    }
    if (count != 1 + t->has_weights + t->f->n) {
        return fail(t, "has another number of cells than the first line");
    }
    if (strcmp(cells[0], "weight") == 0) {
        return read_message_weights(t, cells);
    }
    return is_plain(cells[0]) ? read_key(t, cells) : fail(t, "a key without a name");
}

static int read_rows(table *t, char *text)
{
    enum { MAX = FAMILY_MESSAGES_MAX + 2 };
    char **cells = family_zeroed(MAX + 1, sizeof *cells);
    int status = MACAW_OK;
    char *line;

    while (status == MACAW_OK && (line = strsep(&text, "\n")) != NULL) {
        size_t len = strlen(line);
        t->line++;
        if (len > 0 && line[len - 1] == '\r') {
            line[len - 1] = '\0';
        }
        if (line[0] != '\0' && line[0] != '#') {
            status = read_row(t, cells, split(line, cells, MAX));
        }
    }
    free(cells);
    if (status == MACAW_OK && (t->cells == NULL || t->f->l == 0)) {
        (void)macaw_fail(t->err, MACAW_EFORMAT, 0, "%s: no keys", t->name);
        return MACAW_EFORMAT;
    }
    return status;
}

int family_read_table(const family_spec *spec, family *ret, macaw_error *err)
{
    char *name = family_copy(spec->file.at, spec->file.len);
    table t = {.name = name, .spec = spec, .f = ret, .err = err};
    char *text = NULL;
    int status = read_file(name, &text, err);

    if (status == MACAW_OK) {
        status = read_rows(&t, text);
    }
    if (status == MACAW_OK) {
        status = table_take_tags(&t);
    }
    if (status == MACAW_OK) {
        status = family_check_sizes(ret->n, ret->m, ret->l, err);
    }
    if (!t.has_weights) {
        free(ret->key_weights);
        ret->key_weights = NULL;
    }
    free(t.cells);
    free(text);
    free(name);
    return status;
}

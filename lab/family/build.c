#include "family.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kind.h"
#include "memory.h"

void family_clear(family *f)
{
    for (uint32_t x = 0; f->message_names != NULL && x < f->n; x++) {
        free(f->message_names[x]);
    }
    for (uint32_t y = 0; f->tag_names != NULL && y < f->m; y++) {
        free(f->tag_names[y]);
    }
    free(f->message_names);
    free(f->tag_names);
    free(f->tags);
    free(f->key_weights);
    free(f->message_weights);
    *f = (family){.tags = NULL};
}

int family_check_sizes(uint64_t n, uint64_t m, uint64_t l, macaw_error *err)
{
    if (n == 0 || n > FAMILY_MESSAGES_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "messages: at least 1, at most %d",
                          FAMILY_MESSAGES_MAX);
    }
    if (m == 0 || m > FAMILY_TAGS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "tags: at least 1, at most %d", FAMILY_TAGS_MAX);
    }
    if (l == 0 || l > FAMILY_KEYS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "keys: at least 1, at most %d", FAMILY_KEYS_MAX);
    }
    if (n * l > FAMILY_CELLS_MAX || n * m > FAMILY_TAG_CELLS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0,
                          "too large: at most %d messages times keys, %d messages times tags",
                          FAMILY_CELLS_MAX, FAMILY_TAG_CELLS_MAX);
    }
    if (n * n * l > FAMILY_PAIRS_MAX || n * n * m > FAMILY_PAIRS_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0,
                          "too large: n*n*l is at most 10^10, here %llu*%llu*%llu",
                          (unsigned long long)n, (unsigned long long)n, (unsigned long long)l);
    }
    return MACAW_OK;
}

int family_sum_weights(family *f, macaw_error *err)
{
    uint64_t keys = 0;
    uint64_t messages = 0;

    for (uint32_t k = 0; k < f->l; k++) {
        keys += family_key_weight(f, k);
    }
    for (uint32_t x = 0; x < f->n; x++) {
        messages += family_message_weight(f, x);
    }
    if (keys > FAMILY_SUM_MAX || messages > FAMILY_SUM_MAX) {
        return macaw_fail(err, MACAW_ELIMIT, 0, "weights: their sum is at most %u", FAMILY_SUM_MAX);
    }
    f->key_sum = keys;
    f->message_sum = messages;
    return MACAW_OK;
}

int family_truncate(family *f, uint32_t m, macaw_error *err)
{
    if (f->tag_names != NULL) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "mod: the tags of this table are not 0 … m-1");
    }
    if (m > f->m) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "mod: there are only %u tags", f->m);
    }
    for (size_t i = 0; i < (size_t)f->n * f->l; i++) {
        f->tags[i] = (uint16_t)(f->tags[i] % m);
    }
    f->m = m;
    return MACAW_OK;
}

/* ---- from a formula ---- */

/* Names of the messages, and each as its numbers. */
static uint32_t *list_messages(const family_spec *spec, const family_shape *shape, family *f)
{
    uint32_t *list = family_zeroed((size_t)f->n * shape->message_len, sizeof *list);
    uint32_t numbers[KIND_DIMS + 1];
    uint32_t x = 0;

    f->message_names = family_zeroed(f->n, sizeof *f->message_names);
    for (uint64_t i = 0; i < shape->candidates && x < f->n; i++) {
        char *name = spec->kind->message(spec, shape, i, numbers);
        if (name != NULL) {
            f->message_names[x] = name;
            memcpy(list + (size_t)x * shape->message_len, numbers,
                   shape->message_len * sizeof *list);
            x++;
        }
    }
    return list;
}

/* Keys with a = 0 come first: leaving them out is starting later. */
static uint64_t first_key(const family_spec *spec, const family_shape *shape)
{
    return spec->a_nonzero ? family_power(shape->base, shape->dims - 1) : 0;
}

static int fill_tags(const family_spec *spec, const family_shape *shape, const uint32_t *list,
                     family *f, macaw_error *err)
{
    uint32_t key[KIND_DIMS];

    for (uint32_t k = 0; k < f->l; k++) {
        family_digits(first_key(spec, shape) + k, shape->base, shape->dims, key);
        for (uint32_t x = 0; x < f->n; x++) {
            int32_t tag = spec->kind->tag(spec, shape, key, list + (size_t)x * shape->message_len);
            if (tag < 0) {
                return macaw_fail(err, MACAW_ECRYPTO, 0, "%s: libcrypto refused", spec->kind->name);
            }
            f->tags[(size_t)x * f->l + k] = (uint16_t)tag;
        }
    }
    return MACAW_OK;
}

static int fill(const family_spec *spec, const family_shape *shape, family *f, macaw_error *err)
{
    uint32_t *list = list_messages(spec, shape, f);
    int status;

    f->tags = family_zeroed((size_t)f->n * f->l, sizeof *f->tags);
    f->is_group = true;
    status = fill_tags(spec, shape, list, f, err);
    free(list);
    return status != MACAW_OK ? status
                              : family_apply_weights(spec, shape, first_key(spec, shape), f, err);
}

static int from_formula(const family_spec *spec, family *f, macaw_error *err)
{
    family_shape shape;
    uint64_t l;
    int status = spec->kind->shape(spec, &shape, err);

    if (status != MACAW_OK) {
        return status;
    }
    l = family_power(shape.base, shape.dims);
    l = l == UINT64_MAX ? l : l - first_key(spec, &shape);
    if (shape.n > FAMILY_MESSAGES_MAX || l > FAMILY_KEYS_MAX) { /* their products would overflow */
        return family_check_sizes(shape.n > FAMILY_MESSAGES_MAX ? UINT32_MAX : 1, 1,
                                  l > FAMILY_KEYS_MAX ? UINT32_MAX : 1, err);
    }
    status = family_check_sizes(shape.n, shape.m, l, err);
    if (status != MACAW_OK) {
        return status;
    }
    f->n = (uint32_t)shape.n;
    f->m = (uint32_t)shape.m;
    f->l = (uint32_t)l;
    return fill(spec, &shape, f, err);
}

int family_build(const char *text, family *ret, macaw_error *err)
{
    family f = {.tags = NULL};
    family_spec spec;
    int status = family_spec_parse(text, &spec, err);

    if (status != MACAW_OK) {
        return status;
    }
    status =
        spec.kind == &family_csv ? family_read_table(&spec, &f, err) : from_formula(&spec, &f, err);
    if (status == MACAW_OK && spec.mod != 0) {
        status = family_truncate(&f, (uint32_t)spec.mod, err);
    }
    if (status == MACAW_OK) {
        status = family_sum_weights(&f, err);
    }
    if (status != MACAW_OK) {
        family_clear(&f);
        return status;
    }
    *ret = f;
    return MACAW_OK;
}

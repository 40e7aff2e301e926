/* "weights=a0:4+b1:2": keys with a = 0 count four times, those with b = 1 twice, those
 * with both eight times. "xweights=0:4": message number 0 counts four times. */
#include "kind.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "memory.h"

/* The next rule "WHAT:WEIGHT" of a list that + separates. */
typedef struct weight_rule {
    spec_text what;
    int64_t weight;
} weight_rule;

static int next_rule(spec_text *list, weight_rule *ret, macaw_error *err)
{
    const char *plus = memchr(list->at, '+', list->len);
    size_t len = plus != NULL ? (size_t)(plus - list->at) : list->len;
    const char *colon = memchr(list->at, ':', len);
    size_t what_len = colon != NULL ? (size_t)(colon - list->at) : len;

    if (colon == NULL) {
        return macaw_fail(err, MACAW_EFORMAT, list->offset + len, "a colon and a weight missing");
    }
    if (!spec_number(colon + 1, len - what_len - 1, 1, FAMILY_WEIGHT_MAX, &ret->weight)) {
        return macaw_fail(err, MACAW_EFORMAT, list->offset + what_len + 1,
                          "expected a weight from 1 to %d", FAMILY_WEIGHT_MAX);
    }
    if (plus != NULL && len + 1 == list->len) {
        return macaw_fail(err, MACAW_EFORMAT, list->offset + list->len, "a rule missing after +");
    }
    ret->what = (spec_text){list->at, what_len, list->offset};
    len += plus != NULL;
    *list = (spec_text){list->at + len, list->len - len, list->offset + len};
    return MACAW_OK;
}

/* Which coordinate of the key, and its value. A name that ends in a digit has = behind. */
static bool read_coordinate(const family_spec *spec, const family_shape *shape, spec_text what,
                            uint32_t *coordinate, int64_t *value)
{
    char name[8];

    for (uint32_t i = 0; i < shape->dims; i++) {
        size_t len;
        spec->kind->coordinate(spec, i, name);
        len = strlen(name);
        if (name[len - 1] >= '0' && name[len - 1] <= '9') {
            name[len++] = '=';
        }
        if (what.len > len && memcmp(what.at, name, len) == 0 &&
            spec_number(what.at + len, what.len - len, 0, shape->base - 1, value)) {
            *coordinate = i;
            return true;
        }
    }
    return false;
}

static int bad_coordinate(const family_spec *spec, const family_shape *shape, spec_text what,
                          macaw_error *err)
{
    char first[8], last[8];

    spec->kind->coordinate(spec, 0, first);
    spec->kind->coordinate(spec, shape->dims - 1, last);
    return macaw_fail(err, MACAW_EFORMAT, what.offset,
                      "%.*s: expected a coordinate of the key, %s to %s, with its value from 0 to "
                      "%u, such as a0 or k1=0",
                      (int)what.len, what.at, first, last, shape->base - 1);
}

static uint32_t *all_ones(uint32_t count)
{
    uint32_t *weights = family_zeroed(count, sizeof *weights);

    for (uint32_t i = 0; i < count; i++) {
        weights[i] = 1;
    }
    return weights;
}

static int weigh_keys(const family_spec *spec, const family_shape *shape, uint64_t first,
                      spec_text what, uint32_t weight, family *f, macaw_error *err)
{
    uint32_t key[KIND_DIMS];
    uint32_t coordinate = 0;
    int64_t value = 0;

    if (!read_coordinate(spec, shape, what, &coordinate, &value)) {
        return bad_coordinate(spec, shape, what, err);
    }
    if (f->key_weights == NULL) {
        f->key_weights = all_ones(f->l);
    }
    for (uint32_t k = 0; k < f->l; k++) {
        family_digits(first + k, shape->base, shape->dims, key);
        if (key[coordinate] != value) {
            continue;
        }
        if ((uint64_t)f->key_weights[k] * weight > FAMILY_WEIGHT_MAX) {
            return macaw_fail(err, MACAW_ELIMIT, what.offset, "a key's weight is at most %d",
                              FAMILY_WEIGHT_MAX);
        }
        f->key_weights[k] *= weight;
    }
    return MACAW_OK;
}

static int weigh_message(const weight_rule *rule, family *f, macaw_error *err)
{
    int64_t x = 0;

    if (!spec_number(rule->what.at, rule->what.len, 0, f->n - 1, &x)) {
        return macaw_fail(err, MACAW_EFORMAT, rule->what.offset,
                          "%.*s: expected the number of a message, 0 to %u", (int)rule->what.len,
                          rule->what.at, f->n - 1);
    }
    if (f->message_weights == NULL) {
        f->message_weights = all_ones(f->n);
    }
    if (f->message_weights[x] != 1) {
        return macaw_fail(err, MACAW_EFORMAT, rule->what.offset, "message %d: given twice", (int)x);
    }
    f->message_weights[x] = (uint32_t)rule->weight;
    return MACAW_OK;
}

int family_apply_weights(const family_spec *spec, const family_shape *shape, uint64_t first,
                         family *f, macaw_error *err)
{
    spec_text keys = spec->weights;
    spec_text messages = spec->xweights;
    int status = MACAW_OK;
    weight_rule rule = {.weight = 1};

    while (status == MACAW_OK && keys.len > 0) {
        status = next_rule(&keys, &rule, err);
        if (status == MACAW_OK) {
            status = weigh_keys(spec, shape, first, rule.what, (uint32_t)rule.weight, f, err);
        }
    }
    while (status == MACAW_OK && messages.len > 0) {
        status = next_rule(&messages, &rule, err);
        if (status == MACAW_OK) {
            status = weigh_message(&rule, f, err);
        }
    }
    return status;
}

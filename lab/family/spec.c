#include "spec.h"

#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "family.h"
#include "kind.h"

typedef enum item_type {
    ITEM_NUMBER,
    ITEM_RANGE,
    ITEM_FLAG,
    ITEM_DOMAIN,
    ITEM_TEXT,
} item_type;

typedef struct spec_item {
    const char *name;
    item_type type;
    size_t field; /* offset in family_spec */
    int64_t min, max;
} spec_item;

#define FIELD(name) offsetof(family_spec, name)

static const spec_item items[] = {
    {"p", ITEM_NUMBER, FIELD(p), 2, FAMILY_TAGS_MAX},
    {"d", ITEM_NUMBER, FIELD(d), 1, 1000},
    {"q", ITEM_NUMBER, FIELD(q), 2, FAMILY_TAGS_MAX},
    {"n", ITEM_NUMBER, FIELD(n), 1, FAMILY_MESSAGES_MAX},
    {"m", ITEM_NUMBER, FIELD(m), 1, FAMILY_TAGS_MAX},
    {"keys", ITEM_NUMBER, FIELD(keys), 1, FAMILY_KEYS_MAX},
    {"keybytes", ITEM_NUMBER, FIELD(keybytes), 1, 4},
    {"messages", ITEM_NUMBER, FIELD(messages), 1, 256},
    {"bits", ITEM_NUMBER, FIELD(bits), 1, 16},
    {"mod", ITEM_NUMBER, FIELD(mod), 1, FAMILY_TAGS_MAX},
    {"tags", ITEM_NUMBER, FIELD(tags), 1, FAMILY_TAGS_MAX},
    {"x", ITEM_RANGE, FIELD(x), 0, 1000000000},
    {"len", ITEM_RANGE, FIELD(len), 1, 1000},
    {"a!=0", ITEM_FLAG, FIELD(a_nonzero), 0, 0},
    {"plus-b", ITEM_FLAG, FIELD(plus_b), 0, 0},
    {"monic", ITEM_FLAG, FIELD(monic), 0, 0},
    {"domain", ITEM_DOMAIN, FIELD(domain), 0, 0},
    {"weights", ITEM_TEXT, FIELD(weights), 0, 0},
    {"xweights", ITEM_TEXT, FIELD(xweights), 0, 0},
};

enum { ITEMS = sizeof items / sizeof *items };

bool spec_number(const char *text, size_t len, int64_t min, int64_t max, int64_t *ret)
{
    int64_t number = 0;

    if (len == 0 || len > 15 || (text[0] == '0' && len > 1)) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        number = number * 10 + (text[i] - '0');
    }
    if (number < min || number > max) {
        return false;
    }
    *ret = number;
    return true;
}

static bool is_text(spec_text part, const char *text)
{
    return part.len == strlen(text) && memcmp(part.at, text, part.len) == 0;
}

static bool listed(const char *const *names, const char *name)
{
    for (; *names != NULL; names++) {
        if (strcmp(*names, name) == 0) {
            return true;
        }
    }
    return false;
}

/* "5" or "0..9". */
static bool read_range(spec_text value, const spec_item *item, spec_range *ret)
{
    const char *dots = memmem(value.at, value.len, "..", 2);
    size_t low_len = dots != NULL ? (size_t)(dots - value.at) : value.len;
    spec_range range;

    if (!spec_number(value.at, low_len, item->min, item->max, &range.low)) {
        return false;
    }
    range.high = range.low;
    if (dots != NULL &&
        !spec_number(dots + 2, value.len - low_len - 2, range.low, item->max, &range.high)) {
        return false;
    }
    *ret = range;
    return true;
}

static bool read_domain(spec_text value, spec_domain *ret)
{
    static const char *const names[] = {"all", "nonzero", "01", "projective"};

    for (int i = 0; i < 4; i++) {
        if (is_text(value, names[i])) {
            *ret = (spec_domain)i;
            return true;
        }
    }
    return false;
}

/* What follows "NAME=" into its field. */
static int read_value(const spec_item *item, spec_text value, family_spec *spec, macaw_error *err)
{
    char *field = (char *)spec + item->field;

    switch (item->type) {
    case ITEM_NUMBER:
        if (!spec_number(value.at, value.len, item->min, item->max, (void *)field)) {
            return macaw_fail(err, MACAW_EFORMAT, value.offset,
                              "%s: expected a number from %lld to %lld", item->name,
                              (long long)item->min, (long long)item->max);
        }
        return MACAW_OK;
    case ITEM_RANGE:
        if (!read_range(value, item, (void *)field)) {
            return macaw_fail(err, MACAW_EFORMAT, value.offset,
                              "%s: expected a number, or LOW..HIGH with HIGH not below LOW, "
                              "from %lld to %lld",
                              item->name, (long long)item->min, (long long)item->max);
        }
        return MACAW_OK;
    case ITEM_DOMAIN:
        if (!read_domain(value, (void *)field)) {
            return macaw_fail(err, MACAW_EFORMAT, value.offset,
                              "domain: expected all, nonzero, 01 or projective");
        }
        return MACAW_OK;
    default:
        if (value.len == 0) {
            return macaw_fail(err, MACAW_EFORMAT, value.offset, "%s: empty", item->name);
        }
        memcpy(field, &value, sizeof value);
        return MACAW_OK;
    }
}

/* The item that a part names; flags are their whole text. */
static const spec_item *find_item(spec_text part, spec_text *value)
{
    const char *equals = memchr(part.at, '=', part.len);
    spec_text name = part;

    if (equals != NULL) {
        name.len = (size_t)(equals - part.at);
        value->at = equals + 1;
        value->len = part.len - name.len - 1;
        value->offset = part.offset + name.len + 1;
    }
    for (size_t i = 0; i < ITEMS; i++) {
        if (items[i].type == ITEM_FLAG ? is_text(part, items[i].name)
                                       : equals != NULL && is_text(name, items[i].name)) {
            return &items[i];
        }
    }
    return NULL;
}

static int read_item(spec_text part, family_spec *spec, macaw_error *err)
{
    spec_text value = part;
    const spec_item *item = find_item(part, &value);
    uint64_t bit;

    if (part.len == 0) {
        return macaw_fail(err, MACAW_EFORMAT, part.offset, "%s: empty between commas or at the end",
                          spec->kind->name);
    }
    if (item == NULL ||
        (!listed(spec->kind->needs, item->name) && !listed(spec->kind->takes, item->name))) {
        return macaw_fail(err, MACAW_EFORMAT, part.offset, "%.*s: unknown for %s", (int)part.len,
                          part.at, spec->kind->name);
    }
    bit = (uint64_t)1 << (item - items);
    if (spec->given & bit) {
        return macaw_fail(err, MACAW_EFORMAT, part.offset, "%s: given twice", item->name);
    }
    spec->given |= bit;
    if (item->type == ITEM_FLAG) {
        *(bool *)(void *)((char *)spec + item->field) = true;
        return MACAW_OK;
    }
    return read_value(item, value, spec, err);
}

static int check_needs(const family_spec *spec, size_t end, macaw_error *err)
{
    for (const char *const *need = spec->kind->needs; *need != NULL; need++) {
        for (size_t i = 0; i < ITEMS; i++) {
            if (strcmp(items[i].name, *need) == 0 && !(spec->given & (uint64_t)1 << i)) {
                return macaw_fail(err, MACAW_EFORMAT, end, "%s: needs %s=", spec->kind->name,
                                  *need);
            }
        }
    }
    return MACAW_OK;
}

static const family_kind *find_kind(spec_text name)
{
    for (size_t i = 0; family_kinds[i] != NULL; i++) {
        if (is_text(name, family_kinds[i]->name)) {
            return family_kinds[i];
        }
    }
    return NULL;
}

/* The text up to the next comma. */
static spec_text next_part(const char *text, size_t offset)
{
    return (spec_text){text + offset, strcspn(text + offset, ","), offset};
}

static int read_items(const char *text, size_t offset, family_spec *spec, macaw_error *err)
{
    bool more = true;

    if (spec->kind == &family_csv) {
        spec->file = next_part(text, offset);
        if (spec->file.len == 0) {
            return macaw_fail(err, MACAW_EFORMAT, offset, "csv: the name of a file is missing");
        }
        offset += spec->file.len;
        more = text[offset] == ',';
        offset += more;
    }
    while (more) {
        spec_text part = next_part(text, offset);
        int status = read_item(part, spec, err);
        if (status != MACAW_OK) {
            return status;
        }
        offset += part.len;
        more = text[offset] == ',';
        offset += more;
    }
    return check_needs(spec, offset, err);
}

int family_spec_parse(const char *text, family_spec *ret, macaw_error *err)
{
    spec_text name = {text, strcspn(text, ":"), 0};
    family_spec spec = {.kind = find_kind(name), .x = {0, -1}};
    int status;

    if (spec.kind == NULL) {
        return macaw_fail(err, MACAW_EFORMAT, 0,
                          "%.40s%s: expected affine:, dot:, poly:, shift:, functions:, hmac:, "
                          "constant: or csv:",
                          text, text[0] == '\0' ? "empty" : "");
    }
    if (text[name.len] != ':') {
        return macaw_fail(err, MACAW_EFORMAT, name.len, "a colon is missing after %s",
                          spec.kind->name);
    }
    status = read_items(text, name.len + 1, &spec, err);
    if (status == MACAW_OK) {
        *ret = spec;
    }
    return status;
}

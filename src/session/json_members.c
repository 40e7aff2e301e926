/* The members of an object, all at once. */
#include <string.h>

#include "session/json.h"

/* Behind a value of a text that was checked. */
static const char *skip_value(const char *p, const char *end)
{
    size_t depth = 0;
    macaw_str string;

    for (; p < end; p++) {
        if (*p == '"') {
            (void)macaw_json_string(&p, end, &string);
            p--;
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (*p == '}' || *p == ']') {
            if (depth == 0) {
                return p;
            }
            depth--;
        } else if (*p == ',' && depth == 0) {
            return p;
        }
    }
    return p;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A value with the white space around it. */
static macaw_json_value value_of(const char *start, const char *end)
{
    static const struct {
        char first;
        macaw_json_type type;
    } types[] = {{'n', MACAW_JSON_NULL},   {'t', MACAW_JSON_TRUE},  {'f', MACAW_JSON_FALSE},
                 {'"', MACAW_JSON_STRING}, {'[', MACAW_JSON_ARRAY}, {'{', MACAW_JSON_OBJECT}};
    macaw_json_value ret = {.type = MACAW_JSON_INTEGER};

    while (start < end && is_space(*start)) {
        start++;
    }
    while (end > start && is_space(end[-1])) {
        end--;
    }
    ret.text = (macaw_str){start, (size_t)(end - start)};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].first == *start) {
            ret.type = types[i].type;
        }
    }
    if (ret.type == MACAW_JSON_STRING) {
        ret.text = (macaw_str){start + 1, ret.text.len - 2};
    }
    for (size_t i = 0; ret.type == MACAW_JSON_INTEGER && i < ret.text.len; i++) {
        if (strchr(".eE", start[i]) != NULL) {
            ret.type = MACAW_JSON_REAL;
        }
    }
    return ret;
}

/* The next member from *p on, which then is behind its value. */
static bool next_member(const char **p, const char *end, macaw_json_member *ret)
{
    const char *at = memchr(*p, '"', (size_t)(end - *p));

    if (at == NULL || !macaw_json_string(&at, end, &ret->name)) {
        return false;
    }
    const char *value = (const char *)memchr(at, ':', (size_t)(end - at)) + 1;
    *p = skip_value(value, end);
    ret->value = value_of(value, *p);
    return true;
}

static bool has_escapes(macaw_str text)
{
    return text.len > 0 && memchr(text.data, '\\', text.len) != NULL;
}

static bool is_same(macaw_str a, macaw_str b)
{
    const char *p = a.data, *p_end = p + a.len, *q = b.data, *q_end = q + b.len;
    char x[4], y[4];

    if (!has_escapes(a) && !has_escapes(b)) {
        return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
    }
    while (p < p_end && q < q_end) {
        size_t n = macaw_json_char(&p, p_end, x), m = macaw_json_char(&q, q_end, y);
        if (n == 0 || m == 0) {
            return true; /* half a character is no name */
        }
        if (n != m || memcmp(x, y, n) != 0) {
            return false;
        }
    }
    return p == p_end && q == q_end;
}

size_t macaw_json_members(macaw_str object, macaw_json_member *ret, size_t max)
{
    const char *p = object.data, *end = object.data + object.len;
    macaw_json_member member;
    size_t count = 0;

    while (next_member(&p, end, &member)) {
        for (size_t i = 0; i < count; i++) {
            if (is_same(ret[i].name, member.name)) {
                return SIZE_MAX;
            }
        }
        if (count == max) {
            return SIZE_MAX;
        }
        ret[count++] = member;
    }
    return count;
}

const macaw_json_value *macaw_json_get(const macaw_json_member *members, size_t count,
                                       const char *name)
{
    const macaw_str wanted = {name, strlen(name)};

    for (size_t i = 0; i < count; i++) {
        if (is_same(members[i].name, wanted)) {
            return &members[i].value;
        }
    }
    return NULL;
}

/* Whether the members of an object have different names. */
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

/* The next name from *p on, which then is behind its value. */
static bool next_name(const char **p, const char *end, macaw_str *ret)
{
    const char *at = memchr(*p, '"', (size_t)(end - *p));

    if (at == NULL || !macaw_json_string(&at, end, ret)) {
        return false;
    }
    *p = skip_value(at, end);
    return true;
}

static bool is_same(macaw_str a, macaw_str b)
{
    const char *p = a.data, *p_end = p + a.len, *q = b.data, *q_end = q + b.len;
    char x[4], y[4];

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

bool macaw_json_is_unique(macaw_str object, size_t max)
{
    const char *end = object.data + object.len, *p = object.data;
    macaw_str name, other;

    for (size_t count = 0; next_name(&p, end, &name); count++) {
        const char *q = p;
        if (count == max) {
            return false;
        }
        for (size_t i = count; i < max && next_name(&q, end, &other); i++) {
            if (is_same(name, other)) {
                return false;
            }
        }
    }
    return true;
}

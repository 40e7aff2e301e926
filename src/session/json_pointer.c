/* JSON Pointer (RFC 6901), a token at a time. */
#include "session/json.h"

bool macaw_json_is_pointer(const char *pointer)
{
    if (*pointer != '\0' && *pointer != '/') {
        return false;
    }
    for (const char *p = pointer; *p != '\0'; p++) {
        if (*p == '~' && p[1] != '0' && p[1] != '1') {
            return false;
        }
    }
    return true;
}

bool macaw_json_names(const char *pointer, macaw_str name, const char **rest)
{
    const char *p = name.data, *end = p + name.len;
    char one[4];

    pointer++;
    while (p < end) {
        size_t len = macaw_json_char(&p, end, one);
        if (len == 0) {
            return false;
        }
        for (size_t i = 0; i < len; i++) {
            char c = *pointer;
            if (c == '\0' || c == '/') {
                return false;
            }
            if (c == '~') {
                c = *++pointer == '0' ? '~' : '/';
            }
            if (c != one[i]) {
                return false;
            }
            pointer++;
        }
    }
    *rest = pointer;
    return *pointer == '\0' || *pointer == '/';
}

bool macaw_json_counts(const char *pointer, size_t index, const char **rest)
{
    size_t value = 0, digits = 0;

    for (pointer++; *pointer >= '0' && *pointer <= '9' && digits < 9; digits++) {
        value = value * 10 + (size_t)(*pointer++ - '0');
    }
    *rest = pointer;
    return digits > 0 && (*pointer == '\0' || *pointer == '/') && value == index &&
           (digits == 1 || pointer[-(ptrdiff_t)digits] != '0');
}

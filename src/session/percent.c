/* Percent-encoding, in the one spelling a framework writes. */
#include <string.h>

#include "session/scheme.h"

static bool is_plain(unsigned char c, const char *keep)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != '\0' && strchr(keep, c) != NULL);
}

/* The value of a capital hexadecimal digit, or -1. */
static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool macaw_session_percent(macaw_session_attempt *a, macaw_str text, const char *keep,
                           macaw_str *ret)
{
    char *out = macaw_session_take(&a->room, text.len);
    size_t len = 0;

    if (out == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        bool escaped = c == '%';
        if (escaped) {
            int high = text.len - i > 2 ? digit(text.data[i + 1]) : -1;
            int low = high >= 0 ? digit(text.data[i + 2]) : -1;
            if (low < 0) {
                return false;
            }
            c = (unsigned char)(high << 4 | low);
            i += 2;
        }
        if (is_plain(c, keep) == escaped) {
            return false;
        }
        out[len++] = (char)c;
    }
    *ret = (macaw_str){out, len};
    return true;
}

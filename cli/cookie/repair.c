/* What happens to tokens on their way from a browser into a report. */
#include <ctype.h>
#include <string.h>

#include "cookie/inspect.h"

enum { LEAST_VALUE = 16 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void drop(char *text, size_t *len, size_t from_start, size_t from_end)
{
    *len -= from_start + from_end;
    memmove(text, text + from_start, *len);
}

static bool drop_blanks(char *text, size_t *len)
{
    size_t start = 0, end = 0;

    while (start < *len && is_blank(text[start])) {
        start++;
    }
    while (end < *len - start && is_blank(text[*len - 1 - end])) {
        end++;
    }
    drop(text, len, start, end);
    return start + end > 0;
}

static bool drop_quotes(char *text, size_t *len)
{
    bool quoted = *len >= 2 && (text[0] == '"' || text[0] == '\'') && text[*len - 1] == text[0];

    if (quoted) {
        drop(text, len, 1, 1);
    }
    return quoted;
}

static bool drop_bearer(char *text, size_t *len)
{
    bool bearer = *len > 7 && strncasecmp(text, "Bearer ", 7) == 0;

    if (bearer) {
        drop(text, len, 7, 0);
    }
    return bearer;
}

/* "NAME=" before what is long enough to be a value. */
static bool drop_name(char *text, size_t *len)
{
    size_t n = 0;

    while (n < *len && (isalnum((unsigned char)text[n]) || text[n] == '-' || text[n] == '_')) {
        n++;
    }
    bool named = n > 0 && n + 1 + LEAST_VALUE <= *len && text[n] == '=';
    if (named) {
        drop(text, len, n + 1, 0);
    }
    return named;
}

static int digit(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

static bool decode_percent(char *text, size_t *len)
{
    size_t n = 0;
    bool changed = false;

    for (size_t i = 0; i < *len; i++) {
        bool escaped =
            text[i] == '%' && i + 2 < *len && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0;
        text[n++] = escaped ? (char)(digit(text[i + 1]) * 16 + digit(text[i + 2])) : text[i];
        i += escaped ? 2 : 0;
        changed = changed || escaped;
    }
    *len = n;
    return changed;
}

static bool drop_padding(char *text, size_t *len)
{
    size_t end = 0;

    while (end < *len && text[*len - 1 - end] == '=') {
        end++;
    }
    drop(text, len, 0, end);
    return end > 0;
}

static bool change_alphabet(char *text, size_t *len)
{
    bool changed = false;

    for (size_t i = 0; i < *len; i++) {
        if (text[i] == '+' || text[i] == '/') {
            text[i] = text[i] == '+' ? '-' : '_';
            changed = true;
        }
    }
    return changed;
}

/* cookie-signature's "VALUE.MAC", of which Express makes "s%3A…"; a JWT ends alike. */
static bool spell_express(char *text, size_t *len)
{
    cookie_text one = {.token.text = {text, *len}};
    const char *dot = memrchr(text, '.', *len);

    if (dot == NULL || (size_t)(text + *len - dot) != 44 || memcmp(text, "s%3A", 4) == 0 ||
        memcmp(text, "eyJ", 3) == 0 ||
        cookie_text_spell(&(cookie_args){0}, macaw_session_scheme_find("express"), &one) !=
            CLI_DONE ||
        one.spelled == NULL) {
        return false;
    }
    *len = one.token.text.len;
    memcpy(text, one.spelled, *len);
    cookie_text_free(&one);
    return true;
}

const char *cookie_repair(size_t number, char *text, size_t *len)
{
    static const struct {
        bool (*apply)(char *text, size_t *len);
        const char *undid;
    } steps[] = {
        {drop_blanks, "with blanks or a line end around it"},
        {drop_quotes, "in quotation marks"},
        {drop_bearer, "behind the word Bearer"},
        {drop_name, "behind its name"},
        {decode_percent, "percent-encoded"},
        {drop_padding, "padded with ="},
        {spell_express,
         "as cookie-signature makes it, without the s%3A and the escapes of Express"},
        {change_alphabet, "in the base64 alphabet with + and /"},
    };

    if (number >= sizeof steps / sizeof *steps || *len == 0) {
        return NULL;
    }
    return steps[number].apply(text, len) ? steps[number].undid : NULL;
}

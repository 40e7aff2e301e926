#include "session/json.h"

#include <string.h>

typedef struct scan {
    const char *at, *end;
    unsigned depth;
    bool found;
    macaw_json_value value;
} scan;

/* pointer is what is left of it where it leads into this value; NULL: it does not. */
static bool scan_value(scan *s, const char *pointer);

static void skip_space(scan *s)
{
    while (s->at < s->end &&
           (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t')) {
        s->at++;
    }
}

static bool take(scan *s, char c)
{
    if (s->at == s->end || *s->at != c) {
        return false;
    }
    s->at++;
    return true;
}

static bool scan_object(scan *s, const char *pointer)
{
    bool met = false;

    skip_space(s);
    if (take(s, '}')) {
        return true;
    }
    do {
        const char *rest = NULL;
        macaw_str name;
        skip_space(s);
        if (!macaw_json_string(&s->at, s->end, &name)) {
            return false;
        }
        if (pointer != NULL && macaw_json_names(pointer, name, &rest)) {
            if (met) {
                return false;
            }
            met = true;
        } else {
            rest = NULL;
        }
        skip_space(s);
        if (!take(s, ':') || !scan_value(s, rest)) {
            return false;
        }
    } while (take(s, ','));
    return take(s, '}');
}

static bool scan_array(scan *s, const char *pointer)
{
    size_t index = 0;

    skip_space(s);
    if (take(s, ']')) {
        return true;
    }
    do {
        const char *rest = NULL;
        bool here = pointer != NULL && macaw_json_counts(pointer, index, &rest);
        if (!scan_value(s, here ? rest : NULL)) {
            return false;
        }
        index++;
    } while (take(s, ','));
    return take(s, ']');
}

static bool scan_word(scan *s, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0) {
        return false;
    }
    s->at += len;
    return true;
}

static bool scan_digits(scan *s)
{
    const char *start = s->at;

    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') {
        s->at++;
    }
    return s->at > start;
}

static bool scan_number(scan *s, macaw_json_type *type)
{
    *type = MACAW_JSON_INTEGER;
    (void)take(s, '-');
    if (!take(s, '0') && !scan_digits(s)) {
        return false;
    }
    if (take(s, '.')) {
        *type = MACAW_JSON_REAL;
        if (!scan_digits(s)) {
            return false;
        }
    }
    if (take(s, 'e') || take(s, 'E')) {
        *type = MACAW_JSON_REAL;
        if (!take(s, '+')) {
            (void)take(s, '-');
        }
        return scan_digits(s);
    }
    return true;
}

static bool scan_scalar(scan *s, macaw_json_value *ret)
{
    const char *start = s->at;
    bool good;

    switch (*start) {
    case '"':
        ret->type = MACAW_JSON_STRING;
        return macaw_json_string(&s->at, s->end, &ret->text);
    case 't':
        ret->type = MACAW_JSON_TRUE;
        good = scan_word(s, "true");
        break;
    case 'f':
        ret->type = MACAW_JSON_FALSE;
        good = scan_word(s, "false");
        break;
    case 'n':
        ret->type = MACAW_JSON_NULL;
        good = scan_word(s, "null");
        break;
    default:
        good = scan_number(s, &ret->type);
    }
    ret->text = (macaw_str){start, (size_t)(s->at - start)};
    return good;
}

static bool scan_nested(scan *s, const char *pointer, macaw_json_value *ret)
{
    const char *start = s->at;
    bool good;

    if (s->depth++ == MACAW_JSON_DEPTH_MAX) {
        return false;
    }
    if (take(s, '{')) {
        ret->type = MACAW_JSON_OBJECT;
        good = scan_object(s, pointer);
    } else {
        s->at++;
        ret->type = MACAW_JSON_ARRAY;
        good = scan_array(s, pointer);
    }
    s->depth--;
    ret->text = (macaw_str){start, (size_t)(s->at - start)};
    return good;
}

static bool scan_value(scan *s, const char *pointer)
{
    bool here = pointer != NULL && *pointer == '\0';
    macaw_json_value value;
    bool good;

    skip_space(s);
    if (s->at == s->end) {
        return false;
    }
    if (*s->at == '{' || *s->at == '[') {
        good = scan_nested(s, here ? NULL : pointer, &value);
    } else {
        good = scan_scalar(s, &value);
    }
    if (good && here) {
        s->found = true;
        s->value = value;
    }
    skip_space(s);
    return good;
}

int macaw_json_find(macaw_str text, const char *pointer, macaw_json_value *ret)
{
    scan s = {.at = text.data};

    if (text.len == 0) {
        return MACAW_EFORMAT;
    }
    s.end = text.data + text.len;
    if (!scan_value(&s, pointer) || s.at != s.end) {
        return MACAW_EFORMAT;
    }
    if (pointer == NULL) {
        return MACAW_OK;
    }
    if (!s.found) {
        return MACAW_ENOTFOUND;
    }
    *ret = s.value;
    return MACAW_OK;
}

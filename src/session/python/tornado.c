/* Tornado's signed values, version 2:
 *
 *   2|1:0|10:1700000000|4:user|8:YWxpY2U=|MAC
 *
 * key version, time, cookie name and base64 of the value, each after its length, and
 * hexadecimal HMAC-SHA-256 of everything before it. Version 1, whose fields could be
 * shifted into one another, is not read. */
#include <string.h>

#include "session/python/python.h"

#define LIFETIME (31 * 86400) /* max_age_days of get_secure_cookie */
#define MAC_LEN  64

enum { NAME, VALUE };

typedef struct fields {
    macaw_str version, time, name, value, mac;
    size_t under; /* bytes before the MAC */
} fields;

/* LENGTH:FIELD| from the front of *text. */
static bool take_field(macaw_str *text, macaw_str *ret)
{
    macaw_str length, rest;
    int64_t n;

    if (!macaw_session_split(*text, ':', &length, &rest) || !macaw_session_decimal(length, &n) ||
        (uint64_t)n >= rest.len || rest.data[n] != '|') {
        return false;
    }
    *ret = (macaw_str){rest.data, (size_t)n};
    *text = (macaw_str){rest.data + n + 1, rest.len - (size_t)n - 1};
    return true;
}

static bool take_apart(macaw_str text, fields *ret)
{
    macaw_str rest = {text.data + 2, text.len - 2};

    if (text.len < 2 || text.data[0] != '2' || text.data[1] != '|' ||
        !take_field(&rest, &ret->version) || !take_field(&rest, &ret->time) ||
        !take_field(&rest, &ret->name) || !take_field(&rest, &ret->value)) {
        return false;
    }
    ret->mac = rest;
    ret->under = text.len - rest.len;
    return rest.len == MAC_LEN;
}

static bool has_key(const macaw_session *session, macaw_str kid)
{
    for (size_t i = 0; i < session->key_count; i++) {
        const char *own = session->keys[i].life.kid;
        if (strlen(own) == kid.len && memcmp(own, kid.data, kid.len) == 0) {
            return true;
        }
    }
    return false;
}

/* An application with a single secret writes version 0 and never looks at it: that
 * names a key only where one is called 0. */
static bool name_key(macaw_session_attempt *a, macaw_str version)
{
    int64_t number;

    if (!macaw_session_decimal(version, &number)) {
        return false;
    }
    if (number != 0 || has_key(a->session, version)) {
        a->frame.kid = version;
    }
    return true;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    int64_t *time = &frame->number[MACAW_PYTHON_TIME];
    macaw_str text = macaw_python_unquote(a->token->text);
    fields f;

    if (!take_apart(text, &f)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not 2|KEY|TIME|NAME|VALUE|MAC with their lengths");
    }
    if (!name_key(a, f.version) || !macaw_session_decimal(f.time, time) || *time == 0 ||
        *time > MACAW_YEAR_9999) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "key version or time is no number in its one spelling");
    }
    if (!macaw_session_mac_hex(frame, f.mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "MAC: is not lower-case hex");
    }
    frame->part[NAME] = f.name;
    frame->part[VALUE] = f.value;
    macaw_session_under(frame, text.data, f.under);
    return MACAW_SESSION_OK;
}

/* The name is in the token: another one's cookie is refused like a wrong MAC. */
static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const char *name = a->session->config.cookie_name;
    const macaw_str *own = &a->frame.part[NAME];
    macaw_session_reason reason = macaw_session_mac_matches(a, key->mac);

    if (reason == MACAW_SESSION_OK &&
        (strlen(name) != own->len || memcmp(name, own->data, own->len) != 0)) {
        return macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "signed for another cookie name");
    }
    return reason;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    if (!macaw_session_decode_b64(a, a->frame.part[VALUE], &a->claims->payload)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is not base64 in its one spelling");
    }
    return macaw_session_value_subject(a);
}

static bool looks_like(const char *token, size_t len)
{
    fields f;

    return take_apart(macaw_python_unquote((macaw_str){token, len}), &f);
}

static const char *const algs[] = {"hmac-sha256", NULL};

const macaw_session_scheme macaw_session_tornado = {
    .name = "tornado",
    .about = "Tornado's signed values, version 2: 2|KEY|TIME|NAME|base64(VALUE)|MAC",
    .flags = MACAW_SESSION_KEY_IDS | MACAW_SESSION_DATED,
    .algs = algs,
    .default_max_age = LIFETIME,
    .default_subject = "",
    .looks_like = looks_like,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

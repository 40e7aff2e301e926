/* Who a session is about: a member of JSON, or the whole of a plain value. */
#include <string.h>

#include "base/utf8.h"
#include "session/json.h"
#include "session/scheme.h"

bool macaw_session_is_subject(macaw_str text)
{
    for (size_t i = 0, len; i < text.len; i += len) {
        unsigned char c = (unsigned char)text.data[i];
        len = macaw_utf8_length(text.data + i, text.len - i);
        if (len == 0 || c < 0x20 || c == 0x7f) {
            return false;
        }
    }
    return text.len <= MACAW_SESSION_SUBJECT_MAX;
}

/* The characters of a JSON string: where they lie if none is escaped, else in the room. */
static bool unescape(macaw_session_attempt *a, macaw_str *string)
{
    size_t len;

    if (string->len == 0 || memchr(string->data, '\\', string->len) == NULL) {
        return true;
    }
    char *out = macaw_session_take(&a->room, string->len);
    if (out == NULL || macaw_json_unescape(*string, out, string->len, &len) != MACAW_OK) {
        return false;
    }
    *string = (macaw_str){out, len};
    return true;
}

macaw_session_reason macaw_session_set_subject(macaw_session_attempt *a,
                                               const macaw_json_value *value)
{
    macaw_str text = value->text;

    if (value->type == MACAW_JSON_NULL) {
        return MACAW_SESSION_OK;
    }
    if (value->type != MACAW_JSON_STRING && value->type != MACAW_JSON_INTEGER) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "subject: neither a string nor an integer");
    }
    if (value->type == MACAW_JSON_STRING && !unescape(a, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "subject: half a character, or long");
    }
    if (!macaw_session_is_subject(text)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "subject: longer than %d bytes, or with control characters",
                                    MACAW_SESSION_SUBJECT_MAX);
    }
    a->claims->subject = text;
    return MACAW_SESSION_OK;
}

macaw_session_reason macaw_session_json_subject(macaw_session_attempt *a)
{
    macaw_json_value value = {.type = MACAW_JSON_NULL};

    if (a->claims->payload.len > MACAW_SESSION_PAYLOAD_MAX) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "content is longer than %d bytes",
                                    MACAW_SESSION_PAYLOAD_MAX);
    }
    int status = macaw_json_find(a->claims->payload, a->session->config.subject, &value);
    if (status == MACAW_EFORMAT) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is no JSON (RFC 8259) of UTF-8 and at most %d levels, "
                                    "or names the subject twice",
                                    MACAW_JSON_DEPTH_MAX);
    }
    return macaw_session_set_subject(a, &value);
}

macaw_session_reason macaw_session_value_subject(macaw_session_attempt *a)
{
    const char *pointer = a->session->config.subject;

    if (pointer != NULL && *pointer != '\0') {
        return macaw_session_json_subject(a);
    }
    if (macaw_session_is_subject(a->claims->payload)) {
        a->claims->subject = a->claims->payload;
    }
    return MACAW_SESSION_OK;
}

int macaw_session_member(macaw_str payload, const char *pointer, char *out, size_t size,
                         size_t *out_len)
{
    macaw_json_value value;

    if (!macaw_json_is_pointer(pointer)) {
        return MACAW_EARG;
    }
    int status = macaw_json_find(payload, pointer, &value);
    if (status != MACAW_OK) {
        return status;
    }
    if (value.type == MACAW_JSON_STRING) {
        return macaw_json_unescape(value.text, out, size, out_len);
    }
    if (value.type == MACAW_JSON_NULL || value.type == MACAW_JSON_ARRAY ||
        value.type == MACAW_JSON_OBJECT) {
        return MACAW_ENOTFOUND;
    }
    if (value.text.len > size) {
        return MACAW_ELIMIT;
    }
    memcpy(out, value.text.data, value.text.len);
    *out_len = value.text.len;
    return MACAW_OK;
}

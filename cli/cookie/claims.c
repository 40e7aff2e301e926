/* What a token says, as JSON. */
#include <stdlib.h>

#include "base/codec.h"
#include "cookie/cookie.h"
#include "session/scheme.h"

static void set_hex(json_t *report, const char *member, const uint8_t *data, size_t len)
{
    char hex[2 * 64];

    macaw_hex_encode(hex, data, len);
    json_object_set_new(report, member, json_stringn(hex, 2 * len));
}

static void set_base64url(json_t *report, const char *member, macaw_str bytes)
{
    char *text = malloc(MACAW_BASE64URL_LEN(bytes.len) + 1);

    if (text != NULL) {
        size_t len = macaw_base64_encode(MACAW_BASE64URL, text, bytes.data, bytes.len);
        json_object_set_new(report, member, json_stringn(text, len));
    }
    free(text);
}

/* As text, or, where it is not UTF-8, in base64url under the other name. */
static void set_text(json_t *report, const char *member, const char *member64, macaw_str bytes)
{
    json_t *text = json_stringn(bytes.data, bytes.len);

    if (text != NULL) {
        json_object_set_new(report, member, text);
    } else {
        set_base64url(report, member64, bytes);
    }
}

/* Members that JSON is made of: of schemes whose content is JSON any value, of
 * others only what cannot be mistaken for text. */
static json_t *parse(const macaw_session_scheme *scheme, macaw_str payload)
{
    bool any = (scheme->flags & MACAW_SESSION_JSON) != 0;

    if (!any && (payload.len == 0 || (payload.data[0] != '{' && payload.data[0] != '['))) {
        return NULL;
    }
    return json_loadb(payload.data, payload.len,
                      JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
}

static void set_payload(json_t *report, const macaw_session_scheme *scheme, macaw_str payload)
{
    json_t *value = parse(scheme, payload);

    if (value != NULL) {
        json_object_set_new(report, "payload", value);
    } else if (payload.len > 0) {
        set_text(report, "payload", "payload_base64", payload);
    }
}

static void set_time(json_t *report, const char *member, int64_t time)
{
    if (time != 0) {
        json_object_set_new(report, member, json_integer(time));
    }
}

/* Of sc1 a number, as on the wire. */
static void set_key_id(json_t *report, const macaw_session_scheme *scheme, const char *kid)
{
    int64_t number;
    bool numbered = (scheme->flags & MACAW_SESSION_NATIVE) != 0 &&
                    cli_parse_number(kid, 0, UINT16_MAX, &number);

    json_object_set_new(report, "key_id", numbered ? json_integer(number) : json_string(kid));
}

void cookie_set_claims(json_t *report, const macaw_session_scheme *scheme,
                       const macaw_session_claims *claims)
{
    if (claims->subject.len > 0) {
        set_text(report, "subject", "subject_base64", claims->subject);
    }
    if (claims->has_sid) {
        set_hex(report, "session_id", claims->sid, sizeof claims->sid);
    }
    if (claims->kid[0] != '\0') {
        set_key_id(report, scheme, claims->kid);
    }
    set_time(report, "login", claims->login);
    set_time(report, "issued", claims->issued);
    set_time(report, "not_before", claims->not_before);
    set_time(report, "expires", claims->expires);
    set_time(report, "cap", claims->cap);
    if ((scheme->flags & MACAW_SESSION_NATIVE) != 0 && claims->has_sid) {
        json_object_set_new(report, "generation", json_integer(claims->generation));
    }
    if (claims->handle_secret.len > 0) {
        set_hex(report, "handle", claims->handle, sizeof claims->handle);
    }
    set_payload(report, scheme, claims->payload);
}

json_t *cookie_claims_json(const macaw_session_scheme *scheme, const macaw_session_claims *claims)
{
    json_t *report = json_object();

    json_object_set_new(report, "valid", json_boolean(claims->reason == MACAW_SESSION_OK));
    json_object_set_new(report, "scheme", json_string(scheme->name));
    if (claims->reason != MACAW_SESSION_OK) {
        json_object_set_new(report, "reason",
                            json_string(macaw_session_reason_name(claims->reason)));
        json_object_set_new(report, "authentic", json_boolean(claims->authentic));
    }
    if (claims->detail[0] != '\0') {
        json_object_set_new(report, "detail", json_string(claims->detail));
    }
    if (claims->authentic) {
        cookie_set_claims(report, scheme, claims);
    }
    return report;
}

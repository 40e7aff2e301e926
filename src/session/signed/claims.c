#include "session/signed/claims.h"

#include <stdio.h>
#include <string.h>

enum { AUDIENCES_MAX = 64 };

#define YEAR_9999 INT64_C(253402300799)

static bool equals(macaw_str text, const char *other)
{
    size_t len = strlen(other);

    return text.len == len && memcmp(text.data, other, len) == 0;
}

static macaw_session_reason string_of(macaw_session_attempt *a, const macaw_json_value *value,
                                      macaw_str *ret)
{
    size_t len;

    if (value->type != MACAW_JSON_STRING) {
        return MACAW_SESSION_CONTENT;
    }
    char *out = macaw_session_take(&a->room, value->text.len + 1);
    if (out == NULL || macaw_json_unescape(value->text, out, value->text.len, &len) != MACAW_OK) {
        return MACAW_SESSION_CONTENT;
    }
    *ret = (macaw_str){out, len};
    return MACAW_SESSION_OK;
}

bool macaw_claims_split(macaw_str object, macaw_claims_set *ret)
{
    macaw_json_value whole;

    if (macaw_json_find(object, "", &whole) != MACAW_OK || whole.type != MACAW_JSON_OBJECT) {
        return false;
    }
    ret->count =
        macaw_json_members(whole.text, ret->member, sizeof ret->member / sizeof *ret->member);
    return ret->count != SIZE_MAX;
}

const macaw_json_value *macaw_claims_get(const macaw_claims_set *set, const char *name)
{
    return macaw_json_get(set->member, set->count, name);
}

macaw_session_reason macaw_claims_string(macaw_session_attempt *a, const macaw_claims_set *set,
                                         const char *name, macaw_str *ret)
{
    const macaw_json_value *value = macaw_claims_get(set, name);

    *ret = (macaw_str){NULL, 0};
    return value == NULL ? MACAW_SESSION_OK : string_of(a, value, ret);
}

/* ---- for whom, by whom ---- */

static macaw_session_reason check_issuer(macaw_session_attempt *a, const macaw_claims_set *set)
{
    const char *wanted = a->session->config.issuer;
    macaw_str iss;

    if (wanted == NULL) {
        return MACAW_SESSION_OK;
    }
    if (macaw_claims_string(a, set, "iss", &iss) != MACAW_SESSION_OK) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "iss: is no string");
    }
    return iss.data != NULL && equals(iss, wanted)
               ? MACAW_SESSION_OK
               : macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "iss: is %s",
                                      iss.data == NULL ? "absent" : "somebody else");
}

/* OK if one of the strings is the audience wanted. */
static macaw_session_reason search_list(macaw_session_attempt *a, const char *wanted)
{
    macaw_session_reason reason = MACAW_SESSION_MISMATCH;
    macaw_json_value value;
    macaw_str one;
    char pointer[16];

    for (unsigned i = 0; i <= AUDIENCES_MAX; i++) {
        (void)snprintf(pointer, sizeof pointer, "/aud/%u", i);
        if (macaw_json_find(a->claims->payload, pointer, &value) != MACAW_OK) {
            return reason;
        }
        if (i == AUDIENCES_MAX || string_of(a, &value, &one) != MACAW_SESSION_OK) {
            return MACAW_SESSION_CONTENT;
        }
        if (equals(one, wanted)) {
            reason = MACAW_SESSION_OK;
        }
    }
    return reason;
}

static macaw_session_reason search(macaw_session_attempt *a, const macaw_json_value *aud,
                                   const char *wanted, bool list)
{
    macaw_str one;

    if (list && aud->type == MACAW_JSON_ARRAY) {
        return search_list(a, wanted);
    }
    if (string_of(a, aud, &one) != MACAW_SESSION_OK) {
        return MACAW_SESSION_CONTENT;
    }
    return equals(one, wanted) ? MACAW_SESSION_OK : MACAW_SESSION_MISMATCH;
}

/* RFC 7519 section 4.1.3: who finds no name of its own in aud refuses the token, and
 * that is also who has no name. */
static macaw_session_reason check_audience(macaw_session_attempt *a, const macaw_claims_set *set,
                                           bool list)
{
    const char *wanted = a->session->config.audience;
    const macaw_json_value *aud = macaw_claims_get(set, "aud");

    if (aud == NULL) {
        return *wanted == '\0' ? MACAW_SESSION_OK
                               : macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "aud: is absent");
    }
    macaw_session_reason reason = search(a, aud, wanted, list);
    if (reason == MACAW_SESSION_CONTENT) {
        return macaw_session_refuse(a, reason, "aud: is no string%s",
                                    list ? ", nor a list of up to 64" : "");
    }
    if (reason == MACAW_SESSION_OK && *wanted != '\0') {
        return reason;
    }
    return macaw_session_refuse(a, MACAW_SESSION_MISMATCH,
                                *wanted == '\0' ? "aud: is there, and no audience is configured"
                                                : "aud: is for others");
}

/* ---- times ---- */

/* 0 where absent. A date before 1970 is one at its beginning, because 0 is none. */
static macaw_session_reason read_date(macaw_session_attempt *a, const macaw_claims_set *set,
                                      const macaw_claims_format *format, const char *name,
                                      int64_t *ret)
{
    const macaw_json_value *value = macaw_claims_get(set, name);
    int64_t date;

    if (value == NULL) {
        *ret = 0;
        return MACAW_SESSION_OK;
    }
    if (!format->date(value, &date)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "%s: is no %s", name,
                                    format->date_name);
    }
    if (date > YEAR_9999) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "%s: is after the year 9999, are these milliseconds?", name);
    }
    *ret = date < 1 ? 1 : date;
    return MACAW_SESSION_OK;
}

static macaw_session_reason read_dates(macaw_session_attempt *a, const macaw_claims_set *set,
                                       const macaw_claims_format *format)
{
    const macaw_session_config *config = &a->session->config;
    macaw_session_claims *claims = a->claims;
    macaw_session_reason reason = read_date(a, set, format, "exp", &claims->expires);

    if (reason == MACAW_SESSION_OK) {
        reason = read_date(a, set, format, "nbf", &claims->not_before);
    }
    if (reason == MACAW_SESSION_OK) {
        reason = read_date(a, set, format, "iat", &claims->issued);
    }
    if (reason != MACAW_SESSION_OK) {
        return reason;
    }
    if (claims->expires == 0 && !config->allow_no_expiry) {
        return macaw_session_refuse(a, MACAW_SESSION_NO_EXPIRY, "exp: is absent");
    }
    if (claims->issued == 0 && config->max_age > 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "iat: is absent, which max_age needs");
    }
    return MACAW_SESSION_OK;
}

/* Where the subject is the registered claim, it is known already. */
static macaw_session_reason read_subject(macaw_session_attempt *a, const macaw_claims_set *set)
{
    const char *pointer = a->session->config.subject;
    const macaw_json_value *sub = macaw_claims_get(set, "sub");

    if (pointer == NULL || strcmp(pointer, "/sub") != 0) {
        return macaw_session_json_subject(a);
    }
    return sub != NULL ? macaw_session_set_subject(a, sub) : MACAW_SESSION_OK;
}

macaw_session_reason macaw_claims_read(macaw_session_attempt *a, const macaw_claims_format *format)
{
    macaw_claims_set set;
    macaw_session_reason reason;

    if (!macaw_claims_split(a->claims->payload, &set)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is no JSON object of up to 64 members, or one occurs "
                                    "twice");
    }
    reason = check_issuer(a, &set);
    if (reason == MACAW_SESSION_OK) {
        reason = check_audience(a, &set, format->aud_list);
    }
    if (reason == MACAW_SESSION_OK) {
        reason = read_dates(a, &set, format);
    }
    return reason == MACAW_SESSION_OK ? read_subject(a, &set) : reason;
}

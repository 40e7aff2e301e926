/* x-authorization: an HMAC in a header of its own.
 *
 *   request   MAC over  target timestamp
 *   response  MAC over  timestamp "|" content
 *
 * No separator stands between target and timestamp, so both are held to a form
 * that makes the split unique: the timestamp is the last ten bytes, always, and
 * "?a=10" with 1711662980 is no longer "?a=1" with 01711662980. A target begins
 * with "/" and a response with a digit, so neither MAC can serve as the other. */
#include "signing/x_authorization.h"

#include <stdio.h>

#include "base/codec.h"
#include "signing/fields.h"

#define STAMP_LEN 10
#define STAMP_MIN INT64_C(1000000000)
#define STAMP_MAX INT64_C(9999999999)

static const macaw_str request_mac = MACAW_STR("X-Authorization-Content-HMAC");
static const macaw_str request_stamp = MACAW_STR("X-Authorization-Timestamp");
static const macaw_str request_kid = MACAW_STR("X-Authorization-Key-Id");
static const macaw_str response_mac = MACAW_STR("X-Response-Content-HMAC");
static const macaw_str response_stamp = MACAW_STR("X-Response-Content-TimeStamp");

static macaw_reason read_stamp(const macaw_header *header, macaw_credentials *ret, char *detail)
{
    macaw_reason reason = macaw_header_check(header, detail);
    const macaw_str *stamp = &header->value;
    int64_t value = 0;

    if (reason != MACAW_REASON_OK) {
        return reason;
    }
    if (stamp->len != STAMP_LEN) {
        return macaw_header_malformed(header, detail, "%zu bytes instead of %d digits", stamp->len,
                                      STAMP_LEN);
    }
    for (size_t i = 0; i < STAMP_LEN; i++) {
        char c = stamp->data[i];
        if (c < '0' || c > '9') {
            return macaw_header_malformed(header, detail, "byte %zu is not a digit", i);
        }
        value = value * 10 + (c - '0');
    }
    if (value < STAMP_MIN) {
        return macaw_header_malformed(header, detail, "begins with 0");
    }
    ret->timestamp = value;
    return MACAW_REASON_OK;
}

/* The one spelling that read_stamp accepts. */
static int write_stamp(int64_t timestamp, char out[STAMP_LEN])
{
    if (timestamp < STAMP_MIN || timestamp > STAMP_MAX) {
        return MACAW_EARG;
    }
    uint64_t rest = (uint64_t)timestamp;
    for (size_t i = STAMP_LEN; i-- > 0; rest /= 10) {
        out[i] = (char)('0' + rest % 10);
    }
    return MACAW_OK;
}

/* NULL, or what is wrong with a target. */
static const char *target_fault(const macaw_str *target)
{
    if (target->len == 0 || target->data[0] != '/') {
        return "does not begin with /";
    }
    return target->len > MACAW_SIGNING_TARGET_MAX ? "too long" : NULL;
}

/* The two headers that every signed message has. */
static macaw_reason read_pair(const macaw_header *mac, const macaw_header *stamp,
                              macaw_credentials *ret, char *detail)
{
    macaw_reason reason = macaw_header_mac(mac, ret, detail);

    return reason == MACAW_REASON_OK ? read_stamp(stamp, ret, detail) : reason;
}

/* A key id alone is an attempt to sign that went wrong: malformed, not missing. */
macaw_reason macaw_xauth_read_request(const macaw_request *request, macaw_credentials *ret,
                                      char *detail)
{
    macaw_header found[] = {{.name = request_mac}, {.name = request_stamp}, {.name = request_kid}};
    const macaw_header *mac = &found[0], *stamp = &found[1], *kid = &found[2];
    const char *fault = target_fault(&request->target);
    macaw_reason reason;

    macaw_headers_find(found, 3, request->fields, request->field_count);
    if (mac->count + stamp->count + kid->count == 0) {
        return MACAW_REASON_MISSING;
    }
    ret->kid = (macaw_str){NULL, 0};
    reason = read_pair(mac, stamp, ret, detail);
    if (reason == MACAW_REASON_OK && kid->count > 0) {
        reason = macaw_header_kid(kid, ret, detail);
    }
    if (reason == MACAW_REASON_OK && fault != NULL) {
        (void)snprintf(detail, MACAW_DETAIL_MAX, "request target: %s", fault);
        reason = MACAW_REASON_MALFORMED;
    }
    return reason;
}

int macaw_xauth_request_base(const macaw_request *request, const macaw_credentials *cred,
                             const macaw_sink *sink)
{
    char stamp[STAMP_LEN];
    int status = write_stamp(cred->timestamp, stamp);

    if (status == MACAW_OK && target_fault(&request->target) != NULL) {
        status = MACAW_EARG;
    }
    if (status == MACAW_OK) {
        status = sink->write(sink->to, request->target.data, request->target.len);
    }
    return status == MACAW_OK ? sink->write(sink->to, stamp, sizeof stamp) : status;
}

macaw_reason macaw_xauth_read_response(const macaw_field *fields, size_t count,
                                       macaw_credentials *ret, char *detail)
{
    macaw_header found[] = {{.name = response_mac}, {.name = response_stamp}};

    macaw_headers_find(found, 2, fields, count);
    if (found[0].count + found[1].count == 0) {
        return MACAW_REASON_MISSING;
    }
    ret->kid = (macaw_str){NULL, 0};
    return read_pair(&found[0], &found[1], ret, detail);
}

int macaw_xauth_response_prefix(const macaw_credentials *cred, const macaw_sink *sink)
{
    char prefix[STAMP_LEN + 1];
    int status = write_stamp(cred->timestamp, prefix);

    prefix[STAMP_LEN] = '|';
    return status == MACAW_OK ? sink->write(sink->to, prefix, sizeof prefix) : status;
}

static int emit_pair(macaw_str mac_name, macaw_str stamp_name, const macaw_credentials *cred,
                     macaw_signed *ret)
{
    char hex[MACAW_HEX_LEN(MACAW_TAG_MAX)];
    char stamp[STAMP_LEN];
    int status = write_stamp(cred->timestamp, stamp);

    if (status == MACAW_OK) {
        macaw_hex_encode(hex, cred->mac, cred->mac_len);
        macaw_signed_add(ret, mac_name, hex, MACAW_HEX_LEN(cred->mac_len));
        macaw_signed_add(ret, stamp_name, stamp, sizeof stamp);
    }
    return status;
}

static int emit_request(const macaw_credentials *cred, macaw_signed *ret)
{
    int status = emit_pair(request_mac, request_stamp, cred, ret);

    if (status == MACAW_OK && cred->kid.len > 0) {
        macaw_signed_add(ret, request_kid, cred->kid.data, cred->kid.len);
    }
    return status;
}

static int emit_response(const macaw_credentials *cred, macaw_signed *ret)
{
    return emit_pair(response_mac, response_stamp, cred, ret);
}

static const char *const algs[] = {"hmac-sha256", "hmac-sha512", NULL};

const macaw_scheme macaw_x_authorization = {
    .name = "x-authorization",
    .algs = algs,
    .covers = MACAW_COVERS_TARGET,
    .read_request = macaw_xauth_read_request,
    .request_base = macaw_xauth_request_base,
    .emit_request = emit_request,
    .read_response = macaw_xauth_read_response,
    .response_prefix = macaw_xauth_response_prefix,
    .emit_response = emit_response,
};

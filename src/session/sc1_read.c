/* sc1: taking tokens apart. */
#include "base/codec.h"
#include "session/sc1.h"

#define KID_TEXT 5 /* digits of 65535 */

static uint64_t load_be(const uint8_t *p, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

/* ---- the frame ---- */

bool macaw_sc1_looks_like(const macaw_sc1_type *type, const char *token, size_t len)
{
    uint8_t blob[MACAW_SC1_BLOB_MAX];
    size_t fixed = MACAW_SC1_HEADER_LEN + type->salt_len + type->mac_len, blob_len = 0;

    return token[0] == '1' && len <= MACAW_SC1_TEXT_MAX &&
           macaw_base64_decode(MACAW_BASE64URL, blob, &blob_len, token + 1, len - 1, NULL) ==
               MACAW_OK &&
           blob_len >= fixed + type->body_min && blob_len - fixed <= type->body_max &&
           blob[0] == type->number && blob[1] == 0;
}

/* Decode behind the prefix, so that what is under the MAC is one run of bytes. */
static macaw_session_reason decode(macaw_session_attempt *a, macaw_part *prefix, macaw_part *blob)
{
    const macaw_str *text = &a->token->text;
    uint8_t *room = macaw_session_take(&a->room, MACAW_SC1_PREFIX_MAX + MACAW_SC1_BLOB_MAX);

    if (room == NULL) {
        return MACAW_SESSION_INTERNAL;
    }
    if (text->len > MACAW_SC1_TEXT_MAX) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "longer than %d characters",
                                    MACAW_SC1_TEXT_MAX);
    }
    if (text->data[0] != '1') {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "does not begin with 1");
    }
    if (a->token->bind.len > MACAW_SC1_BIND_MAX) { /* no token was issued for it */
        return macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "client binding of over %d bytes",
                                    MACAW_SC1_BIND_MAX);
    }
    prefix->data = room;
    prefix->len = macaw_sc1_prefix(&a->session->config, a->token->bind, room);
    blob->data = room + prefix->len;
    if (macaw_base64_decode(MACAW_BASE64URL, room + prefix->len, &blob->len, text->data + 1,
                            text->len - 1, NULL) != MACAW_OK) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "not base64url in its one spelling");
    }
    return MACAW_SESSION_OK;
}

static macaw_session_reason check_blob(macaw_session_attempt *a, const macaw_sc1_type *type,
                                       const macaw_part *blob)
{
    const uint8_t *header = blob->data;
    size_t fixed = MACAW_SC1_HEADER_LEN + type->salt_len + type->mac_len;

    if (blob->len < MACAW_SC1_HEADER_LEN) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "shorter than a header");
    }
    if (header[0] == 0 || header[0] > 4) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "unknown type %u", header[0]);
    }
    if (header[0] != type->number) {
        return macaw_session_refuse(a, MACAW_SESSION_ALGORITHM, "type %u instead of %u", header[0],
                                    type->number);
    }
    if (header[1] != 0) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "unknown flags");
    }
    if (blob->len < fixed + type->body_min || blob->len - fixed > type->body_max) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "%zu bytes cannot be of this type",
                                    blob->len);
    }
    return MACAW_SESSION_OK;
}

/* The number of the key as keyrings name it. */
static macaw_session_reason name_key(macaw_session_attempt *a, uint64_t number)
{
    char *text = macaw_session_take(&a->room, KID_TEXT);
    size_t at = KID_TEXT;

    if (text == NULL) {
        return MACAW_SESSION_INTERNAL;
    }
    do {
        text[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    a->frame.kid = (macaw_str){text + at, KID_TEXT - at};
    return MACAW_SESSION_OK;
}

macaw_session_reason macaw_sc1_read(macaw_session_attempt *a)
{
    const macaw_sc1_type *type = a->session->config.scheme->sc1;
    macaw_session_frame *frame = &a->frame;
    macaw_part prefix = {"", 0}, blob = {"", 0};
    macaw_session_reason reason = decode(a, &prefix, &blob);

    if (reason == MACAW_SESSION_OK) {
        reason = check_blob(a, type, &blob);
    }
    if (reason != MACAW_SESSION_OK) {
        return reason;
    }
    const char *header = blob.data, *salt = header + MACAW_SC1_HEADER_LEN;
    const char *body = salt + type->salt_len, *mac = header + blob.len - type->mac_len;
    size_t body_len = (size_t)(mac - body);

    frame->part[MACAW_SC1_HEADER] = (macaw_str){header, MACAW_SC1_HEADER_LEN};
    frame->part[MACAW_SC1_SALT] = (macaw_str){salt, type->salt_len};
    frame->part[MACAW_SC1_BODY] = (macaw_str){body, body_len};
    memcpy(frame->mac, mac, type->mac_len);
    frame->mac_len = type->mac_len;
    macaw_session_under(frame, prefix.data,
                        prefix.len + MACAW_SC1_HEADER_LEN + type->salt_len +
                            (type->salt_len > 0 ? 0 : body_len));
    return name_key(a, load_be((const uint8_t *)header + 2, 2));
}

/* ---- the content ---- */

macaw_session_reason macaw_sc1_header(macaw_session_attempt *a)
{
    const uint8_t *header = (const uint8_t *)a->frame.part[MACAW_SC1_HEADER].data;
    macaw_session_claims *claims = a->claims;
    int64_t login = (int64_t)load_be(header + 4, 5);
    int64_t since = (int64_t)load_be(header + 9, 3);
    int64_t ttl = (int64_t)load_be(header + 12, 3), cap = (int64_t)load_be(header + 15, 3);

    if (login == 0 || ttl == 0 || since >= cap) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "times that contradict each other");
    }
    claims->login = login;
    claims->issued = login + since;
    claims->cap = login + cap;
    claims->expires = login + since + ttl;
    claims->generation = (uint16_t)load_be(header + 18, 2);
    memcpy(claims->sid, header + 20, MACAW_SESSION_SID_LEN);
    claims->has_sid = true;
    return MACAW_SESSION_OK;
}

/* The first n bytes of *rest, if it has as many. */
static bool cut(macaw_str *rest, size_t n, macaw_str *ret)
{
    if (n > rest->len) {
        return false;
    }
    *ret = (macaw_str){rest->data, n};
    *rest = (macaw_str){rest->data + n, rest->len - n};
    return true;
}

static bool read_subject(macaw_session_attempt *a, macaw_str *rest)
{
    macaw_str len;

    return cut(rest, 1, &len) && cut(rest, (uint8_t)len.data[0], &a->claims->subject);
}

static macaw_session_reason take_field(macaw_session_attempt *a, unsigned tag, macaw_str value)
{
    macaw_session_claims *claims = a->claims;

    if (tag == MACAW_SC1_DATA && value.len > 0) {
        claims->data = value;
        claims->payload = value;
        return MACAW_SESSION_OK;
    }
    if (tag == MACAW_SC1_CHAIN && value.len == MACAW_SC1_CHAIN_LEN) {
        memcpy(claims->chain, value.data, MACAW_SC1_CHAIN_LEN);
        claims->has_chain = true;
        return MACAW_SESSION_OK;
    }
    if (tag == MACAW_SC1_DATA || tag >= MACAW_SC1_CRITICAL) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "field %u: unknown, or of %zu bytes",
                                    tag, value.len);
    }
    return MACAW_SESSION_OK;
}

macaw_session_reason macaw_sc1_content(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_str rest = a->frame.part[MACAW_SC1_BODY];
    macaw_session_reason reason = macaw_sc1_header(a);
    int last = -1;

    (void)key;
    if (reason == MACAW_SESSION_OK && !read_subject(a, &rest)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "a subject that ends too early");
    }
    while (reason == MACAW_SESSION_OK && rest.len > 0) {
        macaw_str head, value;
        if (!cut(&rest, 3, &head) ||
            !cut(&rest, (size_t)load_be((const uint8_t *)head.data + 1, 2), &value)) {
            return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "a field that ends too early");
        }
        int tag = (uint8_t)head.data[0];
        if (tag <= last) {
            return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "field %d out of order", tag);
        }
        last = tag;
        reason = take_field(a, (unsigned)tag, value);
    }
    return reason;
}

/* PASETO of version 4 for public keys:
 *
 *   "v4.public." b64(CLAIMS || SIGNATURE of 64 bytes) ["." b64(FOOTER)]
 *
 * The Ed25519 signature is over PAE("v4.public.", CLAIMS, FOOTER, implicit assertion);
 * the assertion is the token's client binding. A footer that is a JSON object may name
 * the key ("kid"); any other says nothing here. */
#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "session/signed/claims.h"
#include "session/signed/signature.h"

enum { SIGNATURE_LEN = 64, FOOTER_MAX = 1000, PIECES = 4 };
enum { PAYLOAD };

static const char head[] = "v4.public.";
#define HEAD_LEN (sizeof head - 1)

static bool looks_like(const char *token, size_t len)
{
    return len > HEAD_LEN + SIGNATURE_LEN && memcmp(token, head, HEAD_LEN) == 0;
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    int status = macaw_public_key(&key->pkey, spec, err);

    (void)session;
    if (status == MACAW_OK && !EVP_PKEY_is_a(key->pkey, "ED25519")) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is not of Ed25519");
    }
    return status;
}

/* ---- reading ---- */

static uint8_t *put_length(uint8_t *out, size_t n)
{
    macaw_store_le64(out, n);
    return out + 8;
}

/* Pre-authentication encoding: how many pieces, and each after its length. */
static bool encode(macaw_session_attempt *a, const macaw_str pieces[PIECES])
{
    size_t len = 8;

    for (size_t i = 0; i < PIECES; i++) {
        if (pieces[i].len > MACAW_SESSION_TOKEN_MAX) {
            return false;
        }
        len += 8 + pieces[i].len;
    }
    uint8_t *text = macaw_session_take(&a->room, len), *next;
    if (text == NULL) {
        return false;
    }
    next = put_length(text, PIECES);
    for (size_t i = 0; i < PIECES; i++) {
        next = put_length(next, pieces[i].len);
        if (pieces[i].len > 0) {
            memcpy(next, pieces[i].data, pieces[i].len);
        }
        next += pieces[i].len;
    }
    macaw_session_under(&a->frame, text, len);
    return true;
}

static macaw_session_reason read_footer(macaw_session_attempt *a, macaw_str footer)
{
    macaw_claims_set set;

    if (footer.len == 0 || footer.data[0] != '{') {
        return MACAW_SESSION_OK;
    }
    if (!macaw_claims_split(footer, &set)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "footer: no JSON, or a member occurs twice");
    }
    if (macaw_claims_string(a, &set, "kid", &a->frame.kid) != MACAW_SESSION_OK ||
        (a->frame.kid.data != NULL && a->frame.kid.len == 0)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "footer: kid names nothing");
    }
    return MACAW_SESSION_OK;
}

/* Body and footer, decoded; a footer that is there is not empty. */
static bool take_apart(macaw_session_attempt *a, macaw_str *body, macaw_str *footer)
{
    macaw_str text = a->token->text;

    *footer = (macaw_str){NULL, 0};
    if (text.len <= HEAD_LEN || memcmp(text.data, head, HEAD_LEN) != 0) {
        return false;
    }
    macaw_str rest = {text.data + HEAD_LEN, text.len - HEAD_LEN}, coded = rest, coded_footer;
    if (macaw_session_split(rest, '.', &coded, &coded_footer) &&
        (!macaw_session_decode_b64u(a, coded_footer, footer) || footer->len == 0)) {
        return false;
    }
    return macaw_session_decode_b64u(a, coded, body) && body->len > SIGNATURE_LEN;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str body, footer;

    if (!take_apart(a, &body, &footer)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not v4.public., content and signature, and a footer");
    }
    if (footer.len > FOOTER_MAX) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "footer: over %d bytes",
                                    FOOTER_MAX);
    }
    macaw_str claims = {body.data, body.len - SIGNATURE_LEN};
    const macaw_str pieces[PIECES] = {{head, HEAD_LEN}, claims, footer, a->token->bind};
    if (!encode(a, pieces)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is too long with its binding");
    }
    memcpy(frame->mac, body.data + claims.len, SIGNATURE_LEN);
    frame->mac_len = SIGNATURE_LEN;
    frame->part[PAYLOAD] = claims;
    return read_footer(a, footer);
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_frame *frame = &a->frame;

    return macaw_signature_matches(key->pkey, NULL, frame->under[0].data, frame->under[0].len,
                                   frame->mac, frame->mac_len);
}

static bool read_date(const macaw_json_value *value, int64_t *ret)
{
    return value->type == MACAW_JSON_STRING && macaw_session_iso8601(value->text, ret);
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    static const macaw_claims_format format = {
        .date = read_date, .date_name = "date-time (RFC 3339)", .aud_list = false};

    (void)key;
    a->claims->payload = a->frame.part[PAYLOAD];
    return macaw_claims_read(a, &format);
}

static const char *const algs[] = {"EdDSA", NULL};

const macaw_session_scheme macaw_session_paseto_v4_public = {
    .name = "paseto-v4-public",
    .about = "v4.public.b64u({\"sub\",\"exp\",...} Ed25519)[.b64u(footer)]",
    .flags = MACAW_SESSION_KEY_IDS | MACAW_SESSION_SIGNED | MACAW_SESSION_EXPIRES |
             MACAW_SESSION_DATED | MACAW_SESSION_JSON,
    .algs = algs,
    .default_subject = "/sub",
    .looks_like = looks_like,
    .expand = expand,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

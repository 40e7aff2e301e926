/* JSON Web Tokens (RFC 7519) as signed JSON in compact form (RFC 7515 section 7.1):
 *
 *   b64(HEADER) "." b64(CLAIMS) "." b64(SIGNATURE), the signature over what stands
 *   before the second point.
 *
 * The algorithm is the key's; the header's must be the same. */
#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "session/signed/claims.h"
#include "session/signed/jwt.h"
#include "session/signed/signature.h"

enum { ALG, ES256_LEN = 64, RSA_LEAST_BITS = 2048, RSA_MOST_BITS = 4096 };
enum { PAYLOAD };

/* ---- shape ---- */

/* Whether text has n points. */
static bool has_points(macaw_str text, size_t n)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        count += text.data[i] == '.';
    }
    return count == n;
}

static bool looks_like(const char *token, size_t len)
{
    uint8_t header[MACAW_SESSION_TOKEN_MAX];
    macaw_str text = {token, len}, head, rest;
    macaw_json_value alg;
    size_t header_len;

    return has_points(text, 2) && macaw_session_split(text, '.', &head, &rest) &&
           macaw_base64_decode(MACAW_BASE64URL, header, &header_len, head.data, head.len, NULL) ==
               MACAW_OK &&
           macaw_json_find((macaw_str){(const char *)header, header_len}, "/alg", &alg) ==
               MACAW_OK &&
           alg.type == MACAW_JSON_STRING;
}

/* ---- keys ---- */

static const char *const algs[] = {"hmac-sha256", "hmac-sha384", "hmac-sha512", "EdDSA",
                                   "ES256",       "RS256",       NULL};

/* Each for the algorithm of JWT of the same place in algs. */
static const macaw_jwt_alg jwt_algs[] = {MACAW_JWT_HS256, MACAW_JWT_HS384, MACAW_JWT_HS512,
                                         MACAW_JWT_EDDSA, MACAW_JWT_ES256, MACAW_JWT_RS256};

static macaw_jwt_alg alg_named(const char *name)
{
    size_t i = 0;

    while (algs[i] != NULL && strcmp(algs[i], name) != 0) {
        i++;
    }
    return algs[i] != NULL ? jwt_algs[i] : MACAW_JWT_ALG_COUNT;
}

static macaw_jwt_alg alg_of_pkey(const EVP_PKEY *pkey)
{
    char group[32];

    if (EVP_PKEY_is_a(pkey, "ED25519")) {
        return MACAW_JWT_EDDSA;
    }
    if (EVP_PKEY_is_a(pkey, "RSA")) {
        return MACAW_JWT_RS256;
    }
    return EVP_PKEY_is_a(pkey, "EC") &&
                   EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
                   strcmp(group, "prime256v1") == 0
               ? MACAW_JWT_ES256
               : MACAW_JWT_ALG_COUNT;
}

static macaw_jwt_alg alg_of(const macaw_session_key *key)
{
    return key->pkey != NULL ? alg_of_pkey(key->pkey) : alg_named(key->alg->name);
}

static int expand_public(const macaw_session_key_spec *spec, macaw_session_key *key,
                         macaw_error *err)
{
    int status = macaw_public_key(&key->pkey, spec, err);

    if (status != MACAW_OK) {
        return status;
    }
    macaw_jwt_alg alg = alg_of_pkey(key->pkey);
    int bits = EVP_PKEY_get_bits(key->pkey);
    if (alg == MACAW_JWT_ALG_COUNT || (spec->alg != NULL && alg_named(spec->alg) != alg)) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is not of the type its algorithm needs");
    }
    if (alg == MACAW_JWT_RS256 && (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS)) {
        return macaw_fail(err, MACAW_EARG, 0, "key: RSA of %d bits, RS256 takes %d to %d", bits,
                          RSA_LEAST_BITS, RSA_MOST_BITS);
    }
    return MACAW_OK;
}

/* A public key as the secret of a MAC is no secret: who mistakes one for the other
 * accepts what everybody can make (CVE-2016-10555, CVE-2022-29217). */
static bool is_public_text(const macaw_session_key_spec *spec)
{
    static const char *const marks[] = {"-----BEGIN", "ssh-", "ecdsa-sha2-"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i]);
        if (spec->secret_len > len && memcmp(spec->secret, marks[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    (void)session;
    if (spec->form != MACAW_SESSION_KEY_RAW) {
        return expand_public(spec, key, err);
    }
    if (key->alg == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "key: this algorithm takes a public key");
    }
    if (is_public_text(spec)) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is no secret, but a key in PEM or of SSH");
    }
    int status = macaw_key_new(&key->mac, key->alg, spec->secret, spec->secret_len, NULL);
    return status == MACAW_OK ? status
                              : macaw_fail(err, status, 0, "key: %s", macaw_strerror(status));
}

/* ---- tokens ---- */

static macaw_session_reason read_parts(macaw_session_attempt *a, macaw_str head, macaw_str claims,
                                       macaw_str signature)
{
    macaw_session_frame *frame = &a->frame;
    macaw_jwt_alg alg = MACAW_JWT_ALG_COUNT;
    macaw_str header;

    if (!macaw_session_decode_b64u(a, head, &header) ||
        !macaw_session_decode_b64u(a, claims, &frame->part[PAYLOAD])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not base64url");
    }
    macaw_session_reason reason = macaw_jwt_header(a, header, &alg);
    frame->number[ALG] = (int64_t)alg;
    if (reason == MACAW_SESSION_OK && !macaw_session_mac_b64u(frame, signature)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "signature: is not base64url");
    }
    return reason;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_str text = a->token->text, signed_part, signature, head, claims;

    if (has_points(text, 4)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "has five parts: encrypted tokens (JWE) are not read");
    }
    if (!has_points(text, 2) || !macaw_session_rsplit(text, '.', &signed_part, &signature) ||
        !macaw_session_split(signed_part, '.', &head, &claims)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not header, claims and signature");
    }
    macaw_session_under(&a->frame, signed_part.data, signed_part.len);
    return read_parts(a, head, claims, signature);
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_frame *frame = &a->frame;
    const macaw_part *text = &frame->under[0];
    macaw_jwt_alg alg = alg_of(key);

    if (frame->number[ALG] != (int64_t)alg) {
        return macaw_session_refuse(a, MACAW_SESSION_ALGORITHM, "the token is %s, the key %s",
                                    macaw_jwt_alg_name((macaw_jwt_alg)frame->number[ALG]),
                                    macaw_jwt_alg_name(alg));
    }
    switch (alg) {
    case MACAW_JWT_EDDSA:
        return macaw_signature_matches(key->pkey, NULL, text->data, text->len, frame->mac,
                                       frame->mac_len);
    case MACAW_JWT_ES256:
        return frame->mac_len == ES256_LEN
                   ? macaw_signature_es256(key->pkey, text->data, text->len, frame->mac)
                   : MACAW_SESSION_MISMATCH;
    case MACAW_JWT_RS256:
        return macaw_signature_matches(key->pkey, EVP_sha256(), text->data, text->len, frame->mac,
                                       frame->mac_len);
    default:
        return frame->mac_len == macaw_key_tag_len(key->mac)
                   ? macaw_session_mac_matches(a, key->mac)
                   : MACAW_SESSION_MISMATCH;
    }
}

static bool read_date(const macaw_json_value *value, int64_t *ret)
{
    if (value->type != MACAW_JSON_INTEGER && value->type != MACAW_JSON_REAL) {
        return false;
    }
    *ret = macaw_numeric_date(value->text);
    return true;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    static const macaw_claims_format format = {
        .date = read_date, .date_name = "number", .aud_list = true};

    (void)key;
    a->claims->payload = a->frame.part[PAYLOAD];
    return macaw_claims_read(a, &format);
}

const macaw_session_scheme macaw_session_jwt = {
    .name = "jwt",
    .about = "b64u({\"alg\",\"kid\"}).b64u({\"sub\",\"exp\",...}).b64u(HMAC or signature)",
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

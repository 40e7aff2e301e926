/* Tickets of mod_auth_tkt:
 *
 *   hex(D) hex8(TIME) USER "!" [TOKENS "!"] DATA, as it is or in base64
 *   D0 = hex(H(address TIME SECRET USER 0 TOKENS 0 DATA)), D = H(D0 SECRET)
 *
 * address and time as four bytes, highest first; the address is the token's client
 * binding, 0.0.0.0 without one. H is MD5, SHA-256 or SHA-512: the key says which, under
 * the name of the HMAC that uses it. This is no HMAC and the formats' MD5 is old: read
 * it to move away from it. */
#include <string.h>

#include "base/bytes.h"
#include "base/codec.h"
#include "base/ct.h"
#include "base/error.h"
#include "session/scheme.h"

#define TIMEOUT  7200 /* TKTAuthTimeout */
#define TIME_LEN 8
#define MD5_HEX  32

enum { TEXT, USER, TOKENS, DATA };
enum { TIME };

/* ---- shape ---- */

static bool is_hex(const uint8_t *text, size_t n)
{
    uint8_t bytes[MACAW_MD_DIGEST_MAX + TIME_LEN / 2];

    return n / 2 <= sizeof bytes &&
           macaw_hex_decode(bytes, (const char *)text, n, NULL) == MACAW_OK;
}

/* The shortest digest and the time are hexadecimal whatever the hash. */
static bool looks_like(const char *token, size_t len)
{
    uint8_t head[42];
    size_t n;

    if (len <= MD5_HEX + TIME_LEN) {
        return false;
    }
    if (memchr(token, '!', len) != NULL) {
        return is_hex((const uint8_t *)token, MD5_HEX + TIME_LEN);
    }
    return len % 4 == 0 && len >= 56 &&
           macaw_base64_decode(MACAW_BASE64, head, &n, token, 56, NULL) == MACAW_OK &&
           n >= MD5_HEX + TIME_LEN && is_hex(head, MD5_HEX + TIME_LEN);
}

/* ---- keys ---- */

static const char *const algs[] = {"hmac-md5", "hmac-sha256", "hmac-sha512", NULL};

static const macaw_md *const digests[] = {&macaw_md5, &macaw_sha256, &macaw_sha512};

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    size_t i = 0;

    (void)session;
    if (spec->form != MACAW_SESSION_KEY_RAW || spec->secret_len > sizeof key->secret) {
        return macaw_fail(err, MACAW_EARG, 0, "key: expected a secret of up to %zu bytes",
                          sizeof key->secret);
    }
    while (algs[i] != NULL && strcmp(algs[i], key->alg->name) != 0) {
        i++;
    }
    if (algs[i] == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is for no hash of tickets");
    }
    key->digest = digests[i];
    memcpy(key->secret, spec->secret, spec->secret_len);
    key->secret_len = spec->secret_len;
    return MACAW_OK;
}

/* ---- reading ---- */

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_str text = a->token->text;

    if (memchr(text.data, '!', text.len) == NULL && !macaw_session_decode_b64(a, text, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is neither a ticket nor base64 of one");
    }
    if (text.len == 0 || memchr(text.data, '!', text.len) == NULL ||
        memchr(text.data, '\0', text.len) != NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not digest, time, user!data");
    }
    a->frame.part[TEXT] = text;
    return MACAW_SESSION_OK;
}

static bool read_time(macaw_str text, int64_t *ret)
{
    uint8_t bytes[TIME_LEN / 2];

    if (macaw_hex_decode(bytes, text.data, TIME_LEN, NULL) != MACAW_OK) {
        return false;
    }
    *ret = macaw_load_be32(bytes);
    return true;
}

/* The ticket as it is with a digest of that length: what is signed, and its fields. */
static bool take_apart(macaw_session_frame *frame, size_t digest_hex)
{
    const macaw_str *text = &frame->part[TEXT];
    macaw_str rest;

    if (text->len <= digest_hex + TIME_LEN ||
        macaw_hex_decode(frame->mac, text->data, digest_hex, NULL) != MACAW_OK) {
        return false;
    }
    macaw_str under = {text->data + digest_hex, text->len - digest_hex};
    macaw_str fields = {under.data + TIME_LEN, under.len - TIME_LEN};
    if (!read_time(under, &frame->number[TIME]) ||
        !macaw_session_split(fields, '!', &frame->part[USER], &rest) ||
        frame->part[USER].len == 0) {
        return false;
    }
    if (!macaw_session_split(rest, '!', &frame->part[TOKENS], &frame->part[DATA])) {
        frame->part[TOKENS] = (macaw_str){rest.data, 0};
        frame->part[DATA] = rest;
    }
    frame->mac_len = digest_hex / 2;
    frame->under_count = 0;
    macaw_session_under(frame, under.data, under.len);
    return true;
}

/* ---- the digest ---- */

/* Dotted decimal, each number in its one spelling; empty is 0.0.0.0. */
static bool read_address(macaw_str text, uint8_t ret[4])
{
    macaw_str rest = text, one;

    memset(ret, 0, 4);
    for (size_t i = 0; text.len > 0 && i < 4; i++) {
        int64_t number;
        if (i == 3) {
            one = rest;
        } else if (!macaw_session_split(rest, '.', &one, &rest)) {
            return false;
        }
        if (!macaw_session_decimal(one, &number) || number > 255) {
            return false;
        }
        ret[i] = (uint8_t)number;
    }
    return true;
}

static uint8_t *put(uint8_t *out, const void *data, size_t len)
{
    if (len > 0) {
        memcpy(out, data, len);
    }
    return out + len;
}

static uint8_t *put_text(uint8_t *out, macaw_str text)
{
    return put(out, text.data, text.len);
}

/* D of the ticket; text has room for all it is made of. */
static void digest_of(const macaw_session_frame *frame, const macaw_session_key *key,
                      const uint8_t address[4], uint8_t *text, uint8_t *ret)
{
    const macaw_md_kernel *kernel = macaw_md_pick(key->digest, NULL, NULL);
    size_t digest_len = key->digest->digest_len;
    uint8_t *end = put(text, address, 4);

    macaw_store_be32(end, (uint32_t)frame->number[TIME]);
    end = put(end + 4, key->secret, key->secret_len);
    end = put_text(end, frame->part[USER]);
    *end++ = 0;
    end = put_text(end, frame->part[TOKENS]);
    *end++ = 0;
    end = put_text(end, frame->part[DATA]);
    macaw_md_hash(key->digest, kernel, text, (size_t)(end - text), ret);
    macaw_hex_encode((char *)text, ret, digest_len);
    end = put(text + MACAW_HEX_LEN(digest_len), key->secret, key->secret_len);
    macaw_md_hash(key->digest, kernel, text, (size_t)(end - text), ret);
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    size_t room = a->frame.part[TEXT].len + key->secret_len + MACAW_HEX_LEN(MACAW_MD_DIGEST_MAX);
    uint8_t address[4], digest[MACAW_MD_DIGEST_MAX];

    if (!take_apart(&a->frame, MACAW_HEX_LEN(key->digest->digest_len))) {
        return macaw_session_refuse(a, MACAW_SESSION_MISMATCH,
                                    "no ticket with a digest of %u bytes", key->digest->digest_len);
    }
    if (!read_address(a->token->bind, address)) {
        return macaw_session_refuse(a, MACAW_SESSION_MISMATCH, "tickets hold IPv4 addresses only");
    }
    uint8_t *text = macaw_session_take(&a->room, room);
    if (text == NULL) {
        return MACAW_SESSION_INTERNAL;
    }
    digest_of(&a->frame, key, address, text, digest);
    bool same = macaw_ct_equal(digest, a->frame.mac, a->frame.mac_len);
    macaw_wipe(text, room);
    macaw_wipe(digest, sizeof digest);
    return same ? MACAW_SESSION_OK : MACAW_SESSION_MISMATCH;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_claims *claims = a->claims;

    (void)key;
    claims->payload = a->frame.part[USER];
    macaw_session_reason reason = macaw_session_value_subject(a);
    if (reason == MACAW_SESSION_OK && claims->subject.len == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "user: no UTF-8, control characters, or over %d bytes",
                                    MACAW_SESSION_SUBJECT_MAX);
    }
    claims->payload = a->frame.part[DATA];
    claims->data = a->frame.part[TOKENS];
    claims->issued = a->frame.number[TIME];
    return reason;
}

/* The user is the subject, and no JSON is to be searched for another. */
static int settle(macaw_session_config *config, macaw_error *err)
{
    return config->subject == NULL
               ? MACAW_OK
               : macaw_fail(err, MACAW_EARG, 0, "subject: tickets hold no JSON");
}

const macaw_session_scheme macaw_session_auth_tkt = {
    .name = "auth-tkt",
    .about = "hex(digest) hex(time) user![tokens!]data, bare or in base64 (mod_auth_tkt)",
    .flags = MACAW_SESSION_DATED,
    .algs = algs,
    .default_max_age = TIMEOUT,
    .looks_like = looks_like,
    .settle = settle,
    .expand = expand,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

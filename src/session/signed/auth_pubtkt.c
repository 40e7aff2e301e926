/* Tickets of mod_auth_pubtkt, percent-encoded:
 *
 *   uid=USER;cip=ADDRESS;validuntil=TIME;graceperiod=TIME;tokens=…;udata=…;sig=b64(SIGNATURE)
 *
 * signed with RSA or DSA over what stands before ";sig=". Fields come in any order, and
 * none twice; unknown ones (bauth) are left alone. An address in the ticket must be the
 * token's client binding. graceperiod, from which the module sends browsers for a new
 * ticket, changes nothing here. */
#include <string.h>

#include "base/error.h"
#include "session/scheme.h"
#include "session/signed/signature.h"

enum { SIGNED, FIELDS }; /* parts; from FIELDS on, fields in the order of names */
enum { UID, CIP, VALIDUNTIL, TOKENS, UDATA, FIELD_COUNT };
enum { RSA_LEAST_BITS = 1024, RSA_MOST_BITS = 4096 };

static const char *const names[FIELD_COUNT] = {
    [UID] = "uid",       [CIP] = "cip",     [VALIDUNTIL] = "validuntil",
    [TOKENS] = "tokens", [UDATA] = "udata",
};

static const char sig_mark[] = ";sig=";
#define SIG_MARK_LEN (sizeof sig_mark - 1)

_Static_assert(FIELDS + FIELD_COUNT <= MACAW_SESSION_PARTS_MAX, "fields fit the frame");

/* ---- keys ---- */

/* The hash: TKTAuthDigest's name, or that of a keyring's RSA key. */
static const char *const algs[] = {"SHA1", "SHA224", "SHA256", "SHA384", "SHA512", "RS256", NULL};

static const macaw_md *const digests[] = {&macaw_sha1,   &macaw_sha224, &macaw_sha256,
                                          &macaw_sha384, &macaw_sha512, &macaw_sha256};

static const macaw_md *digest_named(const char *name)
{
    size_t i = 0;

    while (name != NULL && strcmp(algs[i], name) != 0) {
        i++;
    }
    return digests[i];
}

static int expand(const macaw_session *session, const macaw_session_key_spec *spec,
                  macaw_session_key *key, macaw_error *err)
{
    int status = macaw_public_key(&key->pkey, spec, err);

    (void)session;
    if (status != MACAW_OK) {
        return status;
    }
    int bits = EVP_PKEY_get_bits(key->pkey);
    bool rsa = EVP_PKEY_is_a(key->pkey, "RSA");
    if (!rsa && !EVP_PKEY_is_a(key->pkey, "DSA")) {
        return macaw_fail(err, MACAW_EARG, 0, "key: is neither of RSA nor of DSA");
    }
    if (rsa && (bits < RSA_LEAST_BITS || bits > RSA_MOST_BITS)) {
        return macaw_fail(err, MACAW_EARG, 0, "key: RSA of %d bits, tickets take %d to %d", bits,
                          RSA_LEAST_BITS, RSA_MOST_BITS);
    }
    key->digest = digest_named(spec->alg);
    return MACAW_OK;
}

/* ---- spelling ---- */

static bool is_alnum(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The value of a capital hexadecimal digit, or -1. */
static int digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What login pages escape differs: letters and digits stand for themselves, escapes have
 * capital digits, a blank is "+" or escaped, and what a cookie cannot hold is escaped. */
static bool decode(macaw_session_attempt *a, macaw_str text, macaw_str *ret)
{
    char *out = macaw_session_take(&a->room, text.len);
    size_t len = 0;

    for (size_t i = 0; out != NULL && i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '%') {
            int high = text.len - i > 2 ? digit(text.data[i + 1]) : -1;
            int low = high >= 0 ? digit(text.data[i + 2]) : -1;
            if (low < 0) {
                return false;
            }
            c = (unsigned char)(high << 4 | low);
            if (c == 0 || is_alnum(c)) {
                return false;
            }
            i += 2;
        } else if (c == '+') {
            c = ' ';
        } else if (c <= ' ' || c >= 0x7f || strchr("\"\\,;", c) != NULL) {
            return false;
        }
        out[len++] = (char)c;
    }
    *ret = (macaw_str){out, len};
    return out != NULL;
}

static const char *find_mark(macaw_str text)
{
    return memmem(text.data, text.len, sig_mark, SIG_MARK_LEN);
}

static bool looks_like(const char *token, size_t len)
{
    static const char *const marks[] = {"uid=", "uid%3D", "uid%3d"};
    bool uid = false;

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        uid |= memmem(token, len, marks[i], strlen(marks[i])) != NULL;
    }
    return uid && memmem(token, len, "sig", 3) != NULL &&
           memmem(token, len, "validuntil", 10) != NULL;
}

/* ---- reading ---- */

/* A field into its part: false for one that was there. */
static bool take_field(macaw_session_frame *frame, macaw_str name, macaw_str value)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        macaw_str *part = &frame->part[FIELDS + i];
        if (strlen(names[i]) == name.len && memcmp(names[i], name.data, name.len) == 0) {
            bool first = part->data == NULL;
            *part = value;
            return first;
        }
    }
    return true;
}

static bool take_fields(macaw_session_frame *frame, macaw_str text)
{
    macaw_str field, rest = text, name, value;
    bool more = true;

    for (size_t i = 0; i < FIELD_COUNT; i++) {
        frame->part[FIELDS + i] = (macaw_str){NULL, 0};
    }
    while (more) {
        more = macaw_session_split(rest, ';', &field, &rest);
        if (!macaw_session_split(more ? field : rest, '=', &name, &value) ||
            !take_field(frame, name, value)) {
            return false;
        }
    }
    return true;
}

static macaw_session_reason read_token(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str text, coded, signature;

    if (!decode(a, a->token->text, &text)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "is not percent-encoded, or not in its one way");
    }
    const char *mark = text.len > 0 ? find_mark(text) : NULL;
    if (mark == NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "has no signature");
    }
    frame->part[SIGNED] = (macaw_str){text.data, (size_t)(mark - text.data)};
    coded = (macaw_str){mark + SIG_MARK_LEN, text.len - frame->part[SIGNED].len - SIG_MARK_LEN};
    if (!macaw_session_decode_b64(a, coded, &signature) || signature.len == 0 ||
        signature.len > sizeof frame->mac) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "signature: is no base64");
    }
    memcpy(frame->mac, signature.data, signature.len);
    frame->mac_len = signature.len;
    macaw_session_under(frame, frame->part[SIGNED].data, frame->part[SIGNED].len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_session_frame *frame = &a->frame;
    uint8_t digest[MACAW_MD_DIGEST_MAX];

    macaw_md_hash(key->digest, macaw_md_pick(key->digest, NULL, NULL), frame->under[0].data,
                  frame->under[0].len, digest);
    return macaw_signature_of_digest(key->pkey, key->digest, digest, frame->mac, frame->mac_len);
}

static macaw_session_reason check_address(macaw_session_attempt *a)
{
    const macaw_str *cip = &a->frame.part[FIELDS + CIP], *bind = &a->token->bind;

    if (cip->len == 0 || (cip->len == bind->len && memcmp(cip->data, bind->data, cip->len) == 0)) {
        return MACAW_SESSION_OK;
    }
    return macaw_session_refuse(a, MACAW_SESSION_MISMATCH,
                                bind->len == 0 ? "cip: bound to an address, and none is given"
                                               : "cip: bound to another address");
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_str *field = &a->frame.part[FIELDS];
    macaw_session_claims *claims = a->claims;

    (void)key;
    if (!take_fields(&a->frame, a->frame.part[SIGNED])) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "is not field=value, or a field occurs twice");
    }
    macaw_session_reason reason = check_address(a);
    if (reason != MACAW_SESSION_OK) {
        return reason;
    }
    claims->payload = field[UID];
    (void)macaw_session_value_subject(a);
    if (claims->subject.len == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "uid: is absent or no user's name");
    }
    claims->payload = field[UDATA];
    claims->data = field[TOKENS];
    if (field[VALIDUNTIL].data == NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_NO_EXPIRY, "validuntil: is absent");
    }
    if (!macaw_session_decimal(field[VALIDUNTIL], &claims->expires) || claims->expires == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT, "validuntil: is no number");
    }
    return MACAW_SESSION_OK;
}

/* The user is the subject, and no JSON is to be searched for another. */
static int settle(macaw_session_config *config, macaw_error *err)
{
    return config->subject == NULL
               ? MACAW_OK
               : macaw_fail(err, MACAW_EARG, 0, "subject: tickets hold no JSON");
}

const macaw_session_scheme macaw_session_auth_pubtkt = {
    .name = "auth-pubtkt",
    .about = "uid=...;validuntil=...;sig=b64(RSA or DSA), percent-encoded (mod_auth_pubtkt)",
    .flags = MACAW_SESSION_SIGNED | MACAW_SESSION_EXPIRES,
    .algs = algs,
    .looks_like = looks_like,
    .settle = settle,
    .expand = expand,
    .read = read_token,
    .authenticate = authenticate,
    .content = content,
};

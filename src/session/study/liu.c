/* Liu, Kovacs, Huang, Gouda: "A Secure Cookie Protocol" (2005):
 *   k = HMAC(sk, user "|" exp)
 *   user "|" exp "|" D "|" hex(HMAC(k, user "|" exp "|" data "|" sslkey))
 * where D is the data in clear ("liu") or encrypted under the same k
 * ("liu-sealed": AES-256-CTR, counter from zero, base64url). The MAC is over the
 * plaintext, so both carry the same one and equal data shows; two texts of one
 * user and expiry share a key stream. sslkey, the definition's client binding, is
 * what was to stop replays.
 *
 * "liu-salted" is what became of it in practice (Session::Storage::Secure,
 * protocol 2): a random salt in the place of the user, encrypt-then-MAC, no
 * sslkey:
 *   k = HMAC(sk, salt), b64u(salt) "~" exp "~" E "~" b64u(HMAC(k, exp "~" E)) "~2"
 *   E = b64u(AES-256-CBC of the content, IV = AES(k, first block of the salt)) */
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "base/random.h"
#include "session/study/text.h"

#define KEY_LEN  32
#define IV_LEN   16
#define SALT_LEN 32

static const char *const algs[] = {"hmac-sha256", NULL};

/* k, as bytes and expanded. */
typedef struct message_key {
    uint8_t bytes[KEY_LEN];
    macaw_key *mac;
} message_key;

static int derive(message_key *ret, const macaw_key *master, macaw_str from)
{
    const macaw_msg msg = {.data = from.data, .len = from.len};
    int status = macaw_tag(master, &msg, ret->bytes, KEY_LEN);

    ret->mac = NULL;
    return status == MACAW_OK
               ? macaw_key_new(&ret->mac, macaw_key_alg(master), ret->bytes, KEY_LEN, NULL)
               : status;
}

static void forget(message_key *k)
{
    macaw_key_free(k->mac);
    macaw_wipe(k, sizeof *k);
}

/* out has in.len + IV_LEN bytes of room; false also for wrong padding. */
static bool crypt(const EVP_CIPHER *cipher, bool encrypt, const uint8_t *key, const uint8_t *iv,
                  macaw_str in, char *out, size_t *out_len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0, last = 0;
    bool done =
        ctx != NULL && EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) == 1 &&
        EVP_CipherUpdate(ctx, (uint8_t *)out, &n, (const uint8_t *)in.data, (int)in.len) == 1 &&
        EVP_CipherFinal_ex(ctx, (uint8_t *)out + n, &last) == 1;

    EVP_CIPHER_CTX_free(ctx);
    *out_len = (size_t)(n + last);
    return done;
}

static const uint8_t zero_iv[IV_LEN];

/* ---- as in the paper ---- */

/* part: user, expiry, D; head is "user|expiry". */
static bool take_apart(macaw_str token, macaw_str part[3], macaw_str *head, macaw_str *mac)
{
    macaw_str rest, message;

    if (!macaw_session_rsplit(token, '|', &message, mac) ||
        !macaw_session_split(message, '|', &part[0], &rest) ||
        !macaw_session_split(rest, '|', &part[1], &part[2])) {
        return false;
    }
    *head = (macaw_str){token.data, part[0].len + 1 + part[1].len};
    return part[2].len == 0 || memchr(part[2].data, '|', part[2].len) == NULL;
}

static bool looks_like(const char *token, size_t len)
{
    macaw_str part[3], head, mac;
    int64_t time;

    return take_apart((macaw_str){token, len}, part, &head, &mac) &&
           macaw_session_decimal(part[1], &time) && mac.len == MACAW_HEX_LEN(KEY_LEN) &&
           macaw_hex_decode(NULL, mac.data, mac.len, NULL) == MACAW_OK;
}

static macaw_session_reason read_clear(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str mac;

    if (!take_apart(a->token->text, frame->part, &frame->part[3], &mac) ||
        !macaw_session_mac_hex(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not USER|EXPIRY|DATA|HEX");
    }
    frame->part[4] = frame->part[2];
    return MACAW_SESSION_OK;
}

static macaw_session_reason read_sealed(macaw_session_attempt *a)
{
    macaw_session_reason reason = read_clear(a);

    if (reason == MACAW_SESSION_OK &&
        !macaw_session_decode_b64u(a, a->frame.part[2], &a->frame.part[4])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "the data is no base64url");
    }
    return reason;
}

/* Where the data is sealed, it must be decrypted to be authenticated. */
static bool open_data(macaw_session_attempt *a, const message_key *k)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str sealed = frame->part[4];

    if ((a->session->config.scheme->flags & MACAW_SESSION_SEALED) == 0 || sealed.len == 0) {
        return true;
    }
    char *out = macaw_session_take(&a->room, sealed.len + IV_LEN);
    if (out == NULL ||
        !crypt(EVP_aes_256_ctr(), false, k->bytes, zero_iv, sealed, out, &frame->part[4].len)) {
        return false;
    }
    frame->part[4].data = out;
    return true;
}

static macaw_session_reason authenticate(macaw_session_attempt *a, const macaw_session_key *key)
{
    macaw_session_frame *frame = &a->frame;
    const macaw_str *head = &frame->part[3], *bind = &a->token->bind, sealed = frame->part[4];
    macaw_session_reason reason = MACAW_SESSION_INTERNAL;
    message_key k;

    if (frame->mac_len != KEY_LEN) {
        return MACAW_SESSION_ALGORITHM;
    }
    if (derive(&k, key->mac, *head) == MACAW_OK && open_data(a, &k)) {
        frame->under_count = 0;
        macaw_session_under(frame, head->data, head->len);
        macaw_session_under(frame, "|", 1);
        macaw_session_under(frame, frame->part[4].data, frame->part[4].len);
        macaw_session_under(frame, "|", 1);
        macaw_session_under(frame, bind->data, bind->len);
        reason = macaw_session_mac_matches(a, k.mac);
    }
    if (reason != MACAW_SESSION_OK) { /* another key is tried on what was sent */
        frame->part[4] = sealed;
    }
    forget(&k);
    return reason;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    if (!macaw_text_is_field(a->frame.part[0], "|") ||
        !macaw_session_decimal(a->frame.part[1], &a->claims->expires)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "no user between separators, or the expiry is no number");
    }
    a->claims->subject = a->frame.part[0];
    a->claims->payload = a->frame.part[4];
    return MACAW_SESSION_OK;
}

static int put_sealed(macaw_text *text, const message_key *k, macaw_str data)
{
    char sealed[MACAW_SESSION_TOKEN_MAX + IV_LEN], coded[MACAW_BASE64URL_LEN(sizeof sealed)];
    size_t len = 0;

    if (data.len > MACAW_SESSION_TOKEN_MAX) {
        return MACAW_ELIMIT;
    }
    if (data.len > 0 && !crypt(EVP_aes_256_ctr(), true, k->bytes, zero_iv, data, sealed, &len)) {
        return MACAW_ECRYPTO;
    }
    macaw_text_put(text, coded, macaw_base64_encode(MACAW_BASE64URL, coded, sealed, len));
    return MACAW_OK;
}

/* The MAC of the text so far with the plaintext in the place of D. */
static int put_mac(macaw_text *text, const message_key *k, size_t head_len,
                   const macaw_session_grant *grant)
{
    const macaw_part parts[] = {{text->out, head_len},
                                {"|", 1},
                                {grant->data.data, grant->data.len},
                                {"|", 1},
                                {grant->bind.data, grant->bind.len}};
    uint8_t tag[KEY_LEN];

    if (text->len > MACAW_SESSION_TOKEN_MAX) {
        return MACAW_ELIMIT;
    }
    int status = macaw_prf(k->mac, parts, sizeof parts / sizeof *parts, tag);
    if (status == MACAW_OK) {
        macaw_text_put(text, "|", 1);
        macaw_text_hex(text, tag, sizeof tag);
    }
    macaw_wipe(tag, sizeof tag);
    return status;
}

static int issue(const macaw_session *session, const macaw_session_key *key,
                 const macaw_session_grant *grant, char *out, size_t *out_len)
{
    bool sealed = (session->config.scheme->flags & MACAW_SESSION_SEALED) != 0;
    macaw_text text = {out, 0};
    message_key k;

    if (!macaw_text_is_field(grant->subject, "|") ||
        (!sealed && grant->data.len > 0 && !macaw_text_is_field(grant->data, "|"))) {
        return MACAW_EARG;
    }
    macaw_text_put(&text, grant->subject.data, grant->subject.len);
    macaw_text_format(&text, "|%lld", (long long)macaw_text_expiry(grant));
    size_t head_len = text.len;
    int status = derive(&k, key->mac, (macaw_str){out, head_len});
    macaw_text_put(&text, "|", 1);
    if (status == MACAW_OK && sealed) {
        status = put_sealed(&text, &k, grant->data);
    } else if (status == MACAW_OK) {
        macaw_text_put(&text, grant->data.data, grant->data.len);
    }
    if (status == MACAW_OK) {
        status = put_mac(&text, &k, head_len, grant);
    }
    forget(&k);
    return status == MACAW_OK ? macaw_text_end(&text, out_len) : status;
}

const macaw_session_scheme macaw_session_liu = {
    .name = "liu",
    .about = "USER|EXPIRY|DATA|hex(HMAC(k, USER|EXPIRY|DATA|sslkey)), k = HMAC(sk, USER|EXPIRY)",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES |
             MACAW_SESSION_DATA,
    .algs = algs,
    .looks_like = looks_like,
    .read = read_clear,
    .authenticate = authenticate,
    .content = content,
    .issue = issue,
};

const macaw_session_scheme macaw_session_liu_sealed = {
    .name = "liu-sealed",
    .about = "as liu, with AES-256-CTR(k, DATA) in base64url",
    .flags = MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES |
             MACAW_SESSION_SEALED | MACAW_SESSION_DATA,
    .algs = algs,
    .looks_like = looks_like,
    .read = read_sealed,
    .authenticate = authenticate,
    .content = content,
    .issue = issue,
};

/* ---- salted ---- */

/* part: salt, expiry, E, message, MAC. */
static bool take_salted(macaw_str token, macaw_str part[5])
{
    macaw_str rest, version;

    if (!macaw_session_split(token, '~', &part[0], &rest) ||
        !macaw_session_rsplit(rest, '~', &rest, &version) || version.len != 1 ||
        version.data[0] != '2' || !macaw_session_rsplit(rest, '~', &part[3], &part[4])) {
        return false;
    }
    return macaw_session_split(part[3], '~', &part[1], &part[2]) &&
           memchr(part[2].data, '~', part[2].len) == NULL;
}

static bool looks_salted(const char *token, size_t len)
{
    macaw_str part[5];

    return take_salted((macaw_str){token, len}, part) &&
           part[0].len == MACAW_BASE64URL_LEN(SALT_LEN) &&
           part[4].len == MACAW_BASE64URL_LEN(KEY_LEN);
}

static macaw_session_reason read_salted(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str salt, sealed;

    if (!take_salted(a->token->text, frame->part) ||
        !macaw_session_decode_b64u(a, frame->part[0], &salt) || salt.len != SALT_LEN ||
        !macaw_session_decode_b64u(a, frame->part[2], &sealed) ||
        !macaw_session_mac_b64u(frame, frame->part[4])) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not SALT~EXPIRY~E~MAC~2");
    }
    frame->part[0] = salt;
    frame->part[2] = sealed;
    macaw_session_under(frame, frame->part[3].data, frame->part[3].len);
    return MACAW_SESSION_OK;
}

static macaw_session_reason authenticate_salted(macaw_session_attempt *a,
                                                const macaw_session_key *key)
{
    macaw_session_reason reason = MACAW_SESSION_INTERNAL;
    message_key k;

    if (a->frame.mac_len != KEY_LEN) {
        return MACAW_SESSION_ALGORITHM;
    }
    if (derive(&k, key->mac, a->frame.part[0]) == MACAW_OK) {
        reason = macaw_session_mac_matches(a, k.mac);
    }
    forget(&k);
    return reason;
}

static bool crypt_salted(bool encrypt, const message_key *k, macaw_str salt, macaw_str in,
                         char *out, size_t *out_len)
{
    uint8_t iv[2 * IV_LEN];
    size_t iv_len;

    /* Two blocks come out because of padding; the first is the IV. */
    return crypt(EVP_aes_256_ecb(), true, k->bytes, NULL, (macaw_str){salt.data, IV_LEN},
                 (char *)iv, &iv_len) &&
           crypt(EVP_aes_256_cbc(), encrypt, k->bytes, iv, in, out, out_len);
}

static macaw_session_reason content_salted(macaw_session_attempt *a, const macaw_session_key *key)
{
    const macaw_str *part = a->frame.part;
    macaw_session_claims *claims = a->claims;
    bool opened = false;
    message_key k;
    size_t len = 0;
    char *out = macaw_session_take(&a->room, part[2].len + IV_LEN);

    if (out != NULL && derive(&k, key->mac, part[0]) == MACAW_OK) {
        opened = crypt_salted(false, &k, part[0], part[2], out, &len);
        forget(&k);
    }
    if (!opened || (part[1].len > 0 && !macaw_session_decimal(part[1], &claims->expires))) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "does not decrypt, or the expiry is no number");
    }
    claims->payload = (macaw_str){out, len};
    if (macaw_text_is_field(claims->payload, "")) {
        claims->subject = claims->payload;
    }
    return MACAW_SESSION_OK;
}

static void put_b64u(macaw_text *text, const void *data, size_t len)
{
    char coded[MACAW_BASE64URL_LEN(MACAW_SESSION_SUBJECT_MAX + 2 * IV_LEN)];

    macaw_text_put(text, coded, macaw_base64_encode(MACAW_BASE64URL, coded, data, len));
}

static int issue_salted(const macaw_session *session, const macaw_session_key *key,
                        const macaw_session_grant *grant, char *out, size_t *out_len)
{
    char salt[SALT_LEN], sealed[MACAW_SESSION_SUBJECT_MAX + 2 * IV_LEN];
    uint8_t tag[KEY_LEN];
    macaw_text text = {out, 0};
    message_key k;
    size_t len;

    (void)session;
    if (!macaw_text_is_field(grant->subject, "")) {
        return MACAW_EARG;
    }
    int status = macaw_random(salt, sizeof salt);
    if (status != MACAW_OK) {
        return status;
    }
    status = derive(&k, key->mac, (macaw_str){salt, sizeof salt});
    if (status == MACAW_OK &&
        !crypt_salted(true, &k, (macaw_str){salt, sizeof salt}, grant->subject, sealed, &len)) {
        status = MACAW_ECRYPTO;
    }
    if (status == MACAW_OK) {
        put_b64u(&text, salt, sizeof salt);
        macaw_text_put(&text, "~", 1);
        size_t from = text.len;
        macaw_text_format(&text, "%lld~", (long long)macaw_text_expiry(grant));
        put_b64u(&text, sealed, len);
        const macaw_msg msg = {.data = out + from, .len = text.len - from};
        status = macaw_tag(k.mac, &msg, tag, sizeof tag);
        macaw_text_put(&text, "~", 1);
        put_b64u(&text, tag, sizeof tag);
        macaw_text_put(&text, "~2", 2);
    }
    forget(&k);
    return status == MACAW_OK ? macaw_text_end(&text, out_len) : status;
}

const macaw_session_scheme macaw_session_liu_salted = {
    .name = "liu-salted",
    .about = "b64u(SALT)~EXPIRY~E~b64u(HMAC(k, EXPIRY~E))~2, k = HMAC(sk, SALT)",
    .flags =
        MACAW_SESSION_ISSUES | MACAW_SESSION_STUDY | MACAW_SESSION_EXPIRES | MACAW_SESSION_SEALED,
    .algs = algs,
    .looks_like = looks_salted,
    .read = read_salted,
    .authenticate = authenticate_salted,
    .content = content_salted,
    .issue = issue_salted,
};

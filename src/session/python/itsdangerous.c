/* itsdangerous 1.1 and later. Which of its classes made a token belongs to the
 * definition, never to the token, because tokens of one salt fit several:
 *
 *   itsdangerous            URLSafeTimedSerializer  [.]base64url(JSON).TIME.MAC
 *   itsdangerous-timestamp  TimestampSigner         VALUE.TIME.MAC
 *   itsdangerous-signer     Signer                  VALUE.MAC
 *
 * Signer and TimestampSigner share the key where nobody gave them salts of their own.
 * What ends like a time is therefore no value of a Signer here, and without a time
 * nothing is a TimestampSigner's; but who can have any string signed by the one can
 * still choose one that the other accepts. The serializer has its own default salt,
 * and is refused the one that the signers share. */
#include <string.h>

#include "base/codec.h"
#include "base/error.h"
#include "session/python/python.h"

#define SIGNER_SALT     "itsdangerous.Signer"
#define SERIALIZER_SALT "itsdangerous"

#define CLOCK_MIN INT64_C(1000000000) /* 2001-09-09 */
#define CLOCK_LEN 7                   /* characters of five bytes */

const char *const macaw_itsdangerous_algs[] = {"hmac-sha1", "hmac-sha256", "hmac-sha384",
                                               "hmac-sha512", NULL};

/* Base64url of a big-endian number without leading zero bytes. Those before 2001 are
 * refused: itsdangerous before 1.1 counted from 2011, and what any string that was
 * signed may end in is seldom a time of this century. */
static bool read_clock(macaw_str text, int64_t *ret)
{
    uint8_t bytes[CLOCK_LEN];
    size_t len;
    int64_t value = 0;

    if (text.len > CLOCK_LEN ||
        macaw_base64_decode(MACAW_BASE64URL, bytes, &len, text.data, text.len, NULL) != MACAW_OK) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        value = value << 8 | bytes[i];
    }
    *ret = value;
    return len > 0 && bytes[0] != 0 && value >= CLOCK_MIN && value <= MACAW_YEAR_9999;
}

macaw_session_reason macaw_itsdangerous_read(macaw_session_attempt *a)
{
    return macaw_python_read_timed(a, a->token->text, '.', read_clock);
}

static macaw_session_reason read_timed(macaw_session_attempt *a)
{
    return macaw_python_read_timed(a, macaw_python_unquote(a->token->text), '.', read_clock);
}

static macaw_session_reason read_untimed(macaw_session_attempt *a)
{
    macaw_session_frame *frame = &a->frame;
    macaw_str *value = &frame->part[MACAW_PYTHON_VALUE], mac, before, last;
    int64_t time;

    if (!macaw_session_rsplit(macaw_python_unquote(a->token->text), '.', value, &mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "is not VALUE.MAC");
    }
    if (macaw_session_rsplit(*value, '.', &before, &last) &&
        read_clock(last, &time)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "value ends in a time: signed by a TimestampSigner");
    }
    if (!macaw_session_mac_b64u(frame, mac)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "MAC: is not base64url in its one spelling");
    }
    macaw_session_under(frame, value->data, value->len);
    return MACAW_SESSION_OK;
}

/* ---- content ---- */

macaw_session_reason macaw_itsdangerous_json(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    return macaw_python_json(a, a->frame.part[MACAW_PYTHON_VALUE]);
}

static macaw_session_reason plain_content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->payload = a->frame.part[MACAW_PYTHON_VALUE];
    return macaw_session_value_subject(a);
}

static macaw_session_reason timed_content(macaw_session_attempt *a, const macaw_session_key *key)
{
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    return plain_content(a, key);
}

/* ---- keys ---- */

int macaw_itsdangerous_derive(const macaw_session *session, const macaw_alg *alg,
                              const void *secret, size_t secret_len, uint8_t *out, size_t *out_len)
{
    return macaw_python_signer_key(alg, session->config.salt, "", "", secret, secret_len, out,
                                   out_len);
}

static int settle_serializer(macaw_session_config *config, macaw_error *err)
{
    if (config->salt == NULL) {
        config->salt = SERIALIZER_SALT;
    }
    if (strcmp(config->salt, SIGNER_SALT) == 0) {
        return macaw_fail(err, MACAW_EARG, 0,
                          "salt: " SIGNER_SALT " belongs to signers of plain values: "
                          "use itsdangerous-timestamp or itsdangerous-signer");
    }
    return MACAW_OK;
}

static int settle_signer(macaw_session_config *config, macaw_error *err)
{
    (void)err;
    if (config->salt == NULL) {
        config->salt = SIGNER_SALT;
    }
    return MACAW_OK;
}

/* ---- shapes ---- */

bool macaw_itsdangerous_like(macaw_str text, macaw_str *value)
{
    macaw_str under, mac, time;
    int64_t ignored;

    return macaw_session_rsplit(text, '.', &under, &mac) && macaw_python_like_mac(mac) &&
           macaw_session_rsplit(under, '.', value, &time) &&
           read_clock(time, &ignored);
}

static bool like_serializer(const char *token, size_t len)
{
    macaw_str value;

    return macaw_itsdangerous_like((macaw_str){token, len}, &value) &&
           macaw_python_like_json(value, true);
}

static bool like_timestamp(const char *token, size_t len)
{
    macaw_str value;

    return macaw_itsdangerous_like(macaw_python_unquote((macaw_str){token, len}), &value);
}

static bool like_signer(const char *token, size_t len)
{
    macaw_str value, mac;

    return !like_timestamp(token, len) &&
           macaw_session_rsplit(macaw_python_unquote((macaw_str){token, len}), '.', &value, &mac) &&
           macaw_python_like_mac(mac);
}

const macaw_session_scheme macaw_session_itsdangerous = {
    .name = "itsdangerous",
    .about = "URLSafeTimedSerializer: [.]base64url(JSON).TIME.MAC, \".\" for zlib",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED | MACAW_SESSION_JSON,
    .algs = macaw_itsdangerous_algs,
    .looks_like = like_serializer,
    .settle = settle_serializer,
    .derive = macaw_itsdangerous_derive,
    .read = macaw_itsdangerous_read,
    .content = macaw_itsdangerous_json,
};

const macaw_session_scheme macaw_session_itsdangerous_timestamp = {
    .name = "itsdangerous-timestamp",
    .about = "TimestampSigner of itsdangerous: VALUE.TIME.MAC",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED,
    .algs = macaw_itsdangerous_algs,
    .default_subject = "",
    .looks_like = like_timestamp,
    .settle = settle_signer,
    .derive = macaw_itsdangerous_derive,
    .read = read_timed,
    .content = timed_content,
};

const macaw_session_scheme macaw_session_itsdangerous_signer = {
    .name = "itsdangerous-signer",
    .about = "Signer of itsdangerous: VALUE.MAC, without a time",
    .flags = MACAW_SESSION_DERIVES,
    .algs = macaw_itsdangerous_algs,
    .default_subject = "",
    .looks_like = like_signer,
    .settle = settle_signer,
    .derive = macaw_itsdangerous_derive,
    .read = read_untimed,
    .content = plain_content,
};

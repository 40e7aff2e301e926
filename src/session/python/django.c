/* django.core.signing: dumps, which the signed_cookies session backend uses as well,
 * and set_signed_cookie. The salt says what a token is for; the cookie's name is part
 * of it in the second. Times are base 62. MACs are HMAC-SHA-256 since Django 3.1 and
 * HMAC-SHA-1 before, as the key says. */
#include "session/python/python.h"

#define SESSION_COOKIE_AGE (14 * 86400)
#define CLOCK_LEN          7 /* digits up to the year 9999 */

static const char *const algs[] = {"hmac-sha256", "hmac-sha1", NULL};

/* 0-9A-Za-z without leading zeros. */
static bool read_clock(macaw_str text, int64_t *ret)
{
    int64_t value = 0;

    if (text.len == 0 || text.len > CLOCK_LEN || text.data[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'A' && c <= 'Z' ? c - 'A' + 10
                    : c >= 'a' && c <= 'z' ? c - 'a' + 36
                                           : -1;
        if (digit < 0) {
            return false;
        }
        value = value * 62 + digit;
    }
    *ret = value;
    return value <= MACAW_YEAR_9999;
}

static bool like_timed(macaw_str text, macaw_str *value)
{
    macaw_str under, mac, time;
    int64_t ignored;

    return macaw_session_rsplit(text, ':', &under, &mac) && macaw_python_like_mac(mac) &&
           macaw_session_rsplit(under, ':', value, &time) && read_clock(time, &ignored);
}

/* ---- signing.dumps ---- */

static int settle_dumps(macaw_session_config *config, macaw_error *err)
{
    (void)err;
    if (config->salt == NULL) {
        config->salt = "django.core.signing";
    }
    return MACAW_OK;
}

static int derive_dumps(const macaw_session *session, const macaw_alg *alg, const void *secret,
                        size_t secret_len, uint8_t *out, size_t *out_len)
{
    return macaw_python_signer_key(alg, session->config.salt, "", "", secret, secret_len, out,
                                   out_len);
}

static macaw_session_reason read_dumps(macaw_session_attempt *a)
{
    return macaw_python_read_timed(a, a->token->text, ':', read_clock);
}

static macaw_session_reason content_dumps(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    return macaw_python_json(a, a->frame.part[MACAW_PYTHON_VALUE]);
}

static bool like_dumps(const char *token, size_t len)
{
    macaw_str value;

    return like_timed((macaw_str){token, len}, &value) && macaw_python_like_json(value, true);
}

const macaw_session_scheme macaw_session_django = {
    .name = "django",
    .about = "Django's signing.dumps and signed_cookies sessions: [.]base64url(JSON):TIME:MAC",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED | MACAW_SESSION_JSON,
    .algs = algs,
    .default_max_age = SESSION_COOKIE_AGE,
    .default_subject = "/_auth_user_id",
    .looks_like = like_dumps,
    .settle = settle_dumps,
    .derive = derive_dumps,
    .read = read_dumps,
    .content = content_dumps,
};

/* ---- set_signed_cookie ---- */

static int settle_cookie(macaw_session_config *config, macaw_error *err)
{
    (void)err;
    if (config->salt == NULL) {
        config->salt = "";
    }
    return MACAW_OK;
}

/* The salt is the cookie's name with the application's own behind it. */
static int derive_cookie(const macaw_session *session, const macaw_alg *alg, const void *secret,
                         size_t secret_len, uint8_t *out, size_t *out_len)
{
    return macaw_python_signer_key(alg, session->config.cookie_name, session->config.salt,
                                   "django.http.cookies", secret, secret_len, out, out_len);
}

static macaw_session_reason read_cookie(macaw_session_attempt *a)
{
    return macaw_python_read_timed(a, macaw_python_unquote(a->token->text), ':', read_clock);
}

static macaw_session_reason content_cookie(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    a->claims->payload = a->frame.part[MACAW_PYTHON_VALUE];
    return macaw_session_value_subject(a);
}

static bool like_cookie(const char *token, size_t len)
{
    macaw_str value;

    return like_timed(macaw_python_unquote((macaw_str){token, len}), &value);
}

const macaw_session_scheme macaw_session_django_cookie = {
    .name = "django-cookie",
    .about = "Django's set_signed_cookie: VALUE:TIME:MAC",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED,
    .algs = algs,
    .default_subject = "",
    .looks_like = like_cookie,
    .settle = settle_cookie,
    .derive = derive_cookie,
    .read = read_cookie,
    .content = content_cookie,
};

/* Flask's session cookie: URLSafeTimedSerializer of itsdangerous with a salt, a key
 * derivation and a JSON of its own. What JSON lacks is in objects of one member whose
 * name begins with a space ({" u": "…"} is a UUID) and stays so in the payload. Flask
 * checks the age always, so there is no definition without. */
#include <string.h>

#include "base/error.h"
#include "session/python/python.h"

#define LIFETIME (31 * 86400) /* PERMANENT_SESSION_LIFETIME */

static int settle(macaw_session_config *config, macaw_error *err)
{
    if (config->salt == NULL) {
        config->salt = "cookie-session";
    }
    if (config->max_age < 0) {
        return macaw_fail(err, MACAW_EARG, 0, "max age: Flask always has one");
    }
    return MACAW_OK;
}

/* HMAC(secret, salt). */
static int derive(const macaw_session *session, const macaw_alg *alg, const void *secret,
                  size_t secret_len, uint8_t *out, size_t *out_len)
{
    const macaw_msg salt = {.data = session->config.salt, .len = strlen(session->config.salt)};
    macaw_key *key;
    int status = macaw_key_new(&key, alg, secret, secret_len, NULL);

    if (status != MACAW_OK) {
        return status;
    }
    status = macaw_tag(key, &salt, out, alg->tag_len);
    macaw_key_free(key);
    *out_len = alg->tag_len;
    return status;
}

static bool looks_like(const char *token, size_t len)
{
    macaw_str value;

    return macaw_itsdangerous_like((macaw_str){token, len}, &value) &&
           macaw_python_like_json(value, false);
}

const macaw_session_scheme macaw_session_flask = {
    .name = "flask",
    .about = "Flask's session: [.]base64url(JSON).TIME.MAC, \".\" for zlib",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED | MACAW_SESSION_JSON,
    .algs = macaw_itsdangerous_algs,
    .default_max_age = LIFETIME,
    .default_subject = "/_user_id", /* Flask-Login */
    .looks_like = looks_like,
    .settle = settle,
    .derive = derive,
    .read = macaw_itsdangerous_read,
    .content = macaw_itsdangerous_json,
};

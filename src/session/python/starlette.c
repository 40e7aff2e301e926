/* Starlette's SessionMiddleware, and so FastAPI's: a TimestampSigner of itsdangerous,
 * with its default salt, over base64 (with padding) of JSON. */
#include "session/python/python.h"

#define LIFETIME (14 * 86400)

static int settle(macaw_session_config *config, macaw_error *err)
{
    (void)err;
    if (config->salt == NULL) {
        config->salt = "itsdangerous.Signer";
    }
    return MACAW_OK;
}

static macaw_session_reason content(macaw_session_attempt *a, const macaw_session_key *key)
{
    (void)key;
    a->claims->issued = a->frame.number[MACAW_PYTHON_TIME];
    if (!macaw_session_decode_b64(a, a->frame.part[MACAW_PYTHON_VALUE], &a->claims->payload)) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is not base64 in its one spelling");
    }
    return macaw_session_json_subject(a);
}

static bool looks_like(const char *token, size_t len)
{
    macaw_str value;

    if (!macaw_itsdangerous_like((macaw_str){token, len}, &value) || value.len == 0 ||
        value.len % 4 != 0 || value.data[0] != 'e') {
        return false;
    }
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (c == '.' || c == '-' || c == '_') {
            return false;
        }
    }
    return true;
}

const macaw_session_scheme macaw_session_starlette = {
    .name = "starlette",
    .about = "Starlette's and FastAPI's session: base64(JSON).TIME.MAC",
    .flags = MACAW_SESSION_DERIVES | MACAW_SESSION_DATED | MACAW_SESSION_JSON,
    .algs = macaw_itsdangerous_algs,
    .default_max_age = LIFETIME,
    .looks_like = looks_like,
    .settle = settle,
    .derive = macaw_itsdangerous_derive,
    .read = macaw_itsdangerous_read,
    .content = content,
};

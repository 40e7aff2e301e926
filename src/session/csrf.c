/* Tokens against cross-site requests: key id, 14 random bytes, and an HMAC of both
 * and the session id. The random bytes make each text another one, so that its
 * compressed length in a page tells nothing about the next. */
#include <string.h>

#include "base/codec.h"
#include "base/random.h"
#include "session/scheme.h"

#define KID_LEN   2
#define SALT_LEN  14
#define MAC_LEN   32
#define HEAD_LEN  (KID_LEN + SALT_LEN)
#define TOKEN_LEN (HEAD_LEN + MAC_LEN)

_Static_assert(MACAW_BASE64URL_LEN(TOKEN_LEN) == MACAW_CSRF_LEN, "no spare bits");

static unsigned number_of(const macaw_session_key *key)
{
    int64_t number = 0;

    (void)macaw_session_decimal((macaw_str){key->life.kid, strlen(key->life.kid)}, &number);
    return (unsigned)number;
}

/* The first key that may make tokens now; to read them (named >= 0) the one of that
 * number. */
static const macaw_session_key *choose(const macaw_session *session, int64_t now, int named)
{
    for (size_t i = 0; i < session->key_count; i++) {
        const macaw_session_key *key = &session->keys[i];
        macaw_key_state state = macaw_entry_state(&key->life, now);
        bool fits = named < 0 ? state == MACAW_ACTIVE
                              : (unsigned)named == number_of(key) &&
                                    (state == MACAW_ACTIVE || state == MACAW_VERIFY);
        if (key->csrf != NULL && fits) {
            return key;
        }
    }
    return NULL;
}

int macaw_csrf_issue(const macaw_session *session, const uint8_t sid[MACAW_SESSION_SID_LEN],
                     int64_t now, char out[MACAW_CSRF_LEN + 1])
{
    const macaw_session_key *key = choose(session, now, -1);
    uint8_t token[TOKEN_LEN];
    const macaw_part parts[] = {{token, HEAD_LEN}, {sid, MACAW_SESSION_SID_LEN}};

    if (key == NULL) {
        return MACAW_ENOTFOUND;
    }
    unsigned number = number_of(key);
    token[0] = (uint8_t)(number >> 8);
    token[1] = (uint8_t)number;
    int status = macaw_random(token + KID_LEN, SALT_LEN);
    if (status == MACAW_OK) {
        status = macaw_prf(key->csrf, parts, 2, token + HEAD_LEN);
    }
    if (status == MACAW_OK) {
        (void)macaw_base64_encode(MACAW_BASE64URL, out, token, sizeof token);
        out[MACAW_CSRF_LEN] = '\0';
    }
    return status;
}

int macaw_csrf_check(const macaw_session *session, const uint8_t sid[MACAW_SESSION_SID_LEN],
                     int64_t now, const char *token, size_t len)
{
    uint8_t raw[TOKEN_LEN], message[HEAD_LEN + MACAW_SESSION_SID_LEN];
    const macaw_msg msg = {.data = message, .len = sizeof message};
    size_t raw_len;

    if (len != MACAW_CSRF_LEN ||
        macaw_base64_decode(MACAW_BASE64URL, raw, &raw_len, token, len, NULL) != MACAW_OK) {
        return MACAW_EFORMAT;
    }
    const macaw_session_key *key = choose(session, now, raw[0] << 8 | raw[1]);
    if (key == NULL) {
        return MACAW_EFORGED;
    }
    memcpy(message, raw, HEAD_LEN);
    memcpy(message + HEAD_LEN, sid, MACAW_SESSION_SID_LEN);
    return macaw_verify(key->csrf, &msg, raw + HEAD_LEN, MAC_LEN);
}

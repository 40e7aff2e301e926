/* Reading a token without any key: what is found is what anybody can have written. */
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "cookie/inspect.h"
#include "session/sc1.h"

/* Of encrypted content only what stands beside it. A wrong key decrypts to nonsense. */
static void read_sealed(macaw_session_attempt *a)
{
    const macaw_session *session = a->session;
    const macaw_session_scheme *scheme = session->config.scheme;

    if ((scheme->flags & MACAW_SESSION_NATIVE) != 0) {
        (void)macaw_sc1_header(a);
    } else if ((scheme->flags & MACAW_SESSION_STUDY) != 0 && session->key_count > 0) {
        (void)scheme->content(a, session->keys);
        a->claims->payload = a->claims->data = (macaw_str){NULL, 0};
        a->claims->detail[0] = '\0';
    }
}

bool cookie_peek(const macaw_session *session, const macaw_session_token *token, int64_t now,
                 void *work, macaw_session_claims *claims)
{
    const macaw_session_scheme *scheme = session->config.scheme;
    const macaw_session_key none = {.secret_len = 0};
    macaw_session_attempt a;

    memset(claims, 0, sizeof *claims);
    memset(&a, 0, sizeof a);
    a.session = session;
    a.token = token;
    a.now = now;
    a.room = (macaw_session_room){work, MACAW_SESSION_WORK};
    a.claims = claims;
    claims->reason = scheme->read(&a);
    if (claims->reason != MACAW_SESSION_OK) {
        return false;
    }
    if (a.frame.kid.len <= MACAW_KID_MAX) {
        memcpy(claims->kid, a.frame.kid.data != NULL ? a.frame.kid.data : "", a.frame.kid.len);
    }
    if ((scheme->flags & MACAW_SESSION_SEALED) != 0) {
        read_sealed(&a);
        return true;
    }
    if (scheme->authenticate != NULL && session->key_count > 0) {
        (void)scheme->authenticate(&a, session->keys); /* some find their fields only there */
        claims->detail[0] = '\0';
    }
    claims->reason = scheme->content(&a, session->key_count > 0 ? session->keys : &none);
    return claims->reason == MACAW_SESSION_OK || claims->reason == MACAW_SESSION_VERIFIER ||
           claims->reason == MACAW_SESSION_NO_EXPIRY;
}

/* The secret of a JWT in a file may be of HS256, HS384 or HS512: the file does not say,
 * so the token does. Never of a signature: a public key is no secret. */
static void name_alg(const cookie_args *args, macaw_str token, cookie_key *key)
{
    static const char *const algs[][2] = {
        {"HS256", "hmac-sha256"}, {"HS384", "hmac-sha384"}, {"HS512", "hmac-sha512"}};
    const char *dot = memchr(token.data, '.', token.len);
    size_t len = dot != NULL ? (size_t)(dot - token.data) : 0;
    char header[MACAW_SESSION_TOKEN_MAX], alg[16];
    size_t header_len, alg_len;

    if (args->alg != NULL || args->digest != NULL || cookie_key_is_pem(key) ||
        macaw_base64_decode(MACAW_BASE64URL, (uint8_t *)header, &header_len, token.data, len,
                            NULL) != MACAW_OK ||
        macaw_session_member((macaw_str){header, header_len}, "/alg", alg, sizeof alg, &alg_len) !=
            MACAW_OK) {
        return;
    }
    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        if (strlen(algs[i][0]) == alg_len && memcmp(alg, algs[i][0], alg_len) == 0) {
            key->alg = algs[i][1];
        }
    }
}

void cookie_name_key(const cookie_args *args, const macaw_session_scheme *scheme,
                     const macaw_session_token *token, cookie_key *key)
{
    const macaw_session_config config = {.scheme = scheme};
    macaw_session_claims claims;
    macaw_session *session;

    if (key->alg != NULL || (scheme->flags & MACAW_SESSION_KEY_IDS) == 0 ||
        (scheme->flags & MACAW_SESSION_NATIVE) != 0 || token->text.len == 0 ||
        token->text.len > MACAW_SESSION_TOKEN_MAX) {
        return;
    }
    void *work = malloc(MACAW_SESSION_WORK);
    if (work != NULL && macaw_session_new(&session, &config, NULL) == MACAW_OK) {
        (void)cookie_peek(session, token, args->now, work, &claims);
        if (args->kid == NULL) {
            memcpy(key->kid, claims.kid, sizeof key->kid);
        }
        macaw_session_free(session);
    }
    free(work);
    if (strcmp(scheme->name, "jwt") == 0) {
        name_alg(args, token->text, key);
    }
}

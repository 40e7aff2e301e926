/* The keys of a keyring for a session. */
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "base/error.h"
#include "key/secret.h"
#include "session/scheme.h"

static bool suits(const macaw_session_scheme *scheme, const char *alg)
{
    for (size_t i = 0; scheme->algs[i] != NULL; i++) {
        if (strcmp(scheme->algs[i], alg) == 0) {
            return true;
        }
    }
    return false;
}

/* What a keyring holds is the derived key where a scheme derives. */
static macaw_session_key_form secret_form(const macaw_session_scheme *scheme)
{
    return (scheme->flags & MACAW_SESSION_DERIVES) != 0 ? MACAW_SESSION_KEY_DERIVED
                                                        : MACAW_SESSION_KEY_RAW;
}

static int refuse_insecure(const char *kid, macaw_error *err)
{
    return macaw_fail(err, MACAW_EWEAK, 0, "key %s: is marked as insecure", kid);
}

static int add_entry(macaw_session *session, const macaw_keyring *ring, const macaw_entry *entry,
                     macaw_error *err)
{
    uint8_t *secret = malloc(entry->secret_len);
    const macaw_session_key_spec spec = {
        .kid = entry->kid,
        .form = secret_form(session->config.scheme),
        .alg = entry->alg->name,
        .secret = secret,
        .secret_len = entry->secret_len,
        .state = entry->state,
        .iat = entry->iat,
        .nbf = entry->nbf,
        .sign_until = entry->sign_until,
        .exp = entry->exp,
    };

    if (secret == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    int status = macaw_keyring_secret(ring, entry, secret, entry->secret_len);
    status = status == MACAW_OK
                 ? macaw_session_add_key(session, &spec, err)
                 : macaw_fail(err, status, 0, "key %s: %s", entry->kid, macaw_strerror(status));
    macaw_wipe(secret, entry->secret_len);
    free(secret);
    return status;
}

/* A private key only where it is used: who verifies holds none. */
static macaw_session_key_form jwk_form(const macaw_session_scheme *scheme, const macaw_jwk *jwk)
{
    if (jwk->is_secret) {
        return secret_form(scheme);
    }
    return jwk->has_private && scheme->issue != NULL ? MACAW_SESSION_KEY_PRIVATE
                                                     : MACAW_SESSION_KEY_PUBLIC;
}

static int add_jwk(macaw_session *session, const macaw_keyring *ring, const macaw_jwk *jwk,
                   macaw_error *err)
{
    uint8_t bytes[MACAW_JWK_BYTES_MAX];
    macaw_session_key_spec spec = {
        .kid = jwk->kid,
        .form = jwk_form(session->config.scheme, jwk),
        .alg = jwk->alg,
        .secret = bytes,
        .state = jwk->state,
        .iat = jwk->iat,
        .nbf = jwk->nbf,
        .sign_until = jwk->sign_until,
        .exp = jwk->exp,
    };
    bool private_part = spec.form != MACAW_SESSION_KEY_PUBLIC;
    int status = macaw_keyring_jwk_bytes(ring, jwk, private_part, bytes, &spec.secret_len);

    status = status == MACAW_OK
                 ? macaw_session_add_key(session, &spec, err)
                 : macaw_fail(err, status, 0, "key %s: %s", jwk->kid, macaw_strerror(status));
    macaw_wipe(bytes, sizeof bytes);
    return status;
}

static int add_entries(macaw_session *session, const macaw_keyring *ring, const char *use,
                       macaw_error *err)
{
    const macaw_entry *entry;
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && (entry = macaw_keyring_at(ring, i)) != NULL; i++) {
        if (strcmp(entry->use, use) == 0 && suits(session->config.scheme, entry->alg->name)) {
            status = entry->insecure ? refuse_insecure(entry->kid, err)
                                     : add_entry(session, ring, entry, err);
        }
    }
    return status;
}

static int add_jwks(macaw_session *session, const macaw_keyring *ring, const char *use,
                    macaw_error *err)
{
    const macaw_jwk *jwk;
    int status = MACAW_OK;

    for (size_t i = 0; status == MACAW_OK && (jwk = macaw_keyring_jwk_at(ring, i)) != NULL; i++) {
        if (strcmp(jwk->use, use) == 0 && suits(session->config.scheme, jwk->alg)) {
            status =
                jwk->insecure ? refuse_insecure(jwk->kid, err) : add_jwk(session, ring, jwk, err);
        }
    }
    return status;
}

int macaw_session_add_keyring(macaw_session *session, const macaw_keyring *ring, const char *use,
                              macaw_error *err)
{
    size_t before = session->key_count;
    int status = add_entries(session, ring, use, err);

    if (status == MACAW_OK) {
        status = add_jwks(session, ring, use, err);
    }
    if (status == MACAW_OK && session->key_count == before) {
        return macaw_fail(err, MACAW_ENOTFOUND, 0, "the keyring has no key for %s that %s takes",
                          use, session->config.scheme->name);
    }
    return status;
}

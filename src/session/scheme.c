/* Every session scheme, and nothing else that knows them all. */
#include "session/scheme.h"

#include <string.h>

static const macaw_session_scheme *const schemes[] = {
    &macaw_session_sc1_mac,
    &macaw_session_sc1_aead,
    &macaw_session_sc1_ed25519,
    &macaw_session_sc1_handle,
    &macaw_session_plain,
    &macaw_session_nested_php,
    &macaw_session_fu,
    &macaw_session_liu,
    &macaw_session_liu_sealed,
    &macaw_session_liu_salted,
    &macaw_session_murdoch,
    &macaw_session_username_tag,
    &macaw_session_token_pair,
    &macaw_session_flask,
    &macaw_session_itsdangerous,
    &macaw_session_itsdangerous_timestamp,
    &macaw_session_itsdangerous_signer,
    &macaw_session_starlette,
    &macaw_session_django,
    &macaw_session_django_cookie,
    &macaw_session_rails_signed,
    &macaw_session_rails_encrypted,
    &macaw_session_express,
    &macaw_session_cookie_session,
    &macaw_session_tornado,
    &macaw_session_gorilla,
    &macaw_session_jwt,
    &macaw_session_paseto_v4_public,
    &macaw_session_auth_tkt,
    &macaw_session_auth_pubtkt,
};

const macaw_session_scheme *macaw_session_scheme_at(size_t i)
{
    return i < sizeof schemes / sizeof *schemes ? schemes[i] : NULL;
}

const macaw_session_scheme *macaw_session_scheme_find(const char *name)
{
    const macaw_session_scheme *scheme;

    for (size_t i = 0; (scheme = macaw_session_scheme_at(i)) != NULL; i++) {
        if (strcmp(scheme->name, name) == 0) {
            return scheme;
        }
    }
    return NULL;
}

const char *macaw_session_scheme_name(const macaw_session_scheme *scheme)
{
    return scheme->name;
}

unsigned macaw_session_scheme_flags(const macaw_session_scheme *scheme)
{
    return scheme->flags;
}

const char *macaw_session_scheme_about(const macaw_session_scheme *scheme)
{
    return scheme->about;
}

bool macaw_session_looks_like(const macaw_session_scheme *scheme, const char *token, size_t len)
{
    return len > 0 && len <= MACAW_SESSION_TOKEN_MAX && scheme->looks_like(token, len);
}

static const char *const reasons[] = {
    [MACAW_SESSION_OK] = "ok",
    [MACAW_SESSION_MISSING] = "missing",
    [MACAW_SESSION_MALFORMED] = "malformed",
    [MACAW_SESSION_UNKNOWN_KEY] = "unknown-key",
    [MACAW_SESSION_KEY_STATE] = "key-state",
    [MACAW_SESSION_ALGORITHM] = "algorithm",
    [MACAW_SESSION_MISMATCH] = "mismatch",
    [MACAW_SESSION_CONTENT] = "content",
    [MACAW_SESSION_NO_EXPIRY] = "no-expiry",
    [MACAW_SESSION_EARLY] = "early",
    [MACAW_SESSION_EXPIRED] = "expired",
    [MACAW_SESSION_ENDED] = "ended",
    [MACAW_SESSION_VERIFIER] = "verifier",
    [MACAW_SESSION_REVOKED] = "revoked",
    [MACAW_SESSION_UNKNOWN] = "unknown-session",
    [MACAW_SESSION_INTERNAL] = "internal",
};

const char *macaw_session_reason_name(macaw_session_reason reason)
{
    return (size_t)reason < sizeof reasons / sizeof *reasons ? reasons[reason] : "unknown";
}

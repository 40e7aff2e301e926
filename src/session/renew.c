/* What a renewed token says. */
#include "session/scheme.h"

static int64_t lesser(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the session ends whatever renewal does, 0 if never. What has no cap, but a
 * date of its own, must not outlive that. */
static int64_t end_of(const macaw_session_claims *claims)
{
    return claims->cap != 0 ? claims->cap : claims->expires;
}

int macaw_session_renew(const macaw_session_claims *claims, int64_t now, int64_t ttl,
                        macaw_session_grant *ret)
{
    int64_t login = claims->login != 0 ? claims->login : claims->issued != 0 ? claims->issued : now;
    int64_t end = end_of(claims);

    if (claims->reason != MACAW_SESSION_OK || !claims->has_sid || ttl < 1 ||
        ttl > MACAW_SESSION_TTL_MAX || now < login || now - login >= MACAW_SESSION_TTL_MAX ||
        (end != 0 && end <= now)) {
        return MACAW_EARG;
    }
    int64_t lifetime = end != 0 ? lesser(end - login, MACAW_SESSION_TTL_MAX) : 0;
    *ret = (macaw_session_grant){
        .subject = claims->subject,
        .login = login,
        .issued = now,
        .ttl = lifetime != 0 ? lesser(ttl, lifetime) : ttl,
        .lifetime = lifetime,
        .generation = claims->generation,
        .sid = claims->sid,
        .data = claims->data,
        .chain = claims->has_chain ? claims->chain : NULL,
        .handle = (const uint8_t *)claims->handle_secret.data,
    };
    return MACAW_OK;
}

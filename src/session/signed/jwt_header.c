/* The header of a JWT: JWS (RFC 7515 section 4). What would point to another key (jwk,
 * jku, x5u, x5c) is not looked at. */
#include <string.h>
#include <strings.h>

#include "session/signed/claims.h"
#include "session/signed/jwt.h"

static const char *const names[MACAW_JWT_ALG_COUNT] = {
    [MACAW_JWT_HS256] = "HS256", [MACAW_JWT_HS384] = "HS384", [MACAW_JWT_HS512] = "HS512",
    [MACAW_JWT_EDDSA] = "EdDSA", [MACAW_JWT_ES256] = "ES256", [MACAW_JWT_RS256] = "RS256",
};

const char *macaw_jwt_alg_name(macaw_jwt_alg alg)
{
    return names[alg];
}

static macaw_session_reason read_alg(macaw_session_attempt *a, const macaw_claims_set *header,
                                     macaw_jwt_alg *ret)
{
    macaw_str alg;

    if (macaw_claims_string(a, header, "alg", &alg) != MACAW_SESSION_OK || alg.data == NULL) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "header: names no algorithm");
    }
    for (size_t i = 0; i < MACAW_JWT_ALG_COUNT; i++) {
        if (strlen(names[i]) == alg.len && memcmp(names[i], alg.data, alg.len) == 0) {
            *ret = (macaw_jwt_alg)i;
            return MACAW_SESSION_OK;
        }
    }
    if (alg.len == 4 && strncasecmp(alg.data, "none", 4) == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_ALGORITHM, "header: unsigned (alg none)");
    }
    return macaw_session_refuse(a, MACAW_SESSION_ALGORITHM,
                                "header: alg is none of HS256 HS384 HS512 EdDSA ES256 RS256");
}

static macaw_session_reason read_kid(macaw_session_attempt *a, const macaw_claims_set *header)
{
    if (macaw_claims_string(a, header, "kid", &a->frame.kid) != MACAW_SESSION_OK ||
        (a->frame.kid.data != NULL && a->frame.kid.len == 0)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "header: kid names nothing");
    }
    return MACAW_SESSION_OK;
}

/* Members that change what the token means, in ways that are not followed here. */
static macaw_session_reason refuse_meanings(macaw_session_attempt *a,
                                            const macaw_claims_set *header)
{
    static const struct {
        const char *name, *why;
    } all[] = {
        {"enc", "header: enc: encrypted tokens (JWE) are not read"},
        {"crit", "header: crit: demands extensions"},
        {"b64", "header: b64: changes how content is signed (RFC 7797)"},
    };
    macaw_str cty;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (macaw_claims_get(header, all[i].name) != NULL) {
            return macaw_session_refuse(a, MACAW_SESSION_MALFORMED, "%s", all[i].why);
        }
    }
    if (macaw_claims_string(a, header, "cty", &cty) != MACAW_SESSION_OK ||
        (cty.len == 3 && strncasecmp(cty.data, "JWT", 3) == 0)) {
        return macaw_session_refuse(a, MACAW_SESSION_MALFORMED,
                                    "header: cty: holds another token, which is not opened");
    }
    return MACAW_SESSION_OK;
}

macaw_session_reason macaw_jwt_header(macaw_session_attempt *a, macaw_str header,
                                      macaw_jwt_alg *ret)
{
    macaw_claims_set set;

    if (!macaw_claims_split(header, &set)) {
        return macaw_session_refuse(
            a, MACAW_SESSION_MALFORMED,
            "header is no JSON object of up to 64 members, or one occurs twice");
    }
    macaw_session_reason reason = refuse_meanings(a, &set);
    if (reason == MACAW_SESSION_OK) {
        reason = read_alg(a, &set, ret);
    }
    return reason == MACAW_SESSION_OK ? read_kid(a, &set) : reason;
}

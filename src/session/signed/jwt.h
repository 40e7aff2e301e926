#ifndef MACAW_SESSION_JWT_H
#define MACAW_SESSION_JWT_H

#include "session/scheme.h"

/* Algorithms by number, so that a token's and a key's compare. */
typedef enum macaw_jwt_alg {
    MACAW_JWT_HS256,
    MACAW_JWT_HS384,
    MACAW_JWT_HS512,
    MACAW_JWT_EDDSA,
    MACAW_JWT_ES256,
    MACAW_JWT_RS256,
    MACAW_JWT_ALG_COUNT
} macaw_jwt_alg;

/* "HS256" .. "RS256". */
const char *macaw_jwt_alg_name(macaw_jwt_alg alg);

/* Read a JOSE header, decoded: its algorithm, and the key it names into frame.kid.
 * OK, MALFORMED or ALGORITHM. */
macaw_session_reason macaw_jwt_header(macaw_session_attempt *a, macaw_str header,
                                      macaw_jwt_alg *ret);

#endif

/* Keys that are no MACs, as members of a keyring, for tests. */
#ifndef MACAW_TESTS_KEYRING_JWK_WORLD_H
#define MACAW_TESTS_KEYRING_JWK_WORLD_H

#include "keyring_world.h"

/* RFC 8037 appendix A.1 and A.3 */
#define ED_D          "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define ED_X          "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED_THUMBPRINT "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
/* RFC 7515 appendix A.3 */
#define EC_X "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC_Y "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
/* RFC 7638 section 3.1 */
#define RSA_N                                                                                      \
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP" \
    "ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY" \
    "368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0f" \
    "M4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define RSA_THUMBPRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
/* A modulus of 1024 bits. */
#define RSA_SHORT                                                                                  \
    "xXx2nznYZEGZwOW9vPvIWzfOkcveH8Gw6mtE8TBDbdcp_mm9nozrpqB9HewlsbCH7-JsB_8NIdfbCzN3dzilxnTTf_"   \
    "E26sE_VTIjpjhBRg07aqHmjWgnKPYQ-xx_2S1fougUeABxUt6oZR8_zll5YWjpM4uH_hoaRc_tklkj1D8"

#define OTHER(kid, members) "{\"kid\":\"" kid "\",\"use\":\"session\"," members "}"
#define ED(kid, x, more)    OTHER(kid, "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" x "\"" more)
#define EC(kid, x, y, more)                                                                        \
    OTHER(kid, "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" x "\",\"y\":\"" y "\"" more)
#define RSA(kid, n, e, more) OTHER(kid, "\"kty\":\"RSA\",\"n\":\"" n "\",\"e\":\"" e "\"" more)
#define GCM(kid, k, more)    OTHER(kid, "\"kty\":\"oct\",\"alg\":\"A256GCM\",\"k\":\"" k "\"" more)
#define ED_PAIR(kid)         ED(kid, ED_X, ",\"d\":\"" ED_D "\",\"insecure\":true")

/* The only key of a ring. */
static inline const macaw_jwk *only(const macaw_keyring *ring)
{
    assert_int_equal(macaw_keyring_size(ring), 0);
    assert_int_equal(macaw_keyring_jwk_size(ring), 1);
    assert_null(macaw_keyring_jwk_at(ring, 1));
    return macaw_keyring_jwk_at(ring, 0);
}

#endif

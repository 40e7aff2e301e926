#include "prim/ed25519.h"

#include <openssl/bn.h>
#include <string.h>

static const char field[] = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
static const char curve_d[] = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

typedef struct numbers {
    BN_CTX *ctx;
    BIGNUM *p, *d, *y, *s, *u, *v;
} numbers;

/* With s = y^2 the curve is x^2 = (s - 1) / (d s + 1), whose denominator is never
 * 0: a y belongs to a point if that is a square, or likewise the product. Of small
 * order are the points with y = 0, 1 or -1, and those whose double has y = 0, where
 * x^2 = -s, so that d s^2 + 2 s - 1 = 0. -1: libcrypto failed. */
static int judge(numbers *n)
{
    BIGNUM *small = n->s;

    if (!BN_mod_sqr(n->s, n->y, n->p, n->ctx) ||
        !BN_mod_sub(n->u, n->s, BN_value_one(), n->p, n->ctx) ||
        !BN_mod_mul(n->v, n->d, n->s, n->p, n->ctx)) {
        return -1;
    }
    if (BN_is_zero(n->y)) {
        return 0;
    }
    /* d s^2 + 2 s - 1 = (v + 1) s + u */
    if (!BN_add_word(n->v, 1) || !BN_mod_mul(small, n->v, n->s, n->p, n->ctx) ||
        !BN_mod_add(small, small, n->u, n->p, n->ctx)) {
        return -1;
    }
    if (BN_is_zero(small) || !BN_mod_mul(n->u, n->u, n->v, n->p, n->ctx)) {
        return BN_is_zero(small) ? 0 : -1;
    }
    int square = BN_kronecker(n->u, n->p, n->ctx); /* 0 for y = 1 and -1 */
    return square < -1 ? -1 : square == 1;
}

static int check(numbers *n, const uint8_t key[32])
{
    uint8_t y[32];

    memcpy(y, key, sizeof y);
    y[31] &= 0x7f;
    BN_CTX_start(n->ctx);
    n->y = BN_CTX_get(n->ctx);
    n->s = BN_CTX_get(n->ctx);
    n->u = BN_CTX_get(n->ctx);
    n->v = BN_CTX_get(n->ctx);
    int ok = -1;
    if (n->v != NULL && BN_lebin2bn(y, sizeof y, n->y) != NULL) {
        ok = BN_cmp(n->y, n->p) < 0 ? judge(n) : 0;
    }
    BN_CTX_end(n->ctx);
    return ok < 0 ? MACAW_ENOMEM : ok == 1 ? MACAW_OK : MACAW_EFORMAT;
}

int macaw_ed25519_check(const uint8_t key[32])
{
    numbers n = {.ctx = BN_CTX_new()};
    int status = MACAW_ENOMEM;

    if (n.ctx != NULL && BN_hex2bn(&n.p, field) != 0 && BN_hex2bn(&n.d, curve_d) != 0) {
        status = check(&n, key);
    }
    BN_free(n.p);
    BN_free(n.d);
    BN_CTX_free(n.ctx);
    return status;
}

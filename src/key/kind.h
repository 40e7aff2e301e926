/* Kinds of keys that are no MACs: one row and one file each. */
#ifndef MACAW_KEY_KIND_H
#define MACAW_KEY_KIND_H

#include <jansson.h>
#include <openssl/evp.h>

#include "key/entry.h"

/* A key out of its spelling, in order as far as its kind can tell. */
typedef struct macaw_jwk_material {
    EVP_PKEY *pkey;     /* NULL: a cipher key */
    uint8_t secret[32]; /* cipher key, or private key of Ed25519 */
    bool has_private;
} macaw_jwk_material;

void macaw_jwk_material_clear(macaw_jwk_material *material);

typedef struct macaw_jwk_kind {
    const char *alg, *kty;
    const char *crv;               /* NULL: its kty has none */
    const char *const *thumbprint; /* members RFC 7638 hashes, in its order; NULL: a secret */

    /* Out of a member of a JWK Set, the names of its kind being right. */
    int (*read)(macaw_jwk_material *ret, const json_t *jwk, const macaw_entry_site *site);
    /* Out of the bytes of a specification. */
    int (*take)(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const macaw_entry_site *site);
    /* A fresh one. NULL: macaw only verifies with it. */
    int (*fresh)(macaw_jwk_material *ret);
    /* The members that hold the key, but not kty and crv. */
    int (*describe)(json_t *jwk, const macaw_jwk_material *material);
    /* As macaw_keyring_jwk_bytes; the part that is wanted is there. */
    int (*bytes)(const macaw_jwk_material *material, bool private_part, uint8_t *out,
                 size_t *out_len);
} macaw_jwk_kind;

extern const macaw_jwk_kind macaw_jwk_eddsa, macaw_jwk_es256, macaw_jwk_rs256, macaw_jwk_a256gcm;

/* NULL: none of that alg. */
const macaw_jwk_kind *macaw_jwk_kind_find(const char *alg);

/* The kind of a member of a JWK Set, NULL for one that macaw leaves alone: of another
 * kind, or without a kid and a use of macaw's spelling. */
const macaw_jwk_kind *macaw_jwk_kind_of(const json_t *jwk);

/* Check what kinds have in common, and fill the size, the fingerprint and
 * has_private of ret. jwk has the members of describe. */
int macaw_jwk_judge(macaw_jwk *ret, const macaw_jwk_kind *kind, const macaw_jwk_material *material,
                    const json_t *jwk, const macaw_entry_site *site) MACAW_MUST_USE;

/* A public key of the named type in PEM; why says what it must be. For kinds. */
int macaw_jwk_take_pem(macaw_jwk_material *ret, const macaw_jwk_spec *spec, const char *type,
                       const macaw_entry_site *site) MACAW_MUST_USE;

/* The refusal of a private key of a kind that has no use for it. */
int macaw_jwk_refuse_private(const macaw_entry_site *site) MACAW_MUST_USE;

#endif

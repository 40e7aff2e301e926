/* What the parts of macaw key derive share. */
#ifndef MACAW_CLI_KEY_DERIVE_H
#define MACAW_CLI_KEY_DERIVE_H

#include <macaw/session.h>

#include "key_arg.h"
#include "key_ring.h"

enum {
    DERIVE_OUT_MAX = 1 << 16,
    DERIVE_SALT_MAX = 1024,
};

typedef struct derive_args {
    char *from, *label, *prf, *kdf, *salt, *output, *keyring, *kid, *key_alg, *use;
    char *scheme, *name;
    int64_t length; /* 0: not given */
    bool hex;

    const macaw_alg *alg;    /* of the PRF */
    const macaw_alg *target; /* of the new key; NULL: jwk_alg */
    const char *jwk_alg;     /* of a new key that is no MAC */
    uint8_t salt_bytes[DERIVE_SALT_MAX];
    size_t salt_len;
    const macaw_session_scheme *session; /* --for; NULL: hkdf or kbkdf */
} derive_args;

/* Options that go with --for, and no others; finds scheme and algorithm. */
int key_derive_for_check(derive_args *args);

/* What the scheme derives from a secret; out has room for 64 bytes. */
int key_derive_for(const derive_args *args, const cli_secret *from, uint8_t *out, size_t *len);

/* Write, print or add the new key, as the options say. */
int key_derive_give_out(const derive_args *args, const uint8_t *out, size_t len);

#endif

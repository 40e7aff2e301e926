/* A key for people and for programs, without its secret. */
#ifndef MACAW_CLI_KEY_PRINT_H
#define MACAW_CLI_KEY_PRINT_H

#include <jansson.h>

#include <macaw/keyring.h>

enum { FINGERPRINT_SHOWN = 6, FINGERPRINT_TEXT = 2 * FINGERPRINT_SHOWN + 1 };

/* What is said of a key of either list of a keyring; views into it. */
typedef struct key_view {
    const char *kid, *alg, *use;
    const char *part;               /* "secret", "private" or "public" */
    macaw_key_state written, state; /* state: at the moment asked for */
    size_t bits;
    bool insecure;
    int64_t iat, nbf, sign_until, exp;
    const uint8_t *fingerprint;
} key_view;

key_view key_view_entry(const macaw_entry *entry, int64_t now);
key_view key_view_jwk(const macaw_jwk *jwk, int64_t now);

/* The i-th key, MACs first; false past the end. */
bool key_view_at(const macaw_keyring *ring, size_t i, int64_t now, key_view *ret);

/* The first bytes of the fingerprint in hexadecimal. */
void key_fingerprint(const key_view *key, char out[FINGERPRINT_TEXT]);

void key_print_row(const key_view *key);
json_t *key_json(const key_view *key);

#endif

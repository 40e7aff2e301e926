/* libsodium: the state after the pads, copied for every message. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

struct keyed {
    int wide; /* SHA-512, else SHA-256 */
    crypto_auth_hmacsha256_state narrow_state;
    crypto_auth_hmacsha512_state wide_state;
};

static const char *version(void)
{
    return sodium_version_string();
}

static void *keyed_open(const char *hash, const uint8_t *key)
{
    int wide = strcmp(hash, "sha512") == 0;

    if ((!wide && strcmp(hash, "sha256") != 0) || sodium_init() < 0) {
        return NULL;
    }
    struct keyed *k = calloc(1, sizeof *k);
    if (k != NULL) {
        k->wide = wide;
        (void)crypto_auth_hmacsha256_init(&k->narrow_state, key, BENCH_KEY_LEN);
        (void)crypto_auth_hmacsha512_init(&k->wide_state, key, BENCH_KEY_LEN);
    }
    return k;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    const struct keyed *k = state;

    if (k->wide) {
        crypto_auth_hmacsha512_state s = k->wide_state;
        return crypto_auth_hmacsha512_update(&s, msg, len) | crypto_auth_hmacsha512_final(&s, tag);
    }
    crypto_auth_hmacsha256_state s = k->narrow_state;
    return crypto_auth_hmacsha256_update(&s, msg, len) | crypto_auth_hmacsha256_final(&s, tag);
}

const bench_mac bench_sodium = {.name = "libsodium, state copied",
                                .version = version,
                                .open = keyed_open,
                                .tag = keyed_tag,
                                .close = free};

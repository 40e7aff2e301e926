/* The ways to compute an HMAC that are compared: each of another library, and
 * macaw's own as one more. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include <stddef.h>
#include <stdint.h>

typedef struct bench_mac {
    const char *name; /* the library and the use made of it */
    const char *(*version)(void);
    size_t len_max; /* longest message it takes; 0: any */
    /* Key a MAC: NULL if the library does not offer hmac-HASH; hash is md5,
     * sha1, sha256 or sha512, key 32 bytes. */
    void *(*open)(const char *hash, const uint8_t *key);
    /* Write the full tag; 0, or not if it failed. */
    int (*tag)(void *state, const uint8_t *msg, size_t len, uint8_t *tag);
    void (*close)(void *state);
} bench_mac;

#define BENCH_KEY_LEN 32

extern const bench_mac bench_openssl_ctx, bench_openssl_mac, bench_openssl_mac_fresh,
    bench_openssl_hmac;
#ifdef BENCH_SODIUM
extern const bench_mac bench_sodium;
#endif
#ifdef BENCH_NETTLE
extern const bench_mac bench_nettle;
#endif
#ifdef BENCH_IPSEC
extern const bench_mac bench_ipsec;
/* n messages of len bytes in one go; tags of 32 bytes. state is of bench_ipsec,
 * for sha256. */
int bench_ipsec_many(void *state, const uint8_t *const *msgs, size_t n, size_t len, uint8_t *tags);
#endif

#endif

/* OpenSSL in four uses, from the cheapest to the one most programs make. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

#include "peers.h"

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

/* ---- the low-level context, copied after the pads ---- */

#define LOW_LEVEL(hash, CTX, init, update, final, block_len, digest_len)                           \
    struct low_##hash {                                                                            \
        CTX inner, outer;                                                                          \
    };                                                                                             \
    static void open_##hash(void *state, const uint8_t *key)                                       \
    {                                                                                              \
        struct low_##hash *s = state;                                                              \
        uint8_t pad[block_len];                                                                    \
        for (size_t i = 0; i < sizeof pad; i++) {                                                  \
            pad[i] = (uint8_t)((i < BENCH_KEY_LEN ? key[i] : 0) ^ 0x36);                           \
        }                                                                                          \
        (void)init(&s->inner);                                                                     \
        (void)update(&s->inner, pad, sizeof pad);                                                  \
        for (size_t i = 0; i < sizeof pad; i++) {                                                  \
            pad[i] ^= 0x36 ^ 0x5c;                                                                 \
        }                                                                                          \
        (void)init(&s->outer);                                                                     \
        (void)update(&s->outer, pad, sizeof pad);                                                  \
    }                                                                                              \
    static int tag_##hash(const void *state, const uint8_t *msg, size_t len, uint8_t *tag)         \
    {                                                                                              \
        const struct low_##hash *s = state;                                                        \
        CTX c = s->inner;                                                                          \
        int ok = update(&c, msg, len) & final(tag, &c);                                            \
        c = s->outer;                                                                              \
        ok &= update(&c, tag, digest_len) & final(tag, &c);                                        \
        return ok == 1 ? 0 : -1;                                                                   \
    }

LOW_LEVEL(md5, MD5_CTX, MD5_Init, MD5_Update, MD5_Final, MD5_CBLOCK, MD5_DIGEST_LENGTH)
LOW_LEVEL(sha1, SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final, SHA_CBLOCK, SHA_DIGEST_LENGTH)
LOW_LEVEL(sha256, SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final, SHA256_CBLOCK,
          SHA256_DIGEST_LENGTH)
LOW_LEVEL(sha512, SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final, SHA512_CBLOCK,
          SHA512_DIGEST_LENGTH)

struct low {
    int (*tag)(const void *state, const uint8_t *msg, size_t len, uint8_t *tag);
    union {
        struct low_md5 md5;
        struct low_sha1 sha1;
        struct low_sha256 sha256;
        struct low_sha512 sha512;
    } u;
};

static void *low_open(const char *hash, const uint8_t *key)
{
    static const struct {
        const char *hash;
        void (*open)(void *state, const uint8_t *key);
        int (*tag)(const void *state, const uint8_t *msg, size_t len, uint8_t *tag);
    } hashes[] = {{"md5", open_md5, tag_md5},
                  {"sha1", open_sha1, tag_sha1},
                  {"sha256", open_sha256, tag_sha256},
                  {"sha512", open_sha512, tag_sha512}};

    for (size_t i = 0; i < sizeof hashes / sizeof hashes[0]; i++) {
        if (strcmp(hash, hashes[i].hash) == 0) {
            struct low *low = calloc(1, sizeof *low);
            if (low != NULL) {
                low->tag = hashes[i].tag;
                hashes[i].open(&low->u, key);
            }
            return low;
        }
    }
    return NULL;
}

static int low_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    const struct low *low = state;

    return low->tag(&low->u, msg, len, tag);
}

const bench_mac bench_openssl_ctx = {.name = "OpenSSL hash context copied after the pads",
                                     .version = version,
                                     .open = low_open,
                                     .tag = low_tag,
                                     .close = free};

/* ---- EVP_MAC, its context kept or made for every message; HMAC() ---- */

struct evp {
    EVP_MAC *mac;
    EVP_MAC_CTX *ctx;
    const EVP_MD *md;
    OSSL_PARAM params[2];
    char hash[16];
    uint8_t key[BENCH_KEY_LEN];
};

static void *evp_open(const char *hash, const uint8_t *key)
{
    struct evp *e = calloc(1, sizeof *e);

    if (e == NULL) {
        return NULL;
    }
    memcpy(e->key, key, sizeof e->key);
    (void)strncpy(e->hash, hash, sizeof e->hash - 1);
    e->params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, e->hash, 0);
    e->params[1] = OSSL_PARAM_construct_end();
    e->mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    e->ctx = EVP_MAC_CTX_new(e->mac);
    e->md = EVP_get_digestbyname(hash);
    (void)EVP_MAC_init(e->ctx, e->key, sizeof e->key, e->params);
    return e;
}

static void evp_close(void *state)
{
    struct evp *e = state;

    EVP_MAC_CTX_free(e->ctx);
    EVP_MAC_free(e->mac);
    free(e);
}

static int evp_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct evp *e = state;
    size_t out;

    return EVP_MAC_init(e->ctx, NULL, 0, NULL) == 1 && EVP_MAC_update(e->ctx, msg, len) == 1 &&
                   EVP_MAC_final(e->ctx, tag, &out, EVP_MAX_MD_SIZE) == 1
               ? 0
               : -1;
}

static int evp_fresh_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct evp *e = state;
    size_t out;
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(e->mac);
    int ok = ctx != NULL && EVP_MAC_init(ctx, e->key, sizeof e->key, e->params) == 1 &&
             EVP_MAC_update(ctx, msg, len) == 1 &&
             EVP_MAC_final(ctx, tag, &out, EVP_MAX_MD_SIZE) == 1;

    EVP_MAC_CTX_free(ctx);
    return ok ? 0 : -1;
}

static int hmac_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct evp *e = state;
    unsigned out;

    return HMAC(e->md, e->key, sizeof e->key, msg, len, tag, &out) != NULL ? 0 : -1;
}

const bench_mac bench_openssl_mac = {.name = "OpenSSL EVP_MAC reused",
                                     .version = version,
                                     .open = evp_open,
                                     .tag = evp_tag,
                                     .close = evp_close};
const bench_mac bench_openssl_mac_fresh = {.name = "OpenSSL EVP_MAC, new context and key",
                                           .version = version,
                                           .open = evp_open,
                                           .tag = evp_fresh_tag,
                                           .close = evp_close};
const bench_mac bench_openssl_hmac = {.name = "OpenSSL HMAC()",
                                      .version = version,
                                      .open = evp_open,
                                      .tag = hmac_tag,
                                      .close = evp_close};

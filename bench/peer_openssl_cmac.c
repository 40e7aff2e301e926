/* OpenSSL's CMAC through EVP_MAC, its context kept. */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "peers_cbc.h"

struct keyed {
    EVP_MAC *mac;
    EVP_MAC_CTX *ctx;
};

static const char *version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static void *keyed_open(const char *name, const uint8_t *key)
{
    char cbc[] = "AES-128-CBC";
    struct keyed *k = calloc(1, sizeof *k);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cbc, 0),
                           OSSL_PARAM_construct_end()};

    if (k == NULL || strcmp(name, "cmac-aes128") != 0) {
        free(k);
        return NULL;
    }
    k->mac = EVP_MAC_fetch(NULL, "CMAC", NULL);
    k->ctx = EVP_MAC_CTX_new(k->mac);
    (void)EVP_MAC_init(k->ctx, key, 16, params);
    return k;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    struct keyed *k = state;
    size_t out;

    return EVP_MAC_init(k->ctx, NULL, 0, NULL) == 1 && EVP_MAC_update(k->ctx, msg, len) == 1 &&
                   EVP_MAC_final(k->ctx, tag, &out, 16) == 1
               ? 0
               : -1;
}

static void keyed_close(void *state)
{
    struct keyed *k = state;

    EVP_MAC_CTX_free(k->ctx);
    EVP_MAC_free(k->mac);
    free(k);
}

const bench_mac bench_openssl_cmac = {.name = "OpenSSL EVP_MAC reused",
                                      .version = version,
                                      .open = keyed_open,
                                      .tag = keyed_tag,
                                      .close = keyed_close};

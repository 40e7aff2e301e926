/* OpenSSL's EVP_MAC. theirs is its name of the algorithm, and after a colon the cipher or
 * digest. macaw itself calls libcrypto for some of these; then this tests how. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "diff.h"

typedef struct names {
    char mac[16], part[16];
    unsigned rounds[2];
} names;

static int set_up(EVP_MAC_CTX *ctx, names *n, const diff_case *c)
{
    size_t size = c->tag_len;
    OSSL_PARAM params[4], *p = params;

    if (strcmp(n->mac, "HMAC") == 0) {
        *p++ = OSSL_PARAM_construct_utf8_string("digest", n->part, 0);
    } else if (n->part[0] != '\0') {
        *p++ = OSSL_PARAM_construct_utf8_string("cipher", n->part, 0);
    }
    if (c->nonce_len > 0) {
        *p++ = OSSL_PARAM_construct_octet_string("iv", (void *)c->nonce, c->nonce_len);
    }
    if (n->rounds[0] != 0) {
        *p++ = OSSL_PARAM_construct_size_t("size", &size);
        *p++ = OSSL_PARAM_construct_uint("c-rounds", &n->rounds[0]);
        *p++ = OSSL_PARAM_construct_uint("d-rounds", &n->rounds[1]);
    }
    *p = OSSL_PARAM_construct_end();
    return EVP_MAC_init(ctx, c->key, c->key_len, params) == 1;
}

static int with_context(EVP_MAC_CTX *ctx, names *n, const diff_case *c, uint8_t *tag)
{
    size_t len = 0;

    return ctx != NULL && set_up(ctx, n, c) && EVP_MAC_update(ctx, c->data, c->len) == 1 &&
                   EVP_MAC_final(ctx, tag, &len, c->tag_len) == 1 && len == c->tag_len
               ? 0
               : -1;
}

static int openssl(const char *theirs, const diff_case *c, uint8_t *tag)
{
    names n = {0};

    if (sscanf(theirs, "SIPHASH-%u-%u", &n.rounds[0], &n.rounds[1]) == 2) {
        memcpy(n.mac, "SIPHASH", sizeof "SIPHASH");
    } else if (sscanf(theirs, "%15[^:]:%15s", n.mac, n.part) < 1) {
        return -1;
    }
    EVP_MAC *mac = EVP_MAC_fetch(NULL, n.mac, NULL);
    EVP_MAC_CTX *ctx = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    int rc = with_context(ctx, &n, c, tag);
    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return rc;
}

int main(void)
{
    static const diff_peer peers[] = {
        {"hmac-md5", "HMAC:MD5", openssl, 0},
        {"hmac-sha1", "HMAC:SHA1", openssl, 0},
        {"hmac-sha224", "HMAC:SHA224", openssl, 0},
        {"hmac-sha256", "HMAC:SHA256", openssl, 0},
        {"hmac-sha384", "HMAC:SHA384", openssl, 0},
        {"hmac-sha512", "HMAC:SHA512", openssl, 0},
        {"hmac-sha512-256", "HMAC:SHA512-256", openssl, 0},
        {"hmac-sha3-224", "HMAC:SHA3-224", openssl, 0},
        {"hmac-sha3-256", "HMAC:SHA3-256", openssl, 0},
        {"hmac-sha3-384", "HMAC:SHA3-384", openssl, 0},
        {"hmac-sha3-512", "HMAC:SHA3-512", openssl, 0},
        {"cmac-aes128", "CMAC:AES-128-CBC", openssl, 0},
        {"cmac-aes192", "CMAC:AES-192-CBC", openssl, 0},
        {"cmac-aes256", "CMAC:AES-256-CBC", openssl, 0},
        {"cmac-des3", "CMAC:DES-EDE3-CBC", openssl, 0},
        {"gmac-aes128", "GMAC:AES-128-GCM", openssl, 0},
        {"gmac-aes256", "GMAC:AES-256-GCM", openssl, 0},
        {"poly1305", "POLY1305", openssl, 0},
        {"kmac128", "KMAC128", openssl, 0},
        {"kmac256", "KMAC256", openssl, 0},
        {"blake2b", "BLAKE2BMAC", openssl, 0},
        {"blake2s", "BLAKE2SMAC", openssl, 0},
        {"siphash-1-3", "SIPHASH-1-3", openssl, 0},
        {"siphash-2-4", "SIPHASH-2-4", openssl, 0},
        {"siphash-2-4-128", "SIPHASH-2-4", openssl, 0},
    };

    return diff_main("OpenSSL", peers, sizeof peers / sizeof peers[0]);
}

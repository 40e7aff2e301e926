/* libtomcrypt; theirs is its name of the hash or cipher. Its CMAC is called OMAC. */
#include <tomcrypt.h>

#include "diff.h"

static int hmac(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    return hmac_memory(find_hash(theirs), c->key, c->key_len, c->data, c->len, tag, &len);
}

static int omac(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    return omac_memory(find_cipher(theirs), c->key, c->key_len, c->data, c->len, tag, &len);
}

static int pmac(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    return pmac_memory(find_cipher(theirs), c->key, c->key_len, c->data, c->len, tag, &len);
}

static int xcbc(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    return xcbc_memory(find_cipher(theirs), c->key, c->key_len, c->data, c->len, tag, &len);
}

static int poly1305(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    (void)theirs;
    return poly1305_memory(c->key, c->key_len, c->data, c->len, tag, &len);
}

static int blake2b(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    (void)theirs;
    return blake2bmac_memory(c->key, c->key_len, c->data, c->len, tag, &len);
}

static int blake2s(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;

    (void)theirs;
    return blake2smac_memory(c->key, c->key_len, c->data, c->len, tag, &len);
}

static int gmac(const char *theirs, const diff_case *c, uint8_t *tag)
{
    unsigned long len = c->tag_len;
    uint8_t none[1] = {0};

    return gcm_memory(find_cipher(theirs), c->key, c->key_len, c->nonce, c->nonce_len, c->data,
                      c->len, none, 0, none, tag, &len, GCM_ENCRYPT);
}

static int block(const char *theirs, const diff_case *c, uint8_t *tag)
{
    symmetric_ECB ecb;
    int rc = ecb_start(find_cipher(theirs), c->key, (int)c->key_len, 0, &ecb);

    if (rc == CRYPT_OK) {
        rc = ecb_encrypt(c->data, tag, c->len, &ecb);
        (void)ecb_done(&ecb);
    }
    return rc;
}

int main(void)
{
    static const diff_peer peers[] = {
        {"hmac-md5", "md5", hmac, 1},
        {"hmac-sha1", "sha1", hmac, 1},
        {"hmac-sha224", "sha224", hmac, 1},
        {"hmac-sha256", "sha256", hmac, 1},
        {"hmac-sha384", "sha384", hmac, 1},
        {"hmac-sha512", "sha512", hmac, 1},
        {"hmac-sha512-256", "sha512-256", hmac, 1},
        {"hmac-sha3-224", "sha3-224", hmac, 1},
        {"hmac-sha3-256", "sha3-256", hmac, 1},
        {"hmac-sha3-384", "sha3-384", hmac, 1},
        {"hmac-sha3-512", "sha3-512", hmac, 1},
        {"prf-aes128", "aes", block, 0},
        {"prf-aes192", "aes", block, 0},
        {"prf-aes256", "aes", block, 0},
        {"cmac-aes128", "aes", omac, 0},
        {"cmac-aes192", "aes", omac, 0},
        {"cmac-aes256", "aes", omac, 0},
        {"cmac-des3", "3des", omac, 0},
        {"pmac-aes128", "aes", pmac, 0},
        {"pmac-aes192", "aes", pmac, 0},
        {"pmac-aes256", "aes", pmac, 0},
        {"xcbc-aes128", "aes", xcbc, 0},
        {"gmac-aes128", "aes", gmac, 0},
        {"gmac-aes256", "aes", gmac, 0},
        {"poly1305", "", poly1305, 0},
        {"blake2b", "", blake2b, 0},
        {"blake2s", "", blake2s, 0},
    };

    if (register_all_ciphers() != CRYPT_OK || register_all_hashes() != CRYPT_OK) {
        return 1;
    }
    return diff_main("libtomcrypt", peers, sizeof peers / sizeof peers[0]);
}

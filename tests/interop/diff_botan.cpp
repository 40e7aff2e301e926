/* Botan 2; theirs is its name of the whole algorithm. */
#include <algorithm>
#include <cstdio>
#include <exception>

#include <botan/mac.h>

#include "diff.h"

namespace
{

int botan(const char *theirs, const diff_case *c, uint8_t *tag)
try {
    auto mac = Botan::MessageAuthenticationCode::create_or_throw(theirs);
    mac->set_key(c->key, c->key_len);
    if (c->nonce_len > 0) {
        mac->start(c->nonce, c->nonce_len);
    }
    mac->update(c->data, c->len);
    const auto out = mac->final();
    std::copy_n(out.begin(), std::min(out.size(), c->tag_len), tag);
    return out.size() == c->tag_len ? 0 : -1;
} catch (const std::exception &error) {
    std::fprintf(stderr, "Botan: %s: %s\n", theirs, error.what());
    return -1;
}

/* Botan returns zeros for no message; ISO 9797-1 pads it to a block of zeros. */
int padded(const char *theirs, const diff_case *c, uint8_t *tag)
{
    static const uint8_t zeros[16] = {};
    diff_case block = *c;

    if (c->len == 0) {
        block.data = zeros;
        block.len = c->tag_len;
    }
    return botan(theirs, &block, tag);
}

const diff_peer peers[] = {
    {"hmac-md5", "HMAC(MD5)", botan, 0},
    {"hmac-sha1", "HMAC(SHA-1)", botan, 0},
    {"hmac-sha224", "HMAC(SHA-224)", botan, 0},
    {"hmac-sha256", "HMAC(SHA-256)", botan, 0},
    {"hmac-sha384", "HMAC(SHA-384)", botan, 0},
    {"hmac-sha512", "HMAC(SHA-512)", botan, 0},
    {"hmac-sha512-256", "HMAC(SHA-512-256)", botan, 0},
    {"hmac-sha3-224", "HMAC(SHA-3(224))", botan, 0},
    {"hmac-sha3-256", "HMAC(SHA-3(256))", botan, 0},
    {"hmac-sha3-384", "HMAC(SHA-3(384))", botan, 0},
    {"hmac-sha3-512", "HMAC(SHA-3(512))", botan, 0},
    {"cbc-mac-aes128", "CBC-MAC(AES-128)", padded, 0},
    {"cbc-mac-aes192", "CBC-MAC(AES-192)", padded, 0},
    {"cbc-mac-aes256", "CBC-MAC(AES-256)", padded, 0},
    {"cbc-mac-des", "CBC-MAC(DES)", padded, 0},
    {"retail-mac-des", "X9.19-MAC", padded, 0},
    {"cmac-aes128", "CMAC(AES-128)", botan, 0},
    {"cmac-aes192", "CMAC(AES-192)", botan, 0},
    {"cmac-aes256", "CMAC(AES-256)", botan, 0},
    {"cmac-des3", "CMAC(TripleDES)", botan, 0},
    {"gmac-aes128", "GMAC(AES-128)", botan, 0},
    {"gmac-aes256", "GMAC(AES-256)", botan, 0},
    {"poly1305", "Poly1305", botan, 0},
    {"siphash-1-3", "SipHash(1,3)", botan, 0},
    {"siphash-2-4", "SipHash(2,4)", botan, 0},
};

} /* namespace */

int main()
{
    return diff_main("Botan", peers, sizeof peers / sizeof peers[0]);
}

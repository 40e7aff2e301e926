/* Crypto++, whose algorithms are types. */
#define CRYPTOPP_ENABLE_NAMESPACE_WEAK 1

#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include <crypto++/aes.h>
#include <crypto++/blake2.h>
#include <crypto++/cbcmac.h>
#include <crypto++/cmac.h>
#include <crypto++/des.h>
#include <crypto++/gcm.h>
#include <crypto++/hmac.h>
#include <crypto++/md5.h>
#include <crypto++/poly1305.h>
#include <crypto++/sha.h>
#include <crypto++/sha3.h>
#include <crypto++/siphash.h>

#include "diff.h"

using namespace CryptoPP;

namespace
{

typedef int tagger(const char *, const diff_case *, uint8_t *);

/* An exception of the library is a failure of the peer. */
template <tagger *F> int guarded(const char *theirs, const diff_case *c, uint8_t *tag)
try {
    return F(theirs, c, tag);
} catch (const std::exception &error) {
    std::fprintf(stderr, "Crypto++: %s\n", error.what());
    return -1;
}

int finish(MessageAuthenticationCode &mac, const diff_case *c, uint8_t *tag)
{
    mac.Update(c->data, c->len);
    mac.TruncatedFinal(tag, c->tag_len);
    return mac.DigestSize() == c->tag_len ? 0 : -1;
}

template <class MAC> int keyed(const char *, const diff_case *c, uint8_t *tag)
{
    MAC mac;

    mac.SetKey(c->key, c->key_len);
    return finish(mac, c, tag);
}

template <class MAC> int nonced(const char *, const diff_case *c, uint8_t *tag)
{
    MAC mac;

    mac.SetKeyWithIV(c->key, c->key_len, c->nonce, c->nonce_len);
    return finish(mac, c, tag);
}

template <class HASH> int blake2(const char *, const diff_case *c, uint8_t *tag)
{
    HASH mac(c->key, c->key_len);

    return finish(mac, c, tag);
}

int gmac(const char *, const diff_case *c, uint8_t *tag)
{
    GCM<AES>::Encryption gcm;

    gcm.SetKeyWithIV(c->key, c->key_len, c->nonce, c->nonce_len);
    gcm.Update(c->data, c->len);
    gcm.TruncatedFinal(tag, c->tag_len);
    return 0;
}

template <class CIPHER> void encrypt(const uint8_t *key, size_t len, uint8_t *block)
{
    typename CIPHER::Encryption(key, len).ProcessBlock(block);
}

/* Raw CBC-MAC of whole blocks. */
template <class CIPHER>
void chain(const uint8_t *key, size_t len, const std::vector<uint8_t> &text, uint8_t *tag)
{
    CBC_MAC<CIPHER> mac(key, len);

    mac.CalculateDigest(tag, text.data(), text.size());
}

std::vector<uint8_t> zeros(const diff_case *c)
{
    std::vector<uint8_t> text(c->data, c->data + c->len);

    text.resize(c->len == 0 ? c->tag_len : (c->len + c->tag_len - 1) / c->tag_len * c->tag_len);
    return text;
}

template <class CIPHER> int cbc_mac(const char *, const diff_case *c, uint8_t *tag)
{
    chain<CIPHER>(c->key, c->key_len, zeros(c), tag);
    return 0;
}

/* ISO 9797-1 MAC algorithm 2 over padding method 2, made of its parts. */
int ecbc(const char *, const diff_case *c, uint8_t *tag)
{
    std::vector<uint8_t> text(c->data, c->data + c->len);
    const size_t half = c->key_len / 2;

    text.push_back(0x80);
    text.resize((text.size() + 15) / 16 * 16);
    chain<AES>(c->key, half, text, tag);
    encrypt<AES>(c->key + half, half, tag);
    return 0;
}

/* MAC algorithm 3. */
int retail(const char *, const diff_case *c, uint8_t *tag)
{
    chain<DES>(c->key, 8, zeros(c), tag);
    DES::Decryption(c->key + 8, 8).ProcessBlock(tag);
    encrypt<DES>(c->key, 8, tag);
    return 0;
}

int prf(const char *, const diff_case *c, uint8_t *tag)
{
    std::memcpy(tag, c->data, c->tag_len);
    encrypt<AES>(c->key, c->key_len, tag);
    return 0;
}

const diff_peer peers[] = {
    {"hmac-md5", "", guarded<keyed<HMAC<Weak::MD5>>>, 0},
    {"hmac-sha1", "", guarded<keyed<HMAC<SHA1>>>, 0},
    {"hmac-sha224", "", guarded<keyed<HMAC<SHA224>>>, 0},
    {"hmac-sha256", "", guarded<keyed<HMAC<SHA256>>>, 0},
    {"hmac-sha384", "", guarded<keyed<HMAC<SHA384>>>, 0},
    {"hmac-sha512", "", guarded<keyed<HMAC<SHA512>>>, 0},
    {"hmac-sha3-224", "", guarded<keyed<HMAC<SHA3_224>>>, 0},
    {"hmac-sha3-256", "", guarded<keyed<HMAC<SHA3_256>>>, 0},
    {"hmac-sha3-384", "", guarded<keyed<HMAC<SHA3_384>>>, 0},
    {"hmac-sha3-512", "", guarded<keyed<HMAC<SHA3_512>>>, 0},
    {"prf-aes128", "", guarded<prf>, 0},
    {"prf-aes192", "", guarded<prf>, 0},
    {"prf-aes256", "", guarded<prf>, 0},
    {"cbc-mac-aes128", "", guarded<cbc_mac<AES>>, 0},
    {"cbc-mac-aes192", "", guarded<cbc_mac<AES>>, 0},
    {"cbc-mac-aes256", "", guarded<cbc_mac<AES>>, 0},
    {"cbc-mac-des", "", guarded<cbc_mac<DES>>, 0},
    {"retail-mac-des", "", guarded<retail>, 0},
    {"ecbc-aes128", "", guarded<ecbc>, 0},
    {"ecbc-aes192", "", guarded<ecbc>, 0},
    {"ecbc-aes256", "", guarded<ecbc>, 0},
    {"cmac-aes128", "", guarded<keyed<CMAC<AES>>>, 0},
    {"cmac-aes192", "", guarded<keyed<CMAC<AES>>>, 0},
    {"cmac-aes256", "", guarded<keyed<CMAC<AES>>>, 0},
    {"cmac-des3", "", guarded<keyed<CMAC<DES_EDE3>>>, 0},
    {"gmac-aes128", "", guarded<gmac>, 0},
    {"gmac-aes256", "", guarded<gmac>, 0},
    {"poly1305", "", guarded<keyed<Poly1305TLS>>, 0},
    {"poly1305-aes", "", guarded<nonced<Poly1305<AES>>>, 0},
    {"blake2b", "", guarded<blake2<BLAKE2b>>, 0},
    {"blake2s", "", guarded<blake2<BLAKE2s>>, 0},
    {"siphash-1-3", "", guarded<keyed<SipHash<1, 3, false>>>, 0},
    {"siphash-2-4", "", guarded<keyed<SipHash<2, 4, false>>>, 0},
    {"siphash-2-4-128", "", guarded<keyed<SipHash<2, 4, true>>>, 0},
};

} /* namespace */

int main()
{
    return diff_main("Crypto++", peers, sizeof peers / sizeof peers[0]);
}

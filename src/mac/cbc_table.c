/* The algorithms of the CBC family: how their keys derive, what happens to the last
 * value, and the rows. */
#include "mac/cbc.h"

#include <string.h>

#include "base/ct.h"
#include "prim/gf.h"

/* ---- how keys derive ---- */

/* One key for the chain: raw CBC-MAC. */
static int one_key(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                   const char *kernel)
{
    return macaw_block_init(&key->chain, cipher, secret, kernel);
}

/* K1 for the chain, then K2 for the last step. */
static int two_keys(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                    const char *kernel)
{
    int rc = macaw_block_init(&key->chain, cipher, secret, kernel);

    return rc == MACAW_OK
               ? macaw_block_init(&key->last, cipher, secret + cipher->key_len, kernel)
               : rc;
}

/* DES as DES-EDE3 with one key three times. */
static int des_init(macaw_block_key *key, const uint8_t *des, const char *kernel)
{
    uint8_t triple[24];

    for (size_t i = 0; i < sizeof triple; i += 8) {
        memcpy(triple + i, des, 8);
    }
    int rc = macaw_block_init(key, &macaw_des3, triple, kernel);
    macaw_wipe(triple, sizeof triple);
    return rc;
}

static int one_des_key(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                       const char *kernel)
{
    (void)cipher;
    return des_init(&key->chain, secret, kernel);
}

static int two_des_keys(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                        const char *kernel)
{
    int rc = one_des_key(cipher, key, secret, kernel);

    return rc == MACAW_OK ? des_init(&key->last, secret + 8, kernel) : rc;
}

/* SP 800-38B section 6.1. */
static int cmac_keys(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                     const char *kernel)
{
    uint8_t l[MACAW_BLOCK_MAX] = {0};
    int rc = macaw_block_init(&key->chain, cipher, secret, kernel);

    if (rc == MACAW_OK) {
        macaw_block_encrypt(&key->chain, l, l, 1);
        macaw_block_times_x(key->whole, l, cipher->block_len);
        macaw_block_times_x(key->padded, key->whole, cipher->block_len);
        macaw_wipe(l, sizeof l);
    }
    return rc;
}

/* RFC 3566 section 4: K1, K2 and K3 are encryptions of constant blocks. */
static int xcbc_keys(const macaw_cipher *cipher, macaw_cbc_key *key, const uint8_t *secret,
                     const char *kernel)
{
    uint8_t k[3][MACAW_BLOCK_MAX];
    int rc = macaw_block_init(&key->last, cipher, secret, kernel);

    if (rc != MACAW_OK) {
        return rc;
    }
    for (size_t i = 0; i < 3; i++) {
        memset(k[i], (int)i + 1, sizeof k[i]);
    }
    macaw_block_encrypt(&key->last, k[0], k[0], 3);
    macaw_block_clear(&key->last);
    memcpy(key->whole, k[1], sizeof key->whole);
    memcpy(key->padded, k[2], sizeof key->padded);
    rc = macaw_block_init(&key->chain, cipher, k[0], kernel);
    macaw_wipe(k, sizeof k);
    return rc;
}

/* ---- last steps ---- */

static void encrypt_again(const macaw_cbc_key *key, uint8_t *values, size_t n)
{
    macaw_block_encrypt(&key->last, values, values, n);
}

/* ISO 9797-1 MAC algorithm 3: E_K(D_K'(x)). */
static void decrypt_encrypt(const macaw_cbc_key *key, uint8_t *values, size_t n)
{
    macaw_block_decrypt(&key->last, values, values, n);
    macaw_block_encrypt(&key->chain, values, values, n);
}

/* ---- the algorithms ---- */

/* Every bound below counts blocks: after 2^(n/2) of them a collision is likely. */
static const macaw_bound birthday128 = {
    .formula = "(q l)^2 / 2^128",
    .source = "Bellare, Kilian, Rogaway 2000; Black, Rogaway 2000",
    .log2_c = 0, .q_exp = 2, .l_exp = 2, .bits = 128};
static const macaw_bound birthday64 = {
    .formula = "(q l)^2 / 2^64",
    .source = "Bellare, Kilian, Rogaway 2000; SP 800-38B appendix B",
    .log2_c = 0, .q_exp = 2, .l_exp = 2, .bits = 64, .hard_log2 = 32};
static const macaw_bound omac128 = {
    .formula = "5 (q l)^2 / 2^128",
    .source = "Iwata, Kurosawa 2003, OMAC",
    .log2_c = 2.33, .q_exp = 2, .l_exp = 2, .bits = 128};
static const macaw_bound omac64 = {
    .formula = "5 (q l)^2 / 2^64",
    .source = "Iwata, Kurosawa 2003, OMAC; SP 800-38B appendix B",
    .log2_c = 2.33, .q_exp = 2, .l_exp = 2, .bits = 64, .hard_log2 = 32};
static const macaw_bound switching128 = {
    .formula = "q^2 / 2^129",
    .source = "PRP/PRF switching lemma; Bellare, Rogaway 2006",
    .log2_c = -1, .q_exp = 2, .l_exp = 0, .bits = 128};

#define ALG(id, text, row, key, tag)                                                               \
    const macaw_alg macaw_##id = {.name = text, .cls = &macaw_cbc_class, .param = &row,            \
                                  .key_min = key, .key_max = key, .key_safe = key, .tag_len = tag, \
                                  .tag_min = 8, .block_len = tag,
#define END }

static const macaw_cbc_row aes128 = {&macaw_aes128, MACAW_CBC_ZEROS, one_key, NULL};
static const macaw_cbc_row aes192 = {&macaw_aes192, MACAW_CBC_ZEROS, one_key, NULL};
static const macaw_cbc_row aes256 = {&macaw_aes256, MACAW_CBC_ZEROS, one_key, NULL};

/* One block, no more and no less: the cipher itself as a PRF. */
#define PRF                                                                                        \
    .standard = "FIPS 197, as a PRF on one block", .bound = &switching128, .msg_len = 16,          \
    .flags = MACAW_ALG_PRF | MACAW_ALG_FIXED
ALG(prf_aes128, "prf-aes128", aes128, 16, 16) PRF END;
ALG(prf_aes192, "prf-aes192", aes192, 24, 16) PRF END;
ALG(prf_aes256, "prf-aes256", aes256, 32, 16) PRF END;

/* With messages of several lengths, the tag of one is the way to forge another. */
#define CBC_MAC                                                                                    \
    .standard = "ISO/IEC 9797-1 MAC algorithm 1, padding method 1", .bound = &birthday128,         \
    .advice = "sound for messages of one length only, which the key enforces; use cmac",           \
    .flags = MACAW_ALG_PRF | MACAW_ALG_FIXED
ALG(cbc_mac_aes128, "cbc-mac-aes128", aes128, 16, 16) CBC_MAC END;
ALG(cbc_mac_aes192, "cbc-mac-aes192", aes192, 24, 16) CBC_MAC END;
ALG(cbc_mac_aes256, "cbc-mac-aes256", aes256, 32, 16) CBC_MAC END;

static const macaw_cbc_row ecbc128 = {&macaw_aes128, MACAW_CBC_ALWAYS, two_keys, encrypt_again};
static const macaw_cbc_row ecbc192 = {&macaw_aes192, MACAW_CBC_ALWAYS, two_keys, encrypt_again};
static const macaw_cbc_row ecbc256 = {&macaw_aes256, MACAW_CBC_ALWAYS, two_keys, encrypt_again};

/* Key: K1 of the chain, then K2 of the last step. */
#define ECBC                                                                                       \
    .standard = "ISO/IEC 9797-1 MAC algorithm 2, padding method 2, independent keys",              \
    .bound = &birthday128, .flags = MACAW_ALG_PRF
ALG(ecbc_aes128, "ecbc-aes128", ecbc128, 32, 16) ECBC END;
ALG(ecbc_aes192, "ecbc-aes192", ecbc192, 48, 16) ECBC END;
ALG(ecbc_aes256, "ecbc-aes256", ecbc256, 64, 16) ECBC END;

/* Zeros as padding are the standards' choice here, so the length is fixed too. */
static const macaw_cbc_row des = {&macaw_des3, MACAW_CBC_ZEROS, one_des_key, NULL};
static const macaw_cbc_row retail = {&macaw_des3, MACAW_CBC_ZEROS, two_des_keys, decrypt_encrypt};

#define DES .bound = &birthday64, .flags = MACAW_ALG_PRF | MACAW_ALG_FIXED | MACAW_ALG_LEGACY
ALG(cbc_mac_des, "cbc-mac-des", des, 8, 8)
    .standard = "FIPS 113 (withdrawn), ANSI X9.9; ISO/IEC 9797-1 MAC algorithm 1",
    .advice = "a DES key is found by search within days; for old peers only", DES END;
/* Key: K of the chain and the last encryption, then K' of the decryption. */
ALG(retail_mac_des, "retail-mac-des", retail, 16, 8)
    .standard = "ANSI X9.19; ISO/IEC 9797-1 MAC algorithm 3, padding method 1",
    .advice = "64-bit blocks allow 2^32 of them at most; for old peers only", DES END;

static const macaw_cbc_row cmac128 = {&macaw_aes128, MACAW_CBC_PARTIAL, cmac_keys, NULL};
static const macaw_cbc_row cmac192 = {&macaw_aes192, MACAW_CBC_PARTIAL, cmac_keys, NULL};
static const macaw_cbc_row cmac256 = {&macaw_aes256, MACAW_CBC_PARTIAL, cmac_keys, NULL};
static const macaw_cbc_row cmac_tdea = {&macaw_des3, MACAW_CBC_PARTIAL, cmac_keys, NULL};

#define CMAC .standard = "SP 800-38B, RFC 4493", .bound = &omac128, .flags = MACAW_ALG_PRF
ALG(cmac_aes128, "cmac-aes128", cmac128, 16, 16) CMAC END;
ALG(cmac_aes192, "cmac-aes192", cmac192, 24, 16) CMAC END;
ALG(cmac_aes256, "cmac-aes256", cmac256, 32, 16) CMAC END;
ALG(cmac_des3, "cmac-des3", cmac_tdea, 24, 8)
    .standard = "SP 800-38B (TDEA disallowed after 2023, SP 800-131A)", .bound = &omac64,
    .advice = "64-bit blocks allow 2^32 of them at most; for old peers only",
    .flags = MACAW_ALG_PRF | MACAW_ALG_LEGACY END;

static const macaw_cbc_row xcbc = {&macaw_aes128, MACAW_CBC_PARTIAL, xcbc_keys, NULL};

ALG(xcbc_aes128, "xcbc-aes128", xcbc, 16, 16)
    .standard = "RFC 3566 (tags of 96 bits there)", .bound = &birthday128,
    .flags = MACAW_ALG_PRF END;

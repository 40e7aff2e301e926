/* Block ciphers: FIPS 197 appendix C, SP 800-67, and every shape of work of every
 * kernel against single blocks of libcrypto. Checklist: D7, D17. */
#include "support.h"

#include <openssl/evp.h>
#include <string.h>

#include "prim/block.h"

#define N_MAX 300

static const macaw_cipher *const ciphers[] = {&macaw_aes128, &macaw_aes192, &macaw_aes256,
                                              &macaw_des3};
static uint8_t in[N_MAX * 16], mask[N_MAX * 16], secret[32];

static int fill(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof in; i++) {
        in[i] = (uint8_t)(i * 13 + (i >> 7));
        mask[i] = (uint8_t)(i * i + 5);
    }
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(3 * i + 1);
    }
    return 0;
}

/* One block by libcrypto. */
static void oracle(const macaw_cipher *c, const uint8_t *block, uint8_t *out)
{
    static const char *const names[] = {"AES-128-ECB", "AES-192-ECB", "AES-256-ECB",
                                        "DES-EDE3-ECB"};
    size_t which = 0;
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n;

    while (ciphers[which] != c) {
        which++;
    }
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, names[which], NULL);
    assert_int_equal(EVP_EncryptInit_ex2(ctx, cipher, secret, NULL, NULL), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(ctx, 0), 1);
    assert_int_equal(EVP_EncryptUpdate(ctx, out, &n, block, (int)c->block_len), 1);
    EVP_CIPHER_free(cipher);
    EVP_CIPHER_CTX_free(ctx);
}

static void oracle_chain(const macaw_cipher *c, uint8_t *chain, const uint8_t *data, size_t n)
{
    uint8_t x[16];

    for (size_t i = 0; i < n; i++) {
        for (size_t b = 0; b < c->block_len; b++) {
            x[b] = chain[b] ^ data[i * c->block_len + b];
        }
        oracle(c, x, chain);
    }
}

static void check_encrypt(const macaw_block_key *k)
{
    size_t len = k->cipher->block_len;
    uint8_t want[N_MAX * 16], got[N_MAX * 16], back[N_MAX * 16];

    for (size_t i = 0; i < N_MAX; i++) {
        oracle(k->cipher, in + i * len, want + i * len);
    }
    for (size_t n = 0; n <= N_MAX; n += n < 80 ? 1 : 37) {
        uint8_t *flush = guarded_alloc(n * len);
        memcpy(flush, in, n * len);
        memset(got, 0, sizeof got);
        macaw_block_encrypt(k, flush, got, n);
        guarded_free(flush, n * len);
        assert_memory_equal(got, want, n * len);
        macaw_block_decrypt(k, got, back, n);
        assert_memory_equal(back, in, n * len);
        macaw_block_encrypt(k, back, back, n);
        assert_memory_equal(back, want, n * len);
    }
}

static void check_chain(const macaw_block_key *k)
{
    size_t len = k->cipher->block_len;

    for (size_t n = 0; n < 20; n++) {
        uint8_t want[16] = {1, 2, 3}, got[16] = {1, 2, 3};
        oracle_chain(k->cipher, want, in, n);
        macaw_block_chain(k, got, in, n);
        assert_bytes("chain", n, want, got, len);
    }
    uint8_t want[16] = {0}, got[16] = {0};
    macaw_block_chain(k, want, in, 290); /* longer than a chunk of any kernel */
    for (size_t i = 0; i < 290; i++) {
        macaw_block_chain(k, got, in + i * len, 1);
    }
    assert_bytes("chain in pieces", 290, want, got, len);
}

static void check_chain_many(const macaw_block_key *k)
{
    size_t len = k->cipher->block_len;

    for (size_t count = 1; count <= MACAW_CHAINS_MAX; count++) {
        for (size_t n = 0; n < 14; n++) {
            uint8_t chains[MACAW_CHAINS_MAX][MACAW_BLOCK_MAX], want[MACAW_BLOCK_MAX];
            const uint8_t *from[MACAW_CHAINS_MAX];
            for (size_t i = 0; i < count; i++) {
                memset(chains[i], (int)i, MACAW_BLOCK_MAX);
                from[i] = in + 7 * i;
            }
            macaw_block_chain_many(k, chains, from, n, count);
            for (size_t i = 0; i < count; i++) {
                memset(want, (int)i, sizeof want);
                oracle_chain(k->cipher, want, from[i], n);
                assert_bytes("chains", i, want, chains[i], len);
            }
        }
    }
}

static void check_sum(const macaw_block_key *k)
{
    size_t len = k->cipher->block_len;
    uint8_t base[16], want[16] = {9, 8, 7}, x[16], e[16], got[16];

    memset(base, 0x5a, sizeof base);
    for (size_t n = 0; n <= 256; n++) {
        memcpy(got, (uint8_t[16]){9, 8, 7}, 16);
        macaw_block_sum(k, got, in, base, mask, n);
        assert_bytes("sum", n, want, got, len);
        for (size_t b = 0; b < len; b++) {
            x[b] = in[n * len + b] ^ base[b] ^ mask[n * len + b];
        }
        oracle(k->cipher, x, e);
        for (size_t b = 0; b < len; b++) {
            want[b] ^= e[b];
        }
    }
}

static void kernels_agree_with_single_blocks(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof ciphers / sizeof *ciphers; c++) {
        size_t ran = 0;
        for (const macaw_block_kernel *const *k = ciphers[c]->kernels; *k != NULL; k++) {
            static macaw_block_key key;
            int rc = macaw_block_init(&key, ciphers[c], secret, (*k)->name);
            if (rc == MACAW_EUNAVAILABLE) {
                print_message("skipped: %s has no kernel %s here\n", ciphers[c]->name, (*k)->name);
                continue;
            }
            assert_int_equal(rc, MACAW_OK);
            check_encrypt(&key);
            check_chain(&key);
            check_chain_many(&key);
            check_sum(&key);
            macaw_block_clear(&key);
            ran++;
        }
        assert_true(ran > 0);
    }
}

static void known_answers(void **state)
{
    static const struct {
        const macaw_cipher *cipher;
        const char *key, *in, *out;
    } answers[] = {
        {&macaw_aes128, "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
         "69c4e0d86a7b0430d8cdb78070b4c55a"},
        {&macaw_aes192, "000102030405060708090a0b0c0d0e0f1011121314151617",
         "00112233445566778899aabbccddeeff", "dda97ca4864cdfe06eaf70a0ec0d7191"},
        {&macaw_aes256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
         "00112233445566778899aabbccddeeff", "8ea2b7ca516745bfeafc49904b496089"},
        {&macaw_des3, "133457799bbcdff1133457799bbcdff1133457799bbcdff1", "0123456789abcdef",
         "85e813540f0ab405"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        uint8_t key[32], block[16], want[16], got[16];
        (void)unhex(key, sizeof key, answers[i].key);
        size_t len = unhex(block, sizeof block, answers[i].in);
        (void)unhex(want, sizeof want, answers[i].out);
        for (const macaw_block_kernel *const *k = answers[i].cipher->kernels; *k != NULL; k++) {
            static macaw_block_key expanded;
            if (macaw_block_init(&expanded, answers[i].cipher, key, (*k)->name) != MACAW_OK) {
                continue;
            }
            macaw_block_encrypt(&expanded, block, got, 1);
            assert_bytes((*k)->name, len, want, got, len);
            macaw_block_clear(&expanded);
        }
    }
}

static void unknown_kernel(void **state)
{
    static macaw_block_key key;

    (void)state;
    assert_int_equal(macaw_block_init(&key, &macaw_aes128, secret, "abacus"), MACAW_ENOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(kernels_agree_with_single_blocks),
        cmocka_unit_test(unknown_kernel),
    };

    return cmocka_run_group_tests_name("block", tests, fill, NULL);
}

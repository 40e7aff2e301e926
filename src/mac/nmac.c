/* NMAC (Bellare, Canetti, Krawczyk, Crypto 1996) over the compression function of
 * SHA-256: the nested construction with its two chaining values as the key.
 *
 * Key: k1, of the cascade over the message, then k2, of the outer function, 32
 * bytes each, words big-endian: in the order in which they are used. (The paper
 * calls the outer one k1.)
 *
 *   nmac-sha256         pads as SHA-256 would behind one block more, so that HMAC
 *                       is this with k1, k2 compressed from its pads
 *   nmac-sha256-fixpad  pads the message with a 1 bit and zeros, without its
 *                       length, and the inner value with 256 zero bits */
#include "base/bytes.h"
#include "mac/nested.h"

#define HALF 32 /* bytes of a chaining value */

static void load_words(macaw_md_state *state, const uint8_t *key)
{
    for (size_t i = 0; i < HALF / 4; i++) {
        state->w32[i] = macaw_load_be32(key + 4 * i);
    }
}

static int load_key(const macaw_alg *alg, macaw_nested_key *k, const uint8_t *secret,
                    const char *kernel, const char **kernel_name)
{
    int rc = macaw_nested_choose(k, alg->param, kernel, kernel_name);

    if (rc == MACAW_OK) {
        load_words(&k->inner, secret);
        load_words(&k->outer, secret + HALF);
    }
    return rc;
}

static int hash_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                         const char *kernel, const char **kernel_name)
{
    macaw_nested_key *k = key_state;
    int rc = load_key(alg, k, secret, kernel, kernel_name);

    (void)len;
    if (rc == MACAW_OK) {
        macaw_nested_pads(k, k->md->block_len, k->md->padding, k->md->padding);
    }
    return rc;
}

static int fixpad_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret,
                           size_t len, const char *kernel, const char **kernel_name)
{
    static const macaw_md_padding one_zeros = {.mark = 0x80}, zeros = {.mark = 0};
    macaw_nested_key *k = key_state;
    int rc = load_key(alg, k, secret, kernel, kernel_name);

    (void)len;
    if (rc == MACAW_OK) {
        macaw_nested_pads(k, 0, one_zeros, zeros);
    }
    return rc;
}

#define CLASS(init)                                                                                \
    {.key_size = sizeof(macaw_nested_key), .ctx_size = sizeof(macaw_nested_ctx),                   \
     .kernel = macaw_nested_kernel, .key_init = init, .start = macaw_nested_start,                 \
     .update = macaw_nested_update, .finish = macaw_nested_finish, .one = macaw_nested_one,        \
     .many = macaw_nested_many}
static const macaw_class hash_class = CLASS(hash_key_init), fixpad_class = CLASS(fixpad_key_init);

/* A collision of chaining values is likely after 2^(n/2) messages, n the bits of a
 * chaining value, which is also a key: the square root of the number of keys. */
static const macaw_bound bound = {
    .formula = "q^2 l / 2^256",
    .source = "Bellare, Canetti, Krawczyk 1996; Gazi, Pietrzak, Rybar 2014",
    .q_exp = 2, .l_exp = 1, .bits = 256};

#define COMMON                                                                                     \
    .advice = "what HMAC is built on, spoken by no peer; use hmac-sha256",                         \
    .key_min = 2 * HALF, .key_max = 2 * HALF, .key_safe = 2 * HALF, .tag_len = 32, .tag_min = 8,   \
    .block_len = 64, .bound = &bound, .flags = MACAW_ALG_PRF, .param = &macaw_sha256

const macaw_alg macaw_nmac_sha256 = {
    .name = "nmac-sha256", .cls = &hash_class,
    .standard = "Bellare, Canetti, Krawczyk 1996, padding of FIPS 180-4", COMMON};
const macaw_alg macaw_nmac_sha256_fixpad = {
    .name = "nmac-sha256-fixpad", .cls = &fixpad_class,
    .standard = "Bellare, Canetti, Krawczyk 1996, padding 10*, outer padding of zeros", COMMON};

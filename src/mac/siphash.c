/* SipHash as a MAC: short tags, short inputs, one key. */
#include "prim/siphash.h"

#include <string.h>

#include "mac/class.h"

typedef struct siphash_row {
    unsigned c, d;
} siphash_row;

typedef struct siphash_key {
    macaw_siphash start;
    const macaw_siphash_kernel *kernel;
} siphash_key;

_Static_assert(sizeof(macaw_siphash) <= MACAW_CTX_STATE, "room in macaw_ctx");

static const char *siphash_kernel(const macaw_alg *alg, size_t i)
{
    size_t n = 0;

    (void)alg;
    while (n < i && macaw_siphash_kernels[n] != NULL) {
        n++;
    }
    return macaw_siphash_kernels[n] != NULL ? macaw_siphash_kernels[n]->name : NULL;
}

static int siphash_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret,
                            size_t len, const char *kernel, const char **kernel_name)
{
    const siphash_row *row = alg->param;
    const macaw_siphash_kernel *const *k = macaw_siphash_kernels;
    siphash_key *key = key_state;

    (void)len;
    while (*k != NULL && (kernel != NULL ? strcmp((*k)->name, kernel) != 0 : !(*k)->usable())) {
        k++;
    }
    if (*k == NULL || !(*k)->usable()) {
        return *k == NULL ? MACAW_ENOTFOUND : MACAW_EUNAVAILABLE;
    }
    key->kernel = *k;
    *kernel_name = (*k)->name;
    macaw_siphash_start(&key->start, secret, row->c, row->d, alg->tag_len);
    return MACAW_OK;
}

static int siphash_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                         const uint8_t *nonce)
{
    const siphash_key *key = key_state;
    macaw_siphash *s = ctx_state;

    (void)alg;
    (void)nonce;
    *s = key->start;
    return MACAW_OK;
}

static int siphash_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                          const uint8_t *data, size_t len)
{
    (void)alg;
    (void)key_state;
    macaw_siphash_update(ctx_state, data, len);
    return MACAW_OK;
}

static int siphash_finish(const macaw_alg *alg, const void *key_state, void *ctx_state,
                          uint8_t *tag)
{
    (void)alg;
    (void)key_state;
    macaw_siphash_finish(ctx_state, tag);
    return MACAW_OK;
}

static int siphash_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                       const uint8_t *data, size_t len, uint8_t *tag)
{
    const siphash_key *key = key_state;

    (void)alg;
    (void)nonce;
    macaw_siphash_whole(&key->start, data, len, tag);
    return MACAW_OK;
}

static int siphash_many(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs,
                        size_t n, uint8_t *tags, size_t stride)
{
    const siphash_key *key = key_state;

    (void)alg;
    key->kernel->many(&key->start, msgs, n, tags, stride);
    return MACAW_OK;
}

static const macaw_class siphash_class = {
    .key_size = sizeof(siphash_key),
    .ctx_size = sizeof(macaw_siphash),
    .kernel = siphash_kernel,
    .key_init = siphash_key_init,
    .start = siphash_start,
    .update = siphash_update,
    .finish = siphash_finish,
    .one = siphash_one,
    .many = siphash_many,
};

static const siphash_row rounds_1_3 = {1, 3}, rounds_2_4 = {2, 4};

#define COMMON                                                                                     \
    .standard = "Aumasson and Bernstein, SipHash, Indocrypt 2012", .flags = MACAW_ALG_PRF,         \
    .key_min = MACAW_SIPHASH_KEY_LEN, .key_max = MACAW_SIPHASH_KEY_LEN,                            \
    .key_safe = MACAW_SIPHASH_KEY_LEN, .tag_min = 8, .cls = &siphash_class

const macaw_alg macaw_siphash_1_3 = {
    .name = "siphash-1-3", .tag_len = 8, .param = &rounds_1_3, COMMON};
const macaw_alg macaw_siphash_2_4 = {
    .name = "siphash-2-4", .tag_len = 8, .param = &rounds_2_4, COMMON};
const macaw_alg macaw_siphash_2_4_128 = {
    .name = "siphash-2-4-128", .tag_len = 16, .param = &rounds_2_4, COMMON};

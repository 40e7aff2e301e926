#include "report/counted.h"

#include <stdlib.h>

#include <macaw/mac.h>

#include "mac/cbc.h"
#include "mac/pmac.h"
#include "prim/block_kernels.h"

enum { BLOCK = 16 };

/* ---- a cipher with a counter ---- */

/* A kernel is handed its schedule and nothing else, so the count is the thread's. */
static _Thread_local size_t calls;

static bool usable(void)
{
    return true;
}

static int expand(void *schedule, const uint8_t *key, size_t key_len)
{
    return macaw_aes_libcrypto.expand(schedule, key, key_len);
}

static void clear(void *schedule)
{
    if (macaw_aes_libcrypto.clear != NULL) {
        macaw_aes_libcrypto.clear(schedule);
    }
}

static void encrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    calls += n;
    macaw_aes_libcrypto.encrypt(schedule, in, out, n);
}

static void decrypt(const void *schedule, const uint8_t *in, uint8_t *out, size_t n)
{
    calls += n;
    macaw_aes_libcrypto.decrypt(schedule, in, out, n);
}

/* Chains and sums are done with encrypt, too. */
static const macaw_block_kernel counter = {.name = "counter",
                                           .usable = usable,
                                           .expand = expand,
                                           .clear = clear,
                                           .encrypt = encrypt,
                                           .decrypt = decrypt};
static const macaw_block_kernel *const kernels[] = {&counter, NULL};
static const macaw_cipher counted = {"counted", BLOCK, BLOCK, kernels};

/* ---- algorithms over it ---- */

typedef struct counting {
    macaw_alg alg;
    macaw_cbc_row cbc;
    macaw_pmac_row pmac;
    macaw_key *key;
} counting;

static bool counting_open(counting *ret, const char *name)
{
    static const uint8_t secret[2 * BLOCK];

    ret->alg = *macaw_alg_find(name);
    if (ret->alg.cls == &macaw_cbc_class) {
        ret->cbc = *(const macaw_cbc_row *)ret->alg.param;
        ret->cbc.cipher = &counted;
        ret->alg.param = &ret->cbc;
    } else {
        ret->pmac = *(const macaw_pmac_row *)ret->alg.param;
        ret->pmac.cipher = &counted;
        ret->alg.param = &ret->pmac;
    }
    return macaw_key_new(&ret->key, &ret->alg, secret, ret->alg.key_min, NULL) == MACAW_OK;
}

size_t counted_tag(const char *alg, size_t len)
{
    uint8_t *text = calloc(1, len + 1), tag[BLOCK];
    size_t ret = 0;
    counting c;

    if (text != NULL && counting_open(&c, alg)) {
        calls = 0;
        ret = macaw_tag(c.key, &(macaw_msg){NULL, text, len}, tag, sizeof tag) == MACAW_OK ? calls
                                                                                           : 0;
        macaw_key_free(c.key);
    }
    free(text);
    return ret;
}

size_t counted_change(const char *alg, size_t blocks, size_t i)
{
    static const uint8_t old[BLOCK], new[BLOCK] = {1};
    const macaw_change change = {blocks * BLOCK, i * BLOCK, old, new};
    uint8_t tag[BLOCK] = {0};
    size_t ret = 0;
    counting c;

    if (counting_open(&c, alg)) {
        calls = 0;
        ret = macaw_tag_change(c.key, &change, tag, tag, sizeof tag) == MACAW_OK ? calls : 0;
        macaw_key_free(c.key);
    }
    return ret;
}

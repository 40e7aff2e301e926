#include "prim/block.h"

#include <string.h>

#include <macaw/status.h>

#include "base/ct.h"

const char *macaw_cipher_kernel(const macaw_cipher *cipher, size_t i)
{
    size_t n = 0;

    while (n < i && cipher->kernels[n] != NULL) {
        n++;
    }
    return cipher->kernels[n] != NULL ? cipher->kernels[n]->name : NULL;
}

static const macaw_block_kernel *pick(const macaw_cipher *cipher, const char *name, bool *known)
{
    *known = name == NULL;
    for (const macaw_block_kernel *const *k = cipher->kernels; *k != NULL; k++) {
        bool named = name == NULL || strcmp((*k)->name, name) == 0;
        *known = *known || named;
        if (named && (*k)->usable()) {
            return *k;
        }
    }
    return NULL;
}

int macaw_block_init(macaw_block_key *ret, const macaw_cipher *cipher, const uint8_t *key,
                     const char *kernel)
{
    bool known;

    ret->cipher = cipher;
    ret->kernel = pick(cipher, kernel, &known);
    if (ret->kernel == NULL) {
        return known ? MACAW_EUNAVAILABLE : MACAW_ENOTFOUND;
    }
    return ret->kernel->expand(ret->schedule, key, cipher->key_len);
}

void macaw_block_clear(macaw_block_key *key)
{
    if (key->kernel != NULL && key->kernel->clear != NULL) {
        key->kernel->clear(key->schedule);
    }
    macaw_wipe(key, sizeof *key);
}

void macaw_block_encrypt(const macaw_block_key *key, const uint8_t *in, uint8_t *out, size_t n)
{
    key->kernel->encrypt(key->schedule, in, out, n);
}

void macaw_block_decrypt(const macaw_block_key *key, const uint8_t *in, uint8_t *out, size_t n)
{
    key->kernel->decrypt(key->schedule, in, out, n);
}

static void xor_into(uint8_t *to, const uint8_t *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        to[i] ^= from[i];
    }
}

void macaw_block_chain(const macaw_block_key *key, uint8_t *chain, const uint8_t *in, size_t n)
{
    size_t len = key->cipher->block_len;

    if (key->kernel->chain != NULL) {
        key->kernel->chain(key->schedule, chain, in, n);
        return;
    }
    for (; n > 0; n--, in += len) {
        xor_into(chain, in, len);
        key->kernel->encrypt(key->schedule, chain, chain, 1);
    }
}

void macaw_block_chain_many(const macaw_block_key *key, uint8_t (*chains)[MACAW_BLOCK_MAX],
                            const uint8_t **in, size_t n, size_t count)
{
    if (key->kernel->chain_many != NULL && count > 1) {
        key->kernel->chain_many(key->schedule, chains, in, n, count);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        macaw_block_chain(key, chains[i], in[i], n);
    }
}

/* The blocks that pass through a buffer at once: enough that what a library
 * charges for a call is little of its work, few enough for the first-level cache. */
#define SUM_CHUNK 128

/* Two blocks of 8 bytes or one of 16, for compilers to keep in one register. */
typedef uint64_t pair __attribute__((vector_size(16)));

static inline pair load_pair(const uint8_t *p)
{
    pair v;

    memcpy(&v, p, sizeof v);
    return v;
}

static inline void mask_pair(uint8_t *out, const uint8_t *in, pair base, const uint8_t *mask)
{
    pair v = load_pair(in) ^ load_pair(mask) ^ base;

    memcpy(out, &v, sizeof v);
}

/* out = in ^ mask ^ base. */
static void mask_blocks(uint8_t *out, const uint8_t *in, pair base, const uint8_t *mask, size_t len)
{
    size_t at = 0;

    for (; at + 64 <= len; at += 64) {
        mask_pair(out + at, in + at, base, mask + at);
        mask_pair(out + at + 16, in + at + 16, base, mask + at + 16);
        mask_pair(out + at + 32, in + at + 32, base, mask + at + 32);
        mask_pair(out + at + 48, in + at + 48, base, mask + at + 48);
    }
    for (; at + sizeof base <= len; at += sizeof base) {
        mask_pair(out + at, in + at, base, mask + at);
    }
    for (size_t i = at; i < len; i++) {
        out[i] = in[i] ^ mask[i] ^ ((const uint8_t *)&base)[i - at];
    }
}

static void add_blocks(uint8_t *sum, const uint8_t *in, size_t len, size_t block_len)
{
    pair even = {0, 0}, odd = {0, 0};
    size_t at = 0;

    for (; at + 64 <= len; at += 64) {
        even ^= load_pair(in + at) ^ load_pair(in + at + 32);
        odd ^= load_pair(in + at + 16) ^ load_pair(in + at + 48);
    }
    even ^= odd;
    for (size_t half = 0; half < sizeof even; half += block_len) {
        xor_into(sum, (const uint8_t *)&even + half, block_len);
    }
    for (; at < len; at += block_len) {
        xor_into(sum, in + at, block_len);
    }
}

void macaw_block_sum(const macaw_block_key *key, uint8_t *sum, const uint8_t *in,
                     const uint8_t *base, const uint8_t *mask, size_t n)
{
    size_t len = key->cipher->block_len, chunk = 0;
    uint8_t masked[SUM_CHUNK * MACAW_BLOCK_MAX], twice[sizeof(pair)];

    if (key->kernel->sum != NULL) {
        key->kernel->sum(key->schedule, sum, in, base, mask, n);
        return;
    }
    memcpy(twice, base, len);
    memcpy(twice + sizeof twice - len, base, len);
    for (size_t done = 0; done < n; done += chunk) {
        chunk = n - done < SUM_CHUNK ? n - done : SUM_CHUNK;
        mask_blocks(masked, in + done * len, load_pair(twice), mask + done * len, chunk * len);
        key->kernel->encrypt(key->schedule, masked, masked, chunk);
        add_blocks(sum, masked, chunk * len, len);
    }
    macaw_wipe(masked, (n < SUM_CHUNK ? n : SUM_CHUNK) * len);
}

#include "mac/cbc.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ct.h"

typedef struct cbc_ctx {
    uint8_t chain[MACAW_BLOCK_MAX];
    uint8_t tail[MACAW_BLOCK_MAX];
    size_t held; /* bytes in tail: a whole block may be the last one, so it waits */
} cbc_ctx;

_Static_assert(sizeof(cbc_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

/* A block as two words, first byte lowest. It stays in registers until it is
 * whole: loads that span earlier, smaller stores wait for them. */
struct block {
    uint64_t low, high;
};

static struct block load_block(const uint8_t *p)
{
    return (struct block){macaw_load_le64(p), macaw_load_le64(p + 8)};
}

static void store_block(uint8_t *p, struct block b)
{
    macaw_store_le64(p, b.low);
    macaw_store_le64(p + 8, b.high);
}

/* The held bytes at tail, and zeros. Where a whole block may be read it is loaded
 * and shifted: a copy of variable size costs more than a block in a lane. */
static struct block load_tail(const uint8_t *tail, size_t held, size_t before)
{
    uint8_t copy[MACAW_BLOCK_MAX] = {0};

    if (held == 0 || held + before < MACAW_BLOCK_MAX) {
        memcpy(copy, tail, held);
        return load_block(copy);
    }
    struct block b = load_block(tail + held - MACAW_BLOCK_MAX);
    unsigned drop = 8 * (MACAW_BLOCK_MAX - (unsigned)held);
    if (drop >= 64) {
        return (struct block){b.high >> (drop - 64), 0};
    }
    return drop == 0 ? b : (struct block){b.low >> drop | b.high << (64 - drop), b.high >> drop};
}

size_t macaw_cbc_end(const macaw_cbc_row *row, const macaw_cbc_key *key, const uint8_t *tail,
                     size_t held, size_t before, uint8_t *out)
{
    const bool whole = held == row->cipher->block_len;
    const bool marked = row->padding == MACAW_CBC_ALWAYS ||
                        (row->padding == MACAW_CBC_PARTIAL && !whole);
    const uint64_t mark = marked ? UINT64_C(0x80) << 8 * (held % 8) : 0;
    struct block b = load_tail(tail, held, before);

    b.low |= held / 8 == 0 ? mark : 0;
    b.high |= held / 8 == 1 ? mark : 0;
    if (row->padding == MACAW_CBC_PARTIAL) {
        struct block mask = load_block(whole ? key->whole : key->padded); /* zeros past its end */
        b.low ^= mask.low;
        b.high ^= mask.high;
    }
    store_block(out, b);
    store_block(out + MACAW_BLOCK_MAX, (struct block){held / 8 == 2 ? mark : 0, 0});
    return row->padding == MACAW_CBC_ALWAYS && whole ? 2 : 1;
}

static int cbc_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                        const char *kernel, const char **kernel_name)
{
    const macaw_cbc_row *row = alg->param;
    macaw_cbc_key *key = key_state;

    (void)len;
    int rc = row->derive(row->cipher, key, secret, kernel);
    if (rc != MACAW_OK) {
        macaw_block_clear(&key->chain);
        macaw_block_clear(&key->last);
        return rc;
    }
    *kernel_name = key->chain.kernel->name;
    return MACAW_OK;
}

static void cbc_key_clear(const macaw_alg *alg, void *key_state)
{
    macaw_cbc_key *key = key_state;

    (void)alg;
    macaw_block_clear(&key->chain);
    macaw_block_clear(&key->last);
}

static int cbc_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                     const uint8_t *nonce)
{
    (void)alg;
    (void)key_state;
    (void)nonce;
    memset(ctx_state, 0, sizeof(cbc_ctx));
    return MACAW_OK;
}

static int cbc_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                      const uint8_t *data, size_t len)
{
    const macaw_cbc_row *row = alg->param;
    const macaw_cbc_key *key = key_state;
    cbc_ctx *c = ctx_state;
    size_t block = row->cipher->block_len;
    size_t take = len < block - c->held ? len : block - c->held;

    memcpy(c->tail + c->held, data, take);
    c->held += take;
    data += take;
    len -= take;
    if (len == 0) {
        return MACAW_OK;
    }
    macaw_block_chain(&key->chain, c->chain, c->tail, 1);
    size_t body = (len - 1) / block;
    macaw_block_chain(&key->chain, c->chain, data, body);
    c->held = len - body * block;
    memcpy(c->tail, data + body * block, c->held);
    return MACAW_OK;
}

static int cbc_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    const macaw_cbc_row *row = alg->param;
    const macaw_cbc_key *key = key_state;
    cbc_ctx *c = ctx_state;
    uint8_t end[2 * MACAW_BLOCK_MAX];
    size_t n = macaw_cbc_end(row, key, c->tail, c->held, 0, end);

    macaw_block_chain(&key->chain, c->chain, end, n);
    if (row->last != NULL) {
        row->last(key, c->chain, 1);
    }
    memcpy(tag, c->chain, row->cipher->block_len);
    macaw_wipe(end, sizeof end);
    return MACAW_OK;
}

int macaw_cbc_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                  const uint8_t *data, size_t len, uint8_t *tag)
{
    const macaw_cbc_row *row = alg->param;
    const macaw_cbc_key *key = key_state;
    size_t block = row->cipher->block_len;
    size_t body = len > 0 ? (len - 1) / block : 0;
    uint8_t chain[MACAW_BLOCK_MAX] = {0}, end[2 * MACAW_BLOCK_MAX];

    (void)nonce;
    if (body > 0) {
        macaw_block_chain(&key->chain, chain, data, body);
    }
    size_t n = macaw_cbc_end(row, key, len > 0 ? data + body * block : (const uint8_t *)"",
                             len - body * block, body * block, end);
    macaw_block_chain(&key->chain, chain, end, n);
    if (row->last != NULL) {
        row->last(key, chain, 1);
    }
    memcpy(tag, chain, block);
    return MACAW_OK;
}

static const char *cbc_kernel(const macaw_alg *alg, size_t i)
{
    const macaw_cbc_row *row = alg->param;

    return macaw_cipher_kernel(row->cipher, i);
}

const macaw_class macaw_cbc_class = {
    .key_size = sizeof(macaw_cbc_key),
    .ctx_size = sizeof(cbc_ctx),
    .kernel = cbc_kernel,
    .key_init = cbc_key_init,
    .key_clear = cbc_key_clear,
    .start = cbc_start,
    .update = cbc_update,
    .finish = cbc_finish,
    .one = macaw_cbc_one,
    .many = macaw_cbc_many,
};

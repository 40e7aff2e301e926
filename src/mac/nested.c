#include "mac/nested.h"

#include <string.h>

_Static_assert(sizeof(macaw_nested_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

/* Absorb all of m but the tail that is to be padded; returns the tail's length. */
static size_t absorb_body(const macaw_nested_key *key, macaw_md_state *state, const uint8_t *m,
                          size_t len)
{
    size_t tail = macaw_md_tail(key->md, len);

    if (len > tail) {
        key->kernel->blocks(state, m, (len - tail) / key->md->block_len);
    }
    return tail;
}

/* Where the tail begins; never NULL. */
static const uint8_t *tail_at(const uint8_t *m, size_t len, size_t tail)
{
    return tail > 0 ? m + len - tail : (const uint8_t *)"";
}

void macaw_nested_f(const macaw_nested_key *key, const uint8_t *m, size_t len, uint8_t *digest)
{
    macaw_md_state state = key->inner;
    size_t tail = absorb_body(key, &state, m, len);

    macaw_md_finish(key->md, key->kernel, &state, tail_at(m, len, tail), tail, key->before + len,
                    digest);
}

void macaw_nested_g(const macaw_nested_key *key, const uint8_t *inner_digest, uint8_t *tag)
{
    macaw_md_state state = key->outer;

    macaw_md_finish(key->md, key->kernel, &state, inner_digest, key->md->digest_len,
                    key->before + key->md->digest_len, tag);
}

/* The tag, from a state that has absorbed all of a message of len bytes but the
 * tail. The same as f, then g. */
static void end_message(const macaw_nested_key *key, macaw_md_state *state, const uint8_t *tail,
                        size_t tail_len, uint64_t len, uint8_t *tag)
{
    const macaw_md *md = key->md;
    uint8_t last[3 * MACAW_MD_BLOCK_MAX];

    if (key->kernel->nest == NULL) {
        macaw_md_finish(md, key->kernel, state, tail, tail_len, key->before + len, last);
        macaw_nested_g(key, last, tag);
        return;
    }
    macaw_md_state outer = key->outer;
    size_t blocks = macaw_md_pad(md, last, tail, tail_len, key->before + len);
    key->kernel->nest(state, last, blocks, &outer, md->digest_len, key->before + md->digest_len);
    macaw_md_digest(md, &outer, tag);
}

int macaw_nested_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                     const uint8_t *data, size_t len, uint8_t *tag)
{
    const macaw_nested_key *key = key_state;
    macaw_md_state state = key->inner;
    size_t tail = absorb_body(key, &state, data, len);

    (void)alg;
    (void)nonce;
    end_message(key, &state, tail_at(data, len, tail), tail, len, tag);
    return MACAW_OK;
}

int macaw_nested_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                       const uint8_t *nonce)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;

    (void)alg;
    (void)nonce;
    c->state = key->inner;
    c->len = 0;
    return MACAW_OK;
}

int macaw_nested_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                        const uint8_t *data, size_t len)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;
    size_t block = key->md->block_len, held = c->len % block;

    (void)alg;
    c->len += len;
    if (held + len < block) {
        memcpy(c->block + held, data, len);
        return MACAW_OK;
    }
    if (held > 0) {
        memcpy(c->block + held, data, block - held);
        key->kernel->blocks(&c->state, c->block, 1);
        data += block - held;
        len -= block - held;
    }
    key->kernel->blocks(&c->state, data, len / block);
    memcpy(c->block, data + len - len % block, len % block);
    return MACAW_OK;
}

int macaw_nested_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    const macaw_nested_key *key = key_state;
    macaw_nested_ctx *c = ctx_state;

    (void)alg;
    end_message(key, &c->state, c->block, c->len % key->md->block_len, c->len, tag);
    return MACAW_OK;
}

const char *macaw_nested_kernel(const macaw_alg *alg, size_t i)
{
    const macaw_md *md = alg->param;
    size_t n = 0;

    while (n < i && md->kernels[n] != NULL) {
        n++;
    }
    return md->kernels[n] != NULL ? md->kernels[n]->name : NULL;
}

int macaw_nested_choose(macaw_nested_key *key, const macaw_md *md, const char *kernel,
                        const char **kernel_name)
{
    bool known;
    const macaw_md_kernel *k = macaw_md_pick(md, kernel, &known);

    if (k == NULL) {
        return known ? MACAW_EUNAVAILABLE : MACAW_ENOTFOUND;
    }
    key->md = md;
    key->kernel = k;
    *kernel_name = k->name;
    return MACAW_OK;
}

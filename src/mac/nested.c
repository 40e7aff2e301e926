#include "mac/nested.h"

#include <string.h>

#include "mac/lanes.h"

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

/* The last blocks of a message of len bytes. */
static size_t pad(const macaw_nested_key *key, uint8_t *out, const uint8_t *tail, size_t tail_len,
                  uint64_t len)
{
    return macaw_md_pad(key->md, &key->padding, out, tail, tail_len, key->before + len);
}

void macaw_nested_f(const macaw_nested_key *key, const uint8_t *m, size_t len, uint8_t *digest)
{
    macaw_md_state state = key->inner;
    uint8_t last[3 * MACAW_MD_BLOCK_MAX];
    size_t tail = absorb_body(key, &state, m, len);

    key->kernel->blocks(&state, last, pad(key, last, tail_at(m, len, tail), tail, len));
    macaw_md_digest(key->md, &state, digest);
}

void macaw_nested_g(const macaw_nested_key *key, const uint8_t *inner_digest, uint8_t *tag)
{
    macaw_md_state state = key->outer;
    uint8_t last[MACAW_MD_BLOCK_MAX];

    memcpy(last, key->last, sizeof last);
    memcpy(last, inner_digest, key->md->digest_len);
    key->kernel->blocks(&state, last, 1);
    macaw_md_digest(key->md, &state, tag);
}

/* The tag, from a state that has absorbed all of a message of len bytes but the
 * tail. The same as f, then g. */
static void end_message(const macaw_nested_key *key, macaw_md_state *state, const uint8_t *tail,
                        size_t tail_len, uint64_t len, uint8_t *tag)
{
    const macaw_md *md = key->md;
    uint8_t last[3 * MACAW_MD_BLOCK_MAX];
    size_t blocks = pad(key, last, tail, tail_len, len);

    if (key->kernel->nest == NULL) {
        key->kernel->blocks(state, last, blocks);
        macaw_md_digest(md, state, last);
        macaw_nested_g(key, last, tag);
        return;
    }
    key->kernel->nest(state, last, blocks, &key->outer, md->digest_len, key->last, tag);
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

void macaw_nested_pads(macaw_nested_key *key, uint64_t before, macaw_md_padding inner,
                       macaw_md_padding outer)
{
    static const uint8_t zeros[MACAW_MD_DIGEST_MAX];
    uint8_t last[3 * MACAW_MD_BLOCK_MAX];
    size_t len = key->md->digest_len;

    key->before = before;
    key->padding = inner;
    (void)macaw_md_pad(key->md, &outer, last, zeros, len, before + len); /* one block */
    memcpy(key->last, last, key->md->block_len);
}

/* ---- batches ---- */

static size_t lane_body(const void *work_key, size_t len)
{
    const macaw_nested_key *key = work_key;

    return (len - macaw_md_tail(key->md, len)) / key->md->block_len;
}

static size_t lane_end(const void *work_key, const macaw_msg *msg, size_t body, uint8_t *out)
{
    const macaw_nested_key *key = work_key;
    size_t tail = msg->len - body * key->md->block_len;

    return pad(key, out, tail_at(msg->data, msg->len, tail), tail, msg->len);
}

static void lane_step(const void *work_key, void *values, const uint8_t **in, size_t n,
                      size_t count)
{
    const macaw_nested_key *key = work_key;

    macaw_md_blocks_many(key->kernel, values, in, n, count);
}

int macaw_nested_many(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs, size_t n,
                      uint8_t *tags, size_t stride)
{
    const macaw_nested_key *key = key_state;
    const macaw_lanes work = {
        .key = key,
        .start = &key->inner,
        .lanes = macaw_md_lanes(key->kernel, n),
        .block_len = key->md->block_len,
        .value_len = sizeof(macaw_md_state),
        .body = lane_body,
        .end = lane_end,
        .step = lane_step,
    };
    macaw_md_state values[MACAW_LANES_VALUES(1)];

    if (work.lanes == 1) {
        for (size_t i = 0; i < n; i++) {
            (void)macaw_nested_one(alg, key, NULL, msgs[i].data, msgs[i].len, tags + i * stride);
        }
        return MACAW_OK;
    }
    macaw_lanes_run(&work, msgs, n, values);
    for (size_t i = 0; i < n; i += work.lanes) {
        size_t count = n - i < work.lanes ? n - i : work.lanes;
        macaw_md_nest_many(key->md, key->kernel, &values[i], count, &key->outer, key->last);
    }
    for (size_t i = 0; i < n; i++) {
        macaw_md_digest(key->md, &values[i], tags + i * stride);
    }
    return MACAW_OK;
}

#include "prim/md.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ct.h"

const macaw_md_kernel *macaw_md_pick(const macaw_md *md, const char *name, bool *known)
{
    bool found = name == NULL;
    const macaw_md_kernel *pick = NULL;

    for (const macaw_md_kernel *const *k = md->kernels; *k != NULL && pick == NULL; k++) {
        if (name == NULL || strcmp((*k)->name, name) == 0) {
            found = true;
            pick = (*k)->usable() ? *k : NULL;
        }
    }
    if (known != NULL) {
        *known = found;
    }
    return pick;
}

/* Two words at a time; the last one alone where their number is odd. */
static void store_be32(uint8_t *out, const uint32_t *w, size_t words)
{
    for (; words >= 2; words -= 2, w += 2, out += 8) {
        macaw_store_be64(out, (uint64_t)w[0] << 32 | w[1]);
    }
    if (words > 0) {
        macaw_store_be32(out, w[0]);
    }
}

void macaw_md_digest(const macaw_md *md, const macaw_md_state *state, uint8_t *digest)
{
    size_t words = md->word_len == 8 ? md->digest_len / 8 : md->digest_len / 4;

    if (md->word_len == 4 && !md->little_endian) {
        store_be32(digest, state->w32, words);
        return;
    }
    for (size_t i = 0; i < words; i++) {
        if (md->little_endian) {
            macaw_store_le32(digest + 4 * i, state->w32[i]);
        } else {
            macaw_store_be64(digest + 8 * i, state->w64[i]);
        }
    }
}

static void store_length(const macaw_md *md, size_t length_len, uint8_t *end, uint64_t bytes)
{
    if (md->little_endian) {
        macaw_store_le64(end - 8, bytes << 3);
        return;
    }
    macaw_store_be64(end - 8, bytes << 3);
    if (length_len == 16) {
        macaw_store_be64(end - 16, bytes >> 61);
    }
}

size_t macaw_md_pad(const macaw_md *md, const macaw_md_padding *padding, uint8_t *out,
                    const uint8_t *tail, size_t tail_len, uint64_t total)
{
    size_t blocks = 1, end = md->block_len;

    for (; end < tail_len + 1 + padding->length_len; end += md->block_len) {
        blocks++;
    }
    for (size_t i = tail_len & ~(size_t)63; i < end; i += 64) {
        memset(out + i, 0, 64); /* of constant size: no call */
    }
    memcpy(out, tail, tail_len);
    out[tail_len] = padding->mark;
    if (padding->length_len > 0) {
        store_length(md, padding->length_len, out + end, total);
    }
    return blocks;
}

/* The kernel for count messages at once, NULL if none pays. */
static const macaw_md_kernel *for_count(const macaw_md_kernel *kernel, size_t count)
{
    while (kernel != NULL && (kernel->blocks_many == NULL || count < kernel->lanes_pay)) {
        kernel = kernel->fewer;
    }
    return kernel;
}

size_t macaw_md_lanes(const macaw_md_kernel *kernel, size_t count)
{
    const macaw_md_kernel *wide = for_count(kernel, count);

    return wide != NULL ? wide->lanes : 1;
}

void macaw_md_blocks_many(const macaw_md_kernel *kernel, macaw_md_state *states,
                          const uint8_t **in, size_t n, size_t count)
{
    const macaw_md_kernel *wide;

    for (size_t done = 0; done < count; done += wide != NULL ? wide->lanes : 1) {
        wide = for_count(kernel, count - done);
        if (wide == NULL) {
            kernel->blocks(&states[done], in[done], n);
            continue;
        }
        for (size_t i = count; i < done + wide->lanes; i++) {
            in[i] = in[done]; /* idle lanes do the work of the first */
            states[i] = states[done];
        }
        wide->blocks_many(&states[done], &in[done], n);
    }
}

void macaw_md_nest_many(const macaw_md *md, const macaw_md_kernel *kernel, macaw_md_state *states,
                        size_t count, const macaw_md_state *outer, const uint8_t *last)
{
    uint8_t blocks[MACAW_MD_LANES_MAX][MACAW_MD_BLOCK_MAX];
    const uint8_t *in[MACAW_MD_LANES_MAX];
    const macaw_md_kernel *wide = for_count(kernel, count);

    if (wide != NULL && wide->nest_many != NULL) {
        wide->nest_many(states, outer, md->digest_len, last);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        memcpy(blocks[i], last, md->block_len);
        macaw_md_digest(md, &states[i], blocks[i]);
        states[i] = *outer;
        in[i] = blocks[i];
    }
    macaw_md_blocks_many(kernel, states, in, 1, count);
}

void macaw_md_finish(const macaw_md *md, const macaw_md_kernel *kernel, macaw_md_state *state,
                     const uint8_t *tail, size_t tail_len, uint64_t total, uint8_t *digest)
{
    uint8_t last[3 * MACAW_MD_BLOCK_MAX];

    kernel->blocks(state, last, macaw_md_pad(md, &md->padding, last, tail, tail_len, total));
    macaw_md_digest(md, state, digest);
}

void macaw_md_hash(const macaw_md *md, const macaw_md_kernel *kernel, const void *msg, size_t len,
                   uint8_t *digest)
{
    const uint8_t *p = msg;
    size_t tail = macaw_md_tail(md, len), body = len - tail;
    macaw_md_state state = md->iv;

    kernel->blocks(&state, p, body / md->block_len);
    macaw_md_finish(md, kernel, &state, tail > 0 ? p + body : (const uint8_t *)"", tail, len,
                    digest);
    macaw_wipe(&state, sizeof state);
}

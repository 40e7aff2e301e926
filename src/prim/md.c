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

static void store_word(const macaw_md *md, uint8_t *out, const macaw_md_state *state, size_t i)
{
    if (md->word_len == 8) {
        macaw_store_be64(out, state->w64[i]);
    } else if (md->little_endian) {
        macaw_store_le32(out, state->w32[i]);
    } else {
        macaw_store_be32(out, state->w32[i]);
    }
}

static void store_digest(const macaw_md *md, const macaw_md_state *state, uint8_t *digest)
{
    for (size_t i = 0; i < md->digest_len / md->word_len; i++) {
        store_word(md, digest + i * md->word_len, state, i);
    }
}

void macaw_md_finish(const macaw_md *md, const macaw_md_kernel *kernel, macaw_md_state *state,
                     const uint8_t *tail, size_t tail_len, uint64_t total, uint8_t *digest)
{
    uint8_t last[2 * MACAW_MD_BLOCK_MAX];
    size_t n = tail_len + 1 + md->length_len <= md->block_len ? 1 : 2;
    size_t end = n * md->block_len;

    memcpy(last, tail, tail_len);
    memset(last + tail_len, 0, end - tail_len);
    last[tail_len] = 0x80;
    if (md->little_endian) {
        macaw_store_le64(last + end - 8, total << 3);
    } else {
        macaw_store_be64(last + end - 8, total << 3);
        if (md->length_len == 16) {
            macaw_store_be64(last + end - 16, total >> 61);
        }
    }
    kernel->blocks(state, last, n);
    store_digest(md, state, digest);
}

void macaw_md_hash(const macaw_md *md, const macaw_md_kernel *kernel, const void *msg, size_t len,
                   uint8_t *digest)
{
    const uint8_t *p = msg;
    size_t whole = len / md->block_len;
    size_t body = whole * md->block_len;
    macaw_md_state state = md->iv;

    if (whole > 0) {
        kernel->blocks(&state, p, whole);
    }
    macaw_md_finish(md, kernel, &state, len > body ? p + body : (const uint8_t *)"", len - body,
                    len, digest);
    macaw_wipe(&state, sizeof state);
}

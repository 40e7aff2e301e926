/* PMACs that are none. Both sum encryptions of masked blocks and encrypt the sum:
 *   pmac-drawn  as drawings have it: every block, the last one too, is masked with
 *               k1 * i in GF(2^128) and encrypted under k2, the last one not encrypted
 *               but added to the sum, which is encrypted under the same k2
 *   pmac-bare   the same without masks: nothing says which block stands where */
#include <macaw/status.h>

#include "harness/target.h"
#include "prim/block.h"
#include "prim/gf.h"

enum { BLOCK = 16, BLOCKS_MAX = 1 << 16 };

typedef struct pmac_state {
    bool masked;
    macaw_gf128 k1;
    macaw_block_key k2;
} pmac_state;

static bool pmac_setup(void *state, const lab_target *self, lab_env *env)
{
    pmac_state *s = state;
    uint8_t keys[2 * BLOCK];

    s->masked = (self->properties & LAB_MASKED_SUM) != 0;
    lab_draw_key(env, keys, sizeof keys);
    s->k1 = macaw_gf128_load(keys);
    lab_publish_number(env->publics, "tag", BLOCK);
    lab_publish_number(env->publics, "block", BLOCK);
    return macaw_block_init(&s->k2, &macaw_aes128, keys + BLOCK, NULL) == MACAW_OK;
}

/* ret = block xor k1 * i, or the block. */
static void mask(const pmac_state *s, const uint8_t *block, uint64_t i, uint8_t *ret)
{
    macaw_gf128 sum = macaw_gf128_load(block);

    if (s->masked) {
        sum = macaw_gf128_add(sum, macaw_gf128_times_public(s->k1, (macaw_gf128){0, i}));
    }
    macaw_gf128_store(ret, sum);
}

static bool pmac_tag(void *state, const lab_input *in, lab_output *ret)
{
    const pmac_state *s = state;
    size_t n = in->message.len / BLOCK;
    uint8_t sum[BLOCK] = {0}, masked[BLOCK];

    if (n == 0 || n > BLOCKS_MAX || in->message.len % BLOCK != 0) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        mask(s, in->message.data + i * BLOCK, i + 1, masked);
        if (i + 1 < n) {
            macaw_block_encrypt(&s->k2, masked, masked, 1);
        }
        lab_xor(sum, sum, masked, BLOCK);
    }
    macaw_block_encrypt(&s->k2, sum, ret->tag, 1);
    ret->tag_len = BLOCK;
    return true;
}

#define PMAC(id, spelled, words, column, more)                                                     \
    extern const lab_target lab_pmac_##id;                                                         \
    const lab_target lab_pmac_##id = {                                                             \
        .name = "pmac-" spelled,                                                                   \
        .title = words,                                                                            \
        .advice = "pmac-aes128, or pmac-counter-aes128, the drawn one made sound",                 \
        .family = column,                                                                          \
        .properties = LAB_ANY_LENGTH | LAB_ITERATED | (more),                                      \
        .state_size = sizeof(pmac_state),                                                          \
        .setup = pmac_setup,                                                                       \
        .tag = pmac_tag,                                                                           \
    };

PMAC(drawn, "drawn", "PMAC with the last block masked and the same key at the end", "pmac-drawn",
     LAB_MASKED_SUM)
PMAC(bare, "bare", "PMAC without masks", NULL, 0)

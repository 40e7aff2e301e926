/* Batches of the CBC family: chains side by side, then the last step over all
 * final values at once. */
#include <string.h>

#include "mac/cbc.h"
#include "mac/lanes.h"

#define LANES_PAY 2 /* chains: even a second one costs a wide kernel nothing */

struct work_key {
    const macaw_cbc_row *row;
    const macaw_cbc_key *key;
};

static size_t lane_body(const void *work_key, size_t len)
{
    const struct work_key *w = work_key;

    return len > 0 ? (len - 1) / w->row->cipher->block_len : 0;
}

static size_t lane_end(const void *work_key, const macaw_msg *msg, size_t body, uint8_t *out)
{
    const struct work_key *w = work_key;
    const uint8_t *data = msg->len > 0 ? msg->data : (const uint8_t *)"";
    size_t done = body * w->row->cipher->block_len;

    return macaw_cbc_end(w->row, w->key, data + done, msg->len - done, done, out);
}

static void lane_step(const void *work_key, void *values, const uint8_t **in, size_t n,
                      size_t count)
{
    const struct work_key *w = work_key;

    macaw_block_chain_many(&w->key->chain, values, in, n, count);
}

int macaw_cbc_many(const macaw_alg *alg, const void *key_state, const macaw_msg *msgs, size_t n,
                   uint8_t *tags, size_t stride)
{
    static const uint8_t zeros[MACAW_BLOCK_MAX];
    const struct work_key w = {alg->param, key_state};
    const macaw_block_kernel *kernel = w.key->chain.kernel;
    const size_t len = w.row->cipher->block_len;
    const macaw_lanes work = {
        .key = &w,
        .start = zeros,
        .lanes = MACAW_CHAINS_MAX,
        .block_len = len,
        .value_len = MACAW_BLOCK_MAX,
        .body = lane_body,
        .end = lane_end,
        .step = lane_step,
    };
    uint8_t values[MACAW_LANES_VALUES(MACAW_BLOCK_MAX)];

    if (kernel->chain_many == NULL || n < LANES_PAY) {
        for (size_t i = 0; i < n; i++) {
            (void)macaw_cbc_one(alg, key_state, NULL, msgs[i].data, msgs[i].len,
                                tags + i * stride);
        }
        return MACAW_OK;
    }
    macaw_lanes_run(&work, msgs, n, values);
    if (w.row->last != NULL) {
        w.row->last(w.key, values, n);
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(tags + i * stride, values + i * MACAW_BLOCK_MAX, MACAW_BLOCK_MAX);
    }
    return MACAW_OK;
}

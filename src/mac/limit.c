/* How many messages a key may authenticate. */
#include <math.h>

#include "mac/class.h"

double macaw_alg_limit(const macaw_alg *alg, double log2_advantage, uint64_t msg_bytes)
{
    const macaw_bound *b = alg->bound;

    if ((alg->flags & MACAW_ALG_ONE_TIME) != 0) {
        return 0;
    }
    if (b == NULL || b->q_exp <= 0) {
        return INFINITY;
    }
    double blocks = alg->block_len > 0 ? (double)(msg_bytes / alg->block_len + 1) : 1;
    return (log2_advantage + b->bits - b->log2_c - b->l_exp * log2(blocks)) / b->q_exp;
}

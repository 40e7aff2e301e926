#include "mac/admit.h"

/* What bound->hard_log2 counts, from above: a message of b bytes has at most
 * b / block_len + 1 blocks. */
static bool past_hard_bound(const macaw_key *key)
{
    const macaw_bound *bound = key->alg->bound;
    macaw_key_use used = macaw_use_sum(&key->use);
    uint64_t units = used.messages;

    if (bound == NULL || bound->hard_log2 == 0 || bound->hard_log2 > 63) {
        return false;
    }
    if (bound->l_exp > 0 && key->alg->block_len > 0) {
        units += used.bytes / key->alg->block_len;
    }
    return units >= UINT64_C(1) << bound->hard_log2;
}

int macaw_admit_slow(macaw_key *key)
{
    if ((key->alg->flags & MACAW_ALG_ONE_TIME) != 0 &&
        atomic_exchange_explicit(&key->spent, true, memory_order_relaxed)) {
        return MACAW_ESPENT;
    }
    return past_hard_bound(key) ? MACAW_ELIMIT : MACAW_OK;
}

int macaw_admit_length(macaw_key *key, uint64_t len)
{
    uint64_t want = 0;

    if (key->alg->msg_len != 0) {
        return len == key->alg->msg_len ? MACAW_OK : MACAW_EARG;
    }
    if (atomic_compare_exchange_strong_explicit(&key->msg_len, &want, len + 1,
                                                memory_order_relaxed, memory_order_relaxed)) {
        return MACAW_OK;
    }
    return want == len + 1 ? MACAW_OK : MACAW_EARG;
}

/* How much a key has authenticated: exact over all threads, at the price of one
 * atomic addition a call. Messages and bytes share a word, 32 bits each, which
 * is emptied into the totals long before a half can overflow. */
#ifndef MACAW_MAC_USE_H
#define MACAW_MAC_USE_H

#include <stdatomic.h>
#include <stdint.h>

#include <macaw/mac.h>

typedef struct macaw_use {
    _Atomic uint64_t recent; /* bytes << 32 | messages */
    _Atomic uint64_t messages;
    _Atomic uint64_t bytes;
} macaw_use;

/* A half that has reached this is emptied; the other half of its range is room
 * for what other threads add meanwhile. */
#define MACAW_USE_SPILL (UINT64_C(1) << 31)

static inline void macaw_use_add_totals(macaw_use *use, uint64_t messages, uint64_t bytes)
{
    atomic_fetch_add_explicit(&use->messages, messages, memory_order_relaxed);
    atomic_fetch_add_explicit(&use->bytes, bytes, memory_order_relaxed);
}

static inline void macaw_use_spill(macaw_use *use)
{
    uint64_t recent = atomic_exchange_explicit(&use->recent, 0, memory_order_relaxed);

    macaw_use_add_totals(use, recent & UINT32_MAX, recent >> 32);
}

static inline void macaw_use_add(macaw_use *use, uint64_t messages, uint64_t bytes)
{
    const uint64_t spill_bits = MACAW_USE_SPILL << 32 | MACAW_USE_SPILL;
    const uint64_t most = MACAW_USE_SPILL >> 12; /* so that 2^12 threads still have room */

    if (messages > most || bytes > most) {
        macaw_use_add_totals(use, messages, bytes);
        return;
    }
    uint64_t old = atomic_fetch_add_explicit(&use->recent, bytes << 32 | messages,
                                             memory_order_relaxed);
    if ((old & spill_bits) != 0) {
        macaw_use_spill(use);
    }
}

static inline macaw_key_use macaw_use_sum(const macaw_use *use)
{
    uint64_t recent = atomic_load_explicit(&use->recent, memory_order_relaxed);

    return (macaw_key_use){
        .messages = atomic_load_explicit(&use->messages, memory_order_relaxed) +
                    (recent & UINT32_MAX),
        .bytes = atomic_load_explicit(&use->bytes, memory_order_relaxed) + (recent >> 32),
    };
}

#endif

/* A sliding window over message numbers, as a ring of words (RFC 6479): one word
 * more than the window, so that moving it clears whole words only. */
#include <macaw/replay.h>

#define WORDS (MACAW_COUNTER_WINDOW / 64 + 1)

static void slide(macaw_counter *counter, uint64_t number)
{
    uint64_t word = counter->highest / 64;
    uint64_t fresh = number / 64 - word;

    for (uint64_t i = 1; i <= fresh && i <= WORDS; i++) {
        counter->bits[(word + i) % WORDS] = 0;
    }
    counter->highest = number;
}

int macaw_counter_claim(macaw_counter *counter, uint64_t number)
{
    uint64_t *word, bit = (uint64_t)1 << (number % 64);

    if (counter == NULL || number == 0) {
        return MACAW_EARG;
    }
    if (number > counter->highest) {
        slide(counter, number);
    } else if (counter->highest - number >= MACAW_COUNTER_WINDOW) {
        return MACAW_CLAIM_STALE;
    }
    word = &counter->bits[number / 64 % WORDS];
    if (*word & bit) {
        return MACAW_CLAIM_SEEN;
    }
    *word |= bit;
    return MACAW_CLAIM_NEW;
}

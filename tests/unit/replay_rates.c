/* How often the two ways of refusing replays are wrong, measured beside what
 * theory says. Prints the figures of docs/replay.md; no test.
 *
 * Table: prints cut to b bits stand for the 64 of the real ones, since the rate
 * of the real ones, live / 2^64, is too small to meet. The table spreads entries
 * by the leading bits of a print, so those are kept.
 * Counter: messages 1, 2, 3 … are delayed at random, so that some arrive after
 * others that were sent later. */
#include "unit/replay_util.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW 1700000000u

/* Among so many live entries, how many of so many fresh prints look claimed. */
static void table_rate(unsigned bits, uint64_t live, uint64_t fresh)
{
    struct shared_table t = make_table(macaw_replay_size(live), 300, 0);
    uint64_t seed = bits, seen = 0, mask = ~(uint64_t)0 << (64 - bits);
    struct macaw_replay_room room;

    for (uint64_t entered = 0; entered < live;) {
        entered += macaw_replay_claim_print(t.table, next_random(&seed) & mask, NOW, NOW) ==
                   MACAW_CLAIM_NEW;
    }
    for (uint64_t i = 0; i < fresh; i++) {
        uint64_t print = next_random(&seed) & mask;
        seen += macaw_replay_look(macaw_replay_home(t.table, print), print, 1, &room) ==
                MACAW_CLAIM_SEEN;
    }
    printf("table    %2u bits %9" PRIu64 " live  fresh refused %.3e  predicted %.3e\n", bits, live,
           (double)seen / (double)fresh, ldexp((double)live, -(int)bits));
    drop_table(&t);
}

/* Claim everything once, then twice more. */
static void table_replays(uint64_t live)
{
    struct shared_table t = make_table(macaw_replay_size(live), 300, 0);
    uint64_t refused = 0, accepted = 0;

    for (uint64_t i = 0; i < 3 * live; i++) {
        int verdict = claim_number(t.table, i % live, NOW, NOW);
        refused += i < live && verdict != MACAW_CLAIM_NEW;
        accepted += i >= live && verdict == MACAW_CLAIM_NEW;
    }
    printf("table    64 bits %9" PRIu64 " live  fresh refused %" PRIu64
           "  replays accepted %" PRIu64 " of %" PRIu64 "\n",
           live, refused, accepted, 2 * live);
    drop_table(&t);
}

struct arrival {
    double time;
    uint64_t number;
};

static int by_time(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;

    return (x->time > y->time) - (x->time < y->time);
}

/* Delays are exponential with this mean, in messages. One that is 1024 + x late is
 * refused unless each of those sent 1024 to 1024 + x later is late enough itself:
 * none of them overtook it with probability exp(-x^2 / (2 mean)). */
static double predict(double mean)
{
    const double step = 0.01;
    double sum = 0;

    for (double x = step / 2; x < 30 * mean; x += step) {
        sum += exp(-x / mean) * (1 - exp(-x * x / (2 * mean))) * step / mean;
    }
    return sum * exp(-MACAW_COUNTER_WINDOW / mean);
}

static void counter_rate(double mean, uint64_t messages)
{
    struct arrival *arrivals = calloc(messages, sizeof *arrivals);
    uint64_t seed = 1, stale = 0, accepted = 0, replays = 0;
    macaw_counter counter = { 0 };

    assert_non_null(arrivals);
    for (uint64_t i = 0; i < messages; i++) {
        double u = ((double)(next_random(&seed) >> 11) + 0.5) * 0x1p-53;
        arrivals[i] = (struct arrival){ (double)i - mean * log(u), i + 1 };
    }
    qsort(arrivals, messages, sizeof *arrivals, by_time);
    for (uint64_t i = 0; i < messages; i++) {
        stale += macaw_counter_claim(&counter, arrivals[i].number) == MACAW_CLAIM_STALE;
        for (uint64_t back = 0; back <= i && back < 2000; back += 500) {
            uint64_t number = arrivals[i - back].number;
            accepted += macaw_counter_claim(&counter, number) == MACAW_CLAIM_NEW;
            replays++;
        }
    }
    printf("counter  mean delay %4.0f messages  fresh refused %.3e  predicted %.3e  "
           "replays accepted %" PRIu64 " of %" PRIu64 "\n",
           mean, (double)stale / (double)messages, predict(mean), accepted, replays);
    free(arrivals);
}

int main(void)
{
    static const double means[] = { 10, 50, 100, 150, 200, 300, 500, 1000 };

    table_rate(24, 100000, 10000000);
    table_rate(28, 100000, 20000000);
    table_rate(32, 1000000, 20000000);
    table_replays(1000000);
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        counter_rate(means[i], 2000000);
    }
    return 0;
}

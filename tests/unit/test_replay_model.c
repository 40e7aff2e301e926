/* The replay table against reference sets: the promise under clocks that jump,
 * windows that change and tables that are saved and loaded; and exact verdicts
 * where the clock only goes forward. */
#include "unit/replay_util.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SMALL 65536
#define BASE  1700000000u
#define IDS   20000u

/* Each identity has one timestamp, as each signed message has. */
static uint32_t timestamp_of(uint64_t number)
{
    uint64_t mix = number;

    return BASE + (uint32_t)(next_random(&mix) % 200);
}

/* A clock that drifts upwards and trembles, and now and then is anywhere near, or
 * far away, or at an end of time. */
static uint32_t wild_clock(unsigned drift, uint64_t *seed)
{
    uint64_t r = next_random(seed);

    switch (r % 2000) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX;
    case 2:
        return (uint32_t)(r >> 32);
    case 3:
        return BASE - 20 + (uint32_t)((r >> 16) % 250);
    default:
        return BASE + drift - 8 + (uint32_t)((r >> 16) % 16);
    }
}

/* Stop, and start again with a table of another size and window. */
static void restart(struct shared_table *t, unsigned drift, uint64_t *seed)
{
    char path[] = "/tmp/macaw-model-XXXXXX";
    struct shared_table next = make_table(SMALL + next_random(seed) % (2 * SMALL) / 64 * 64,
                                          1 + (uint32_t)(next_random(seed) % 60), 0);
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(macaw_replay_save(t->table, wild_clock(drift, seed), path, NULL), MACAW_OK);
    int status = macaw_replay_load(next.table, wild_clock(drift, seed), path, NULL);
    assert_true(status == MACAW_OK || status == MACAW_ELIMIT);
    if (status == MACAW_OK) {
        struct shared_table old = *t;
        *t = next;
        next = old;
    }
    drop_table(&next);
}

static int claim(struct shared_table *t, uint64_t number, unsigned drift, uint64_t *seed)
{
    macaw_claim_id id = number_id(&number, timestamp_of(number));
    uint32_t now = wild_clock(drift, seed);
    uint8_t verdict;

    if (next_random(seed) % 4 > 0) {
        return macaw_replay_claim(t->table, &id, now);
    }
    assert_int_equal(macaw_replay_claim_many(t->table, &id, 1, now, &verdict), MACAW_OK);
    return verdict;
}

static void never_twice(void **state)
{
    (void)state;
    static bool accepted[IDS];
    uint64_t by_verdict[4] = { 0 };

    for (uint64_t round = 1; round <= 40; round++) {
        struct shared_table t = make_table(SMALL, 10, 0);
        uint64_t seed = round;
        memset(accepted, 0, sizeof accepted);
        for (unsigned i = 0; i < 40000; i++) {
            uint64_t number = next_random(&seed) % (round % 2 ? IDS : 2000);
            unsigned drift = i / 160; /* to 250 s */
            int verdict = claim(&t, number, drift, &seed);
            by_verdict[verdict]++;
            if (verdict == MACAW_CLAIM_NEW) {
                assert_false(accepted[number]);
                accepted[number] = true;
            }
            if (next_random(&seed) % 500 == 0) {
                uint32_t window = 1 + (uint32_t)(next_random(&seed) % 100);
                assert_int_equal(macaw_replay_set_window(t.table, window), MACAW_OK);
            }
            if (next_random(&seed) % 10000 == 0) {
                restart(&t, drift, &seed);
            }
        }
        drop_table(&t);
    }
    for (unsigned i = 0; i < 4; i++) {
        print_message("    verdict %u: %u\n", i, (unsigned)by_verdict[i]);
        assert_true(by_verdict[i] > 1000);
    }
}

/* With a clock that goes forward and room enough, every verdict is the exact one. */
static void exact_while_the_clock_goes_forward(void **state)
{
    (void)state;
    enum { LAPS = 300000, WINDOW = 20 };
    struct shared_table t = make_table(macaw_replay_size(20000), WINDOW, 0);
    bool *claimed = calloc(LAPS, sizeof *claimed);
    uint64_t seed = 3, live = 0;

    assert_non_null(claimed);
    for (uint32_t i = 0; i < LAPS; i++) {
        /* 250 a second, timestamps up to 25 s old or 5 s ahead. */
        uint32_t now = BASE + i / 250;
        uint64_t number = next_random(&seed) % 8000 + (i > 4000 ? i - 4000 : 0);
        number %= LAPS;
        uint32_t timestamp = BASE + (uint32_t)(number / 250);
        int want = timestamp + WINDOW + 1 < now ? MACAW_CLAIM_STALE
                   : claimed[number]            ? MACAW_CLAIM_SEEN
                                                : MACAW_CLAIM_NEW;
        assert_int_equal(claim_number(t.table, number, timestamp, now), want);
        claimed[number] |= want == MACAW_CLAIM_NEW;
    }
    uint32_t now = BASE + LAPS / 250;
    for (uint32_t number = 0; number < LAPS; number++) {
        live += claimed[number] && BASE + number / 250 + WINDOW + 1 >= now;
    }
    assert_int_equal(stats_at(t.table, now).live, live);
    assert_true(is_sound(t.table, now - WINDOW - 1));
    free(claimed);
    drop_table(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(never_twice),
        cmocka_unit_test(exact_while_the_clock_goes_forward),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The replay table: verdicts, edges of time, full shards, long paths, batches. */
#include "unit/replay_util.h"

#include <stdlib.h>
#include <string.h>

#define SMALL 65536
#define NOW   1700000000u

static void claims_once(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);

    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_SEEN);
    assert_int_equal(claim_number(t.table, 2, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(t.table, 2, NOW + 5, NOW), MACAW_CLAIM_SEEN);
    macaw_replay_stats s = stats_at(t.table, NOW);
    assert_int_equal(s.claimed, 2);
    assert_int_equal(s.seen, 2);
    assert_int_equal(s.live, 2);
    assert_int_equal(s.stale + s.full + s.owner_deaths, 0);
    assert_int_equal(s.newest, NOW);
    assert_int_equal(s.window, 300);
    drop_table(&t);
}

static void refuses_bad_arguments(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);
    macaw_replay *other = NULL;
    uint64_t n = 1;
    macaw_claim_id id = number_id(&n, NOW);
    uint8_t verdict = 99;

    assert_int_equal(macaw_replay_init(&other, t.mem, SMALL - 1, 300, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_init(&other, (char *)t.mem + 8, SMALL, 300, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_init(&other, t.mem, SMALL, 0, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_init(&other, t.mem, SMALL, 86401, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_init(&other, NULL, SMALL, 300, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_set_window(t.table, 0), MACAW_EARG);
    assert_int_equal(macaw_replay_set_window(t.table, 86401), MACAW_EARG);
    assert_null(other);

    id.parts = 0;
    assert_int_equal(macaw_replay_claim(t.table, &id, NOW), MACAW_EARG);
    id.parts = 5;
    assert_int_equal(macaw_replay_claim(t.table, &id, NOW), MACAW_EARG);
    assert_int_equal(macaw_replay_peek(t.table, &id, NOW), MACAW_EARG);
    assert_int_equal(macaw_replay_claim_many(t.table, &id, 1, NOW, &verdict), MACAW_EARG);
    assert_int_equal(verdict, 99);
    id.parts = 2;
    id.part[1].data = NULL;
    id.part[1].len = 1;
    assert_int_equal(macaw_replay_claim(t.table, &id, NOW), MACAW_EARG);
    assert_int_equal(macaw_replay_claim_many(t.table, NULL, 0, NOW, NULL), MACAW_OK);
    assert_int_equal(stats_at(t.table, NOW).live, 0);
    drop_table(&t);
}

static void parts_do_not_run_together(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);
    static const macaw_claim_id ids[] = {
        { .part = { { "ab", 2 }, { "c", 1 } }, .parts = 2, .timestamp = NOW },
        { .part = { { "a", 1 }, { "bc", 2 } }, .parts = 2, .timestamp = NOW },
        { .part = { { "abc", 3 } }, .parts = 1, .timestamp = NOW },
        { .part = { { "abc", 3 }, { NULL, 0 } }, .parts = 2, .timestamp = NOW },
        { .part = { { NULL, 0 }, { "abc", 3 } }, .parts = 2, .timestamp = NOW },
        { .part = { { "a", 1 }, { "b", 1 }, { "c", 1 } }, .parts = 3, .timestamp = NOW },
    };

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        assert_int_equal(macaw_replay_claim(t.table, &ids[i], NOW), MACAW_CLAIM_NEW);
        assert_int_equal(macaw_replay_claim(t.table, &ids[i], NOW), MACAW_CLAIM_SEEN);
    }
    drop_table(&t);
}

/* An entry is kept until timestamp + window + 1, and stale from then on. */
static void keeps_to_the_second(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);

    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW + 11), MACAW_CLAIM_SEEN);
    assert_int_equal(stats_at(t.table, NOW + 11).live, 1);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW + 12), MACAW_CLAIM_STALE);
    assert_int_equal(stats_at(t.table, NOW + 12).live, 0);
    assert_int_equal(claim_number(t.table, 2, NOW, NOW + 11), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(t.table, 3, NOW, NOW + 12), MACAW_CLAIM_STALE);
    drop_table(&t);
}

static void time_does_not_wrap(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 86400, 0);
    static const struct {
        uint32_t timestamp, now;
        int first, again;
    } rows[] = {
        { 0, 0, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { 1, 0, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { 0, 86401, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { 0, 86403, MACAW_CLAIM_STALE, MACAW_CLAIM_STALE },
        { UINT32_MAX, 0, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { UINT32_MAX, UINT32_MAX, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { UINT32_MAX - 86401, UINT32_MAX, MACAW_CLAIM_NEW, MACAW_CLAIM_SEEN },
        { UINT32_MAX - 86402, UINT32_MAX, MACAW_CLAIM_STALE, MACAW_CLAIM_STALE },
        { 0, UINT32_MAX, MACAW_CLAIM_STALE, MACAW_CLAIM_STALE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(claim_number(t.table, i, rows[i].timestamp, rows[i].now), rows[i].first);
        assert_int_equal(claim_number(t.table, i, rows[i].timestamp, rows[i].now), rows[i].again);
    }
    drop_table(&t);
}

static void honours_since(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, NOW);

    assert_int_equal(claim_number(t.table, 1, NOW - 1, NOW), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_set_since(t.table, NOW + 2), MACAW_OK);
    assert_int_equal(macaw_replay_set_since(t.table, NOW), MACAW_OK);
    assert_int_equal(claim_number(t.table, 2, NOW + 1, NOW), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(t.table, 2, NOW + 2, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(stats_at(t.table, NOW).since, NOW + 2);
    assert_int_equal(stats_at(t.table, NOW).stale, 2);
    drop_table(&t);
}

static void peek_remembers_nothing(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, NOW - 100);
    size_t all = (size_t)t.table->shards * MACAW_REPLAY_BUCKETS * sizeof *t.table->bucket;
    void *before = malloc(all);

    assert_non_null(before);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    memcpy(before, t.table->bucket, all);
    assert_int_equal(peek_number(t.table, 1, NOW, NOW), MACAW_CLAIM_SEEN);
    assert_int_equal(peek_number(t.table, 2, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(peek_number(t.table, 2, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(peek_number(t.table, 3, NOW - 101, NOW), MACAW_CLAIM_STALE);
    macaw_replay_stats s = stats_at(t.table, NOW);
    assert_memory_equal(before, t.table->bucket, all);
    assert_int_equal(s.claimed, 1);
    assert_int_equal(s.seen + s.stale + s.full, 0);
    assert_int_equal(s.newest, NOW);
    assert_int_equal(claim_number(t.table, 2, NOW, NOW), MACAW_CLAIM_NEW);
    free(before);
    drop_table(&t);
}

/* Every slot of every shard is used, what does not fit is refused, and nothing
 * that was accepted is lost. */
static void full_table_refuses(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);
    uint64_t capacity = stats_at(t.table, NOW).capacity, accepted = 0, n;

    for (n = 0; n < 4 * capacity; n++) {
        int verdict = claim_number(t.table, n, NOW, NOW);
        assert_true(verdict == MACAW_CLAIM_NEW || verdict == MACAW_CLAIM_FULL);
        accepted += verdict == MACAW_CLAIM_NEW;
    }
    assert_int_equal(accepted, capacity);
    assert_int_equal(stats_at(t.table, NOW).live, capacity);
    assert_int_equal(stats_at(t.table, NOW).full, n - capacity);
    assert_int_equal(peek_number(t.table, n, NOW, NOW), MACAW_CLAIM_FULL);
    for (uint64_t i = 0; i < n; i++) {
        int verdict = claim_number(t.table, i, NOW, NOW);
        assert_true(verdict == MACAW_CLAIM_SEEN || verdict == MACAW_CLAIM_FULL);
        accepted -= verdict == MACAW_CLAIM_SEEN;
    }
    assert_int_equal(accepted, 0);
    assert_true(is_sound(t.table, 1));

    /* The last second of all entries, and the first after. */
    assert_int_equal(claim_number(t.table, n, NOW + 301, NOW + 301), MACAW_CLAIM_FULL);
    assert_int_equal(claim_number(t.table, n, NOW + 302, NOW + 302), MACAW_CLAIM_NEW);
    assert_int_equal(stats_at(t.table, NOW + 302).live, 1);
    drop_table(&t);
}

/* Entries of one bucket fill the whole shard, around its end; no other shard is
 * touched, and the path shortens again when they have expired. */
static void long_paths(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);
    const unsigned slots = MACAW_REPLAY_BUCKETS * MACAW_REPLAY_SLOTS;
    const uint64_t last = 2 * MACAW_REPLAY_BUCKETS - 1; /* of the second shard */

    for (unsigned i = 0; i < slots; i++) {
        assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, last, i), NOW, NOW),
                         MACAW_CLAIM_NEW);
    }
    assert_true(is_sound(t.table, 1));
    for (unsigned i = 0; i < slots; i++) {
        assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, last, i), NOW, NOW),
                         MACAW_CLAIM_SEEN);
    }
    assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, last, slots), NOW, NOW),
                     MACAW_CLAIM_FULL);
    assert_int_equal(
        macaw_replay_claim_print(t.table, print_in(t.table, last - 7, slots), NOW, NOW),
        MACAW_CLAIM_FULL);
    assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, 0, 0), NOW, NOW),
                     MACAW_CLAIM_NEW);
    assert_int_equal(
        macaw_replay_claim_print(t.table, print_in(t.table, last, 0), NOW + 12, NOW + 12),
        MACAW_CLAIM_NEW);
    assert_int_equal(t.table->bucket[last].stamp[0], NOW + 12);
    assert_int_equal(t.table->shard[1].forgotten, NOW);
    assert_int_equal(t.table->shard[0].forgotten, 0);
    drop_table(&t);
}

/* A free slot early on the path must not hide an entry further on. */
static void looks_past_a_free_slot(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);

    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, 9, i), NOW, NOW),
                         MACAW_CLAIM_NEW);
    }
    uint64_t print = print_in(t.table, 9, 77);
    assert_int_equal(macaw_replay_claim_print(t.table, print, NOW + 8, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(t.table->bucket[10].stamp[0], NOW + 8);
    assert_int_equal(macaw_replay_claim_print(t.table, print, NOW + 8, NOW + 12),
                     MACAW_CLAIM_SEEN);
    drop_table(&t);
}

/* Only claims of a lagging clock meet the horizon of what was overwritten. */
static void lagging_clock_is_refused(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);
    uint64_t first = print_in(t.table, 3, 0), second = print_in(t.table, 3, 1);

    assert_int_equal(macaw_replay_claim_print(t.table, first, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_claim_print(t.table, second, NOW + 50, NOW + 50),
                     MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_claim_print(t.table, first, NOW, NOW), MACAW_CLAIM_STALE);
    assert_int_equal(macaw_replay_claim_print(t.table, print_in(t.table, 4, 2), NOW + 1, NOW),
                     MACAW_CLAIM_NEW);
    drop_table(&t);
}

/* What a narrower window let be overwritten stays refused under a wider one;
 * what it only hid is found again. */
static void window_changes_are_sound(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);
    uint64_t lost = print_in(t.table, 3, 0), hidden = print_in(t.table, 5, 1);

    assert_int_equal(macaw_replay_claim_print(t.table, lost, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_claim_print(t.table, hidden, NOW + 1, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(
        macaw_replay_claim_print(t.table, print_in(t.table, 3, 2), NOW + 20, NOW + 20),
        MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_set_window(t.table, 100), MACAW_OK);
    assert_int_equal(macaw_replay_claim_print(t.table, lost, NOW, NOW + 20), MACAW_CLAIM_STALE);
    assert_int_equal(macaw_replay_claim_print(t.table, hidden, NOW + 1, NOW + 20),
                     MACAW_CLAIM_SEEN);
    assert_int_equal(macaw_replay_set_window(t.table, 5), MACAW_OK);
    assert_int_equal(macaw_replay_claim_print(t.table, hidden, NOW + 1, NOW + 20),
                     MACAW_CLAIM_STALE);
    drop_table(&t);
}

/* A batch gives what single claims in the same order give, in the same memory. */
static void batch_equals_single(void **state)
{
    (void)state;
    static const size_t sizes[] = { 0, 1, 2, 31, 32, 33, 64, 100, 777 };
    struct shared_table a = make_table(SMALL, 10, 0), b = make_table(SMALL, 10, 0);
    uint64_t numbers[777], seed = 1;
    macaw_claim_id ids[777];
    uint8_t verdicts[777];

    memcpy(b.table->head->key, a.table->head->key, sizeof a.table->head->key);
    for (unsigned round = 0; round < 90; round++) {
        size_t n = sizes[round % (sizeof sizes / sizeof *sizes)];
        uint32_t now = NOW + round / 9;
        for (size_t i = 0; i < n; i++) {
            numbers[i] = next_random(&seed) % 30000;
            ids[i] = number_id(&numbers[i], now - 12 + (uint32_t)(numbers[i] % 20));
        }
        assert_int_equal(macaw_replay_claim_many(a.table, ids, n, now, verdicts), MACAW_OK);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(macaw_replay_claim(b.table, &ids[i], now), verdicts[i]);
        }
    }
    size_t all = (size_t)a.table->shards * MACAW_REPLAY_BUCKETS * sizeof *a.table->bucket;
    assert_memory_equal(a.table->bucket, b.table->bucket, all);
    assert_true(stats_at(a.table, NOW).full > 0);
    drop_table(&a);
    drop_table(&b);
}

static void attach_finds_the_same_table(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);
    macaw_replay *other = NULL;
    void *elsewhere = mremap(t.mem, 0, t.size, MREMAP_MAYMOVE); /* a second mapping */

    assert_true(elsewhere != MAP_FAILED && elsewhere != t.mem);
    assert_int_equal(macaw_replay_attach(&other, elsewhere, t.size), MACAW_OK);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(other, 1, NOW, NOW), MACAW_CLAIM_SEEN);
    assert_int_equal(claim_number(other, 2, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(t.table, 2, NOW, NOW), MACAW_CLAIM_SEEN);
    macaw_replay_detach(other);

    other = NULL;
    assert_int_equal(macaw_replay_attach(&other, elsewhere, t.size - 1), MACAW_EARG);
    t.table->head->size++;
    assert_int_equal(macaw_replay_attach(&other, elsewhere, t.size), MACAW_EFORMAT);
    t.table->head->size--;
    t.table->head->magic ^= 1;
    assert_int_equal(macaw_replay_attach(&other, elsewhere, t.size), MACAW_EFORMAT);
    assert_null(other);
    assert_int_equal(munmap(elsewhere, t.size), 0);
    drop_table(&t);
    macaw_replay_detach(NULL);
}

static void size_holds_what_it_says(void **state)
{
    (void)state;
    static const uint64_t counts[] = { 0, 1, 2000, 2496, 10000, 100000, 1000000 };

    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct shared_table t = make_table(macaw_replay_size(counts[i]), 300, 0);
        for (uint64_t n = 0; n < counts[i]; n++) {
            assert_int_equal(claim_number(t.table, n, NOW, NOW), MACAW_CLAIM_NEW);
        }
        macaw_replay_stats s = stats_at(t.table, NOW);
        assert_int_equal(s.live, counts[i]);
        assert_true((double)s.live <= 0.65 * (double)s.capacity);
        drop_table(&t);
    }
    assert_true((double)macaw_replay_size(10000000) / 1e7 <= 20);
    assert_true(macaw_replay_size(UINT64_MAX) == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_once),
        cmocka_unit_test(refuses_bad_arguments),
        cmocka_unit_test(parts_do_not_run_together),
        cmocka_unit_test(keeps_to_the_second),
        cmocka_unit_test(time_does_not_wrap),
        cmocka_unit_test(honours_since),
        cmocka_unit_test(peek_remembers_nothing),
        cmocka_unit_test(full_table_refuses),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(looks_past_a_free_slot),
        cmocka_unit_test(lagging_clock_is_refused),
        cmocka_unit_test(window_changes_are_sound),
        cmocka_unit_test(batch_equals_single),
        cmocka_unit_test(attach_finds_the_same_table),
        cmocka_unit_test(size_holds_what_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The replay table among threads and processes, and when they are killed. */
#include "unit/replay_util.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SMALL 65536
#define NOW   1700000000u

static void *shared_memory(size_t size)
{
    void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    assert_true(mem != MAP_FAILED);
    return mem;
}

/* ---- one of many ---- */

enum { CROWD_IDS = 60000, CROWD_PROCESSES = 3, CROWD_THREADS = 3 };

struct crowd {
    macaw_replay *table;
    _Atomic unsigned *accepted;
    uint64_t seed;
};

/* Claim every number once, in an order of its own, alone or in batches. */
static void *claim_all(void *arg)
{
    const struct crowd *crowd = arg;
    uint64_t seed = crowd->seed, numbers[20];
    uint64_t step = (next_random(&seed) % CROWD_IDS) | 1;
    macaw_claim_id ids[20];
    uint8_t verdicts[20];

    while (step % 3 == 0 || step % 5 == 0) { /* a generator: coprime to 60000 */
        step += 2;
    }
    for (unsigned i = 0; i < CROWD_IDS; i += 20) {
        for (unsigned k = 0; k < 20; k++) {
            numbers[k] = (i + k) * step % CROWD_IDS;
            ids[k] = number_id(&numbers[k], NOW);
            if (i % 40 == 0) {
                verdicts[k] = (uint8_t)macaw_replay_claim(crowd->table, &ids[k], NOW);
            }
        }
        if (i % 40 != 0 && macaw_replay_claim_many(crowd->table, ids, 20, NOW, verdicts) != 0) {
            return NULL;
        }
        for (unsigned k = 0; k < 20; k++) {
            atomic_fetch_add(&crowd->accepted[numbers[k]], verdicts[k] == MACAW_CLAIM_NEW);
        }
    }
    return NULL;
}

static void crowd_process(macaw_replay *table, _Atomic unsigned *accepted, unsigned process)
{
    struct crowd crowd[CROWD_THREADS];
    pthread_t thread[CROWD_THREADS];

    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        crowd[i] = (struct crowd){ table, accepted, process * 10 + i };
        if (pthread_create(&thread[i], NULL, claim_all, &crowd[i]) != 0) {
            _exit(1);
        }
    }
    for (unsigned i = 0; i < CROWD_THREADS; i++) {
        (void)pthread_join(thread[i], NULL);
    }
    _exit(0);
}

static void one_of_many(void **state)
{
    (void)state;
    struct shared_table t = make_table(macaw_replay_size(CROWD_IDS), 300, 0);
    _Atomic unsigned *accepted = shared_memory(CROWD_IDS * sizeof *accepted);
    int wait_status;

    for (unsigned i = 0; i < CROWD_PROCESSES; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            crowd_process(t.table, accepted, i);
        }
    }
    for (unsigned i = 0; i < CROWD_PROCESSES; i++) {
        assert_true(wait(&wait_status) > 0);
        assert_int_equal(wait_status, 0);
    }
    for (unsigned i = 0; i < CROWD_IDS; i++) {
        assert_int_equal(accepted[i], 1);
    }
    macaw_replay_stats s = stats_at(t.table, NOW);
    assert_int_equal(s.claimed, CROWD_IDS);
    assert_int_equal(s.seen, CROWD_IDS * (CROWD_PROCESSES * CROWD_THREADS - 1));
    assert_int_equal(s.live, CROWD_IDS);
    assert_int_equal(s.full + s.stale + s.owner_deaths, 0);
    assert_int_equal(munmap(accepted, CROWD_IDS * sizeof *accepted), 0);
    drop_table(&t);
}

/* ---- a window that changes under claims ---- */

static void *change_window(void *arg)
{
    macaw_replay *table = arg;

    for (unsigned i = 0; i < 20000; i++) {
        if (macaw_replay_set_window(table, 1 + i % 90) != MACAW_OK) {
            return table;
        }
    }
    return NULL;
}

static void window_changes_under_claims(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);
    unsigned char *accepted = calloc(20000, 1);
    pthread_t thread;
    uint64_t seed = 5;
    void *failed;

    assert_non_null(accepted);
    assert_int_equal(pthread_create(&thread, NULL, change_window, t.table), 0);
    for (unsigned i = 0; i < 400000; i++) {
        uint64_t number = next_random(&seed) % 20000;
        uint32_t now = NOW + (uint32_t)(next_random(&seed) % 200);
        if (claim_number(t.table, number, NOW + (uint32_t)(number % 200), now) ==
            MACAW_CLAIM_NEW) {
            assert_int_equal(accepted[number]++, 0);
        }
    }
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    free(accepted);
    drop_table(&t);
}

/* ---- killed anywhere ---- */

enum { KILLS = 300, VICTIMS = 2, KILL_IDS = 1 << 23 };

/* Claim until killed. Few live entries at a time, and a clock that runs, so that
 * slots are overwritten all along; every third claim is a replay of 6 s ago. */
static void victim(macaw_replay *table, _Atomic unsigned *accepted, _Atomic uint64_t *ticket)
{
    for (;;) {
        uint64_t i = atomic_fetch_add(ticket, 1);
        uint64_t number = i % 3 == 0 && i > 600 ? i - 600 : i;
        if (i >= KILL_IDS) {
            (void)pause();
        }
        if (claim_number(table, number, NOW + (uint32_t)(number / 100),
                         NOW + (uint32_t)(i / 100)) == MACAW_CLAIM_NEW) {
            atomic_fetch_add(&accepted[number], 1);
        }
    }
}

static pid_t start_victim(macaw_replay *table, _Atomic unsigned *accepted,
                          _Atomic uint64_t *ticket)
{
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        victim(table, accepted, ticket);
    }
    return child;
}

static void killed_anywhere(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 10, 0);
    _Atomic unsigned *accepted = shared_memory(KILL_IDS * sizeof *accepted);
    _Atomic uint64_t *ticket = shared_memory(sizeof *ticket);
    pid_t children[VICTIMS];
    uint64_t seed = 9, total = 0;

    for (unsigned i = 0; i < VICTIMS; i++) {
        children[i] = start_victim(t.table, accepted, ticket);
    }
    for (unsigned i = 0; i < KILLS; i++) {
        struct timespec pause = { 0, 500000 + (long)(next_random(&seed) % 1000000) };
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(children[i % VICTIMS], SIGKILL), 0);
        assert_int_equal(waitpid(children[i % VICTIMS], NULL, 0), children[i % VICTIMS]);
        children[i % VICTIMS] = start_victim(t.table, accepted, ticket);
    }
    for (unsigned i = 0; i < VICTIMS; i++) {
        (void)kill(children[i], SIGKILL);
        (void)waitpid(children[i], NULL, 0);
    }

    /* No stuck lock (the alarm), and no second acceptance at any later clock. */
    (void)alarm(600);
    uint64_t last = atomic_load(ticket);
    last = last < KILL_IDS ? last : KILL_IDS; /* a fast machine used them all */
    assert_true(last > 10000);
    for (unsigned back = 0; back < 30; back++) {
        for (uint64_t n = last > 5000 ? last - 5000 : 0; n < last; n++) {
            accepted[n] += claim_number(t.table, n, NOW + (uint32_t)(n / 100),
                                        NOW + (uint32_t)(last / 100) - back) == MACAW_CLAIM_NEW;
        }
    }
    for (uint64_t n = 0; n < last; n++) {
        assert_true(accepted[n] <= 1);
        total += accepted[n];
    }
    (void)alarm(0);
    assert_true(total > last / 4);
    assert_true(is_sound(t.table, 1));
    print_message("    %u processes killed in %u claims, %u of them holding a shard\n",
                  (unsigned)KILLS, (unsigned)last,
                  (unsigned)stats_at(t.table, NOW).owner_deaths);
    assert_int_equal(munmap(accepted, KILL_IDS * sizeof *accepted), 0);
    assert_int_equal(munmap(ticket, sizeof *ticket), 0);
    drop_table(&t);
}

/* ---- killed at every instruction ---- */

enum { LATER = 30 };

/* A full bucket, so that the claim of the victim raises an overflow word, and a
 * dead entry behind it, which it overwrites. */
static uint64_t prepare(macaw_replay *table)
{
    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        assert_int_equal(macaw_replay_claim_print(table, print_in(table, 7, i), NOW + LATER, NOW),
                         MACAW_CLAIM_NEW);
    }
    assert_int_equal(macaw_replay_claim_print(table, print_in(table, 8, 0), NOW, NOW),
                     MACAW_CLAIM_NEW);
    return print_in(table, 7, 99);
}

/* A child that stops itself before and after its claim. */
static pid_t start_traced(macaw_replay *table, uint64_t print)
{
    pid_t child = fork();
    int wait_status;

    assert_true(child >= 0);
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
            _exit(1);
        }
        (void)raise(SIGSTOP);
        enum macaw_claim verdict =
            macaw_replay_claim_print(table, print, NOW + LATER, NOW + LATER);
        (void)raise(SIGUSR1);
        _exit((int)verdict);
    }
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    return WIFSTOPPED(wait_status) ? child : 0;
}

/* Let it run n instructions, then kill it. True: it finished its claim before. */
static bool kill_after(pid_t child, unsigned n)
{
    bool finished = false;
    int wait_status;

    for (unsigned i = 0; i < n && !finished; i++) {
        assert_int_equal(ptrace(PTRACE_SINGLESTEP, child, NULL, NULL), 0);
        assert_int_equal(waitpid(child, &wait_status, 0), child);
        finished = WSTOPSIG(wait_status) == SIGUSR1;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    return finished;
}

/* Whatever the victim left behind, nothing accepted is accepted again. */
static void check_remains(macaw_replay *table, uint64_t print, bool finished)
{
    enum macaw_claim verdict =
        macaw_replay_claim_print(table, print, NOW + LATER, NOW + LATER);

    assert_true(verdict == MACAW_CLAIM_SEEN || (verdict == MACAW_CLAIM_NEW && !finished));
    assert_int_equal(macaw_replay_claim_print(table, print, NOW + LATER, NOW + LATER),
                     MACAW_CLAIM_SEEN);
    for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
        assert_int_equal(
            macaw_replay_claim_print(table, print_in(table, 7, i), NOW + LATER, NOW + LATER),
            MACAW_CLAIM_SEEN);
    }
    assert_true(macaw_replay_claim_print(table, print_in(table, 8, 0), NOW, NOW) !=
                MACAW_CLAIM_NEW);
    assert_true(is_sound(table, 1));
    /* No slot is lost to an entry that nobody claimed. */
    assert_int_equal(stats_at(table, NOW + LATER).live, MACAW_REPLAY_SLOTS + 1);
}

static void killed_at_every_instruction(void **state)
{
    (void)state;
    uint64_t deaths = 0;
    bool finished = false;
    unsigned n;

    (void)alarm(600);
    for (n = 0; !finished; n += 1 + n / 800) { /* coarser in instrumented code */
        struct shared_table t = make_table(SMALL, 10, 0);
        uint64_t print = prepare(t.table);
        pid_t child = start_traced(t.table, print);
        if (child == 0) {
            skip(); /* not allowed to trace here */
        }
        finished = kill_after(child, n);
        check_remains(t.table, print, finished);
        deaths += stats_at(t.table, NOW).owner_deaths;
        drop_table(&t);
    }
    (void)alarm(0);
    print_message("    %u points, %u of them with the lock held\n", n, (unsigned)deaths);
    assert_true(deaths > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_many),
        cmocka_unit_test(window_changes_under_claims),
        cmocka_unit_test(killed_anywhere),
        cmocka_unit_test(killed_at_every_instruction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The revocation table against a simple reference, in random order; among threads
 * and processes; and when they are killed. */
#include "unit/store_util.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#include "store/layout.h"

/* ---- against a reference ---- */

enum { SIDS = 3000, NAMES = 60 };

struct reference {
    int64_t sid_until[SIDS];
    struct {
        int64_t before, until;
        uint16_t generation;
    } name[NAMES];
};

static macaw_revocation_entry number_name(unsigned number, int64_t before, int64_t until)
{
    char text[MACAW_REVOCATION_TEXT_MAX + 1];

    (void)snprintf(text, sizeof text, "%0*u", (int)(number % 40 + 3), number);
    return name_entry(MACAW_REVOCATION_SUBJECT, text, before, until);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void revoke_sid(macaw_revocation *table, struct reference *ref, int64_t now, uint64_t r)
{
    unsigned number = (unsigned)(r % SIDS);
    int64_t until = now + (int64_t)(r >> 20) % 50 - 5;

    put_entry(table, sid_entry(number, until), now);
    if (until >= now) {
        ref->sid_until[number] =
            later(ref->sid_until[number] >= now ? ref->sid_until[number] : 0, until);
    }
}

static void revoke_name(macaw_revocation *table, struct reference *ref, int64_t now, uint64_t r)
{
    unsigned number = (unsigned)(r % NAMES);
    int64_t until = now + (int64_t)(r >> 20) % 50, before = now - (int64_t)(r >> 30) % 20;
    macaw_revocation_entry entry = number_name(number, before, until);

    entry.generation = (uint16_t)((r >> 40) % 4);
    put_entry(table, entry, now);
    if (ref->name[number].until < now) {
        ref->name[number].before = ref->name[number].generation = 0;
    }
    ref->name[number].before = later(ref->name[number].before, before);
    ref->name[number].until = later(ref->name[number].until, until);
    if (entry.generation > ref->name[number].generation) {
        ref->name[number].generation = entry.generation;
    }
}

static void check_name(const macaw_revocation *table, const struct reference *ref, int64_t now,
                       uint64_t r)
{
    unsigned number = (unsigned)(r % NAMES);
    macaw_revocation_entry entry = number_name(number, now, now);
    macaw_revocation_session session = {
        .subject = { entry.text, entry.text_len },
        .login = now - (int64_t)(r >> 20) % 30,
        .generation = (uint16_t)((r >> 40) % 5),
    };
    macaw_revoked want = MACAW_REVOKED_NO;

    if (ref->name[number].until >= now) {
        want = session.login <= ref->name[number].before               ? MACAW_REVOKED_SUBJECT
               : session.generation < ref->name[number].generation ? MACAW_REVOKED_GENERATION
                                                                   : MACAW_REVOKED_NO;
    }
    assert_int_equal(macaw_revocation_check(table, &session, now), want);
}

static void as_the_reference_says(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(SIDS, 120);
    static struct reference ref;
    uint64_t seed = 1;

    for (unsigned i = 0; i < 400000; i++) {
        int64_t now = NOW + i / 400;
        uint64_t r = next_random(&seed), which = next_random(&seed) % 8;
        if (which == 0) {
            revoke_sid(t.table, &ref, now, r);
        } else if (which == 1) {
            revoke_name(t.table, &ref, now, r);
        } else if (which < 5) {
            unsigned number = (unsigned)(r % SIDS);
            assert_int_equal(check_sid(t.table, number, now),
                             ref.sid_until[number] >= now ? MACAW_REVOKED_SID : MACAW_REVOKED_NO);
        } else {
            check_name(t.table, &ref, now, r);
        }
    }
    drop_revocation(&t);
}

/* Ids that end alike and have the same place are told apart. */
static void ids_that_end_alike(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1024, 10);
    macaw_revocation_entry entry = sid_entry(1, NOW + 10), other = entry;
    macaw_revocation_session session = { .sid = other.sid };
    uint32_t first = macaw_cells_home(&t.table->sids, entry.sid).first;
    unsigned met = 0;

    put_entry(t.table, entry, NOW);
    for (uint32_t i = 1; met < 20; i++) {
        memcpy(other.sid, &i, sizeof i);
        if (macaw_cells_home(&t.table->sids, other.sid).first == first) {
            assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
            met++;
        }
    }
    drop_revocation(&t);
}

/* Each entry lies where its path leads: no bucket before it lets a search end. */
static bool is_sound(const macaw_cells *cells, uint32_t cutoff)
{
    macaw_cell_spot spot, found;
    uint8_t key[MACAW_CELL_KEY_LEN];
    uint64_t at = 0;

    while (macaw_cells_next(cells, cutoff, &at, &spot)) {
        macaw_cells_key(cells, spot.slot, key);
        macaw_cell_home home = macaw_cells_home(cells, key);
        if (!macaw_cells_find(cells, &home, cutoff, &found) || found.slot != spot.slot) {
            return false;
        }
    }
    return true;
}

/* ---- threads and processes at once ---- */

enum { CROWD = 3, EACH = 20000 };

static void *revoke_many(void *arg)
{
    macaw_revocation *table = *(macaw_revocation **)arg;

    for (unsigned i = 0; i < EACH; i++) {
        macaw_revocation_entry entry = sid_entry(i, NOW + 100);
        if (macaw_revocation_revoke(table, &entry, NOW) != MACAW_OK ||
            check_sid(table, i, NOW) != MACAW_REVOKED_SID) {
            return arg;
        }
    }
    return NULL;
}

/* Look for what is there all the time, and for what never is. */
static void *look_all_the_time(void *arg)
{
    macaw_revocation *table = *(macaw_revocation **)arg;

    for (unsigned i = 0; i < 10 * EACH; i++) {
        if (check_sid(table, 1000000 + i % 1000, NOW) != MACAW_REVOKED_SID ||
            check_sid(table, 2000000 + i, NOW) != MACAW_REVOKED_NO) {
            return arg;
        }
    }
    return NULL;
}

static void crowd(macaw_revocation *table)
{
    pthread_t thread[CROWD];
    void *failed = NULL, *any = NULL;

    for (unsigned i = 0; i < CROWD; i++) {
        if (pthread_create(&thread[i], NULL, i == 0 ? look_all_the_time : revoke_many, &table)) {
            _exit(2);
        }
    }
    for (unsigned i = 0; i < CROWD; i++) {
        (void)pthread_join(thread[i], &failed);
        any = failed != NULL ? failed : any;
    }
    _exit(any != NULL);
}

static void all_at_once(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(EACH + 1000, 10);
    int wait_status;

    for (unsigned i = 0; i < 1000; i++) {
        put_entry(t.table, sid_entry(1000000 + i, NOW + 100), NOW);
    }
    for (unsigned i = 0; i < CROWD; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            crowd(t.table);
        }
    }
    for (unsigned i = 0; i < CROWD; i++) {
        assert_true(wait(&wait_status) > 0);
        assert_int_equal(wait_status, 0);
    }
    /* Nothing twice. */
    assert_int_equal(revocation_stats(t.table, NOW).live[MACAW_REVOCATION_SID], EACH + 1000);
    assert_true(is_sound(&t.table->sids, NOW));
    drop_revocation(&t);
}

/* A place that is used again and again, under readers: an id of the past or the
 * future is never seen in it, nor a text half written. */
struct churn {
    macaw_revocation *table;
    _Atomic int64_t now;
    _Atomic unsigned seen; /* by the reader */
};

enum { ENOUGH = 1000 };

/* At least so often, and until the reader had its turn. */
static void *churn_names(void *arg)
{
    struct churn *churn = arg;

    for (unsigned i = 0; i < 30000 || atomic_load(&churn->seen) <= ENOUGH; i++) {
        int64_t now = NOW + i;
        macaw_revocation_entry entry = number_name(i, now, now + 2);
        if (macaw_revocation_revoke(churn->table, &entry, now) != MACAW_OK) {
            return arg;
        }
        atomic_store(&churn->now, now);
    }
    atomic_store(&churn->now, 0);
    return NULL;
}

static void entries_are_whole_while_places_change(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1024, 1);
    struct churn churn = { .table = t.table, .now = NOW };
    macaw_revocation_entry entry;
    pthread_t thread;
    void *failed;
    int64_t now;

    assert_int_equal(pthread_create(&thread, NULL, churn_names, &churn), 0);
    while ((now = atomic_load(&churn.now)) != 0) {
        uint64_t at = 0;
        while (macaw_revocation_next(t.table, 1u << MACAW_REVOCATION_SUBJECT, now, &at, &entry)) {
            unsigned number = (unsigned)strtoul(entry.text, NULL, 10);
            macaw_revocation_entry want =
                number_name(number, NOW + (int64_t)number, NOW + (int64_t)number + 2);
            assert_memory_equal(&entry, &want, sizeof entry);
            atomic_fetch_add(&churn.seen, 1);
        }
    }
    assert_int_equal(pthread_join(thread, &failed), 0);
    assert_null(failed);
    drop_revocation(&t);
}

/* ---- killed ---- */

enum { KILLS = 200 };

/* Revoke number after number in a small table with a clock that runs, and say how
 * far it got. */
static void victim(macaw_revocation *table, _Atomic uint64_t *done)
{
    for (uint64_t i = atomic_load(done);; i++) {
        int64_t now = NOW + (int64_t)(i / 200);
        macaw_revocation_entry entry = sid_entry(i, now + 3);
        macaw_revocation_entry name = number_name((unsigned)(i % 100000), now, now + 3);
        if (macaw_revocation_revoke(table, &entry, now) != MACAW_OK ||
            macaw_revocation_revoke(table, &name, now) != MACAW_OK) {
            _exit(1);
        }
        atomic_store(done, i + 1);
    }
}

static void killed_anywhere(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1024, 1000);
    struct shared_block counter = make_block(4096);
    _Atomic uint64_t *done = counter.mem;
    uint64_t seed = 3, last;

    for (unsigned i = 0; i < KILLS; i++) {
        struct timespec pause = { 0, 300000 + (long)(next_random(&seed) % 1000000) };
        pid_t child = fork();
        int wait_status;
        assert_true(child >= 0);
        if (child == 0) {
            victim(t.table, done);
        }
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &wait_status, 0), child);
        assert_true(WIFSIGNALED(wait_status));

        /* What was reported is there; the lock is free (the alarm). */
        (void)alarm(600);
        last = atomic_load(done);
        int64_t now = NOW + (int64_t)(last / 200);
        for (uint64_t n = last > 100 ? last - 100 : 0; n < last; n++) {
            macaw_revocation_entry name = number_name((unsigned)(n % 100000), 0, 0);
            assert_int_equal(check_sid(t.table, n, now), MACAW_REVOKED_SID);
            assert_int_equal(check_subject(t.table, name.text, 1, 0, now), MACAW_REVOKED_SUBJECT);
        }
        assert_true(is_sound(&t.table->sids, (uint32_t)now));
        assert_true(is_sound(&t.table->names, (uint32_t)now));
        (void)alarm(0);
    }
    assert_true(last > KILLS);
    print_message("    %u revoked under %u kills, %u of them holding a lock\n", (unsigned)last,
                  (unsigned)KILLS, (unsigned)revocation_stats(t.table, NOW).owner_deaths);
    drop_block(&counter);
    drop_revocation(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_reference_says),
        cmocka_unit_test(ids_that_end_alike),
        cmocka_unit_test(all_at_once),
        cmocka_unit_test(entries_are_whole_while_places_change),
        cmocka_unit_test(killed_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The journal of revocations: what is acknowledged survives; what a crash left
 * unfinished is cut off; anything else that is wrong is refused. */
#include "unit/store_util.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store/journal.h"

/* A table with its journal, as after a start of the machine: the memory is new. */
struct gateway {
    struct shared_revocation t;
    macaw_revocation_journal *journal;
    macaw_revocation_loaded loaded;
    macaw_error err;
    int status;
};

static struct gateway start(const char *path, int64_t now)
{
    struct gateway g = { .t = make_revocation(200000, 100) };

    g.status = macaw_revocation_journal_open(&g.journal, g.t.table, path, now, &g.loaded, &g.err);
    return g;
}

static struct gateway start_well(const char *path, int64_t now)
{
    struct gateway g = start(path, now);

    if (g.status != MACAW_OK) {
        print_message("%s\n", g.err.text);
    }
    assert_int_equal(g.status, MACAW_OK);
    return g;
}

static void stop(struct gateway *g)
{
    macaw_revocation_journal_close(g->journal);
    drop_revocation(&g->t);
}

static int append(struct gateway *g, macaw_revocation_entry entry, int64_t now)
{
    return macaw_revocation_journal_append(g->journal, &entry, now, &g->err);
}

static uint64_t file_size(const char *path)
{
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    return (uint64_t)st.st_size;
}

static uint64_t live(const struct gateway *g, int64_t now)
{
    macaw_revocation_stats s = revocation_stats(g->t.table, now);

    return s.live[MACAW_REVOCATION_SID] + s.live[MACAW_REVOCATION_SUBJECT] +
           s.live[MACAW_REVOCATION_KEY];
}

static void survives(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    macaw_revocation_entry ann = name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW - 5, NOW + 20);
    struct stat st;

    assert_int_equal(g.loaded.records, 0);
    assert_int_equal(stat(s.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    ann.generation = 7;
    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    assert_int_equal(append(&g, sid_entry(2, NOW + 20), NOW), MACAW_OK);
    assert_int_equal(append(&g, ann, NOW), MACAW_OK);
    assert_int_equal(append(&g, name_entry(MACAW_REVOCATION_KEY, "k1", 0, MACAW_REVOCATION_NEVER),
                            NOW), MACAW_OK);
    assert_int_equal(check_sid(g.t.table, 1, NOW), MACAW_REVOKED_SID);
    assert_int_equal(append(&g, sid_entry(3, NOW - 1), NOW), MACAW_OK); /* nothing to keep */
    assert_int_equal(file_size(s.path), macaw_revocation_journal_size(g.journal));
    stop(&g);

    g = start_well(s.path, NOW + 11);
    assert_int_equal(g.loaded.records, 4);
    assert_int_equal(g.loaded.expired, 1);
    assert_int_equal(g.loaded.cut, 0);
    assert_int_equal(live(&g, NOW + 11), 3);
    assert_int_equal(check_sid(g.t.table, 1, NOW + 11), MACAW_REVOKED_NO);
    assert_int_equal(check_sid(g.t.table, 2, NOW + 11), MACAW_REVOKED_SID);
    assert_int_equal(macaw_revocation_find(g.t.table, &ann, NOW + 11, &ann), MACAW_OK);
    assert_int_equal(ann.before, NOW - 5);
    assert_int_equal(ann.generation, 7);
    assert_int_equal(ann.until, NOW + 20);
    stop(&g);
    assert_int_equal(drop_scratch(&s), 2);
}

/* One of each kind of record; the size of the file after each. */
static unsigned write_three(const char *path, uint64_t sizes[4])
{
    struct gateway g = start_well(path, NOW);

    sizes[0] = file_size(path);
    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    sizes[1] = file_size(path);
    assert_int_equal(append(&g, name_entry(MACAW_REVOCATION_SUBJECT, "somebody", NOW, NOW + 10),
                            NOW), MACAW_OK);
    sizes[2] = file_size(path);
    assert_int_equal(append(&g, sid_entry(2, NOW + 10), NOW), MACAW_OK);
    sizes[3] = file_size(path);
    stop(&g);
    return 3;
}

static unsigned whole_records(const uint64_t sizes[4], uint64_t len)
{
    unsigned n = 0;

    while (n < 3 && sizes[n + 1] <= len) {
        n++;
    }
    return n;
}

static void torn_at_every_byte(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    uint64_t sizes[4];
    size_t len;

    (void)write_three(s.path, sizes);
    uint8_t *data = read_all(s.path, &len);
    assert_int_equal(len, sizes[3]);
    for (size_t cut = 0; cut <= len; cut++) {
        write_all(s.path, data, cut);
        struct gateway g = start(s.path, NOW);
        if (cut < sizes[0]) {
            assert_int_equal(g.status, MACAW_EFORMAT);
            drop_revocation(&g.t);
            continue;
        }
        unsigned whole = whole_records(sizes, cut);
        assert_int_equal(g.status, MACAW_OK);
        assert_int_equal(g.loaded.records, whole);
        assert_int_equal(g.loaded.cut, cut - sizes[whole]);
        assert_int_equal(file_size(s.path), sizes[whole]);
        assert_int_equal(live(&g, NOW), whole);
        /* And what follows is read again. */
        assert_int_equal(append(&g, sid_entry(9, NOW + 10), NOW), MACAW_OK);
        stop(&g);
        g = start_well(s.path, NOW);
        assert_int_equal(g.loaded.records, whole + 1);
        assert_int_equal(g.loaded.cut, 0);
        stop(&g);
    }
    free(data);
    (void)drop_scratch(&s);
}

/* The size was on the disk before the bytes: zeros to the end. */
static void zeros_at_the_end(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    uint64_t sizes[4];
    size_t len;

    (void)write_three(s.path, sizes);
    uint8_t *data = read_all(s.path, &len);
    uint8_t *zeroed = calloc(1, len + 5000);
    assert_non_null(zeroed);
    for (size_t kept = sizes[0]; kept <= len; kept++) {
        memcpy(zeroed, data, kept);
        memset(zeroed + kept, 0, len + 5000 - kept);
        write_all(s.path, zeroed, len);
        struct gateway g = start(s.path, NOW);
        unsigned whole = whole_records(sizes, kept);
        /* Zeros that begin within a check are not told from damage. */
        bool in_check = kept > sizes[whole] && kept > sizes[whole + 1] - MACAW_JOURNAL_CHECK_LEN;
        /* So are those that leave a part of the length. */
        bool in_length = kept > sizes[whole] && kept < sizes[whole] + 4;
        if (!in_check && !in_length) {
            assert_int_equal(g.status, MACAW_OK);
            assert_int_equal(g.loaded.records, whole);
            assert_int_equal(g.loaded.cut, len - sizes[whole]);
            stop(&g);
        } else if (g.status == MACAW_OK) {
            stop(&g);
        } else {
            assert_int_equal(g.status, MACAW_EFORMAT);
            drop_revocation(&g.t);
        }
    }
    memcpy(zeroed, data, len);
    write_all(s.path, zeroed, len + 4096);
    struct gateway g = start_well(s.path, NOW);
    assert_int_equal(g.loaded.cut, 4096);
    stop(&g);
    write_all(s.path, zeroed, len + 4097);
    g = start(s.path, NOW);
    assert_int_equal(g.status, MACAW_EFORMAT);
    drop_revocation(&g.t);
    free(zeroed);
    free(data);
    (void)drop_scratch(&s);
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    uint64_t sizes[4];
    size_t len;

    (void)write_three(s.path, sizes);
    uint8_t *data = read_all(s.path, &len);
    for (size_t at = 0; at < len; at++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            data[at] ^= (uint8_t)(1 << bit);
            write_all(s.path, data, len);
            struct gateway g = start(s.path, NOW);
            assert_int_equal(g.status, MACAW_EFORMAT);
            assert_int_equal(file_size(s.path), len);
            drop_revocation(&g.t);
            data[at] ^= (uint8_t)(1 << bit);
        }
    }
    /* Records of another place, or of another file. */
    uint8_t *swapped = malloc(len);
    assert_non_null(swapped);
    memcpy(swapped, data, len);
    memcpy(swapped + sizes[2], data + sizes[0], sizes[1] - sizes[0]);
    write_all(s.path, swapped, len);
    struct gateway g = start(s.path, NOW);
    assert_int_equal(g.status, MACAW_EFORMAT);
    assert_int_equal(g.err.offset, sizes[2]);
    drop_revocation(&g.t);
    free(swapped);
    free(data);
    (void)drop_scratch(&s);
}

static int start_status(const char *path)
{
    struct gateway g = start(path, NOW);

    drop_revocation(&g.t);
    if (g.status == MACAW_OK) {
        macaw_revocation_journal_close(g.journal);
    } else {
        assert_true(g.err.text[0] != 0 && g.err.status == g.status);
    }
    return g.status;
}

static void refuses_what_is_no_journal(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    char missing[200];

    write_all(s.path, "", 0);
    assert_int_equal(start_status(s.path), MACAW_EFORMAT);
    write_all(s.path, "macaw-revoked-2\n0123456789012345678901234567890123456789", 56);
    assert_int_equal(start_status(s.path), MACAW_EFORMAT);
    assert_int_equal(unlink(s.path), 0);
    assert_int_equal(start_status(s.path), MACAW_OK);
    assert_int_equal(chmod(s.path, 0620), 0);
    assert_int_equal(start_status(s.path), MACAW_EFORMAT);
    assert_int_equal(chmod(s.path, 0602), 0);
    assert_int_equal(start_status(s.path), MACAW_EFORMAT);
    assert_int_equal(unlink(s.path), 0);
    assert_int_equal(symlink("/dev/null", s.path), 0);
    assert_int_equal(start_status(s.path), MACAW_EIO);
    assert_int_equal(unlink(s.path), 0);
    assert_int_equal(mkfifo(s.path, 0600), 0);
    assert_int_equal(start_status(s.path), MACAW_EFORMAT);
    (void)snprintf(missing, sizeof missing, "%s/no/journal", s.folder);
    assert_int_equal(start_status(missing), MACAW_EIO);
    (void)drop_scratch(&s);
}

static void does_not_fit(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct shared_revocation large = make_revocation(20000, 10), small = make_revocation(1024, 10);
    macaw_revocation_journal *journal;
    macaw_error err;

    for (unsigned i = 0; i < 5000; i++) {
        put_entry(large.table, sid_entry(i, NOW + 10), NOW);
    }
    assert_int_equal(macaw_revocation_journal_open(&journal, large.table, s.path, NOW, NULL, &err),
                     MACAW_OK);
    macaw_revocation_journal_close(journal);
    uint64_t size = file_size(s.path);
    assert_int_equal(macaw_revocation_journal_open(&journal, small.table, s.path, NOW, NULL, &err),
                     MACAW_ELIMIT);
    assert_int_equal(file_size(s.path), size);
    drop_revocation(&large);
    drop_revocation(&small);
    (void)drop_scratch(&s);
}

/* ---- one gateway at a time ---- */

static void one_gateway_at_a_time(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    int pipe_fd[2];
    char byte;

    assert_int_equal(start_status(s.path), MACAW_ESTATE);
    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);

    /* A worker that outlives its master holds the file. */
    assert_int_equal(pipe(pipe_fd), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)pause();
        _exit(0);
    }
    stop(&g);
    assert_int_equal(start_status(s.path), MACAW_ESTATE);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(start_status(s.path), MACAW_OK);
    assert_int_equal(close(pipe_fd[1]), 0);
    assert_int_equal(read(pipe_fd[0], &byte, 1), 0);
    assert_int_equal(close(pipe_fd[0]), 0);
    (void)drop_scratch(&s);
}

/* ---- compaction ---- */

static void compacts_when_it_pays(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);

    for (unsigned i = 0; i < 1500; i++) {
        assert_int_equal(append(&g, sid_entry(i, NOW + (i < 10 ? 100 : 10)), NOW), MACAW_OK);
    }
    uint64_t size = file_size(s.path);
    stop(&g);
    g = start_well(s.path, NOW + 5);
    assert_false(g.loaded.compacted);
    stop(&g);
    g = start_well(s.path, NOW + 11);
    assert_true(g.loaded.compacted);
    assert_int_equal(g.loaded.expired, 1490);
    assert_int_equal(file_size(s.path), MACAW_JOURNAL_HEAD_LEN + 10 * (size - 40) / 1500);
    assert_int_equal(append(&g, sid_entry(5000, NOW + 100), NOW + 11), MACAW_OK);
    stop(&g);
    g = start_well(s.path, NOW + 11);
    assert_int_equal(g.loaded.records, 11);
    assert_int_equal(live(&g, NOW + 11), 11);
    stop(&g);
    assert_int_equal(drop_scratch(&s), 2);
}

/* What a table already held goes into a journal that it opens. */
static void takes_in_what_the_table_held(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);

    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    stop(&g);
    g.t = make_revocation(2000, 10);
    put_entry(g.t.table, sid_entry(2, NOW + 10), NOW);
    assert_int_equal(macaw_revocation_journal_open(&g.journal, g.t.table, s.path, NOW, &g.loaded,
                                                   NULL), MACAW_OK);
    assert_true(g.loaded.compacted);
    stop(&g);
    g = start_well(s.path, NOW);
    assert_int_equal(check_sid(g.t.table, 1, NOW), MACAW_REVOKED_SID);
    assert_int_equal(check_sid(g.t.table, 2, NOW), MACAW_REVOKED_SID);
    stop(&g);
    (void)drop_scratch(&s);
}

/* Processes that hold the old file go on in the new one. */
static void old_holders_follow(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    int wait_status;

    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(macaw_revocation_journal_compact(g.journal, NOW, NULL) != MACAW_OK ||
              append(&g, sid_entry(2, NOW + 10), NOW) != MACAW_OK);
    }
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
    assert_int_equal(append(&g, sid_entry(3, NOW + 10), NOW), MACAW_OK);

    /* Removed behind our back: loud. */
    assert_int_equal(unlink(s.path), 0);
    assert_int_equal(append(&g, sid_entry(4, NOW + 10), NOW), MACAW_EIO);
    assert_int_equal(check_sid(g.t.table, 4, NOW), MACAW_REVOKED_SID);
    assert_int_equal(macaw_revocation_journal_compact(g.journal, NOW, NULL), MACAW_OK);
    assert_int_equal(append(&g, sid_entry(5, NOW + 10), NOW), MACAW_OK);
    stop(&g);
    g = start_well(s.path, NOW);
    for (uint64_t n = 1; n <= 5; n++) {
        assert_int_equal(check_sid(g.t.table, n, NOW), MACAW_REVOKED_SID);
    }
    stop(&g);
    (void)drop_scratch(&s);
}

/* Whoever compacted died before it told anybody. */
static void a_new_file_nobody_told_of(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    char path[200];

    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    (void)snprintf(path, sizeof path, "%s.other", s.path);
    struct gateway other = start_well(path, NOW);
    assert_int_equal(append(&other, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    assert_int_equal(append(&other, sid_entry(3, NOW + 10), NOW), MACAW_OK);
    stop(&other);
    assert_int_equal(rename(path, s.path), 0);
    assert_int_equal(append(&g, sid_entry(2, NOW + 10), NOW), MACAW_OK);
    stop(&g);
    g = start_well(s.path, NOW);
    assert_int_equal(g.loaded.records, 3);
    stop(&g);
    (void)drop_scratch(&s);
}

/* ---- no room on the disk ---- */

static void no_room_on_the_disk(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    struct rlimit unlimited, limit;

    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(append(&g, sid_entry(1, NOW + 10), NOW), MACAW_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    uint64_t size = file_size(s.path);
    for (unsigned room = 0; room < 32; room++) {
        limit = (struct rlimit){ size + room, unlimited.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        assert_int_equal(append(&g, sid_entry(100 + room, NOW + 10), NOW), MACAW_EIO);
        assert_non_null(strstr(g.err.text, s.path));
        /* Revoked all the same, until the memory is gone. */
        assert_int_equal(check_sid(g.t.table, 100 + room, NOW), MACAW_REVOKED_SID);
    }
    assert_int_equal(macaw_revocation_journal_compact(g.journal, NOW, &g.err), MACAW_EIO);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    assert_int_equal(append(&g, sid_entry(2, NOW + 10), NOW), MACAW_OK);
    assert_int_equal(file_size(s.path), size + 32);
    stop(&g);
    g = start_well(s.path, NOW);
    assert_int_equal(g.loaded.records, 2);
    assert_int_equal(g.loaded.cut, 0);
    stop(&g);
    assert_int_equal(drop_scratch(&s), 2);
}

/* ---- many at once, and killed ---- */

enum { WRITERS = 3, EACH = 60 };

static void *append_many(void *arg)
{
    struct gateway *g = arg;
    static _Atomic unsigned ticket;

    for (;;) {
        unsigned i = atomic_fetch_add(&ticket, 1);
        macaw_revocation_entry entry = sid_entry((uint64_t)getpid() << 20 | i, NOW + 10);
        if (i >= EACH) {
            return NULL;
        }
        if (macaw_revocation_journal_append(g->journal, &entry, NOW, NULL) != MACAW_OK) {
            return arg;
        }
    }
}

static void append_in_threads(struct gateway *g)
{
    pthread_t thread[WRITERS];
    void *failed;
    int any = 0;

    for (unsigned i = 0; i < WRITERS; i++) {
        if (pthread_create(&thread[i], NULL, append_many, g) != 0) {
            _exit(2);
        }
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        any |= pthread_join(thread[i], &failed) != 0 || failed != NULL;
    }
    _exit(any);
}

static void many_at_once_with_compaction(void **state)
{
    (void)state;
    struct scratch s = make_scratch("journal");
    struct gateway g = start_well(s.path, NOW);
    pid_t children[WRITERS];
    int wait_status;

    for (unsigned i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            append_in_threads(&g);
        }
    }
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(macaw_revocation_journal_compact(g.journal, NOW, &g.err), MACAW_OK);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        assert_int_equal(waitpid(children[i], &wait_status, 0), children[i]);
        assert_int_equal(wait_status, 0);
    }
    stop(&g);
    g = start_well(s.path, NOW);
    assert_int_equal(live(&g, NOW), WRITERS * EACH);
    for (unsigned i = 0; i < WRITERS; i++) {
        for (uint64_t n = 0; n < EACH; n++) {
            assert_int_equal(check_sid(g.t.table, (uint64_t)children[i] << 20 | n, NOW),
                             MACAW_REVOKED_SID);
        }
    }
    stop(&g);
    assert_int_equal(drop_scratch(&s), 2);
}

/* Append, report, now and then compact; until killed. */
static void victim(struct gateway *g, _Atomic uint64_t *reported)
{
    for (uint64_t i = atomic_load(reported);; i++) {
        if (i % 16 == 7 && macaw_revocation_journal_compact(g->journal, NOW, NULL) != MACAW_OK) {
            _exit(1);
        }
        if (append(g, sid_entry(i, NOW + 10), NOW) != MACAW_OK) {
            _exit(2);
        }
        atomic_store(reported, i + 1);
    }
}

static void killed_after_a_report_loses_nothing(void **state)
{
    (void)state;
    enum { KILLS = 150 };
    struct scratch s = make_scratch("journal");
    struct shared_block counter = make_block(4096);
    _Atomic uint64_t *reported = counter.mem;
    uint64_t seed = 11, cut = 0;

    for (unsigned i = 0; i < KILLS; i++) {
        struct timespec pause = { 0, (long)(next_random(&seed) % 8000000) };
        struct gateway g = start_well(s.path, NOW);
        int wait_status;
        for (uint64_t n = 0; n < atomic_load(reported); n++) {
            assert_int_equal(check_sid(g.t.table, n, NOW), MACAW_REVOKED_SID);
        }
        cut += g.loaded.cut > 0;
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            victim(&g, reported);
        }
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &wait_status, 0), child);
        assert_true(WIFSIGNALED(wait_status));
        /* The other workers go on with the same table and file. */
        (void)alarm(600);
        assert_int_equal(append(&g, sid_entry(1000000 + i, NOW + 10), NOW), MACAW_OK);
        (void)alarm(0);
        stop(&g);
    }
    struct gateway g = start_well(s.path, NOW);
    for (uint64_t n = 0; n < atomic_load(reported); n++) {
        assert_int_equal(check_sid(g.t.table, n, NOW), MACAW_REVOKED_SID);
    }
    for (unsigned i = 0; i < KILLS; i++) {
        assert_int_equal(check_sid(g.t.table, 1000000 + i, NOW), MACAW_REVOKED_SID);
    }
    stop(&g);
    print_message("    %u reported under %u kills, %u torn records\n",
                  (unsigned)atomic_load(reported), (unsigned)KILLS, (unsigned)cut);
    drop_block(&counter);
    assert_int_equal(drop_scratch(&s), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(survives),
        cmocka_unit_test(torn_at_every_byte),
        cmocka_unit_test(zeros_at_the_end),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(refuses_what_is_no_journal),
        cmocka_unit_test(does_not_fit),
        cmocka_unit_test(one_gateway_at_a_time),
        cmocka_unit_test(compacts_when_it_pays),
        cmocka_unit_test(takes_in_what_the_table_held),
        cmocka_unit_test(old_holders_follow),
        cmocka_unit_test(a_new_file_nobody_told_of),
        cmocka_unit_test(no_room_on_the_disk),
        cmocka_unit_test(many_at_once_with_compaction),
        cmocka_unit_test(killed_after_a_report_loses_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

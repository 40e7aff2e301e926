/* What outlives the memory: saved tables and marks, and files that are neither. */
#include "unit/replay_util.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SMALL 65536
#define NOW   1700000000u
#define COUNT 2000u

static char folder[64], path[96], mark_path[96];

static int make_folder(void **state)
{
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", "/tmp/macaw-replay-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/table", folder);
    (void)snprintf(mark_path, sizeof mark_path, "%s/mark", folder);
    return 0;
}

static unsigned count_files(void)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        n++;
    }
    assert_int_equal(closedir(dir), 0);
    return n - 2;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(mark_path);
    return rmdir(folder);
}

static void fill(macaw_replay *table, uint64_t from, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(claim_number(table, from + i, NOW + i % 50, NOW), MACAW_CLAIM_NEW);
    }
}

static void all_are(macaw_replay *table, uint64_t from, unsigned n, uint32_t now, int verdict)
{
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(peek_number(table, from + i, NOW + i % 50, now), verdict);
    }
}

static void save(macaw_replay *table, uint32_t now)
{
    macaw_error err;

    assert_int_equal(macaw_replay_save(table, now, path, &err), MACAW_OK);
}

static uint8_t *read_back(size_t *len)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);

    assert_non_null(f);
    assert_non_null(data);
    *len = fread(data, 1, 1 << 20, f);
    assert_int_equal(fclose(f), 0);
    return data;
}

static void write_to(const char *name, const void *data, size_t len)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), len);
    assert_int_equal(close(fd), 0);
}

static void round_trip(void **state)
{
    (void)state;
    static const size_t sizes[] = { SMALL, 3 * SMALL + 64, 1 << 20, SMALL - 1 + 16512 };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct shared_table a = make_table(3 * SMALL, 100, NOW - 7);
        struct shared_table b = make_table(sizes[i], 100, 0);
        struct stat st;
        fill(a.table, 0, COUNT);
        save(a.table, NOW);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(st.st_size, 32 + 12 * COUNT + 12 + 32);
        assert_int_equal(macaw_replay_load(b.table, NOW, path, NULL), MACAW_OK);
        assert_int_equal(access(path, F_OK), -1);
        assert_int_equal(count_files(), 0);
        all_are(b.table, 0, COUNT, NOW, MACAW_CLAIM_SEEN);
        all_are(b.table, COUNT, COUNT, NOW, MACAW_CLAIM_NEW);
        assert_true(is_sound(b.table, 1));
        macaw_replay_stats s = stats_at(b.table, NOW);
        assert_int_equal(s.live, COUNT);
        assert_int_equal(s.since, NOW - 7);
        assert_int_equal(s.newest, NOW + 49);
        drop_table(&a);
        drop_table(&b);
    }
}

/* What was forgotten, or was dead when it was saved or loaded, stays refused,
 * whatever clock and window follow. */
static void horizons_survive(void **state)
{
    (void)state;
    struct shared_table a = make_table(SMALL, 10, 0), b = make_table(SMALL, 10, 0);
    struct shared_table c = make_table(SMALL, 1000, 0);

    assert_int_equal(macaw_replay_claim_print(a.table, print_in(a.table, 3, 0), NOW, NOW),
                     MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_claim_print(a.table, print_in(a.table, 3, 1), NOW + 20, NOW + 20),
                     MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(a.table, 1, NOW + 9, NOW + 20), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(a.table, 2, NOW + 12, NOW + 20), MACAW_CLAIM_NEW);
    assert_int_equal(claim_number(a.table, 3, NOW + 15, NOW + 20), MACAW_CLAIM_NEW);
    save(a.table, NOW + 21); /* nothing dead but what was overwritten */
    assert_int_equal(macaw_replay_load(b.table, NOW + 24, path, NULL), MACAW_OK); /* 1, 2 dead */
    for (uint32_t now = NOW; now < NOW + 40; now++) {
        assert_true(claim_number(b.table, 1, NOW + 9, now) != MACAW_CLAIM_NEW);
        assert_true(claim_number(b.table, 2, NOW + 12, now) != MACAW_CLAIM_NEW);
        assert_true(claim_number(b.table, 3, NOW + 15, now) != MACAW_CLAIM_NEW);
        assert_int_equal(claim_number(b.table, 100 + now, NOW + 12, now), MACAW_CLAIM_STALE);
    }
    save(b.table, NOW + 27); /* 3 dead, never overwritten */
    assert_int_equal(macaw_replay_load(c.table, NOW, path, NULL), MACAW_OK);
    assert_int_equal(claim_number(c.table, 3, NOW + 15, NOW), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(c.table, 4, NOW + 15, NOW), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(c.table, 4, NOW + 16, NOW), MACAW_CLAIM_NEW);
    drop_table(&a);
    drop_table(&b);
    drop_table(&c);
}

/* Two live entries of one print, in either order: claimed, expired, claimed again
 * with another timestamp, and the window widened. Neither may be accepted again. */
static void saved_twice(void **state)
{
    (void)state;
    for (unsigned order = 0; order < 2; order++) {
        struct shared_table a = make_table(SMALL, 100, 0), b = make_table(SMALL, 100, 0);
        uint64_t print = print_in(a.table, 3, 1);
        for (unsigned i = 0; i < 2; i++) {
            a.table->bucket[3].print[i] = print;
            a.table->bucket[3].stamp[i] = i == order ? NOW : NOW + 20;
        }
        save(a.table, NOW + 20);
        assert_int_equal(macaw_replay_load(b.table, NOW + 20, path, NULL), MACAW_OK);
        for (uint32_t now = NOW; now < NOW + 150; now++) {
            assert_true(macaw_replay_claim_print(b.table, print, NOW, now) != MACAW_CLAIM_NEW);
            assert_true(macaw_replay_claim_print(b.table, print, NOW + 20, now) !=
                        MACAW_CLAIM_NEW);
        }
        drop_table(&a);
        drop_table(&b);
    }
}

static void too_small_is_refused(void **state)
{
    (void)state;
    struct shared_table a = make_table(4 * SMALL, 100, 0), b = make_table(SMALL, 100, 0);
    macaw_error err = { 0 };

    fill(a.table, 0, 4000);
    save(a.table, NOW);
    assert_int_equal(macaw_replay_load(b.table, NOW, path, &err), MACAW_ELIMIT);
    assert_int_equal(err.status, MACAW_ELIMIT);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(stats_at(b.table, NOW).live, 0);
    fill(b.table, 0, 100);
    drop_table(&a);
    drop_table(&b);
}

/* Every truncation and every flipped bit of a small file. */
static void damage_is_refused(void **state)
{
    (void)state;
    struct shared_table a = make_table(SMALL, 100, 0), b = make_table(SMALL, 100, 0);
    void *before = malloc(SMALL);
    size_t len;

    assert_non_null(before);
    fill(a.table, 0, 9);
    save(a.table, NOW);
    uint8_t *data = read_back(&len);
    memcpy(before, b.mem, SMALL);
    for (size_t i = 0; i < 9 * len; i++) {
        size_t n = i < len ? i : len, bit = i - len;
        if (i >= len) {
            data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        write_to(path, data, n);
        assert_int_equal(macaw_replay_load(b.table, NOW, path, NULL), MACAW_EFORMAT);
        /* Removed, unless it does not even begin like a saved table. */
        bool ours = n >= 16 && (i < len || bit >= 128);
        assert_int_equal(access(path, F_OK), ours ? -1 : 0);
        if (i >= len) {
            data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
    }
    data[len] = 0;
    write_to(path, data, len + 1);
    assert_int_equal(macaw_replay_load(b.table, NOW, path, NULL), MACAW_EFORMAT);
    assert_memory_equal(before, b.mem, SMALL);
    write_to(path, data, len);
    assert_int_equal(macaw_replay_load(b.table, NOW, path, NULL), MACAW_OK);
    all_are(b.table, 0, 9, NOW, MACAW_CLAIM_SEEN);
    free(data);
    free(before);
    drop_table(&a);
    drop_table(&b);
}

static void refuses_what_is_no_file_of_ours(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 100, 0);
    macaw_error err = { 0 };
    uint32_t previous = 5;

    assert_int_equal(macaw_replay_load(t.table, NOW, path, &err), MACAW_ENOTFOUND);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(symlink("/etc/hostname", path), 0);
    assert_int_equal(macaw_replay_load(t.table, NOW, path, NULL), MACAW_EIO);
    assert_int_equal(macaw_replay_mark(t.table, path, &previous, NULL), MACAW_EIO);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(macaw_replay_load(t.table, NOW, path, NULL), MACAW_EFORMAT);
    assert_int_equal(macaw_replay_mark(t.table, path, &previous, NULL), MACAW_EFORMAT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(macaw_replay_load(t.table, NOW, folder, NULL), MACAW_EFORMAT);
    assert_int_equal(previous, 5);

    save(t.table, NOW);
    assert_int_equal(chmod(path, 0620), 0);
    assert_int_equal(macaw_replay_load(t.table, NOW, path, NULL), MACAW_EFORMAT);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(claim_number(t.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_load(t.table, NOW, path, NULL), MACAW_EARG); /* in use */
    assert_int_equal(access(path, F_OK), 0);
    drop_table(&t);
}

/* A save that fails leaves the old file as it was and nothing else. */
static void failed_save_leaves_nothing(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 100, 0);
    struct rlimit unlimited, little;
    macaw_error err = { 0 };
    char missing[128];
    size_t len, len_after;

    (void)snprintf(missing, sizeof missing, "%s/none/table", folder);
    assert_int_equal(macaw_replay_save(t.table, NOW, missing, &err), MACAW_EIO);
    assert_non_null(strstr(err.text, missing));
    assert_int_equal(macaw_replay_save(t.table, NOW, "/proc/table", &err), MACAW_EIO);

    fill(t.table, 0, 10);
    save(t.table, NOW);
    uint8_t *old = read_back(&len);
    fill(t.table, 10, 1000);
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    little = (struct rlimit){ .rlim_cur = 1000, .rlim_max = unlimited.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    int status = macaw_replay_save(t.table, NOW, path, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    assert_int_equal(status, MACAW_EIO);
    uint8_t *now = read_back(&len_after);
    assert_int_equal(len, len_after);
    assert_memory_equal(old, now, len);
    assert_int_equal(count_files(), 1);
    free(old);
    free(now);
    drop_table(&t);
}

/* Run as somebody who may not write the folder: root may always. */
static void unwritable_folder(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 100, 0);
    int wait_status;

    fill(t.table, 0, 10);
    save(t.table, NOW);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(chmod(folder, 0555), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct shared_table fresh = make_table(SMALL, 100, 0);
        uint32_t previous;
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(9);
        }
        int failed = macaw_replay_save(t.table, NOW, path, NULL) != MACAW_EIO;
        failed |= (macaw_replay_mark(t.table, mark_path, &previous, NULL) != MACAW_EIO) << 1;
        /* What cannot be removed is not taken over. */
        failed |= (macaw_replay_load(fresh.table, NOW, path, NULL) != MACAW_EIO) << 2;
        failed |= (stats_at(fresh.table, NOW).live != 0) << 3;
        _exit(failed);
    }
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_int_equal(wait_status, 0);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(count_files(), 1);
    drop_table(&t);
}

static void mark_survives(void **state)
{
    (void)state;
    struct shared_table a = make_table(SMALL, 300, 0);
    uint32_t previous = 5;
    struct stat st;
    int wait_status;

    assert_int_equal(claim_number(a.table, 1, NOW, NOW), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_mark(a.table, mark_path, &previous, NULL), MACAW_OK);
    assert_int_equal(previous, 0);
    assert_int_equal(a.table->mark->newest, NOW); /* of the claim before */
    assert_int_equal(stat(mark_path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(count_files(), 1);

    /* A worker accepts a message from a clock that is ahead, and all die. */
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (claim_number(a.table, 2, NOW + 200, NOW) == MACAW_CLAIM_NEW &&
            claim_number(a.table, 3, NOW + 7, NOW) == MACAW_CLAIM_NEW &&
            claim_number(a.table, 2, NOW + 250, NOW) == MACAW_CLAIM_SEEN) {
            (void)raise(SIGKILL);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(child, &wait_status, 0), child);
    assert_true(WIFSIGNALED(wait_status));
    drop_table(&a);

    struct shared_table b = make_table(SMALL, 300, NOW + 1);
    assert_int_equal(macaw_replay_mark(b.table, mark_path, &previous, NULL), MACAW_OK);
    assert_int_equal(previous, NOW + 200);
    assert_int_equal(macaw_replay_set_since(b.table, previous + 1), MACAW_OK);
    assert_int_equal(claim_number(b.table, 1, NOW, NOW + 1), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(b.table, 2, NOW + 200, NOW + 1), MACAW_CLAIM_STALE);
    assert_int_equal(claim_number(b.table, 4, NOW + 201, NOW + 1), MACAW_CLAIM_NEW);
    assert_int_equal(macaw_replay_mark(b.table, mark_path, &previous, NULL), MACAW_OK);
    assert_int_equal(previous, NOW + 201);
    drop_table(&b);
}

static void mark_is_checked(void **state)
{
    (void)state;
    struct shared_table t = make_table(SMALL, 300, 0);
    static uint8_t page[4097] = "macaw-mark-1\n";
    uint32_t previous = 5;

    write_to(mark_path, page, 4095);
    assert_int_equal(macaw_replay_mark(t.table, mark_path, &previous, NULL), MACAW_EFORMAT);
    write_to(mark_path, page, 4097);
    assert_int_equal(macaw_replay_mark(t.table, mark_path, &previous, NULL), MACAW_EFORMAT);
    write_to(mark_path, page, 0);
    assert_int_equal(macaw_replay_mark(t.table, mark_path, &previous, NULL), MACAW_EFORMAT);
    for (size_t i = 0; i < 16; i++) {
        page[i] ^= 1;
        write_to(mark_path, page, 4096);
        assert_int_equal(macaw_replay_mark(t.table, mark_path, &previous, NULL), MACAW_EFORMAT);
        page[i] ^= 1;
    }
    assert_int_equal(previous, 5);
    assert_null(t.table->mark);
    write_to(mark_path, page, 4096);
    assert_int_equal(macaw_replay_mark(t.table, mark_path, &previous, NULL), MACAW_OK);
    assert_int_equal(previous, 0);
    drop_table(&t);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(round_trip),
        IN_FOLDER(horizons_survive),
        IN_FOLDER(saved_twice),
        IN_FOLDER(too_small_is_refused),
        IN_FOLDER(damage_is_refused),
        IN_FOLDER(refuses_what_is_no_file_of_ours),
        IN_FOLDER(failed_save_leaves_nothing),
        IN_FOLDER(unwritable_folder),
        IN_FOLDER(mark_survives),
        IN_FOLDER(mark_is_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

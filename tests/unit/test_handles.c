/* Handles: records come, slide, change and go; killed workers; saved tables. */
#include "unit/store_util.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "store/handles.h"

#define LIMIT 200

struct shared_handles {
    struct shared_block block;
    macaw_handles *table;
};

static struct shared_handles make_handles(uint64_t records, size_t limit)
{
    struct shared_handles t = { .block = make_block(macaw_handles_size(records, limit)) };

    assert_int_equal(macaw_handles_init(&t.table, t.block.mem, t.block.size, limit), MACAW_OK);
    return t;
}

static void drop_handles(struct shared_handles *t)
{
    macaw_handles_detach(t->table);
    drop_block(&t->block);
}

struct hash {
    uint8_t bytes[MACAW_SESSION_HANDLE_LEN];
};

static struct hash hash_of(uint64_t number)
{
    struct hash hash;
    uint64_t mix = number;

    for (size_t i = 0; i < sizeof hash.bytes; i += 8) {
        uint64_t r = next_random(&mix);
        memcpy(hash.bytes + i, &r, 8);
    }
    return hash;
}

static macaw_handle_record record_of(const char *subject, const char *data)
{
    return (macaw_handle_record){
        .sid = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
        .subject = { subject, strlen(subject) },
        .data = { data, strlen(data) },
        .login = NOW - 50,
        .issued = NOW - 10,
        .ttl = 100,
        .cap = NOW + 250,
        .generation = 3,
    };
}

static int create(struct shared_handles *t, uint64_t number, const char *data, int64_t now)
{
    struct hash hash = hash_of(number);
    macaw_handle_record record = record_of("ann", data);

    return macaw_handles_create(t->table, hash.bytes, &record, now);
}

static int get(struct shared_handles *t, uint64_t number, int64_t now, macaw_handle_record *ret)
{
    static char room[MACAW_HANDLES_ROOM(LIMIT)];
    struct hash hash = hash_of(number);
    macaw_handle_record ignored;

    return macaw_handles_get(t->table, hash.bytes, now, room, ret != NULL ? ret : &ignored);
}

static int touch(struct shared_handles *t, uint64_t number, int64_t now)
{
    static char room[MACAW_HANDLES_ROOM(LIMIT)];
    struct hash hash = hash_of(number);
    macaw_handle_record ignored;

    return macaw_handles_touch(t->table, hash.bytes, now, room, &ignored);
}

static int put(struct shared_handles *t, uint64_t number, const char *data, size_t len,
               int64_t now)
{
    struct hash hash = hash_of(number);

    return macaw_handles_put(t->table, hash.bytes, (macaw_str){ data, len }, now);
}

static int delete(struct shared_handles *t, uint64_t number, int64_t now)
{
    struct hash hash = hash_of(number);

    return macaw_handles_delete(t->table, hash.bytes, now);
}

static macaw_handles_stats stats_at(struct shared_handles *t, int64_t now)
{
    macaw_handles_stats stats;

    macaw_handles_stat(t->table, now, &stats);
    return stats;
}

static void assert_text(macaw_str text, const char *want)
{
    assert_int_equal(text.len, strlen(want));
    assert_memory_equal(text.data, want, text.len);
}

static void gives_back_what_was_put_in(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(100, LIMIT);
    macaw_handle_record record;

    assert_int_equal(get(&t, 1, NOW, NULL), MACAW_ENOTFOUND);
    assert_int_equal(create(&t, 1, "cart=3", NOW), MACAW_OK);
    assert_int_equal(create(&t, 1, "other", NOW), MACAW_EEXIST);
    assert_int_equal(get(&t, 1, NOW, &record), MACAW_OK);
    assert_text(record.subject, "ann");
    assert_text(record.data, "cart=3");
    assert_memory_equal(record.sid, "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c", 12);
    assert_int_equal(record.login, NOW - 50);
    assert_int_equal(record.issued, NOW - 10);
    assert_int_equal(record.ttl, 100);
    assert_int_equal(record.cap, NOW + 250);
    assert_int_equal(record.expires, NOW + 100);
    assert_int_equal(record.generation, 3);
    assert_int_equal(put(&t, 1, "", 0, NOW), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW, &record), MACAW_OK);
    assert_text(record.data, "");
    assert_text(record.subject, "ann");
    assert_int_equal(put(&t, 2, "x", 1, NOW), MACAW_ENOTFOUND);
    assert_int_equal(delete(&t, 1, NOW), MACAW_OK);
    assert_int_equal(delete(&t, 1, NOW), MACAW_ENOTFOUND);
    assert_int_equal(get(&t, 1, NOW, NULL), MACAW_ENOTFOUND);
    assert_int_equal(put(&t, 1, "x", 1, NOW), MACAW_ENOTFOUND);
    assert_int_equal(stats_at(&t, NOW).created, 1);
    assert_int_equal(stats_at(&t, NOW).deleted, 1);
    drop_handles(&t);
}

/* All 32 bytes of the hash count, though the place follows from 12 of them. */
static void the_whole_hash_counts(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(100, LIMIT);
    char room[MACAW_HANDLES_ROOM(LIMIT)];
    macaw_handle_record record;

    assert_int_equal(create(&t, 1, "", NOW), MACAW_OK);
    for (unsigned bit = 0; bit < 256; bit++) {
        struct hash hash = hash_of(1);
        hash.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(macaw_handles_get(t.table, hash.bytes, NOW, room, &record),
                         MACAW_ENOTFOUND);
        assert_int_equal(macaw_handles_delete(t.table, hash.bytes, NOW), MACAW_ENOTFOUND);
    }
    assert_int_equal(get(&t, 1, NOW, NULL), MACAW_OK);
    drop_handles(&t);
}

static void ends_to_the_second(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(100, LIMIT);
    macaw_handle_record record;

    assert_int_equal(create(&t, 1, "", NOW), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 100, NULL), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 101, NULL), MACAW_ENOTFOUND);
    /* Reading is no use; touching is, up to the cap. */
    assert_int_equal(get(&t, 1, NOW + 90, NULL), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 101, NULL), MACAW_ENOTFOUND);
    assert_int_equal(touch(&t, 1, NOW + 100), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 200, &record), MACAW_OK);
    assert_int_equal(record.expires, NOW + 200);
    assert_int_equal(touch(&t, 1, NOW + 200), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 250, NULL), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 251, NULL), MACAW_ENOTFOUND);
    assert_int_equal(touch(&t, 1, NOW + 251), MACAW_ENOTFOUND);
    assert_int_equal(touch(&t, 1, NOW + 250), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 251, NULL), MACAW_ENOTFOUND);
    /* A clock that was set back shortens nothing. */
    assert_int_equal(touch(&t, 1, NOW), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW + 250, NULL), MACAW_OK);
    drop_handles(&t);
}

static void refuses_what_is_out_of_range(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(100, LIMIT);
    struct hash hash = hash_of(1);
    macaw_handle_record bad[8];
    char text[300];

    memset(text, 'x', sizeof text);
    for (unsigned i = 0; i < 8; i++) {
        bad[i] = record_of("ann", "data");
    }
    bad[0].subject = (macaw_str){ text, MACAW_SESSION_SUBJECT_MAX + 1 };
    bad[1].data = (macaw_str){ text, LIMIT + 1 };
    bad[2].ttl = 0;
    bad[3].cap = NOW - 1;
    bad[4].login = -1;
    bad[5].issued = (int64_t)UINT32_MAX + 1;
    bad[6].ttl = (int64_t)UINT32_MAX + 1;
    bad[7].cap = -1;
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(macaw_handles_create(t.table, hash.bytes, &bad[i], NOW), MACAW_EARG);
    }
    bad[0].subject.len = MACAW_SESSION_SUBJECT_MAX;
    bad[0].data = (macaw_str){ text, LIMIT };
    bad[0].cap = 0;
    assert_int_equal(macaw_handles_create(t.table, hash.bytes, &bad[0], NOW), MACAW_OK);
    assert_int_equal(put(&t, 1, text, LIMIT + 1, NOW), MACAW_EARG);
    assert_int_equal(get(&t, 1, NOW, &bad[1]), MACAW_OK);
    assert_int_equal(bad[1].subject.len, MACAW_SESSION_SUBJECT_MAX);
    assert_int_equal(bad[1].data.len, LIMIT);
    assert_memory_equal(bad[1].data.data, text, LIMIT);
    assert_int_equal(macaw_handles_data_limit(t.table), LIMIT);
    assert_true(macaw_handles_size(10, MACAW_HANDLES_DATA_MAX + 1) == SIZE_MAX);
    drop_handles(&t);
}

static void full_forgets_nobody(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(500, LIMIT);
    uint64_t n = 0;
    int status;

    while ((status = create(&t, n, "", NOW)) == MACAW_OK) {
        n++;
    }
    assert_int_equal(status, MACAW_ELIMIT);
    assert_true(n >= 500 && n == stats_at(&t, NOW).live && n <= stats_at(&t, NOW).capacity);
    assert_int_equal(stats_at(&t, NOW).full, 1);
    for (uint64_t i = 0; i < n; i++) {
        assert_int_equal(get(&t, i, NOW, NULL), MACAW_OK);
    }
    assert_int_equal(delete(&t, 3, NOW), MACAW_OK);
    assert_int_equal(create(&t, n, "", NOW), MACAW_OK);
    for (uint64_t i = 0; i < 500; i++) { /* all others have expired */
        assert_int_equal(create(&t, 10000 + i, "", NOW + 101), MACAW_OK);
    }
    drop_handles(&t);
}

/* A model in random order, with the clock going forward. */
static void as_a_reference_says(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    struct shared_handles t = make_handles(COUNT, LIMIT);
    int64_t expires[COUNT] = { 0 };
    unsigned data[COUNT] = { 0 };
    uint64_t seed = 21;
    char text[16];

    for (unsigned i = 0; i < 200000; i++) {
        int64_t now = NOW + i / 1000;
        uint64_t r = next_random(&seed), number = r % COUNT;
        bool there = expires[number] >= now;
        macaw_handle_record record;
        switch ((r >> 32) % 5) {
        case 0:
            (void)snprintf(text, sizeof text, "%u", i);
            assert_int_equal(create(&t, number, text, now), there ? MACAW_EEXIST : MACAW_OK);
            if (!there) {
                expires[number] = now + 100 < NOW + 250 ? now + 100 : NOW + 250;
                data[number] = i;
            }
            break;
        case 1:
            (void)snprintf(text, sizeof text, "%u", i);
            assert_int_equal(put(&t, number, text, strlen(text), now),
                             there ? MACAW_OK : MACAW_ENOTFOUND);
            data[number] = i;
            break;
        case 2:
            assert_int_equal(touch(&t, number, now), there ? MACAW_OK : MACAW_ENOTFOUND);
            if (there) {
                expires[number] = now + 100 < NOW + 250 ? now + 100 : NOW + 250;
            }
            break;
        case 3:
            if ((r >> 40) % 8 == 0) {
                assert_int_equal(delete(&t, number, now), there ? MACAW_OK : MACAW_ENOTFOUND);
                expires[number] = 0;
            }
            break;
        default:
            assert_int_equal(get(&t, number, now, &record), there ? MACAW_OK : MACAW_ENOTFOUND);
            if (there) {
                (void)snprintf(text, sizeof text, "%u", data[number]);
                assert_text(record.data, text);
                assert_int_equal(record.expires, expires[number]);
            }
        }
    }
    drop_handles(&t);
}

/* ---- many at once, and killed ---- */

/* Data that says what it must be: one byte, LIMIT times or less. */
static int put_pattern(struct shared_handles *t, uint64_t number, uint64_t r)
{
    char data[LIMIT];

    memset(data, (int)(r & 127), sizeof data);
    return put(t, number, data, 1 + (r >> 8) % LIMIT, NOW);
}

static bool is_pattern(macaw_str data)
{
    for (size_t i = 1; i < data.len; i++) {
        if (data.data[i] != data.data[0]) {
            return false;
        }
    }
    return true;
}

/* Whoever died while it changed a record left it in no state at all. */
static void half_changed_is_gone(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(20, LIMIT);
    struct hash hash = hash_of(1);
    macaw_cell_home home = macaw_cells_home(&t.table->cells, hash.bytes);
    macaw_cell_spot spot;

    assert_int_equal(create(&t, 1, "cart", NOW), MACAW_OK);
    assert_true(macaw_cells_find(&t.table->cells, &home, NOW, &spot));
    macaw_handle_at(t.table, spot.slot)->changing = 1;
    assert_int_equal(get(&t, 1, NOW, NULL), MACAW_ENOTFOUND);
    assert_int_equal(create(&t, 1, "cart", NOW), MACAW_OK);
    assert_int_equal(get(&t, 1, NOW, NULL), MACAW_OK);
    macaw_handle_at(t.table, spot.slot)->changing = 1;
    assert_int_equal(put(&t, 1, "x", 1, NOW), MACAW_ENOTFOUND);
    drop_handles(&t);
}

enum { PUPILS = 20, KILLS = 200 };

static void put_until_killed(struct shared_handles *t, uint64_t seed)
{
    for (;;) {
        uint64_t r = next_random(&seed), number = r % PUPILS;
        int status = (r >> 20) % 4 == 0 ? create(t, number, "xxxx", NOW)
                                        : put_pattern(t, number, r >> 24);
        if (status != MACAW_OK && status != MACAW_EEXIST && status != MACAW_ENOTFOUND) {
            _exit(1);
        }
    }
}

static void killed_anywhere(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(PUPILS, LIMIT);
    uint64_t seed = 5, gone = 0;
    macaw_handle_record record;

    for (unsigned i = 0; i < KILLS; i++) {
        struct timespec pause = { 0, 200000 + (long)(next_random(&seed) % 600000) };
        pid_t child = fork();
        int wait_status;
        assert_true(child >= 0);
        if (child == 0) {
            put_until_killed(&t, i);
        }
        (void)nanosleep(&pause, NULL);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &wait_status, 0), child);
        assert_true(WIFSIGNALED(wait_status));
        (void)alarm(600);
        for (uint64_t n = 0; n < PUPILS; n++) {
            int status = get(&t, n, NOW, &record);
            assert_true(status == MACAW_OK || status == MACAW_ENOTFOUND);
            assert_true(status != MACAW_OK || is_pattern(record.data));
            gone += status != MACAW_OK;
        }
        (void)alarm(0);
    }
    print_message("    %u kills, %u of them holding a lock, %u looks at a record that was gone\n",
                  (unsigned)KILLS, (unsigned)stats_at(&t, NOW).owner_deaths, (unsigned)gone);
    drop_handles(&t);
}

static void *put_in_thread(void *arg)
{
    struct shared_handles *t = arg;
    uint64_t seed = (uint64_t)(uintptr_t)&seed;
    char room[MACAW_HANDLES_ROOM(LIMIT)];
    macaw_handle_record record;

    for (unsigned i = 0; i < 30000; i++) {
        uint64_t r = next_random(&seed);
        struct hash hash = hash_of(r % PUPILS);
        (void)put_pattern(t, r % PUPILS, r >> 24);
        if (macaw_handles_get(t->table, hash.bytes, NOW, room, &record) != MACAW_OK ||
            !is_pattern(record.data)) {
            return arg;
        }
    }
    return NULL;
}

static void data_is_whole_among_threads(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(PUPILS, LIMIT);
    pthread_t thread[3];
    void *failed;

    for (uint64_t n = 0; n < PUPILS; n++) {
        assert_int_equal(create(&t, n, "xxxx", NOW), MACAW_OK);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&thread[i], NULL, put_in_thread, &t), 0);
    }
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(thread[i], &failed), 0);
        assert_null(failed);
    }
    drop_handles(&t);
}

/* ---- saved ---- */

static void saved_and_loaded(void **state)
{
    (void)state;
    struct scratch s = make_scratch("handles");
    struct shared_handles t = make_handles(200, LIMIT), next = make_handles(900, LIMIT + 50);
    macaw_handle_record record;
    struct stat st;

    assert_int_equal(macaw_handles_load(next.table, NOW, s.path, NULL), MACAW_ENOTFOUND);
    for (uint64_t n = 0; n < 150; n++) {
        assert_int_equal(create(&t, n, "cart", NOW), MACAW_OK);
    }
    assert_int_equal(touch(&t, 7, NOW + 60), MACAW_OK);
    assert_int_equal(delete(&t, 8, NOW), MACAW_OK);
    assert_int_equal(macaw_handles_save(t.table, NOW + 60, s.path, NULL), MACAW_OK);
    assert_int_equal(stat(s.path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    assert_int_equal(macaw_handles_load(next.table, NOW + 60, s.path, NULL), MACAW_OK);
    assert_int_equal(stat(s.path, &st), -1);
    for (uint64_t n = 0; n < 150; n++) {
        assert_int_equal(get(&next, n, NOW + 100, &record), n == 8 ? MACAW_ENOTFOUND : MACAW_OK);
    }
    assert_int_equal(get(&next, 7, NOW + 160, &record), MACAW_OK);
    assert_text(record.subject, "ann");
    assert_text(record.data, "cart");
    assert_int_equal(record.login, NOW - 50);
    assert_int_equal(record.issued, NOW - 10);
    assert_int_equal(record.cap, NOW + 250);
    assert_int_equal(record.generation, 3);
    assert_int_equal(record.sid[11], 12);
    assert_int_equal(get(&next, 6, NOW + 160, NULL), MACAW_ENOTFOUND);
    drop_handles(&t);
    drop_handles(&next);
    assert_int_equal(drop_scratch(&s), 0);
}

static void expired_ones_are_not_loaded(void **state)
{
    (void)state;
    struct scratch s = make_scratch("handles");
    struct shared_handles t = make_handles(20, LIMIT), next = make_handles(20, LIMIT);

    assert_int_equal(create(&t, 1, "", NOW), MACAW_OK);
    assert_int_equal(macaw_handles_save(t.table, NOW, s.path, NULL), MACAW_OK);
    assert_int_equal(macaw_handles_load(next.table, NOW + 101, s.path, NULL), MACAW_OK);
    assert_int_equal(get(&next, 1, NOW + 100, NULL), MACAW_ENOTFOUND);
    assert_int_equal(create(&next, 2, "", NOW), MACAW_OK);
    assert_int_equal(macaw_handles_load(next.table, NOW, s.path, NULL), MACAW_EARG);
    drop_handles(&t);
    drop_handles(&next);
    (void)drop_scratch(&s);
}

static void what_does_not_fit_is_refused(void **state)
{
    (void)state;
    struct scratch s = make_scratch("handles");
    struct shared_handles t = make_handles(500, LIMIT), few = make_handles(16, LIMIT);
    struct shared_handles narrow = make_handles(500, 3);

    for (uint64_t n = 0; n < 400; n++) {
        assert_int_equal(create(&t, n, "cart", NOW), MACAW_OK);
    }
    assert_int_equal(macaw_handles_save(t.table, NOW, s.path, NULL), MACAW_OK);
    assert_int_equal(macaw_handles_load(few.table, NOW, s.path, NULL), MACAW_ELIMIT);
    assert_int_equal(stats_at(&few, NOW).live, 0);
    assert_int_equal(macaw_handles_save(t.table, NOW, s.path, NULL), MACAW_OK);
    assert_int_equal(macaw_handles_load(narrow.table, NOW, s.path, NULL), MACAW_ELIMIT);
    assert_int_equal(stats_at(&narrow, NOW).live, 0);
    drop_handles(&t);
    drop_handles(&few);
    drop_handles(&narrow);
    assert_int_equal(drop_scratch(&s), 0);
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct scratch s = make_scratch("handles");
    struct shared_handles t = make_handles(20, LIMIT), next = make_handles(20, LIMIT);
    size_t len;

    assert_int_equal(create(&t, 1, "cart", NOW), MACAW_OK);
    assert_int_equal(macaw_handles_save(t.table, NOW, s.path, NULL), MACAW_OK);
    uint8_t *data = read_all(s.path, &len);
    for (size_t at = 0; at < len; at++) {
        data[at] ^= 1;
        write_all(s.path, data, len);
        assert_int_equal(macaw_handles_load(next.table, NOW, s.path, NULL), MACAW_EFORMAT);
        data[at] ^= 1;
        /* A file of somebody else's stays, one of ours goes. */
        assert_int_equal(access(s.path, F_OK), at < 16 ? 0 : -1);
        write_all(s.path, data, at);
        assert_int_equal(macaw_handles_load(next.table, NOW, s.path, NULL), MACAW_EFORMAT);
    }
    assert_int_equal(stats_at(&next, NOW).live, 0);
    free(data);
    drop_handles(&t);
    drop_handles(&next);
    (void)drop_scratch(&s);
}

static void attaches_to_its_own_only(void **state)
{
    (void)state;
    struct shared_handles t = make_handles(100, LIMIT);
    macaw_handles *second;

    assert_int_equal(create(&t, 1, "", NOW), MACAW_OK);
    assert_int_equal(macaw_handles_attach(&second, t.block.mem, t.block.size), MACAW_OK);
    assert_int_equal(macaw_handles_data_limit(second), LIMIT);
    macaw_handles_detach(second);
    assert_int_equal(macaw_handles_attach(&second, t.block.mem, t.block.size - 64),
                     MACAW_EFORMAT);
    assert_int_equal(macaw_handles_init(&second, (char *)t.block.mem + 8, t.block.size - 64, 10),
                     MACAW_EARG);
    assert_int_equal(macaw_handles_init(&second, t.block.mem, 100, 10), MACAW_EARG);
    drop_handles(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_put_in),
        cmocka_unit_test(the_whole_hash_counts),
        cmocka_unit_test(ends_to_the_second),
        cmocka_unit_test(refuses_what_is_out_of_range),
        cmocka_unit_test(full_forgets_nobody),
        cmocka_unit_test(as_a_reference_says),
        cmocka_unit_test(half_changed_is_gone),
        cmocka_unit_test(killed_anywhere),
        cmocka_unit_test(data_is_whole_among_threads),
        cmocka_unit_test(saved_and_loaded),
        cmocka_unit_test(expired_ones_are_not_loaded),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(attaches_to_its_own_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

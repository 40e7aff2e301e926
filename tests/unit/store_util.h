/* What the tests of revocation and of handles share. */
#ifndef MACAW_TESTS_STORE_UTIL_H
#define MACAW_TESTS_STORE_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <macaw/handles.h>
#include <macaw/revocation.h>

#include "unit/random.h"

#define NOW 1700000000

/* Memory that children share. */
struct shared_block {
    void *mem;
    size_t size;
};

static inline struct shared_block make_block(size_t size)
{
    struct shared_block b = { .size = size };

    b.mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(b.mem != MAP_FAILED);
    return b;
}

static inline void drop_block(struct shared_block *b)
{
    assert_int_equal(munmap(b->mem, b->size), 0);
}

struct shared_revocation {
    struct shared_block block;
    macaw_revocation *table;
};

static inline struct shared_revocation make_revocation(uint64_t sids, uint64_t names)
{
    struct shared_revocation t = { .block = make_block(macaw_revocation_size(sids, names)) };

    assert_int_equal(macaw_revocation_init(&t.table, t.block.mem, t.block.size, names), MACAW_OK);
    return t;
}

static inline void drop_revocation(struct shared_revocation *t)
{
    macaw_revocation_detach(t->table);
    drop_block(&t->block);
}

/* ---- entries from numbers ---- */

static inline macaw_revocation_entry sid_entry(uint64_t number, int64_t until)
{
    macaw_revocation_entry entry = { .kind = MACAW_REVOCATION_SID, .until = until };
    uint64_t mix = number, first = next_random(&mix), second = next_random(&mix);

    memcpy(entry.sid, &first, sizeof first);
    memcpy(entry.sid + sizeof first, &second, sizeof entry.sid - sizeof first);
    return entry;
}

static inline macaw_revocation_entry name_entry(macaw_revocation_kind kind, const char *text,
                                                int64_t before, int64_t until)
{
    macaw_revocation_entry entry = {
        .kind = kind, .text_len = strlen(text), .before = before, .until = until
    };

    assert_true(entry.text_len <= MACAW_REVOCATION_TEXT_MAX);
    memcpy(entry.text, text, entry.text_len);
    return entry;
}

static inline void put_entry(macaw_revocation *table, macaw_revocation_entry entry, int64_t now)
{
    assert_int_equal(macaw_revocation_revoke(table, &entry, now), MACAW_OK);
}

static inline macaw_revoked check_sid(const macaw_revocation *table, uint64_t number, int64_t now)
{
    macaw_revocation_entry entry = sid_entry(number, 0);
    macaw_revocation_session session = { .sid = entry.sid };

    return macaw_revocation_check(table, &session, now);
}

static inline macaw_revoked check_subject(const macaw_revocation *table, const char *subject,
                                          int64_t login, int64_t issued, int64_t now)
{
    macaw_revocation_session session = {
        .subject = { subject, strlen(subject) }, .login = login, .issued = issued
    };

    return macaw_revocation_check(table, &session, now);
}

static inline macaw_revocation_stats revocation_stats(const macaw_revocation *table, int64_t now)
{
    macaw_revocation_stats stats;

    macaw_revocation_stat(table, now, &stats);
    return stats;
}

/* ---- a folder of the test's own ---- */

struct scratch {
    char folder[64];
    char path[96]; /* a file in it that does not exist yet */
};

static inline struct scratch make_scratch(const char *file)
{
    struct scratch s = { .folder = "/tmp/macaw-store-XXXXXX" };

    assert_non_null(mkdtemp(s.folder));
    (void)snprintf(s.path, sizeof s.path, "%s/%s", s.folder, file);
    return s;
}

/* Removes the folder with all files; returns how many there were. */
static inline unsigned drop_scratch(const struct scratch *s)
{
    DIR *folder = opendir(s->folder);
    struct dirent *entry;
    unsigned files = 0;

    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            assert_int_equal(unlinkat(dirfd(folder), entry->d_name, 0), 0);
            files++;
        }
    }
    assert_int_equal(closedir(folder), 0);
    assert_int_equal(rmdir(s->folder), 0);
    return files;
}

/* All bytes of a file; free them. */
static inline uint8_t *read_all(const char *path, size_t *len)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(1 << 20);

    assert_non_null(file);
    assert_non_null(data);
    *len = fread(data, 1, 1 << 20, file);
    assert_int_equal(fclose(file), 0);
    return data;
}

static inline void write_all(const char *path, const void *data, size_t len)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

#endif

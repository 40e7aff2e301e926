/* The bytes of a journal; opening and closing one. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/error.h"
#include "base/file.h"

#define FIXED_LEN   12 /* before the session id or before */
#define NAME_LEN    16 /* before the text */
#define SID_RECORD  (FIXED_LEN + MACAW_SESSION_SID_LEN + MACAW_JOURNAL_CHECK_LEN)
#define NAME_RECORD (NAME_LEN + MACAW_JOURNAL_CHECK_LEN)

static void store_le16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static unsigned load_le16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

/* ---- head ---- */

static void check_head(const macaw_siphash *check, const uint8_t *head, uint8_t *out)
{
    macaw_siphash_whole(check, head, MACAW_JOURNAL_HEAD_LEN - MACAW_JOURNAL_CHECK_LEN, out);
}

void macaw_journal_head(uint8_t head[MACAW_JOURNAL_HEAD_LEN],
                        const uint8_t key[MACAW_SIPHASH_KEY_LEN])
{
    macaw_siphash check;

    macaw_siphash_start(&check, key, 2, 4, MACAW_JOURNAL_CHECK_LEN);
    memcpy(head, MACAW_JOURNAL_MAGIC, MACAW_JOURNAL_MAGIC_LEN);
    memcpy(head + MACAW_JOURNAL_MAGIC_LEN, key, MACAW_SIPHASH_KEY_LEN);
    check_head(&check, head, head + MACAW_JOURNAL_HEAD_LEN - MACAW_JOURNAL_CHECK_LEN);
}

bool macaw_journal_read_head(const uint8_t head[MACAW_JOURNAL_HEAD_LEN], macaw_siphash *check,
                             uint64_t *file)
{
    uint8_t want[MACAW_JOURNAL_CHECK_LEN];

    macaw_siphash_start(check, head + MACAW_JOURNAL_MAGIC_LEN, 2, 4, MACAW_JOURNAL_CHECK_LEN);
    check_head(check, head, want);
    *file = macaw_load_le64(head + MACAW_JOURNAL_MAGIC_LEN);
    return memcmp(head, MACAW_JOURNAL_MAGIC, MACAW_JOURNAL_MAGIC_LEN) == 0 &&
           memcmp(head + MACAW_JOURNAL_HEAD_LEN - sizeof want, want, sizeof want) == 0;
}

/* ---- records ---- */

static uint64_t check_of(const macaw_siphash *check, uint64_t offset, const uint8_t *record,
                         size_t len)
{
    uint8_t bytes[8 + MACAW_JOURNAL_RECORD_MAX], out[MACAW_JOURNAL_CHECK_LEN];
    uint64_t value;

    macaw_store_le64(bytes, offset);
    memcpy(bytes + 8, record, len - MACAW_JOURNAL_CHECK_LEN);
    macaw_siphash_whole(check, bytes, 8 + len - MACAW_JOURNAL_CHECK_LEN, out);
    value = macaw_load_le64(out);
    return value != 0 ? value : 1;
}

size_t macaw_journal_encode(const macaw_siphash *check, uint64_t offset,
                            const macaw_revocation_entry *entry,
                            uint8_t out[MACAW_JOURNAL_RECORD_MAX])
{
    size_t len = SID_RECORD;

    out[4] = (uint8_t)entry->kind;
    out[5] = 0;
    store_le16(out + 6, entry->generation);
    macaw_store_le32(out + 8, (uint32_t)entry->until);
    if (entry->kind == MACAW_REVOCATION_SID) {
        memcpy(out + FIXED_LEN, entry->sid, MACAW_SESSION_SID_LEN);
    } else {
        len = NAME_RECORD + entry->text_len;
        macaw_store_le32(out + FIXED_LEN, (uint32_t)entry->before);
        memcpy(out + NAME_LEN, entry->text, entry->text_len);
    }
    store_le16(out, (unsigned)len);
    store_le16(out + 2, ~(unsigned)len);
    macaw_store_le64(out + len - MACAW_JOURNAL_CHECK_LEN, check_of(check, offset, out, len));
    return len;
}

static bool read_entry(const uint8_t *in, size_t len, macaw_revocation_entry *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->kind = (macaw_revocation_kind)in[4];
    ret->generation = (uint16_t)load_le16(in + 6);
    ret->until = macaw_load_le32(in + 8);
    if (ret->kind == MACAW_REVOCATION_SID) {
        memcpy(ret->sid, in + FIXED_LEN, MACAW_SESSION_SID_LEN);
        return len == SID_RECORD && in[5] == 0 && macaw_revocation_valid(ret);
    }
    if (len <= NAME_RECORD || in[5] != 0) {
        return false;
    }
    ret->before = macaw_load_le32(in + FIXED_LEN);
    ret->text_len = len - NAME_RECORD;
    memcpy(ret->text, in + NAME_LEN, ret->text_len);
    return macaw_revocation_valid(ret);
}

static bool is_zero(const uint8_t *p, size_t n)
{
    unsigned any = 0;

    while (n-- > 0) {
        any |= *p++;
    }
    return any == 0;
}

enum macaw_journal_found macaw_journal_decode(const macaw_siphash *check, uint64_t offset,
                                              const uint8_t *in, size_t n,
                                              macaw_revocation_entry *ret, size_t *len)
{
    uint64_t stored;

    if (is_zero(in, n < 4 ? n : 4)) {
        return is_zero(in, n) ? MACAW_JOURNAL_EMPTY : MACAW_JOURNAL_DAMAGE;
    }
    if (n < 4) {
        return MACAW_JOURNAL_MORE;
    }
    *len = load_le16(in);
    if ((load_le16(in + 2) ^ *len) != 0xffff || *len < NAME_RECORD ||
        *len > MACAW_JOURNAL_RECORD_MAX) {
        return MACAW_JOURNAL_DAMAGE;
    }
    if (*len > n) {
        return MACAW_JOURNAL_MORE;
    }
    stored = macaw_load_le64(in + *len - MACAW_JOURNAL_CHECK_LEN);
    if (stored == 0) {
        return is_zero(in + *len, n - *len) ? MACAW_JOURNAL_EMPTY : MACAW_JOURNAL_DAMAGE;
    }
    return stored == check_of(check, offset, in, *len) && read_entry(in, *len, ret)
               ? MACAW_JOURNAL_RECORD
               : MACAW_JOURNAL_DAMAGE;
}

/* ---- open and close ---- */

static int lock_file(macaw_revocation_journal *journal, macaw_error *err)
{
    char *name;

    if (asprintf(&name, "%s.lock", journal->path) < 0) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    journal->lock_fd = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    free(name);
    if (journal->lock_fd < 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot open %s.lock: %m", journal->path);
    }
    if (flock(journal->lock_fd, LOCK_EX | LOCK_NB) == 0) {
        return MACAW_OK;
    }
    return errno == EWOULDBLOCK
               ? macaw_fail(err, MACAW_ESTATE, 0, "%s is in use by another process", journal->path)
               : macaw_fail(err, MACAW_EIO, 0, "cannot lock %s: %m", journal->path);
}

int macaw_journal_use(macaw_revocation_journal *journal, macaw_error *err)
{
    uint8_t head[MACAW_JOURNAL_HEAD_LEN];
    macaw_siphash check;
    uint64_t size, file;
    int fd, status = macaw_file_open(&fd, &size, journal->path, O_RDWR | O_APPEND, err);

    if (status != MACAW_OK) {
        return status;
    }
    if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
        !macaw_journal_read_head(head, &check, &file)) {
        (void)close(fd);
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is not a journal of revocations",
                          journal->path);
    }
    /* Under the same number, for a thread that waits for a sync of the old one:
     * what was there is here and synced. */
    if (journal->fd >= 0) {
        int moved = dup3(fd, journal->fd, O_CLOEXEC);
        (void)close(fd);
        if (moved < 0) {
            return macaw_fail(err, MACAW_EIO, 0, "cannot use %s: %m", journal->path);
        }
        fd = moved;
    }
    journal->fd = fd;
    journal->file = file;
    journal->check = check;
    return MACAW_OK;
}

/* Whether much of the file is about what has expired, or was said twice. */
static bool is_bloated(const macaw_revocation_journal *journal, uint64_t records, int64_t now)
{
    macaw_revocation_stats stats;
    uint64_t live = 0;

    macaw_revocation_stat(&journal->table, now, &stats);
    for (unsigned i = 0; i < MACAW_REVOCATION_KINDS; i++) {
        live += stats.live[i];
    }
    return records > 2 * live + 1024;
}

static bool holds_entries(const macaw_revocation *table)
{
    return atomic_load(&table->head->known) != 0;
}

/* Use the file, or make it where there is none, and take its entries in. */
static int read_file(macaw_revocation_journal *journal, int64_t now,
                     macaw_revocation_loaded *loaded, uint64_t *end, macaw_error *err)
{
    bool had_entries = holds_entries(&journal->table);
    int status = macaw_journal_use(journal, err);

    if (status == MACAW_ENOTFOUND) {
        return macaw_journal_renew(journal, now, end, err);
    }
    if (status == MACAW_OK) {
        status = macaw_journal_load(journal, now, loaded, end, err);
    }
    if (status == MACAW_OK && (had_entries || is_bloated(journal, loaded->records, now))) {
        status = macaw_journal_renew(journal, now, end, err);
        loaded->compacted = status == MACAW_OK;
    }
    return status;
}

/* Whatever goes wrong, a journal that the table has already stays in use. */
static int open_file(macaw_revocation_journal *journal, int64_t now,
                     macaw_revocation_loaded *loaded, macaw_error *err)
{
    uint64_t end;
    int status = macaw_journal_lock_all(journal, err);

    if (status != MACAW_OK) {
        return status;
    }
    macaw_file_forget_anew(journal->path);
    status = read_file(journal, now, loaded, &end, err);
    if (status == MACAW_OK) {
        journal->opened = ++macaw_journal_shared(journal)->opened;
        macaw_journal_tell(journal, end);
    }
    macaw_journal_unlock_all(journal);
    return status;
}

int macaw_revocation_journal_open(macaw_revocation_journal **ret, macaw_revocation *table,
                                  const char *path, int64_t now, macaw_revocation_loaded *loaded,
                                  macaw_error *err)
{
    macaw_revocation_loaded ignored;
    macaw_revocation_journal *journal;
    int status;

    if (table == NULL || path == NULL || !macaw_store_is_time(now)) {
        return macaw_fail(err, MACAW_EARG, 0, "no table or path, or no time");
    }
    journal = calloc(1, sizeof *journal);
    if (journal == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    loaded = loaded != NULL ? loaded : &ignored;
    *loaded = (macaw_revocation_loaded){0};
    journal->table = *table;
    journal->fd = journal->lock_fd = -1;
    journal->path = strdup(path);
    status = journal->path == NULL ? macaw_fail(err, MACAW_ENOMEM, 0, "out of memory")
                                   : lock_file(journal, err);
    if (status == MACAW_OK) {
        status = open_file(journal, now, loaded, err);
    }
    if (status != MACAW_OK) {
        macaw_revocation_journal_close(journal);
        return status;
    }
    *ret = journal;
    return MACAW_OK;
}

uint64_t macaw_revocation_journal_size(const macaw_revocation_journal *journal)
{
    return atomic_load(&macaw_journal_shared(journal)->end);
}

/* Somebody has removed, moved, replaced or cut the file. Who may not look says nothing. */
static bool is_lost(const macaw_revocation_journal *journal)
{
    struct stat mine, there;

    if (stat(journal->path, &there) != 0) {
        return errno == ENOENT;
    }
    return fstat(journal->fd, &mine) != 0 || mine.st_dev != there.st_dev ||
           mine.st_ino != there.st_ino ||
           (uint64_t)there.st_size < macaw_revocation_journal_size(journal);
}

bool macaw_revocation_journal_failed(const macaw_revocation_journal *journal)
{
    return atomic_load(&macaw_journal_shared(journal)->failed) != 0 || is_lost(journal);
}

void macaw_revocation_journal_close(macaw_revocation_journal *journal)
{
    if (journal == NULL) {
        return;
    }
    if (journal->fd >= 0) {
        (void)close(journal->fd);
    }
    if (journal->lock_fd >= 0) {
        (void)close(journal->lock_fd);
    }
    free(journal->path);
    free(journal);
}

/* Appending to a journal. */
#include "store/journal.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/robust.h"

/* Where a record ended up. */
struct place {
    uint64_t file;
    uint64_t end;
};

static int fail_io(const macaw_revocation_journal *journal, const char *what, macaw_error *err)
{
    return macaw_fail(err, MACAW_EIO, 0, "cannot %s %s: %m", what, journal->path);
}

/* A new file is in place of ours. Who made it may have died before it told; the
 * file was whole before it got its name. */
static int follow(macaw_revocation_journal *journal, struct stat *st, macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);
    int status = macaw_file_sync_folder(journal->path, err);

    if (status == MACAW_OK) {
        status = macaw_journal_use(journal, err);
    }
    if (status != MACAW_OK) {
        return MACAW_EIO;
    }
    if (fstat(journal->fd, st) != 0) {
        return fail_io(journal, "look at", err);
    }
    if (journal->file != shared->file) {
        atomic_store(&shared->file, journal->file);
        atomic_store(&shared->end, (uint64_t)st->st_size);
        atomic_store(&shared->failed, 0);
    }
    return MACAW_OK;
}

/* Leave nothing after the last whole record, whoever died or failed before. */
static int tidy(macaw_revocation_journal *journal, macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);
    struct stat st;
    int status = MACAW_OK;

    if (journal->opened != shared->opened) {
        return macaw_fail(err, MACAW_EIO, 0, "revocations are kept in another file than %s now",
                          journal->path);
    }
    if (fstat(journal->fd, &st) != 0) {
        return fail_io(journal, "look at", err);
    }
    if (st.st_nlink == 0) {
        status = follow(journal, &st, err);
    }
    if (status != MACAW_OK) {
        return status;
    }
    if (journal->file != shared->file || (uint64_t)st.st_size < shared->end) {
        return macaw_fail(err, MACAW_EIO, 0, "%s was changed by somebody else", journal->path);
    }
    if ((uint64_t)st.st_size > shared->end && ftruncate(journal->fd, (off_t)shared->end) != 0) {
        return fail_io(journal, "cut", err);
    }
    return MACAW_OK;
}

static int write_whole(macaw_revocation_journal *journal, const uint8_t *record, size_t len,
                       macaw_error *err)
{
    ssize_t done;

    do {
        done = write(journal->fd, record, len);
    } while (done < 0 && errno == EINTR);
    if (done == (ssize_t)len) {
        return MACAW_OK;
    }
    /* What was written is no record, and goes when somebody appends or loads. */
    if (done >= 0) {
        errno = ENOSPC;
    }
    return fail_io(journal, "write", err);
}

static int write_record(macaw_revocation_journal *journal, const macaw_revocation_entry *entry,
                        struct place *ret, macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);
    uint8_t record[MACAW_JOURNAL_RECORD_MAX];
    int status = tidy(journal, err);
    size_t len;

    if (status == MACAW_OK && atomic_load(&shared->failed) != 0) {
        status = macaw_fail(err, MACAW_EIO, 0, "an earlier sync of %s failed", journal->path);
    }
    if (status != MACAW_OK) {
        return status;
    }
    len = macaw_journal_encode(&journal->check, shared->end, entry, record);
    status = write_whole(journal, record, len, err);
    if (status == MACAW_OK) {
        atomic_fetch_add(&shared->end, len);
        *ret = (struct place){journal->file, shared->end};
    }
    return status;
}

static int fail_lock(const macaw_revocation_journal *journal, macaw_error *err)
{
    return macaw_fail(err, MACAW_EIO, 0, "cannot write %s: its lock in memory is damaged",
                      journal->path);
}

/* What a sync that begins now will cover. */
static int look(macaw_revocation_journal *journal, struct place *ret, macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);

    if (!macaw_robust_lock(&shared->write_lock, &shared->owner_deaths)) {
        return fail_lock(journal, err);
    }
    *ret = (struct place){shared->file, shared->end};
    macaw_robust_unlock(&shared->write_lock);
    return MACAW_OK;
}

/* Wait until the record is on the disk; the caller holds sync_lock. Who waited for
 * it while another synced is served by the next sync, together with all others. */
static int sync_record(macaw_revocation_journal *journal, const struct place *record,
                       macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);
    struct place covered = {0, 0};
    int status = look(journal, &covered, err);

    if (status != MACAW_OK) {
        return status;
    }
    /* A file written anew since then holds it, synced. */
    if (covered.file != record->file ||
        (shared->synced_file == record->file && shared->synced >= record->end)) {
        return MACAW_OK;
    }
    if (atomic_load(&shared->failed) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "an earlier sync of %s failed", journal->path);
    }
    if (fdatasync(journal->fd) != 0) {
        atomic_store(&shared->failed, 1);
        return fail_io(journal, "sync", err);
    }
    shared->synced_file = covered.file;
    shared->synced = covered.end;
    return MACAW_OK;
}

int macaw_revocation_journal_append(macaw_revocation_journal *journal,
                                    const macaw_revocation_entry *entry, int64_t now,
                                    macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);
    struct place place = {0, 0};
    int status = macaw_revocation_revoke(&journal->table, entry, now);

    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "%s", macaw_strerror(status));
    }
    if (entry->until < now) {
        return MACAW_OK;
    }
    if (!macaw_robust_lock(&shared->write_lock, &shared->owner_deaths)) {
        return fail_lock(journal, err);
    }
    status = write_record(journal, entry, &place, err);
    macaw_robust_unlock(&shared->write_lock);
    if (status != MACAW_OK) {
        return status;
    }
    if (!macaw_robust_lock(&shared->sync_lock, &shared->owner_deaths)) {
        return fail_lock(journal, err);
    }
    status = sync_record(journal, &place, err);
    macaw_robust_unlock(&shared->sync_lock);
    return status;
}

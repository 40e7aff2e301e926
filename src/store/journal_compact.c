/* Writing a journal anew, without what has expired. */
#include "store/journal.h"

#include "base/error.h"
#include "base/file.h"
#include "base/random.h"
#include "base/robust.h"

#define BUFFER_LEN ((size_t)1 << 16)

struct writer {
    struct macaw_file file;
    macaw_siphash check;
    uint64_t offset; /* of buffer[0] in the file */
    size_t have;
    uint8_t buffer[BUFFER_LEN];
};

static int flush(struct writer *w, macaw_error *err)
{
    int status = macaw_file_write(&w->file, w->buffer, w->have, err);

    w->offset += w->have;
    w->have = 0;
    return status;
}

static int begin(struct writer *w, macaw_error *err)
{
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    int status = macaw_random(key, sizeof key);

    if (status != MACAW_OK) {
        return macaw_fail(err, status, 0, "%s", macaw_strerror(status));
    }
    macaw_siphash_start(&w->check, key, 2, 4, MACAW_JOURNAL_CHECK_LEN);
    macaw_journal_head(w->buffer, key);
    w->offset = 0;
    w->have = MACAW_JOURNAL_HEAD_LEN;
    return MACAW_OK;
}

static int put_all(struct writer *w, const macaw_revocation *table, int64_t now, macaw_error *err)
{
    const unsigned every_kind = (1u << MACAW_REVOCATION_KINDS) - 1;
    macaw_revocation_entry entry;
    uint64_t at = 0;
    int status = begin(w, err);

    while (status == MACAW_OK && macaw_revocation_next(table, every_kind, now, &at, &entry)) {
        if (BUFFER_LEN - w->have < MACAW_JOURNAL_RECORD_MAX) {
            status = flush(w, err);
        }
        w->have +=
            macaw_journal_encode(&w->check, w->offset + w->have, &entry, w->buffer + w->have);
    }
    return status == MACAW_OK ? flush(w, err) : status;
}

int macaw_journal_renew(macaw_revocation_journal *journal, int64_t now, uint64_t *end,
                        macaw_error *err)
{
    struct writer w;
    int status = macaw_file_begin_anew(&w.file, journal->path, err);

    if (status != MACAW_OK) {
        return status;
    }
    status = put_all(&w, &journal->table, now, err);
    if (status != MACAW_OK) {
        macaw_file_abort(&w.file);
        return status;
    }
    *end = w.offset;
    status = macaw_file_commit(&w.file, true, err);
    return status == MACAW_OK ? macaw_journal_use(journal, err) : status;
}

void macaw_journal_tell(macaw_revocation_journal *journal, uint64_t end)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);

    atomic_store(&shared->file, journal->file);
    shared->synced_file = journal->file;
    shared->synced = end;
    atomic_store(&shared->end, end);
    atomic_store(&shared->failed, 0);
}

int macaw_journal_lock_all(macaw_revocation_journal *journal, macaw_error *err)
{
    struct macaw_journal_state *shared = macaw_journal_shared(journal);

    if (macaw_robust_lock(&shared->sync_lock, &shared->owner_deaths)) {
        if (macaw_robust_lock(&shared->write_lock, &shared->owner_deaths)) {
            return MACAW_OK;
        }
        macaw_robust_unlock(&shared->sync_lock);
    }
    return macaw_fail(err, MACAW_EIO, 0, "cannot use %s: its lock in memory is damaged",
                      journal->path);
}

void macaw_journal_unlock_all(macaw_revocation_journal *journal)
{
    macaw_robust_unlock(&macaw_journal_shared(journal)->write_lock);
    macaw_robust_unlock(&macaw_journal_shared(journal)->sync_lock);
}

int macaw_revocation_journal_compact(macaw_revocation_journal *journal, int64_t now,
                                     macaw_error *err)
{
    uint64_t end;
    int status;

    if (!macaw_store_is_time(now)) {
        return macaw_fail(err, MACAW_EARG, 0, "no time");
    }
    status = macaw_journal_lock_all(journal, err);
    if (status != MACAW_OK) {
        return status;
    }
    status = macaw_journal_renew(journal, now, &end, err);
    if (status == MACAW_OK) {
        macaw_journal_tell(journal, end);
    }
    macaw_journal_unlock_all(journal);
    return status;
}

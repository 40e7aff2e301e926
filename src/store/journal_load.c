/* Reading a journal into the table. */
#include "store/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

#define BUFFER_LEN ((size_t)1 << 20)
#define TAIL_MAX   4096 /* zeros at the end of the file */

/* A stretch of the file in memory. */
struct reader {
    macaw_revocation_journal *journal;
    uint8_t *buffer;
    uint64_t offset; /* of buffer[0] in the file */
    size_t have;
    size_t next;     /* buffer[next] is the first byte not yet dealt with */
    bool ended;      /* the file ends with what is there */
};

/* Keep what is not dealt with, and fill up behind it. */
static int refill(struct reader *r, macaw_error *err)
{
    r->have -= r->next;
    memmove(r->buffer, r->buffer + r->next, r->have);
    r->offset += r->next;
    r->next = 0;
    while (r->have < BUFFER_LEN && !r->ended) {
        ssize_t got = pread(r->journal->fd, r->buffer + r->have, BUFFER_LEN - r->have,
                            (off_t)(r->offset + r->have));
        if (got < 0 && errno != EINTR) {
            return macaw_fail(err, MACAW_EIO, 0, "cannot read %s: %m", r->journal->path);
        }
        r->ended = got == 0;
        r->have += got > 0 ? (size_t)got : 0;
    }
    return MACAW_OK;
}

static int fail_damaged(const struct reader *r, macaw_error *err)
{
    uint64_t at = r->offset + r->next;

    return macaw_fail(err, MACAW_EFORMAT, at, "%s is damaged at byte %llu", r->journal->path,
                      (unsigned long long)at);
}

static int take(struct reader *r, const macaw_revocation_entry *entry, int64_t now,
                macaw_revocation_loaded *ret, macaw_error *err)
{
    int status = macaw_revocation_revoke(&r->journal->table, entry, now);

    ret->records++;
    ret->expired += entry->until < now;
    if (status == MACAW_ELIMIT) {
        return macaw_fail(err, status, 0, "the entries of %s do not fit into the table",
                          r->journal->path);
    }
    return status == MACAW_OK ? MACAW_OK
                              : macaw_fail(err, status, 0, "%s", macaw_strerror(status));
}

/* All whole records. Afterwards what is left at the end of the file, if anything,
 * was never finished. */
static int read_records(struct reader *r, int64_t now, macaw_revocation_loaded *ret,
                        macaw_error *err)
{
    macaw_revocation_entry entry;
    int status = refill(r, err);
    size_t len;

    while (status == MACAW_OK && r->next < r->have) {
        size_t left = r->have - r->next;
        if (left <= TAIL_MAX && !r->ended) {
            status = refill(r, err);
            continue;
        }
        switch (macaw_journal_decode(&r->journal->check, r->offset + r->next, r->buffer + r->next,
                                     left, &entry, &len)) {
        case MACAW_JOURNAL_RECORD:
            status = take(r, &entry, now, ret, err);
            r->next += len;
            break;
        case MACAW_JOURNAL_MORE:
            return MACAW_OK;
        case MACAW_JOURNAL_EMPTY:
            return r->ended && left <= TAIL_MAX ? MACAW_OK : fail_damaged(r, err);
        default:
            return fail_damaged(r, err);
        }
    }
    return status;
}

static int cut(const struct reader *r, macaw_revocation_loaded *ret, macaw_error *err)
{
    const macaw_revocation_journal *journal = r->journal;

    ret->cut = r->have - r->next;
    if (ret->cut > 0 && ftruncate(journal->fd, (off_t)(r->offset + r->next)) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot cut %s: %m", journal->path);
    }
    if (fdatasync(journal->fd) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot sync %s: %m", journal->path);
    }
    return MACAW_OK;
}

static void share(const struct reader *r)
{
    struct macaw_journal_state *shared = macaw_journal_shared(r->journal);

    atomic_store(&shared->inode, r->journal->inode);
    shared->synced_inode = r->journal->inode;
    shared->synced = r->offset + r->next;
    atomic_store(&shared->end, r->offset + r->next);
    atomic_store(&shared->failed, 0);
}

int macaw_journal_load(macaw_revocation_journal *journal, int64_t now,
                       macaw_revocation_loaded *ret, macaw_error *err)
{
    struct reader r = { .journal = journal, .offset = MACAW_JOURNAL_HEAD_LEN };
    int status;

    r.buffer = malloc(BUFFER_LEN);
    if (r.buffer == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    status = read_records(&r, now, ret, err);
    if (status == MACAW_OK) {
        status = cut(&r, ret, err);
    }
    if (status == MACAW_OK) {
        share(&r);
    }
    free(r.buffer);
    return status;
}

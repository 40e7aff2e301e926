/* Reading a journal into the table. */
#include "store/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

#define BUFFER_LEN ((size_t)1 << 20)
#define TAIL_MAX   4096 /* zeros at the end of the file */

/* Entries whose waiting for memory overlaps. */
#define BATCH 16

/* A stretch of the file in memory, and entries read but not yet in the table. */
struct reader {
    macaw_revocation_journal *journal;
    int64_t now;
    macaw_revocation_loaded *loaded;
    macaw_revocation_entry batch[BATCH];
    unsigned waiting;
    uint8_t *buffer;
    uint64_t offset; /* of buffer[0] in the file */
    size_t have;
    size_t next; /* buffer[next] is the first byte not yet dealt with */
    bool ended;  /* the file ends with what is there */
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

static int enter(struct reader *r, macaw_error *err)
{
    int status = MACAW_OK;

    for (unsigned i = 0; i < r->waiting && status == MACAW_OK; i++) {
        status = macaw_revocation_revoke(&r->journal->table, &r->batch[i], r->now);
    }
    r->waiting = 0;
    if (status == MACAW_ELIMIT) {
        return macaw_fail(err, status, 0, "the entries of %s do not fit into the table",
                          r->journal->path);
    }
    return status == MACAW_OK ? MACAW_OK : macaw_fail(err, status, 0, "%s", macaw_strerror(status));
}

static int take(struct reader *r, const macaw_revocation_entry *entry, macaw_error *err)
{
    r->loaded->records++;
    r->loaded->expired += entry->until < r->now;
    if (entry->kind == MACAW_REVOCATION_SID) {
        macaw_revocation_prefetch(&r->journal->table, entry->sid);
    }
    r->batch[r->waiting++] = *entry;
    return r->waiting < BATCH ? MACAW_OK : enter(r, err);
}

/* All whole records. What is left afterwards was never finished. */
static int read_records(struct reader *r, macaw_error *err)
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
            status = take(r, &entry, err);
            r->next += len;
            break;
        case MACAW_JOURNAL_MORE:
            return enter(r, err);
        case MACAW_JOURNAL_EMPTY:
            return r->ended && left <= TAIL_MAX ? enter(r, err) : fail_damaged(r, err);
        default:
            return fail_damaged(r, err);
        }
    }
    return status == MACAW_OK ? enter(r, err) : status;
}

static int cut(const struct reader *r, macaw_error *err)
{
    const macaw_revocation_journal *journal = r->journal;

    r->loaded->cut = r->have - r->next;
    if (r->loaded->cut > 0 && ftruncate(journal->fd, (off_t)(r->offset + r->next)) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot cut %s: %m", journal->path);
    }
    if (fdatasync(journal->fd) != 0) {
        return macaw_fail(err, MACAW_EIO, 0, "cannot sync %s: %m", journal->path);
    }
    return MACAW_OK;
}

int macaw_journal_load(macaw_revocation_journal *journal, int64_t now, macaw_revocation_loaded *ret,
                       uint64_t *end, macaw_error *err)
{
    struct reader r = {
        .journal = journal, .now = now, .loaded = ret, .offset = MACAW_JOURNAL_HEAD_LEN};
    int status;

    r.buffer = malloc(BUFFER_LEN);
    if (r.buffer == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    status = read_records(&r, err);
    if (status == MACAW_OK) {
        status = cut(&r, err);
    }
    *end = r.offset + r.next;
    free(r.buffer);
    return status;
}

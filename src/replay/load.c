/* Taking a saved table over into another. */
#include "replay/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "base/error.h"
#include "base/file.h"
#include "replay/snapshot.h"

#define FIXED_LEN (SAVED_HEAD_LEN + SAVED_HORIZONS_LEN + SAVED_DIGEST_LEN)

struct saved {
    uint8_t *data;
    size_t len;
};

static int read_full(int fd, struct saved *s, const char *path, macaw_error *err)
{
    size_t have = 0;

    while (have < s->len) {
        ssize_t got = read(fd, s->data + have, s->len - have);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return macaw_fail(err, MACAW_EIO, 0, "cannot read %s: %m", path);
        }
        if (got == 0) {
            s->len = have;
        }
        have += (size_t)got;
    }
    return MACAW_OK;
}

/* The caller frees ret->data, also after a failure. */
static int read_file(struct saved *ret, const char *path, macaw_error *err)
{
    uint64_t size;
    int fd;
    int status = macaw_file_open(&fd, &size, path, O_RDONLY, err);

    if (status != MACAW_OK) {
        return status;
    }
    ret->data = size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    if (ret->data == NULL) {
        status = macaw_fail(err, MACAW_ENOMEM, 0, "no memory for %s", path);
    } else {
        ret->len = (size_t)size;
        status = read_full(fd, ret, path, err);
    }
    (void)close(fd);
    return status;
}

static bool is_ours(const struct saved *s)
{
    return s->len >= SAVED_MAGIC_LEN && memcmp(s->data, SAVED_MAGIC, SAVED_MAGIC_LEN) == 0;
}

static bool is_whole(const struct saved *s)
{
    uint8_t digest[SAVED_DIGEST_LEN];

    return s->len >= FIXED_LEN && (s->len - FIXED_LEN) % SAVED_ENTRY_LEN == 0 &&
           EVP_Digest(s->data, s->len - SAVED_DIGEST_LEN, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, s->data + s->len - SAVED_DIGEST_LEN, SAVED_DIGEST_LEN) == 0;
}

/* False: no room. A print may be saved twice, once of an identity that was
 * claimed again after it had expired, before a clock was set back. */
static bool place_one(macaw_replay *table, uint64_t print, uint32_t stamp, uint32_t cutoff,
                      uint32_t *forgotten)
{
    struct macaw_replay_home home = macaw_replay_home(table, print);
    struct macaw_replay_room room;

    switch (macaw_replay_look(home, print, cutoff, &room)) {
    case MACAW_CLAIM_NEW:
        macaw_replay_enter(home, room, print, stamp);
        return true;
    case MACAW_CLAIM_SEEN:
        macaw_replay_raise(forgotten, stamp);
        return true;
    default:
        return false;
    }
}

/* Place the live entries; what is dead by now counts as forgotten. */
static bool place(macaw_replay *table, const struct saved *s, uint32_t cutoff, uint32_t *forgotten)
{
    const uint8_t *end = s->data + s->len - SAVED_DIGEST_LEN - SAVED_HORIZONS_LEN;

    for (const uint8_t *p = s->data + SAVED_HEAD_LEN; p < end; p += SAVED_ENTRY_LEN) {
        uint64_t print = macaw_load_le64(p);
        uint32_t stamp = macaw_load_le32(p + 8);
        if (stamp < cutoff) {
            macaw_replay_raise(forgotten, stamp);
        } else if (!place_one(table, print, stamp, cutoff, forgotten)) {
            return false;
        }
    }
    return true;
}

static void clear(macaw_replay *table)
{
    memset(table->bucket, 0,
           (size_t)table->shards * MACAW_REPLAY_BUCKETS * sizeof *table->bucket);
}

static void adopt(macaw_replay *table, const struct saved *s, uint32_t forgotten)
{
    const uint8_t *horizons = s->data + s->len - SAVED_DIGEST_LEN - SAVED_HORIZONS_LEN;

    memcpy(table->head->key, s->data + SAVED_MAGIC_LEN, sizeof table->head->key);
    macaw_replay_raise(&forgotten, macaw_load_le32(horizons + 4));
    for (uint32_t i = 0; i < table->shards; i++) {
        macaw_replay_raise(&table->shard[i].forgotten, forgotten);
    }
    macaw_replay_raise_shared(&table->head->since, macaw_load_le32(horizons));
    macaw_replay_raise_shared(&table->head->newest, macaw_load_le32(horizons + 8));
    if (table->mark != NULL) {
        macaw_replay_raise_shared(&table->mark->newest, atomic_load(&table->head->newest));
    }
}

/* Entries made under another key could not be found again. */
static bool is_fresh(const macaw_replay *table)
{
    for (uint32_t i = 0; i < table->shards; i++) {
        if (table->shard[i].claimed > 0 || table->shard[i].forgotten > 0) {
            return false;
        }
    }
    return atomic_load(&table->head->newest) == 0;
}

static int take_over(macaw_replay *table, uint32_t now, const char *path, const struct saved *s,
                     macaw_error *err)
{
    uint32_t forgotten = 0;
    int status;

    if (!is_ours(s)) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is not a saved replay table", path);
    }
    /* Before anything else: a file that stays could be taken for a later state. */
    status = macaw_file_remove(path, err);
    if (status != MACAW_OK) {
        return status;
    }
    if (!is_whole(s)) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is truncated or damaged", path);
    }
    atomic_store(&table->head->magic, 0);
    if (place(table, s, macaw_replay_cutoff(table, now), &forgotten)) {
        adopt(table, s, forgotten);
    } else {
        clear(table);
        status = macaw_fail(err, MACAW_ELIMIT, 0, "the entries of %s do not fit", path);
    }
    atomic_store(&table->head->magic, MACAW_REPLAY_MAGIC);
    return status;
}

int macaw_replay_load(macaw_replay *table, uint32_t now, const char *path, macaw_error *err)
{
    struct saved saved = { NULL, 0 };
    int status;

    if (table == NULL || path == NULL || !is_fresh(table)) {
        return macaw_fail(err, MACAW_EARG, 0, "no path, or the table is in use already");
    }
    status = read_file(&saved, path, err);
    if (status == MACAW_OK) {
        status = take_over(table, now, path, &saved, err);
    }
    if (saved.data != NULL) {
        macaw_wipe(saved.data, saved.len < SAVED_HEAD_LEN ? saved.len : SAVED_HEAD_LEN);
    }
    free(saved.data);
    return status;
}

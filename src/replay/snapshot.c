/* Saving a table to a file and taking it over into another.
 *
 *     magic 16 | key 16 | entries 12 each | horizons 12 | SHA-256 of all before
 *     entry: print 8, stamp 4; horizons: since 4, forgotten 4, newest 4
 *
 * Integers are little-endian; the number of entries follows from the size. */
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
#include "replay/file.h"

#define MAGIC        "macaw-replay-1\n"
#define MAGIC_LEN    16
#define HEAD_LEN     (MAGIC_LEN + MACAW_SIPHASH_KEY_LEN)
#define ENTRY_LEN    12
#define HORIZONS_LEN 12
#define DIGEST_LEN   32
#define FIXED_LEN    (HEAD_LEN + HORIZONS_LEN + DIGEST_LEN)
#define SHARD_SLOTS  (MACAW_REPLAY_BUCKETS * MACAW_REPLAY_SLOTS)

/* ---- save ---- */

struct writer {
    struct macaw_file file;
    EVP_MD_CTX *digest;
};

static int put(struct writer *w, const void *data, size_t n, macaw_error *err)
{
    if (EVP_DigestUpdate(w->digest, data, n) != 1) {
        return macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
    }
    return macaw_file_write(&w->file, data, n, err);
}

/* Copy the live entries of a shard; the dead ones become part of *forgotten. */
static size_t copy_shard(const struct macaw_replay_shard *shard,
                         const struct macaw_replay_bucket *bucket, uint32_t cutoff, uint8_t *out,
                         uint32_t *forgotten)
{
    size_t n = 0;

    macaw_replay_raise(forgotten, shard->forgotten);
    for (unsigned b = 0; b < MACAW_REPLAY_BUCKETS; b++) {
        for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
            uint32_t stamp = bucket[b].stamp[i];
            if (stamp < cutoff) {
                macaw_replay_raise(forgotten, stamp);
                continue;
            }
            macaw_store_le64(out + n, bucket[b].print[i]);
            macaw_store_le32(out + n + 8, stamp);
            n += ENTRY_LEN;
        }
    }
    return n;
}

static int put_entries(struct writer *w, macaw_replay *table, uint32_t cutoff,
                       uint32_t *forgotten, macaw_error *err)
{
    uint8_t entries[SHARD_SLOTS * ENTRY_LEN];
    int status = MACAW_OK;

    for (uint32_t i = 0; i < table->shards && status == MACAW_OK; i++) {
        size_t n;
        if (!macaw_replay_lock(&table->shard[i])) {
            return macaw_fail(err, MACAW_EFORMAT, 0, "the table in memory is damaged");
        }
        n = copy_shard(&table->shard[i], &table->bucket[(size_t)i * MACAW_REPLAY_BUCKETS], cutoff,
                       entries, forgotten);
        macaw_replay_unlock(&table->shard[i]);
        status = put(w, entries, n, err);
    }
    return status;
}

static int put_head(struct writer *w, const macaw_replay *table, macaw_error *err)
{
    uint8_t head[HEAD_LEN] = MAGIC;
    int status;

    memcpy(head + MAGIC_LEN, table->head->key, sizeof table->head->key);
    status = put(w, head, sizeof head, err);
    macaw_wipe(head, sizeof head);
    return status;
}

static int put_horizons(struct writer *w, const macaw_replay *table, uint32_t forgotten,
                        macaw_error *err)
{
    uint8_t horizons[HORIZONS_LEN];

    macaw_store_le32(horizons, atomic_load(&table->head->since));
    macaw_store_le32(horizons + 4, forgotten);
    macaw_store_le32(horizons + 8, atomic_load(&table->head->newest));
    return put(w, horizons, sizeof horizons, err);
}

static int put_all(struct writer *w, macaw_replay *table, uint32_t now, macaw_error *err)
{
    uint8_t digest[DIGEST_LEN];
    uint32_t forgotten = 0;
    int status;

    if (w->digest == NULL || EVP_DigestInit_ex(w->digest, EVP_sha256(), NULL) != 1) {
        return macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
    }
    status = put_head(w, table, err);
    if (status == MACAW_OK) {
        status = put_entries(w, table, macaw_replay_cutoff(table, now), &forgotten, err);
    }
    if (status == MACAW_OK) {
        status = put_horizons(w, table, forgotten, err);
    }
    if (status != MACAW_OK) {
        return status;
    }
    if (EVP_DigestFinal_ex(w->digest, digest, NULL) != 1) {
        return macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
    }
    return macaw_file_write(&w->file, digest, sizeof digest, err);
}

int macaw_replay_save(macaw_replay *table, uint32_t now, const char *path, macaw_error *err)
{
    struct writer w;
    int status;

    if (table == NULL || path == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "no table or path");
    }
    status = macaw_file_begin(&w.file, path, err);
    if (status != MACAW_OK) {
        return status;
    }
    w.digest = EVP_MD_CTX_new();
    status = put_all(&w, table, now, err);
    EVP_MD_CTX_free(w.digest);
    if (status != MACAW_OK) {
        macaw_file_abort(&w.file);
        return status;
    }
    return macaw_file_commit(&w.file, true, err);
}

/* ---- load ---- */

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
    return s->len >= MAGIC_LEN && memcmp(s->data, MAGIC, MAGIC_LEN) == 0;
}

static bool is_whole(const struct saved *s)
{
    uint8_t digest[DIGEST_LEN];

    return s->len >= FIXED_LEN && (s->len - FIXED_LEN) % ENTRY_LEN == 0 &&
           EVP_Digest(s->data, s->len - DIGEST_LEN, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, s->data + s->len - DIGEST_LEN, DIGEST_LEN) == 0;
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
    const uint8_t *end = s->data + s->len - DIGEST_LEN - HORIZONS_LEN;

    for (const uint8_t *p = s->data + HEAD_LEN; p < end; p += ENTRY_LEN) {
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
    const uint8_t *horizons = s->data + s->len - DIGEST_LEN - HORIZONS_LEN;

    memcpy(table->head->key, s->data + MAGIC_LEN, sizeof table->head->key);
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
        macaw_wipe(saved.data, saved.len < HEAD_LEN ? saved.len : HEAD_LEN);
    }
    free(saved.data);
    return status;
}

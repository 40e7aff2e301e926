/* Taking a saved table over into another. */
#include "replay/layout.h"

#include <string.h>

#include "base/bytes.h"
#include "base/error.h"
#include "prim/sealed.h"
#include "replay/snapshot.h"

static bool is_ours(const macaw_sealed_bytes *s)
{
    return s->len >= SAVED_MAGIC_LEN && memcmp(s->data, SAVED_MAGIC, SAVED_MAGIC_LEN) == 0;
}

static bool is_whole(const macaw_sealed_bytes *s)
{
    return s->content >= SAVED_HEAD_LEN + SAVED_HORIZONS_LEN &&
           (s->content - SAVED_HEAD_LEN - SAVED_HORIZONS_LEN) % SAVED_ENTRY_LEN == 0;
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
static bool place(macaw_replay *table, const macaw_sealed_bytes *s, uint32_t cutoff,
                  uint32_t *forgotten)
{
    const uint8_t *end = s->data + s->content - SAVED_HORIZONS_LEN;

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

static void adopt(macaw_replay *table, const macaw_sealed_bytes *s, uint32_t forgotten)
{
    const uint8_t *horizons = s->data + s->content - SAVED_HORIZONS_LEN;

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

static int take_over(macaw_replay *table, uint32_t now, const char *path,
                     const macaw_sealed_bytes *s, macaw_error *err)
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
    macaw_sealed_bytes saved;
    int status;

    if (table == NULL || path == NULL || !is_fresh(table)) {
        return macaw_fail(err, MACAW_EARG, 0, "no path, or the table is in use already");
    }
    status = macaw_sealed_read(&saved, path, err);
    if (status == MACAW_OK) {
        status = take_over(table, now, path, &saved, err);
        macaw_sealed_release(&saved);
    }
    return status;
}

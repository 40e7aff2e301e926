/* Writing a table to a file. */
#include "replay/layout.h"

#include <string.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "base/error.h"
#include "prim/sealed.h"
#include "replay/snapshot.h"

#define SHARD_SLOTS (MACAW_REPLAY_BUCKETS * MACAW_REPLAY_SLOTS)

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
            n += SAVED_ENTRY_LEN;
        }
    }
    return n;
}

static int put_entries(macaw_sealed *w, macaw_replay *table, uint32_t cutoff,
                       uint32_t *forgotten, macaw_error *err)
{
    uint8_t entries[SHARD_SLOTS * SAVED_ENTRY_LEN];
    int status = MACAW_OK;

    for (uint32_t i = 0; i < table->shards && status == MACAW_OK; i++) {
        size_t n;
        if (!macaw_replay_lock(&table->shard[i])) {
            return macaw_fail(err, MACAW_EFORMAT, 0, "the table in memory is damaged");
        }
        n = copy_shard(&table->shard[i], &table->bucket[(size_t)i * MACAW_REPLAY_BUCKETS], cutoff,
                       entries, forgotten);
        macaw_replay_unlock(&table->shard[i]);
        status = macaw_sealed_put(w, entries, n, err);
    }
    return status;
}

static int put_head(macaw_sealed *w, const macaw_replay *table, macaw_error *err)
{
    uint8_t head[SAVED_HEAD_LEN] = SAVED_MAGIC;
    int status;

    memcpy(head + SAVED_MAGIC_LEN, table->head->key, sizeof table->head->key);
    status = macaw_sealed_put(w, head, sizeof head, err);
    macaw_wipe(head, sizeof head);
    return status;
}

static int put_horizons(macaw_sealed *w, const macaw_replay *table, uint32_t forgotten,
                        macaw_error *err)
{
    uint8_t horizons[SAVED_HORIZONS_LEN];

    macaw_store_le32(horizons, atomic_load(&table->head->since));
    macaw_store_le32(horizons + 4, forgotten);
    macaw_store_le32(horizons + 8, atomic_load(&table->head->newest));
    return macaw_sealed_put(w, horizons, sizeof horizons, err);
}

static int put_all(macaw_sealed *w, macaw_replay *table, uint32_t now, macaw_error *err)
{
    uint32_t forgotten = 0;
    int status = put_head(w, table, err);

    if (status == MACAW_OK) {
        status = put_entries(w, table, macaw_replay_cutoff(table, now), &forgotten, err);
    }
    return status == MACAW_OK ? put_horizons(w, table, forgotten, err) : status;
}

int macaw_replay_save(macaw_replay *table, uint32_t now, const char *path, macaw_error *err)
{
    macaw_sealed w;
    int status;

    if (table == NULL || path == NULL) {
        return macaw_fail(err, MACAW_EARG, 0, "no table or path");
    }
    status = macaw_sealed_begin(&w, path, err);
    if (status != MACAW_OK) {
        return status;
    }
    status = put_all(&w, table, now, err);
    if (status != MACAW_OK) {
        macaw_sealed_abort(&w);
        return status;
    }
    return macaw_sealed_commit(&w, err);
}

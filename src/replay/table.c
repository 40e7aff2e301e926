/* Making, finding and measuring a replay table. */
#include "replay/layout.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/random.h"
#include "base/robust.h"

#define SHARD_BYTES                                                                                \
    (sizeof(struct macaw_replay_shard) +                                                           \
     MACAW_REPLAY_BUCKETS * sizeof(struct macaw_replay_bucket))
#define SHARD_SLOTS (MACAW_REPLAY_BUCKETS * MACAW_REPLAY_SLOTS)

/* A home is found with 32 bits of the print. */
#define SHARDS_MAX (UINT32_MAX / MACAW_REPLAY_BUCKETS)

size_t macaw_replay_size(uint64_t entries)
{
    /* Without overflow for any number of entries. */
    uint64_t shards = entries / (SHARD_SLOTS * 13 / 20) + 1;
    uint64_t size;

    if (shards > SHARDS_MAX) {
        return SIZE_MAX;
    }
    size = sizeof(struct macaw_replay_head) + shards * SHARD_BYTES;
    if (size > SIZE_MAX) {
        return SIZE_MAX;
    }
    return size > MACAW_REPLAY_MIN ? (size_t)size : MACAW_REPLAY_MIN;
}

static bool valid_memory(const void *mem, size_t size)
{
    return mem != NULL && (uintptr_t)mem % 64 == 0 && size >= MACAW_REPLAY_MIN &&
           (size - sizeof(struct macaw_replay_head)) / SHARD_BYTES <= SHARDS_MAX;
}

static bool valid_window(uint32_t window)
{
    return window >= 1 && window <= MACAW_REPLAY_WINDOW_MAX;
}

static macaw_replay *make_handle(void *mem, size_t size)
{
    macaw_replay *table = malloc(sizeof *table);

    if (table != NULL) {
        table->head = mem;
        table->shards = (uint32_t)((size - sizeof *table->head) / SHARD_BYTES);
        table->shard = (void *)(table->head + 1);
        table->bucket = (void *)(table->shard + table->shards);
        table->mark = NULL;
    }
    return table;
}

static int init_locks(macaw_replay *table)
{
    int status = MACAW_OK;

    for (uint32_t i = 0; i < table->shards && status == MACAW_OK; i++) {
        status = macaw_robust_init(&table->shard[i].lock);
    }
    return status;
}

int macaw_replay_init(macaw_replay **ret, void *mem, size_t size, uint32_t window, uint32_t since)
{
    macaw_replay *table;
    struct macaw_replay_head *head = mem;
    int status;

    if (!valid_memory(mem, size) || !valid_window(window)) {
        return MACAW_EARG;
    }
    table = make_handle(mem, size);
    if (table == NULL) {
        return MACAW_ENOMEM;
    }
    head->size = size;
    head->shard_size = sizeof(struct macaw_replay_shard);
    atomic_store(&head->window, window);
    atomic_store(&head->since, since);
    status = macaw_random(head->key, sizeof head->key);
    if (status == MACAW_OK) {
        status = init_locks(table);
    }
    if (status != MACAW_OK) {
        free(table);
        return status;
    }
    atomic_store(&head->magic, MACAW_REPLAY_MAGIC);
    *ret = table;
    return MACAW_OK;
}

int macaw_replay_attach(macaw_replay **ret, void *mem, size_t size)
{
    const struct macaw_replay_head *head = mem;
    macaw_replay *table;

    if (!valid_memory(mem, size)) {
        return MACAW_EARG;
    }
    if (atomic_load(&head->magic) != MACAW_REPLAY_MAGIC || head->size != size ||
        head->shard_size != sizeof(struct macaw_replay_shard)) {
        return MACAW_EFORMAT;
    }
    table = make_handle(mem, size);
    if (table == NULL) {
        return MACAW_ENOMEM;
    }
    *ret = table;
    return MACAW_OK;
}

int macaw_replay_set_window(macaw_replay *table, uint32_t window)
{
    if (table == NULL || !valid_window(window)) {
        return MACAW_EARG;
    }
    atomic_store(&table->head->window, window);
    return MACAW_OK;
}

int macaw_replay_set_since(macaw_replay *table, uint32_t since)
{
    if (table == NULL) {
        return MACAW_EARG;
    }
    macaw_replay_raise_shared(&table->head->since, since);
    return MACAW_OK;
}

bool macaw_replay_lock(struct macaw_replay_shard *shard)
{
    return macaw_robust_lock(&shard->lock, &shard->owner_deaths);
}

void macaw_replay_unlock(struct macaw_replay_shard *shard)
{
    macaw_robust_unlock(&shard->lock);
}

static uint64_t count_live(const struct macaw_replay_bucket *bucket, uint32_t cutoff)
{
    uint64_t live = 0;

    for (unsigned b = 0; b < MACAW_REPLAY_BUCKETS; b++) {
        for (unsigned i = 0; i < MACAW_REPLAY_SLOTS; i++) {
            live += bucket[b].stamp[i] >= cutoff;
        }
    }
    return live;
}

void macaw_replay_stat(macaw_replay *table, uint32_t now, macaw_replay_stats *ret)
{
    uint32_t cutoff = macaw_replay_cutoff(table, now);

    *ret = (macaw_replay_stats){
        .capacity = (uint64_t)table->shards * SHARD_SLOTS,
        .window = atomic_load(&table->head->window),
        .since = atomic_load(&table->head->since),
        .newest = atomic_load(&table->head->newest),
    };
    for (uint32_t i = 0; i < table->shards; i++) {
        struct macaw_replay_shard *shard = &table->shard[i];
        if (!macaw_replay_lock(shard)) {
            continue;
        }
        ret->live += count_live(&table->bucket[(size_t)i * MACAW_REPLAY_BUCKETS], cutoff);
        ret->claimed += shard->claimed;
        ret->seen += shard->seen;
        ret->stale += shard->stale;
        ret->full += shard->full;
        ret->owner_deaths += shard->owner_deaths;
        macaw_replay_unlock(shard);
    }
}

void macaw_replay_detach(macaw_replay *table)
{
    if (table != NULL && table->mark != NULL) {
        (void)munmap(table->mark, MACAW_MARK_SIZE);
    }
    free(table);
}

/* Making, finding and measuring a revocation table. */
#include "store/layout.h"

#include <stdlib.h>

#include "base/random.h"
#include "base/robust.h"

#define HEAD_BYTES sizeof(struct macaw_revocation_head)

_Static_assert(HEAD_BYTES % 64 == 0, "cells are aligned");

static const char *const kind_names[] = {"sid", "subject", "kid"};
static const char *const revoked_names[] = {"no", "sid", "subject", "generation", "key"};

const char *macaw_revocation_kind_name(macaw_revocation_kind kind)
{
    return (size_t)kind < MACAW_REVOCATION_KINDS ? kind_names[kind] : "unknown";
}

const char *macaw_revoked_name(macaw_revoked revoked)
{
    return (size_t)revoked < sizeof revoked_names / sizeof *revoked_names ? revoked_names[revoked]
                                                                          : "unknown";
}

size_t macaw_revocation_size(uint64_t sids, uint64_t names)
{
    macaw_cells_shape sid_shape, name_shape;
    uint64_t least = sids > MACAW_REVOCATION_SIDS_MIN ? sids : MACAW_REVOCATION_SIDS_MIN;

    if (!macaw_cells_for(least, 0, &sid_shape) ||
        !macaw_cells_for(names, sizeof(struct macaw_name), &name_shape)) {
        return SIZE_MAX;
    }
    return HEAD_BYTES + macaw_cells_bytes(&sid_shape) + macaw_cells_bytes(&name_shape);
}

/* Shapes for a table of that size; false: too small. */
static bool divide(size_t size, uint64_t names, macaw_cells_shape *sid_shape,
                   macaw_cells_shape *name_shape)
{
    size_t name_bytes;

    if (size < macaw_revocation_size(0, names) ||
        !macaw_cells_for(names, sizeof(struct macaw_name), name_shape)) {
        return false;
    }
    name_bytes = macaw_cells_bytes(name_shape);
    return macaw_cells_within(size - HEAD_BYTES - name_bytes, 0, sid_shape);
}

static int make_handle(macaw_revocation **ret, void *mem, size_t size, uint64_t names)
{
    macaw_cells_shape sid_shape, name_shape;
    macaw_revocation *table;
    uint8_t *cells = (uint8_t *)mem + HEAD_BYTES;

    if (!divide(size, names, &sid_shape, &name_shape)) {
        return MACAW_EARG;
    }
    table = malloc(sizeof *table);
    if (table == NULL) {
        return MACAW_ENOMEM;
    }
    table->head = mem;
    macaw_cells_use(&table->sids, &sid_shape, cells, table->head->key);
    macaw_cells_use(&table->names, &name_shape, cells + macaw_cells_bytes(&sid_shape),
                    table->head->key);
    macaw_siphash_start(&table->name_hash, table->head->key, 2, 4, 16);
    *ret = table;
    return MACAW_OK;
}

static int init_locks(macaw_revocation *table)
{
    int status = macaw_cells_init(&table->sids);

    if (status == MACAW_OK) {
        status = macaw_cells_init(&table->names);
    }
    if (status == MACAW_OK) {
        status = macaw_robust_init(&table->head->journal.write_lock);
    }
    if (status == MACAW_OK) {
        status = macaw_robust_init(&table->head->journal.sync_lock);
    }
    return status;
}

static bool aligned(const void *mem)
{
    return mem != NULL && (uintptr_t)mem % 64 == 0;
}

int macaw_revocation_init(macaw_revocation **ret, void *mem, size_t size, uint64_t names)
{
    struct macaw_revocation_head *head = mem;
    macaw_revocation *table;
    int status;

    if (!aligned(mem) || size < HEAD_BYTES) {
        return MACAW_EARG;
    }
    status = macaw_random(head->key, sizeof head->key);
    if (status == MACAW_OK) {
        status = make_handle(&table, mem, size, names);
    }
    if (status != MACAW_OK) {
        return status;
    }
    status = init_locks(table);
    if (status != MACAW_OK) {
        free(table);
        return status;
    }
    head->size = size;
    head->names = names;
    head->shard_size = sizeof(struct macaw_cell_shard);
    atomic_store(&head->magic, MACAW_REVOCATION_MAGIC);
    *ret = table;
    return MACAW_OK;
}

int macaw_revocation_attach(macaw_revocation **ret, void *mem, size_t size)
{
    const struct macaw_revocation_head *head = mem;

    if (!aligned(mem) || size < HEAD_BYTES) {
        return MACAW_EARG;
    }
    if (atomic_load(&head->magic) != MACAW_REVOCATION_MAGIC || head->size != size ||
        head->shard_size != sizeof(struct macaw_cell_shard)) {
        return MACAW_EFORMAT;
    }
    return make_handle(ret, mem, size, head->names);
}

void macaw_revocation_detach(macaw_revocation *table)
{
    free(table);
}

/* Subjects and key ids, which share their cells. */
static void count_names(const macaw_revocation *table, uint32_t cutoff, macaw_revocation_stats *ret)
{
    macaw_cell_spot spot;
    uint64_t at = 0;

    while (macaw_cells_next(&table->names, cutoff, &at, &spot)) {
        uint64_t kind_len = atomic_load(&macaw_name_at(table, spot.slot)->kind_len);
        ret->live[kind_len >> 8 == MACAW_REVOCATION_KEY ? MACAW_REVOCATION_KEY
                                                        : MACAW_REVOCATION_SUBJECT]++;
    }
}

void macaw_revocation_stat(const macaw_revocation *table, int64_t now, macaw_revocation_stats *ret)
{
    uint32_t cutoff = macaw_store_cutoff(now);

    *ret = (macaw_revocation_stats){
        .sid_capacity = macaw_cells_slots(&table->sids.shape),
        .name_capacity = macaw_cells_slots(&table->names.shape),
        .full = atomic_load(&table->head->full),
        .owner_deaths = macaw_cells_owner_deaths(&table->sids) +
                        macaw_cells_owner_deaths(&table->names) +
                        __atomic_load_n(&table->head->journal.owner_deaths, __ATOMIC_RELAXED),
    };
    for (unsigned i = 0; i < MACAW_REVOCATION_KINDS; i++) {
        ret->revoked[i] = atomic_load(&table->head->revoked[i]);
    }
    ret->live[MACAW_REVOCATION_SID] = macaw_cells_live(&table->sids, cutoff);
    count_names(table, cutoff, ret);
}

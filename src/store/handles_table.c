/* Making, finding and measuring a table of handles. */
#include "store/handles.h"

#include <stdlib.h>

#include "base/random.h"

#define HEAD_BYTES sizeof(struct macaw_handles_head)

static size_t record_size(size_t data_limit)
{
    return (sizeof(struct macaw_handle) + data_limit + 7) / 8 * 8;
}

size_t macaw_handles_size(uint64_t records, size_t data_limit)
{
    macaw_cells_shape shape;
    uint64_t least = records > MACAW_HANDLES_MIN ? records : MACAW_HANDLES_MIN;

    if (data_limit > MACAW_HANDLES_DATA_MAX ||
        !macaw_cells_for(least, record_size(data_limit), &shape)) {
        return SIZE_MAX;
    }
    return HEAD_BYTES + macaw_cells_bytes(&shape);
}

static int make_handle(macaw_handles **ret, void *mem, size_t size, size_t data_limit)
{
    macaw_cells_shape shape;
    macaw_handles *handles;

    if (size < macaw_handles_size(0, data_limit) ||
        !macaw_cells_within(size - HEAD_BYTES, record_size(data_limit), &shape)) {
        return MACAW_EARG;
    }
    handles = malloc(sizeof *handles);
    if (handles == NULL) {
        return MACAW_ENOMEM;
    }
    handles->head = mem;
    macaw_cells_use(&handles->cells, &shape, handles->head->cells, handles->head->key);
    *ret = handles;
    return MACAW_OK;
}

static bool aligned(const void *mem)
{
    return mem != NULL && (uintptr_t)mem % 64 == 0;
}

int macaw_handles_init(macaw_handles **ret, void *mem, size_t size, size_t data_limit)
{
    struct macaw_handles_head *head = mem;
    macaw_handles *handles;
    int status;

    if (!aligned(mem) || size < HEAD_BYTES || data_limit > MACAW_HANDLES_DATA_MAX) {
        return MACAW_EARG;
    }
    status = macaw_random(head->key, sizeof head->key);
    if (status == MACAW_OK) {
        status = make_handle(&handles, mem, size, data_limit);
    }
    if (status != MACAW_OK) {
        return status;
    }
    status = macaw_cells_init(&handles->cells);
    if (status != MACAW_OK) {
        free(handles);
        return status;
    }
    head->size = size;
    head->data_limit = (uint32_t)data_limit;
    head->shard_size = sizeof(struct macaw_cell_shard);
    atomic_store(&head->magic, MACAW_HANDLES_MAGIC);
    *ret = handles;
    return MACAW_OK;
}

int macaw_handles_attach(macaw_handles **ret, void *mem, size_t size)
{
    const struct macaw_handles_head *head = mem;

    if (!aligned(mem) || size < HEAD_BYTES) {
        return MACAW_EARG;
    }
    if (atomic_load(&head->magic) != MACAW_HANDLES_MAGIC || head->size != size ||
        head->shard_size != sizeof(struct macaw_cell_shard)) {
        return MACAW_EFORMAT;
    }
    return make_handle(ret, mem, size, head->data_limit);
}

void macaw_handles_detach(macaw_handles *handles)
{
    free(handles);
}

size_t macaw_handles_data_limit(const macaw_handles *handles)
{
    return handles->head->data_limit;
}

void macaw_handles_stat(macaw_handles *handles, int64_t now, macaw_handles_stats *ret)
{
    *ret = (macaw_handles_stats){
        .capacity = macaw_cells_slots(&handles->cells.shape),
        .live = macaw_cells_live(&handles->cells, macaw_store_cutoff(now)),
        .created = atomic_load(&handles->head->created),
        .deleted = atomic_load(&handles->head->deleted),
        .full = atomic_load(&handles->head->full),
        .owner_deaths = macaw_cells_owner_deaths(&handles->cells),
    };
}

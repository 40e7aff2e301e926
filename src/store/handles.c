/* Records of handles: create, read, change, delete.
 *
 * All of it is done under the shard's lock. A record that is being changed says
 * so, and is removed by whoever finds that its changer has died. */
#include "store/handles.h"

#include <string.h>

#include "base/ct.h"

bool macaw_handle_valid(const macaw_handle_record *record, size_t data_limit)
{
    return record->subject.len <= MACAW_SESSION_SUBJECT_MAX && record->data.len <= data_limit &&
           (record->subject.data != NULL || record->subject.len == 0) &&
           (record->data.data != NULL || record->data.len == 0) &&
           macaw_store_is_time(record->login) && macaw_store_is_time(record->issued) &&
           record->ttl >= 1 && macaw_store_is_time(record->ttl) && macaw_store_is_time(record->cap);
}

/* The end of a record that is used at now. */
static uint32_t end_from(int64_t now, int64_t ttl, int64_t cap)
{
    int64_t end = now + ttl;

    if (cap > 0 && cap < end) {
        end = cap;
    }
    return end < UINT32_MAX ? (uint32_t)end : UINT32_MAX;
}

static void copy(void *to, macaw_str from)
{
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
}

/* Stores before and after a change stay where they are. */
static void begin_change(struct macaw_handle *handle)
{
    __atomic_store_n(&handle->changing, 1, __ATOMIC_RELAXED);
    atomic_signal_fence(memory_order_seq_cst);
}

static void end_change(struct macaw_handle *handle)
{
    __atomic_store_n(&handle->changing, 0, __ATOMIC_RELEASE);
}

static void fill(struct macaw_handle *handle, const uint8_t *hash,
                 const macaw_handle_record *record)
{
    handle->login = (uint32_t)record->login;
    handle->issued = (uint32_t)record->issued;
    handle->ttl = (uint32_t)record->ttl;
    handle->cap = (uint32_t)record->cap;
    handle->generation = record->generation;
    handle->subject_len = (uint8_t)record->subject.len;
    handle->data_len = (uint32_t)record->data.len;
    memcpy(handle->hash, hash, sizeof handle->hash);
    memcpy(handle->sid, record->sid, sizeof handle->sid);
    copy(handle->subject, record->subject);
    copy(handle->data, record->data);
}

void macaw_handle_read(const struct macaw_handle *handle, uint32_t expires, void *room,
                       macaw_handle_record *ret)
{
    char *subject = room, *data = subject + handle->subject_len;

    memcpy(subject, handle->subject, handle->subject_len);
    memcpy(data, handle->data, handle->data_len);
    *ret = (macaw_handle_record){
        .subject = {subject, handle->subject_len},
        .data = {data, handle->data_len},
        .login = handle->login,
        .issued = handle->issued,
        .ttl = handle->ttl,
        .cap = handle->cap,
        .expires = expires,
        .generation = handle->generation,
    };
    memcpy(ret->sid, handle->sid, sizeof ret->sid);
}

/* The live record of a hash, in a shard that is held. */
static bool find(macaw_handles *handles, const macaw_cell_home *home, const uint8_t *hash,
                 uint32_t cutoff, macaw_cell_spot *ret)
{
    const struct macaw_handle *handle;

    if (!macaw_cells_find(&handles->cells, home, cutoff, ret)) {
        return false;
    }
    handle = macaw_handle_at(handles, ret->slot);
    if (handle->changing != 0) {
        macaw_cells_erase(&handles->cells, ret);
        return false;
    }
    return macaw_ct_equal(handle->hash, hash, sizeof handle->hash);
}

int macaw_handle_enter(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                       const macaw_handle_record *record, uint32_t expires, uint32_t cutoff)
{
    macaw_cell_home home = macaw_cells_home(&handles->cells, hash);
    struct macaw_handle *handle;
    macaw_cell_spot spot;
    int status = MACAW_OK;

    if (!macaw_cells_lock(home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    if (find(handles, &home, hash, cutoff, &spot)) {
        status = MACAW_EEXIST;
    } else if (!macaw_cells_open(&handles->cells, &home, cutoff, &spot)) {
        status = MACAW_ELIMIT;
    } else {
        handle = macaw_handle_at(handles, spot.slot);
        fill(handle, hash, record);
        end_change(handle);
        macaw_cells_publish(&handles->cells, &home, &spot, expires);
    }
    macaw_cells_unlock(home.shard);
    return status;
}

int macaw_handles_create(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                         const macaw_handle_record *record, int64_t now)
{
    uint32_t expires;
    int status;

    if (handles == NULL || hash == NULL || record == NULL || !macaw_store_is_time(now) ||
        !macaw_handle_valid(record, handles->head->data_limit)) {
        return MACAW_EARG;
    }
    expires = end_from(now, record->ttl, record->cap);
    if (expires < macaw_store_cutoff(now)) {
        return MACAW_EARG;
    }
    status = macaw_handle_enter(handles, hash, record, expires, macaw_store_cutoff(now));
    if (status == MACAW_OK) {
        atomic_fetch_add_explicit(&handles->head->created, 1, memory_order_relaxed);
    } else if (status == MACAW_ELIMIT) {
        atomic_fetch_add_explicit(&handles->head->full, 1, memory_order_relaxed);
    }
    return status;
}

static int read_record(macaw_handles *handles, const uint8_t *hash, int64_t now, bool touch,
                       void *room, macaw_handle_record *ret)
{
    macaw_cell_home home = macaw_cells_home(&handles->cells, hash);
    const struct macaw_handle *handle;
    macaw_cell_spot spot;
    uint32_t expires;
    bool there;

    if (!macaw_cells_lock(home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    there = find(handles, &home, hash, macaw_store_cutoff(now), &spot);
    if (there) {
        handle = macaw_handle_at(handles, spot.slot);
        expires = macaw_cell_end(spot.mark);
        if (touch && end_from(now, handle->ttl, handle->cap) > expires) {
            expires = end_from(now, handle->ttl, handle->cap);
            macaw_cells_publish(&handles->cells, &home, &spot, expires);
        }
        macaw_handle_read(handle, expires, room, ret);
    }
    macaw_cells_unlock(home.shard);
    return there ? MACAW_OK : MACAW_ENOTFOUND;
}

int macaw_handles_get(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                      int64_t now, void *room, macaw_handle_record *ret)
{
    return read_record(handles, hash, now, false, room, ret);
}

int macaw_handles_touch(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                        int64_t now, void *room, macaw_handle_record *ret)
{
    return read_record(handles, hash, now, true, room, ret);
}

int macaw_handles_put(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                      macaw_str data, int64_t now)
{
    macaw_cell_home home = macaw_cells_home(&handles->cells, hash);
    struct macaw_handle *handle;
    macaw_cell_spot spot;
    bool there;

    if (data.len > handles->head->data_limit) {
        return MACAW_EARG;
    }
    if (!macaw_cells_lock(home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    there = find(handles, &home, hash, macaw_store_cutoff(now), &spot);
    if (there) {
        handle = macaw_handle_at(handles, spot.slot);
        begin_change(handle);
        handle->data_len = (uint32_t)data.len;
        copy(handle->data, data);
        end_change(handle);
    }
    macaw_cells_unlock(home.shard);
    return there ? MACAW_OK : MACAW_ENOTFOUND;
}

int macaw_handles_delete(macaw_handles *handles, const uint8_t hash[MACAW_SESSION_HANDLE_LEN],
                         int64_t now)
{
    macaw_cell_home home = macaw_cells_home(&handles->cells, hash);
    macaw_cell_spot spot;
    bool there;

    if (!macaw_cells_lock(home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    there = find(handles, &home, hash, macaw_store_cutoff(now), &spot);
    if (there) {
        macaw_cells_erase(&handles->cells, &spot);
        /* What the session held is nobody's business any more. */
        macaw_wipe(macaw_handle_at(handles, spot.slot), handles->cells.shape.record_size);
        atomic_fetch_add_explicit(&handles->head->deleted, 1, memory_order_relaxed);
    }
    macaw_cells_unlock(home.shard);
    return there ? MACAW_OK : MACAW_ENOTFOUND;
}

/* Handles in a file, from a clean end to the next start.
 *
 *     magic 16 | records | SHA-256 of all before
 *     record: hash 32 | session id 12 | expires 4 | login 4 | issued 4 | ttl 4 |
 *             cap 4 | generation 4 | subject length 4 | data length 4 | subject | data
 *
 * Integers are little-endian. */
#include "store/handles.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/ct.h"
#include "base/error.h"
#include "prim/sealed.h"

#define MAGIC     "macaw-handles-1\n"
#define MAGIC_LEN 16
#define NUMBERS   8
#define FIXED_LEN (MACAW_SESSION_HANDLE_LEN + MACAW_SESSION_SID_LEN + 4 * NUMBERS)

/* ---- save ---- */

static size_t encode(const uint8_t *hash, const macaw_handle_record *record, uint8_t *out)
{
    const uint32_t numbers[NUMBERS] = {
        (uint32_t)record->expires,     (uint32_t)record->login,    (uint32_t)record->issued,
        (uint32_t)record->ttl,         (uint32_t)record->cap,      record->generation,
        (uint32_t)record->subject.len, (uint32_t)record->data.len,
    };
    uint8_t *p = out;

    memcpy(p, hash, MACAW_SESSION_HANDLE_LEN);
    p += MACAW_SESSION_HANDLE_LEN;
    memcpy(p, record->sid, sizeof record->sid);
    p += sizeof record->sid;
    for (unsigned i = 0; i < NUMBERS; i++, p += 4) {
        macaw_store_le32(p, numbers[i]);
    }
    memcpy(p, record->subject.data, record->subject.len);
    p += record->subject.len;
    memcpy(p, record->data.data, record->data.len);
    return (size_t)(p - out) + record->data.len;
}

/* room: a record's views; out: its bytes in the file. */
static int put_records(macaw_sealed *w, macaw_handles *handles, uint32_t cutoff, uint8_t *room,
                       uint8_t *out, macaw_error *err)
{
    macaw_handle_record record;
    macaw_cell_spot spot;
    uint64_t at = 0;
    int status = macaw_sealed_put(w, MAGIC, MAGIC_LEN, err);

    while (status == MACAW_OK && macaw_cells_next(&handles->cells, cutoff, &at, &spot)) {
        const struct macaw_handle *handle = macaw_handle_at(handles, spot.slot);
        if (handle->changing == 0) {
            macaw_handle_read(handle, macaw_cell_end(spot.mark), room, &record);
            status = macaw_sealed_put(w, out, encode(handle->hash, &record, out), err);
        }
    }
    return status;
}

static int put_all(macaw_sealed *w, macaw_handles *handles, uint32_t cutoff, macaw_error *err)
{
    size_t room_len = MACAW_HANDLES_ROOM(handles->head->data_limit);
    uint8_t *room = malloc(FIXED_LEN + 2 * room_len);
    int status;

    if (room == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    status = put_records(w, handles, cutoff, room, room + room_len, err);
    macaw_wipe(room, FIXED_LEN + 2 * room_len);
    free(room);
    return status;
}

int macaw_handles_save(macaw_handles *handles, int64_t now, const char *path, macaw_error *err)
{
    macaw_sealed w;
    int status = macaw_sealed_begin(&w, path, err);

    if (status != MACAW_OK) {
        return status;
    }
    status = put_all(&w, handles, macaw_store_cutoff(now), err);
    if (status != MACAW_OK) {
        macaw_sealed_abort(&w);
        return status;
    }
    return macaw_sealed_commit(&w, err);
}

/* ---- load ---- */

/* The record at in, n bytes to the end: its length, 0 if it is none. */
static size_t decode(const uint8_t *in, size_t n, macaw_handle_record *ret)
{
    const uint8_t *numbers = in + MACAW_SESSION_HANDLE_LEN + MACAW_SESSION_SID_LEN;

    if (n < FIXED_LEN) {
        return 0;
    }
    *ret = (macaw_handle_record){
        .expires = macaw_load_le32(numbers),
        .login = macaw_load_le32(numbers + 4),
        .issued = macaw_load_le32(numbers + 8),
        .ttl = macaw_load_le32(numbers + 12),
        .cap = macaw_load_le32(numbers + 16),
        .generation = (uint16_t)macaw_load_le32(numbers + 20),
        .subject = {(const char *)in + FIXED_LEN, macaw_load_le32(numbers + 24)},
        .data.len = macaw_load_le32(numbers + 28),
    };
    memcpy(ret->sid, in + MACAW_SESSION_HANDLE_LEN, sizeof ret->sid);
    if (ret->subject.len > n - FIXED_LEN || ret->data.len > n - FIXED_LEN - ret->subject.len) {
        return 0;
    }
    ret->data.data = ret->subject.data + ret->subject.len;
    return FIXED_LEN + ret->subject.len + ret->data.len;
}

static int enter_all(macaw_handles *handles, const macaw_sealed_bytes *s, uint32_t cutoff,
                     const char *path, macaw_error *err)
{
    size_t len;
    macaw_handle_record record;
    int status = MACAW_OK;

    for (size_t at = MAGIC_LEN; at < s->content && status == MACAW_OK; at += len) {
        len = decode(s->data + at, s->content - at, &record);
        if (len == 0) {
            return macaw_fail(err, MACAW_EFORMAT, at, "%s is damaged", path);
        }
        if (record.expires < (int64_t)cutoff) {
            continue;
        }
        status = macaw_handle_valid(&record, handles->head->data_limit)
                     ? macaw_handle_enter(handles, s->data + at, &record, (uint32_t)record.expires,
                                          cutoff)
                     : MACAW_ELIMIT;
    }
    return status == MACAW_OK
               ? MACAW_OK
               : macaw_fail(err, status, 0, "the sessions of %s do not fit into the table", path);
}

static void erase_all(macaw_handles *handles)
{
    macaw_cell_spot spot;
    uint64_t at = 0;

    while (macaw_cells_next(&handles->cells, 1, &at, &spot)) {
        macaw_cells_erase(&handles->cells, &spot);
    }
}

static int take_over(macaw_handles *handles, int64_t now, const char *path,
                     const macaw_sealed_bytes *s, macaw_error *err)
{
    int status;

    if (s->len < MAGIC_LEN || memcmp(s->data, MAGIC, MAGIC_LEN) != 0) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is not a saved table of handles", path);
    }
    /* Before anything else: from a file that stays, who has logged out since could come back. */
    status = macaw_file_remove(path, err);
    if (status != MACAW_OK) {
        return status;
    }
    if (s->content == 0) {
        return macaw_fail(err, MACAW_EFORMAT, 0, "%s is truncated or damaged", path);
    }
    status = enter_all(handles, s, macaw_store_cutoff(now), path, err);
    if (status != MACAW_OK) {
        erase_all(handles);
    }
    return status;
}

int macaw_handles_load(macaw_handles *handles, int64_t now, const char *path, macaw_error *err)
{
    macaw_sealed_bytes saved;
    int status;

    if (handles == NULL || path == NULL || !macaw_store_is_time(now) ||
        atomic_load(&handles->head->created) > 0) {
        return macaw_fail(err, MACAW_EARG, 0, "no path or time, or the table is in use already");
    }
    status = macaw_sealed_read(&saved, path, err);
    if (status == MACAW_OK) {
        status = take_over(handles, now, path, &saved, err);
        macaw_sealed_release(&saved);
    }
    return status;
}

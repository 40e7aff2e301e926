/* Handles in a file, from a clean end to the next start.
 *
 *     magic 16 | records | SHA-256 of all before
 *     record: hash 32 | session id 12 | expires 4 | login 4 | issued 4 | ttl 4 |
 *             cap 4 | generation 4 | subject length 4 | data length 4 | subject | data
 *
 * Integers are little-endian. */
#include "store/handles.h"

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

#define MAGIC      "macaw-handles-1\n"
#define MAGIC_LEN  16
#define DIGEST_LEN 32
#define NUMBERS    8
#define FIXED_LEN  (MACAW_SESSION_HANDLE_LEN + MACAW_SESSION_SID_LEN + 4 * NUMBERS)

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
static int put_records(struct writer *w, macaw_handles *handles, uint32_t cutoff, uint8_t *room,
                       uint8_t *out, macaw_error *err)
{
    macaw_handle_record record;
    macaw_cell_spot spot;
    uint64_t at = 0;
    int status = put(w, MAGIC, MAGIC_LEN, err);

    while (status == MACAW_OK && macaw_cells_next(&handles->cells, cutoff, &at, &spot)) {
        const struct macaw_handle *handle = macaw_handle_at(handles, spot.slot);
        if (handle->changing == 0) {
            macaw_handle_read(handle, macaw_cell_end(spot.mark), room, &record);
            status = put(w, out, encode(handle->hash, &record, out), err);
        }
    }
    return status;
}

static int put_all(struct writer *w, macaw_handles *handles, uint32_t cutoff, macaw_error *err)
{
    size_t room_len = MACAW_HANDLES_ROOM(handles->head->data_limit);
    uint8_t digest[DIGEST_LEN], *room = malloc(FIXED_LEN + 2 * room_len);
    int status;

    if (room == NULL) {
        return macaw_fail(err, MACAW_ENOMEM, 0, "out of memory");
    }
    status = put_records(w, handles, cutoff, room, room + room_len, err);
    macaw_wipe(room, FIXED_LEN + 2 * room_len);
    free(room);
    if (status != MACAW_OK) {
        return status;
    }
    if (EVP_DigestFinal_ex(w->digest, digest, NULL) != 1) {
        return macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
    }
    return macaw_file_write(&w->file, digest, sizeof digest, err);
}

int macaw_handles_save(macaw_handles *handles, int64_t now, const char *path, macaw_error *err)
{
    struct writer w;
    int status = macaw_file_begin_anew(&w.file, path, err);

    if (status != MACAW_OK) {
        return status;
    }
    w.digest = EVP_MD_CTX_new();
    if (w.digest == NULL || EVP_DigestInit_ex(w.digest, EVP_sha256(), NULL) != 1) {
        status = macaw_fail(err, MACAW_ECRYPTO, 0, "libcrypto failed");
    } else {
        status = put_all(&w, handles, macaw_store_cutoff(now), err);
    }
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

static int read_file(struct saved *ret, const char *path, macaw_error *err)
{
    uint64_t size;
    int fd, status = macaw_file_open(&fd, &size, path, O_RDONLY, err);

    if (status != MACAW_OK) {
        return status;
    }
    ret->data = size < SIZE_MAX ? malloc((size_t)size + 1) : NULL;
    if (ret->data == NULL) {
        status = macaw_fail(err, MACAW_ENOMEM, 0, "no memory for %s", path);
    }
    while (status == MACAW_OK && ret->len < size) {
        ssize_t got = read(fd, ret->data + ret->len, (size_t)size - ret->len);
        if (got < 0 && errno != EINTR) {
            status = macaw_fail(err, MACAW_EIO, 0, "cannot read %s: %m", path);
        }
        if (got == 0) {
            break;
        }
        ret->len += got > 0 ? (size_t)got : 0;
    }
    (void)close(fd);
    return status;
}

static bool is_whole(const struct saved *s)
{
    uint8_t digest[DIGEST_LEN];

    return s->len >= MAGIC_LEN + DIGEST_LEN &&
           EVP_Digest(s->data, s->len - DIGEST_LEN, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, s->data + s->len - DIGEST_LEN, DIGEST_LEN) == 0;
}

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

static int enter_all(macaw_handles *handles, const struct saved *s, uint32_t cutoff,
                     const char *path, macaw_error *err)
{
    size_t len, end = s->len - DIGEST_LEN;
    macaw_handle_record record;
    int status = MACAW_OK;

    for (size_t at = MAGIC_LEN; at < end && status == MACAW_OK; at += len) {
        len = decode(s->data + at, end - at, &record);
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

static int take_over(macaw_handles *handles, int64_t now, const char *path, const struct saved *s,
                     macaw_error *err)
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
    if (!is_whole(s)) {
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
    struct saved saved = {NULL, 0};
    int status;

    if (handles == NULL || path == NULL || !macaw_store_is_time(now) ||
        atomic_load(&handles->head->created) > 0) {
        return macaw_fail(err, MACAW_EARG, 0, "no path or time, or the table is in use already");
    }
    status = read_file(&saved, path, err);
    if (status == MACAW_OK) {
        status = take_over(handles, now, path, &saved, err);
    }
    if (saved.data != NULL) {
        macaw_wipe(saved.data, saved.len);
    }
    free(saved.data);
    return status;
}

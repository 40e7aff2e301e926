/* zlib streams (RFC 1950) of authentic content, capped by what may come out. */
#define ZLIB_CONST
#include <stdlib.h>

#include <zlib.h>

#include "session/scheme.h"

/* zlib keeps about 7 KB while it unpacks a whole stream in one call. What asks for more
 * gets it from the heap: another make of zlib, or a stream that is cut off at the cap. */
#define STATE_ROOM 12288

typedef struct arena {
    _Alignas(max_align_t) uint8_t bytes[STATE_ROOM];
    size_t used;
} arena;

static voidpf arena_alloc(voidpf opaque, uInt items, uInt size)
{
    arena *own = opaque;
    size_t len = (size_t)items * size;
    size_t rounded =
        (len + _Alignof(max_align_t) - 1) / _Alignof(max_align_t) * _Alignof(max_align_t);

    if (rounded > sizeof own->bytes - own->used) {
        return malloc(len);
    }
    void *p = own->bytes + own->used;
    own->used += rounded;
    return p;
}

static void arena_free(voidpf opaque, voidpf p)
{
    const arena *own = opaque;
    uintptr_t at = (uintptr_t)p, first = (uintptr_t)own->bytes;

    if (at < first || at >= first + sizeof own->bytes) {
        free(p);
    }
}

macaw_session_reason macaw_session_inflate(macaw_session_attempt *a, macaw_str packed,
                                           macaw_str *ret)
{
    arena own = {.used = 0};
    size_t room =
        a->room.left < MACAW_SESSION_PAYLOAD_MAX ? a->room.left : MACAW_SESSION_PAYLOAD_MAX;
    z_stream z = {
        .zalloc = arena_alloc,
        .zfree = arena_free,
        .opaque = &own,
        .next_in = (const Bytef *)packed.data,
        .avail_in = (uInt)packed.len,
        .next_out = a->room.next,
        .avail_out = (uInt)room,
    };

    if (inflateInit(&z) != Z_OK) {
        return macaw_session_refuse(a, MACAW_SESSION_INTERNAL, "zlib does not start");
    }
    int end = inflate(&z, Z_FINISH);
    (void)inflateEnd(&z);
    if (end != Z_STREAM_END && z.avail_out == 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content unpacks to more than %zu bytes", room);
    }
    if (end != Z_STREAM_END || z.avail_in != 0) {
        return macaw_session_refuse(a, MACAW_SESSION_CONTENT,
                                    "content is no zlib stream (RFC 1950)");
    }
    size_t len = room - z.avail_out;
    *ret = (macaw_str){macaw_session_take(&a->room, len), len};
    return MACAW_SESSION_OK;
}

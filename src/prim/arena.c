#include "prim/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/pages.h"

/* Objects begin on a cache line of their own behind the header. */
enum { CHUNK_MIN = 4096, HEADER = 64 };

_Static_assert(sizeof(macaw_arena_chunk) <= HEADER, "room for the header");

static size_t round_up(size_t size)
{
    return (size + MACAW_ARENA_UNIT - 1) / MACAW_ARENA_UNIT * MACAW_ARENA_UNIT;
}

/* Chunks grow with the arena, up to a large page. What is left of the one before is
 * lost: less than one object. */
static int add_chunk(macaw_arena *arena)
{
    size_t size = arena->chunks != NULL ? 2 * arena->chunks->size : CHUNK_MIN;

    size = size < MACAW_PAGES_HUGE ? size : MACAW_PAGES_HUGE;
    macaw_arena_chunk *chunk = macaw_pages_new(size);
    if (chunk == NULL) {
        return -1;
    }
    *chunk = (macaw_arena_chunk){arena->chunks, size};
    arena->chunks = chunk;
    arena->at = (uint8_t *)chunk + HEADER;
    arena->left = size - HEADER;
    return 0;
}

void *macaw_arena_take(macaw_arena *arena, size_t size)
{
    size_t room = round_up(size);

    if (size > MACAW_ARENA_LARGE) {
        return malloc(size);
    }
    void **freed = &arena->freed[room / MACAW_ARENA_UNIT];
    if (*freed != NULL) {
        void *object = *freed;
        memcpy(freed, object, sizeof *freed);
        return object;
    }
    if (arena->left < room && add_chunk(arena) != 0) {
        return NULL;
    }
    void *object = arena->at;
    arena->at += room;
    arena->left -= room;
    return object;
}

void macaw_arena_give(macaw_arena *arena, void *object, size_t size)
{
    if (size > MACAW_ARENA_LARGE) {
        free(object);
        return;
    }
    void **freed = &arena->freed[round_up(size) / MACAW_ARENA_UNIT];
    memcpy(object, freed, sizeof *freed);
    *freed = object;
}

void macaw_arena_end(macaw_arena *arena)
{
    for (macaw_arena_chunk *chunk = arena->chunks, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        macaw_pages_free(chunk, chunk->size);
    }
    *arena = (macaw_arena){0};
}

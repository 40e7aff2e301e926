/* Small objects of many sizes, packed without headers: an object costs its size
 * rounded up, and neighbours share cache lines and pages. */
#ifndef MACAW_PRIM_ARENA_H
#define MACAW_PRIM_ARENA_H

#include <stddef.h>
#include <stdint.h>

#define MACAW_ARENA_UNIT  16 /* sizes are rounded up to it, objects aligned to it */
#define MACAW_ARENA_LARGE 512 /* larger objects come from the heap */

typedef struct macaw_arena_chunk {
    struct macaw_arena_chunk *next;
    size_t size; /* with this header */
} macaw_arena_chunk;

/* All zeros is an empty arena. */
typedef struct macaw_arena {
    macaw_arena_chunk *chunks;
    uint8_t *at; /* free bytes of the newest chunk */
    size_t left;
    void *freed[MACAW_ARENA_LARGE / MACAW_ARENA_UNIT + 1]; /* lists, by size */
} macaw_arena;

void *macaw_arena_take(macaw_arena *arena, size_t size);
void macaw_arena_give(macaw_arena *arena, void *object, size_t size);

/* Release everything but large objects, which the owner gives back first. */
void macaw_arena_end(macaw_arena *arena);

#endif

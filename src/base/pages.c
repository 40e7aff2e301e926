#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { HEAP_MAX = 64 * 1024, ALIGN = 64 }; /* bytes; below, the heap is cheaper */

static size_t round_up(size_t n, size_t unit)
{
    return (n + unit - 1) / unit * unit;
}

static void *from_heap(size_t bytes)
{
    size_t room = round_up(bytes, ALIGN);
    void *p = aligned_alloc(ALIGN, room);

    if (p != NULL) {
        memset(p, 0, room);
    }
    return p;
}

static void *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return p != MAP_FAILED ? p : NULL;
}

/* Large pages lie at multiples of their size: map one more and cut off both ends. */
static void *map_huge(size_t bytes)
{
    uint8_t *p = map(bytes + MACAW_PAGES_HUGE);

    if (p == NULL) {
        return NULL;
    }
    size_t before = (MACAW_PAGES_HUGE - (uintptr_t)p % MACAW_PAGES_HUGE) % MACAW_PAGES_HUGE;
    if (before > 0) {
        (void)munmap(p, before);
    }
    (void)munmap(p + before + bytes, MACAW_PAGES_HUGE - before);
    (void)madvise(p + before, bytes, MADV_HUGEPAGE);
    return p + before;
}

void *macaw_pages_new(size_t bytes)
{
    if (bytes > SIZE_MAX / 2) {
        return NULL;
    }
    if (bytes <= HEAP_MAX) {
        return from_heap(bytes);
    }
    return bytes < MACAW_PAGES_HUGE ? map(bytes) : map_huge(round_up(bytes, MACAW_PAGES_HUGE));
}

void macaw_pages_free(void *pages, size_t bytes)
{
    if (bytes <= HEAP_MAX) {
        free(pages);
    } else if (pages != NULL) {
        (void)munmap(pages, bytes < MACAW_PAGES_HUGE ? bytes : round_up(bytes, MACAW_PAGES_HUGE));
    }
}

void macaw_pages_drop(void *pages, size_t at, size_t n)
{
    (void)madvise((uint8_t *)pages + at, n, MADV_DONTNEED);
}

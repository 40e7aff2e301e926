/* For sanitizer builds, included before every file of the module: allocations
 * from nginx's pools become allocations of their own, freed with the pool, so
 * that AddressSanitizer sees where each one ends. In a pool, small allocations
 * lie side by side and an overflow of one hits the next unseen. */
#ifndef MACAW_TESTS_POOL_MALLOC_H
#define MACAW_TESTS_POOL_MALLOC_H

#include <ngx_config.h>
#include <ngx_core.h>

#include <stdlib.h>

static inline void *macaw_pool_malloc(ngx_pool_t *pool, size_t size)
{
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(pool, 0);
    void *p = cleanup == NULL ? NULL : malloc(size);

    if (p != NULL) {
        cleanup->handler = free;
        cleanup->data = p;
    }
    return p;
}

static inline void *macaw_pool_calloc(ngx_pool_t *pool, size_t size)
{
    void *p = macaw_pool_malloc(pool, size);

    return p == NULL ? NULL : memset(p, 0, size);
}

#define ngx_palloc(pool, size)  macaw_pool_malloc(pool, size)
#define ngx_pnalloc(pool, size) macaw_pool_malloc(pool, size)
#define ngx_pcalloc(pool, size) macaw_pool_calloc(pool, size)

#endif

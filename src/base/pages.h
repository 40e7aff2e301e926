/* Memory from the system that is zero when it is first touched, so that a large
 * array costs nothing before it is used. */
#ifndef MACAW_BASE_PAGES_H
#define MACAW_BASE_PAGES_H

#include <stddef.h>

#define MACAW_PAGES_HUGE ((size_t)2 << 20) /* from this size on, few and large pages if there are */

/* bytes of zeros, aligned to 64 or better, or NULL. */
void *macaw_pages_new(size_t bytes);

/* The bytes given when it was made. NULL is a no-op. */
void macaw_pages_free(void *pages, size_t bytes);

/* Give n bytes in the middle back; they are zero when read again. Both at and n
 * are multiples of MACAW_PAGES_HUGE. */
void macaw_pages_drop(void *pages, size_t at, size_t n);

#endif

/* Mutexes in memory shared by processes, whose owner may be killed. */
#ifndef MACAW_BASE_ROBUST_H
#define MACAW_BASE_ROBUST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <macaw/status.h>

int macaw_robust_init(pthread_mutex_t *lock) MACAW_MUST_USE;

/* Take it, also from an owner that died, which adds one to *owner_deaths: what it
 * guards may be half changed. False: its memory is damaged, leave it alone. */
bool macaw_robust_lock(pthread_mutex_t *lock, uint64_t *owner_deaths) MACAW_MUST_USE;
void macaw_robust_unlock(pthread_mutex_t *lock);

#endif

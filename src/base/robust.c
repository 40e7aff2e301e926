#include "base/robust.h"

#include <errno.h>

int macaw_robust_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;
    int failed = pthread_mutexattr_init(&attr);

    if (failed) {
        return MACAW_ENOMEM;
    }
    failed = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) ||
             pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) ||
             pthread_mutex_init(lock, &attr);
    (void)pthread_mutexattr_destroy(&attr);
    return failed ? MACAW_EUNAVAILABLE : MACAW_OK;
}

bool macaw_robust_lock(pthread_mutex_t *lock, uint64_t *owner_deaths)
{
    int failed = pthread_mutex_lock(lock);

    if (failed == EOWNERDEAD) {
        failed = pthread_mutex_consistent(lock);
        ++*owner_deaths;
    }
    return failed == 0;
}

void macaw_robust_unlock(pthread_mutex_t *lock)
{
    (void)pthread_mutex_unlock(lock);
}

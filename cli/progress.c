#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 30 };

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void cli_progress_start(cli_progress *p, uint64_t total)
{
    double now = seconds();

    p->on = isatty(STDERR_FILENO) == 1;
    p->shown = false;
    p->total = total;
    p->start = now;
    p->next = now + 1;
    pthread_mutex_init(&p->lock, NULL);
    atomic_init(&p->done, 0);
}

static void print(const cli_progress *p, uint64_t done, double now)
{
    double rate = (double)done / 1e6 / (now - p->start);
    char bar[BAR + 1] = "";

    if (p->total < done || p->total == 0) {
        fprintf(stderr, "\r\033[K%llu MB, %.0f MB/s", (unsigned long long)(done / 1000000), rate);
        return;
    }
    double part = (double)done / (double)p->total;
    memset(bar, '#', (size_t)(part * BAR));
    fprintf(stderr, "\r\033[K[%-*s] %3.0f %% of %llu MB, %.0f MB/s", BAR, bar, part * 100,
            (unsigned long long)(p->total / 1000000), rate);
}

void cli_progress_add(cli_progress *p, uint64_t bytes)
{
    uint64_t done = atomic_fetch_add_explicit(&p->done, bytes, memory_order_relaxed) + bytes;

    if (!p->on || pthread_mutex_trylock(&p->lock) != 0) {
        return;
    }
    double now = seconds();
    if (now >= p->next) {
        p->next = now + 0.2;
        p->shown = true;
        print(p, done, now);
    }
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_clear(cli_progress *p)
{
    if (!p->on) {
        return;
    }
    pthread_mutex_lock(&p->lock);
    if (p->shown) {
        fputs("\r\033[K", stderr);
        p->shown = false;
    }
    pthread_mutex_unlock(&p->lock);
}

void cli_progress_end(cli_progress *p)
{
    cli_progress_clear(p);
    pthread_mutex_destroy(&p->lock);
}

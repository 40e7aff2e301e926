/* How far long work is: one line on standard error, where that is a terminal, and
 * nothing elsewhere. Any thread may add. */
#ifndef MACAW_CLI_PROGRESS_H
#define MACAW_CLI_PROGRESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct cli_progress {
    bool on;        /* standard error is a terminal */
    bool shown;     /* a line stands there */
    uint64_t total; /* bytes, 0: unknown */
    double start;
    double next; /* seconds, when to print again */
    pthread_mutex_t lock;
    _Atomic uint64_t done;
} cli_progress;

void cli_progress_start(cli_progress *p, uint64_t total);
void cli_progress_add(cli_progress *p, uint64_t bytes);

/* Take the line away, so that something else can be printed. */
void cli_progress_clear(cli_progress *p);
void cli_progress_end(cli_progress *p);

#endif

/* bench.h: two ways of doing the same thing, timed in turn.
 *
 * Windows A B A B, each long enough to time and short enough that both sides of
 * a pair see the same machine; the ratio is taken pair by pair, and the median
 * over many pairs is reported with its quartiles. Windows count the thread's own
 * CPU time, so that a neighbour who takes the CPU away costs nothing.
 *
 * Every result is one line of JSON on standard output; the runner reads those. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

/* One side: run does its work n times. */
typedef struct bench_side {
    void (*run)(void *arg, size_t n);
    void *arg;
} bench_side;

typedef struct bench_result {
    double mine_ns, peer_ns; /* medians, for one */
    double ratio, low, high; /* peer_ns / mine_ns: median and quartiles; over 1, mine is faster */
} bench_result;

/* What a row says besides its figures. Texts hold no quote and no backslash. */
typedef struct bench_row {
    const char *what;
    const char *against; /* the other side's name and version */
    double bar;          /* the ratio to reach; 0: shown for comparison only */
} bench_row;

/* Stay on one CPU: the one BENCH_CPU names, else the last one allowed. */
void bench_pin(void);

void bench_compare(const bench_side *mine, const bench_side *peer, bench_result *ret);

/* The same for sides that take long or use threads: elapsed time of one run each,
 * rounds times in turn. */
void bench_compare_elapsed(const bench_side *mine, const bench_side *peer, size_t rounds,
                           bench_result *ret);

void bench_print(const bench_row *row, const bench_result *result);

/* A row that could not be measured, and why. */
void bench_print_absent(const char *what, const char *why);

/* Say on standard error what failed, and exit with status 1. */
_Noreturn void bench_fail(const char *what, const char *why);

/* Bytes that are the same on every run. */
void bench_fill(uint8_t *out, size_t len, uint32_t seed);

#endif

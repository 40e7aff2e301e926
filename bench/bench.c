#include "bench.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAIRS     151
#define WARM_UP   20
#define WINDOW_NS 150000.0

_Noreturn void bench_fail(const char *what, const char *why)
{
    (void)fprintf(stderr, "bench: %s: %s\n", what, why);
    exit(1);
}

void bench_pin(void)
{
    const char *wanted = getenv("BENCH_CPU");
    cpu_set_t set;
    int cpu = CPU_SETSIZE - 1;

    if (wanted != NULL) {
        cpu = atoi(wanted);
    } else if (sched_getaffinity(0, sizeof set, &set) == 0) {
        while (cpu > 0 && !CPU_ISSET((size_t)cpu, &set)) {
            cpu--;
        }
    }
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        bench_fail("BENCH_CPU", "no such processor");
    }
}

void bench_fill(uint8_t *out, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525u + 1013904223u;
        out[i] = (uint8_t)(seed >> 24);
    }
}

static double clock_ns(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double timed(const bench_side *side, size_t n, clockid_t clock)
{
    double start = clock_ns(clock);

    side->run(side->arg, n);
    return (clock_ns(clock) - start) / (double)n;
}

static double window(const bench_side *side, size_t n)
{
    return timed(side, n, CLOCK_THREAD_CPUTIME_ID);
}

/* How often a side has to run to fill a window. */
static size_t calibrate(const bench_side *side)
{
    size_t n = 1;

    while (window(side, n) * (double)n < WINDOW_NS && n < (size_t)1 << 30) {
        n *= 2;
    }
    return n;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double quantile(double *values, size_t n, double q)
{
    qsort(values, n, sizeof *values, ascending);
    return values[(size_t)(q * (double)(n - 1) + 0.5)];
}

/* What n pairs of times say; they are sorted on the way. */
static void summarize(double *mine, double *peer, size_t n, bench_result *ret)
{
    static double ratios[PAIRS];

    for (size_t i = 0; i < n; i++) {
        ratios[i] = peer[i] / mine[i];
    }
    ret->mine_ns = quantile(mine, n, 0.5);
    ret->peer_ns = quantile(peer, n, 0.5);
    ret->ratio = quantile(ratios, n, 0.5);
    ret->low = quantile(ratios, n, 0.25);
    ret->high = quantile(ratios, n, 0.75);
}

void bench_compare(const bench_side *mine, const bench_side *peer, bench_result *ret)
{
    static double a[PAIRS], b[PAIRS];
    size_t n_mine = calibrate(mine), n_peer = calibrate(peer);

    for (size_t i = 0; i < WARM_UP; i++) {
        (void)window(mine, n_mine);
        (void)window(peer, n_peer);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        a[i] = window(mine, n_mine);
        b[i] = window(peer, n_peer);
    }
    summarize(a, b, PAIRS, ret);
}

void bench_compare_elapsed(const bench_side *mine, const bench_side *peer, size_t rounds,
                           bench_result *ret)
{
    static double a[PAIRS], b[PAIRS];

    rounds = rounds < PAIRS ? rounds : PAIRS;
    for (size_t i = 0; i < rounds; i++) {
        a[i] = timed(mine, 1, CLOCK_MONOTONIC);
        b[i] = timed(peer, 1, CLOCK_MONOTONIC);
    }
    summarize(a, b, rounds, ret);
}

void bench_print(const bench_row *row, const bench_result *r)
{
    (void)printf("{\"what\": \"%s\", \"against\": \"%s\", \"mine_ns\": %.1f, \"peer_ns\": %.1f, "
                 "\"ratio\": %.4f, \"low\": %.4f, \"high\": %.4f, \"bar\": %.2f}\n",
                 row->what, row->against, r->mine_ns, r->peer_ns, r->ratio, r->low, r->high,
                 row->bar);
    (void)fflush(stdout);
}

void bench_print_absent(const char *what, const char *why)
{
    (void)printf("{\"absent\": \"%s\", \"why\": \"%s\"}\n", what, why);
}

/* The keyed hash table at work, and what chosen keys do to it and to plain ones.
 *
 * 700,000 entries with keys of 16 bytes: look-ups that hit, one by one and in batches
 * of 16; insertions, their average and the longest single one. Then the same number
 * of random keys and of keys that collide under 31 h + c, whatever it begins with,
 * into chained tables with that hash, with that hash from a random seed, and with
 * SipHash, and into the keyed table.
 *
 * One line a figure on standard output: name, value, unit. Times are the thread's own
 * CPU time, medians of many windows; the longest insertion is elapsed time, the least
 * of several tables, since what a neighbour does is only ever added. */
#include <macaw/table.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "bench.h"
#include "prim/siphash.h"

enum { ENTRIES = 700000, KEY = 16, WINDOW = 4096, WINDOWS = 201, BATCH = 16, TABLES = 5 };
enum { FLOOD = 1 << 13, FLOOD_KEY = 26, FLOOD_ROUNDS = 5, CHAINS = 1 << 14 };

static uint8_t keys[ENTRIES][KEY];
static char cell;

static double seconds(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, order);
    return values[n / 2];
}

static void print(const char *name, double value, const char *unit)
{
    printf("%s %.6g %s\n", name, value, unit);
}

static macaw_table *new_table(enum macaw_table_hash hash)
{
    macaw_table *t = NULL;

    if (macaw_table_new(&t, 0, hash) != MACAW_OK) {
        bench_fail("table", "out of memory");
    }
    return t;
}

static void set(macaw_table *t, const void *key, size_t len)
{
    if (macaw_table_set(t, key, len, &cell, NULL) != MACAW_OK) {
        bench_fail("table", "cannot insert");
    }
}

/* ---- memory ---- */

enum { LINES = 1 << 19, LINE = 64, STEPS = 1 << 20 };

/* What one access to memory of the table's size costs where the next depends on it:
 * no look-up can be faster, except by overlapping with another. */
static void measure_memory(void)
{
    uint32_t *lines = calloc(LINES, LINE);
    uint32_t at = 0;

    if (lines == NULL) {
        bench_fail("memory", "out of memory");
    }
    for (uint32_t i = 0; i < LINES; i++) { /* a full cycle (Knuth 3.2.1.2) */
        lines[i * (LINE / 4)] = (i * 1664525u + 1013904223u) % LINES;
    }
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < STEPS; i++) {
        at = lines[at * (LINE / 4)];
    }
    double took = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    *(volatile uint32_t *)lines = at;
    free(lines);
    print("memory.access", took * 1e9 / STEPS, "ns");
}

/* ---- 700,000 entries ---- */

/* Keys that are in the table, where a caller has them: at hand, in a row. */
static void some_keys(uint8_t (*ret)[KEY], uint64_t *seed)
{
    for (size_t i = 0; i < WINDOW; i++) {
        *seed = *seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(ret[i], keys[(*seed >> 33) % ENTRIES], KEY);
    }
}

static double single(const macaw_table *t, uint64_t *seed)
{
    static uint8_t wanted[WINDOW][KEY];
    size_t hits = 0;

    some_keys(wanted, seed);
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < WINDOW; i++) {
        hits += macaw_table_get(t, wanted[i], KEY) == &cell;
    }
    double took = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    return hits == WINDOW ? took * 1e9 / WINDOW : -1;
}

static double batch(const macaw_table *t, uint64_t *seed)
{
    static uint8_t bytes[WINDOW][KEY];
    macaw_table_key wanted[WINDOW];
    void *values[WINDOW];
    size_t hits = 0;

    some_keys(bytes, seed);
    for (size_t i = 0; i < WINDOW; i++) {
        wanted[i] = (macaw_table_key){bytes[i], KEY};
    }
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (size_t i = 0; i < WINDOW; i += BATCH) {
        macaw_table_get_many(t, wanted + i, BATCH, values + i);
    }
    double took = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    for (size_t i = 0; i < WINDOW; i++) {
        hits += values[i] == &cell;
    }
    return hits == WINDOW ? took * 1e9 / WINDOW : -1;
}

static void look_up(const macaw_table *t, const char *hash)
{
    static double ones[WINDOWS], batches[WINDOWS];
    uint64_t seed = 1;
    char name[64];

    for (size_t w = 0; w < WINDOWS; w++) {
        ones[w] = single(t, &seed);
        batches[w] = batch(t, &seed);
    }
    snprintf(name, sizeof name, "table.%s.single", hash);
    print(name, median(ones, WINDOWS), "ns");
    snprintf(name, sizeof name, "table.%s.batch", hash);
    print(name, median(batches, WINDOWS), "ns");
}

/* Fill a table; *longest is the time of the slowest insertion. */
static macaw_table *fill(enum macaw_table_hash hash, double *average, double *longest)
{
    macaw_table *t = new_table(hash);
    double start = seconds(CLOCK_MONOTONIC), before = start;

    *longest = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        set(t, keys[i], KEY);
        double now = seconds(CLOCK_MONOTONIC);
        *longest = now - before > *longest ? now - before : *longest;
        before = now;
    }
    *average = (before - start) / ENTRIES;
    return t;
}

static void measure_hash(enum macaw_table_hash hash, const char *name)
{
    double average[TABLES], longest[TABLES];
    char text[64];

    for (size_t i = 0; i < TABLES; i++) {
        macaw_table *t = fill(hash, &average[i], &longest[i]);
        if (i == 0) {
            look_up(t, name);
        }
        macaw_table_free(t);
    }
    snprintf(text, sizeof text, "table.%s.insert", name);
    print(text, median(average, TABLES) * 1e9, "ns");
    (void)median(longest, TABLES);
    snprintf(text, sizeof text, "table.%s.longest_insert", name);
    print(text, longest[0] * 1e6, "us");
}

/* ---- floods ---- */

typedef uint64_t chain_hash(const void *seed, const char *key);

typedef struct chain_node {
    struct chain_node *next;
    const char *key;
} chain_node;

static uint64_t times31(const void *seed, const char *key)
{
    uint32_t h = *(const uint32_t *)seed;

    for (size_t i = 0; i < FLOOD_KEY; i++) {
        h = 31 * h + (uint8_t)key[i];
    }
    return h;
}

static uint64_t siphash(const void *seed, const char *key)
{
    uint64_t h;

    macaw_siphash_whole(seed, key, FLOOD_KEY, (uint8_t *)&h);
    return h;
}

static double fill_chains(chain_hash *hash, const void *seed, char (*flood)[FLOOD_KEY])
{
    static chain_node nodes[FLOOD];
    static chain_node *heads[CHAINS];
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    memset(heads, 0, sizeof heads);
    for (size_t i = 0; i < FLOOD; i++) {
        chain_node **at = &heads[hash(seed, flood[i]) % CHAINS];
        while (*at != NULL && memcmp((*at)->key, flood[i], FLOOD_KEY) != 0) {
            at = &(*at)->next;
        }
        if (*at == NULL) {
            nodes[i] = (chain_node){.key = flood[i]};
            *at = &nodes[i];
        }
    }
    return (seconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / FLOOD;
}

static double fill_table(char (*flood)[FLOOD_KEY])
{
    macaw_table *t = new_table(MACAW_TABLE_SIPHASH_2_4);
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    for (size_t i = 0; i < FLOOD; i++) {
        set(t, flood[i], FLOOD_KEY);
    }
    double took = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
    macaw_table_free(t);
    return took * 1e9 / FLOOD;
}

/* Aa and BB are the same to 31 h + c, from any h; so are all strings of them. */
static void make_flood(char (*attack)[FLOOD_KEY], char (*random)[FLOOD_KEY])
{
    for (size_t i = 0; i < FLOOD; i++) {
        for (size_t b = 0; b < FLOOD_KEY / 2; b++) {
            memcpy(attack[i] + 2 * b, (i >> b & 1) != 0 ? "Aa" : "BB", 2);
        }
        bench_fill((uint8_t *)random[i], FLOOD_KEY, (uint32_t)i);
    }
}

static double flood_once(size_t table, char (*flood)[FLOOD_KEY])
{
    uint32_t none = 0, seed = 0;
    uint8_t key[MACAW_SIPHASH_KEY_LEN];
    macaw_siphash keyed;

    if (macaw_random(&seed, sizeof seed) != MACAW_OK ||
        macaw_random(key, sizeof key) != MACAW_OK) {
        bench_fail("flood", "no random bytes");
    }
    macaw_siphash_start(&keyed, key, 2, 4, 8);
    switch (table) {
    case 0:
        return fill_chains(times31, &none, flood);
    case 1:
        return fill_chains(times31, &seed, flood);
    case 2:
        return fill_chains(siphash, &keyed, flood);
    default:
        return fill_table(flood);
    }
}

static void measure_floods(void)
{
    static const char *const names[] = {"unkeyed", "seeded", "siphash", "table"};
    static char attack[FLOOD][FLOOD_KEY], random[FLOOD][FLOOD_KEY];
    char text[64];

    make_flood(attack, random);
    for (size_t n = 0; n < sizeof names / sizeof names[0]; n++) {
        double chosen[FLOOD_ROUNDS], plain[FLOOD_ROUNDS];
        for (size_t r = 0; r < FLOOD_ROUNDS; r++) {
            chosen[r] = flood_once(n, attack);
            plain[r] = flood_once(n, random);
        }
        snprintf(text, sizeof text, "flood.%s.attack", names[n]);
        print(text, median(chosen, FLOOD_ROUNDS), "ns");
        snprintf(text, sizeof text, "flood.%s.random", names[n]);
        print(text, median(plain, FLOOD_ROUNDS), "ns");
    }
}

int main(void)
{
    bench_pin();
    bench_fill(&keys[0][0], sizeof keys, 1);
    measure_memory();
    measure_hash(MACAW_TABLE_SIPHASH_2_4, "2_4");
    measure_hash(MACAW_TABLE_SIPHASH_1_3, "1_3");
    measure_floods();
    return 0;
}

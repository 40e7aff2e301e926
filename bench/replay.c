/* The replay table at work: claims a second, bytes an entry, refusals.
 *
 *     replay [ENTRIES]      10,000,000 if not given
 *
 * A stream of fresh messages fills a table of macaw_replay_size(ENTRIES) bytes and
 * goes on at the rate that keeps ENTRIES live, so that every measured claim
 * overwrites an expired entry somewhere in memory. Claims one by one and in
 * batches take turns in short windows, counted in CPU time, and the median counts.
 * One line a figure on standard output: name, value, unit. */
#include <macaw/replay.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW = 300, BATCH = 32, CHUNK = 1 << 16, PAIRS = 31, PROCESSES = 4, ROUNDS = 32 };

#define START 1700000000u

struct message {
    uint8_t mac[32];
};

struct stream {
    macaw_replay *table;
    uint64_t rate; /* messages a second of the stream's own time */
    uint64_t next; /* number of the next message */
    uint64_t step; /* to the one after it */
    uint64_t refused;
};

static double seconds(clockid_t clock)
{
    struct timespec t;

    (void)clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* What the gateway claims: scheme, fingerprint of the secret, MAC. */
static macaw_claim_id next_id(struct stream *s, struct message *m)
{
    static const uint8_t scheme[] = "x-authorization", fingerprint[8] = { 1, 2, 3 };

    for (uint64_t i = 0; i < 4; i++) {
        uint64_t word = mix(4 * s->next + i + 1);
        memcpy(m->mac + 8 * i, &word, sizeof word);
    }
    macaw_claim_id id = {
        .part = { { scheme, sizeof scheme - 1 },
                  { fingerprint, sizeof fingerprint },
                  { m->mac, sizeof m->mac } },
        .parts = 3,
        .timestamp = START + (uint32_t)(s->next / s->rate),
    };
    s->next += s->step;
    return id;
}

static void claim_single(struct stream *s, size_t n)
{
    struct message m;

    for (size_t i = 0; i < n; i++) {
        macaw_claim_id id = next_id(s, &m);
        s->refused += macaw_replay_claim(s->table, &id, id.timestamp) != MACAW_CLAIM_NEW;
    }
}

static void claim_batches(struct stream *s, size_t n)
{
    struct message m[BATCH];
    macaw_claim_id ids[BATCH];
    uint8_t verdicts[BATCH];

    for (size_t i = 0; i < n; i += BATCH) {
        for (size_t k = 0; k < BATCH; k++) {
            ids[k] = next_id(s, &m[k]);
        }
        if (macaw_replay_claim_many(s->table, ids, BATCH, ids[0].timestamp, verdicts) != 0) {
            s->refused += BATCH;
            continue;
        }
        for (size_t k = 0; k < BATCH; k++) {
            s->refused += verdicts[k] != MACAW_CLAIM_NEW;
        }
    }
}

typedef void claim_fn(struct stream *s, size_t n);

static double claims_per_second(claim_fn *claim, struct stream *s)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    claim(s, CHUNK);
    return CHUNK / (seconds(CLOCK_THREAD_CPUTIME_ID) - start);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static void measure_one_process(struct stream *s)
{
    double single[PAIRS], batch[PAIRS], ratio[PAIRS];

    for (size_t i = 0; i < PAIRS; i++) {
        single[i] = claims_per_second(claim_single, s);
        batch[i] = claims_per_second(claim_batches, s);
        ratio[i] = batch[i] / single[i];
    }
    printf("replay.claims.single %.0f claims/s\n", median(single, PAIRS));
    printf("replay.claims.batch32 %.0f claims/s\n", median(batch, PAIRS));
    printf("replay.claims.batch32_to_single %.2f ratio\n", median(ratio, PAIRS));
}

/* What a process tells the one that started it. */
struct report {
    double claims_per_second; /* of its own CPU time */
    uint64_t refused;
};

/* Each process claims its share of the messages, numbers k modulo PROCESSES. */
static void work(struct stream s, uint64_t k, claim_fn *claim, struct report *report)
{
    double start = seconds(CLOCK_THREAD_CPUTIME_ID);

    s.next += k;
    s.step = PROCESSES;
    s.refused = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        claim(&s, CHUNK);
    }
    report->claims_per_second =
        (double)ROUNDS * CHUNK / (seconds(CLOCK_THREAD_CPUTIME_ID) - start);
    report->refused = s.refused;
    _exit(0);
}

static int measure_processes(struct stream *s, claim_fn *claim, const char *name,
                             struct report *reports)
{
    double start = seconds(CLOCK_MONOTONIC), cpu = 0;

    (void)fflush(stdout);
    for (uint64_t k = 0; k < PROCESSES; k++) {
        pid_t child = fork();
        if (child < 0) {
            return -1;
        }
        if (child == 0) {
            work(*s, k, claim, &reports[k]);
        }
    }
    for (unsigned k = 0; k < PROCESSES; k++) {
        int wait_status;
        if (wait(&wait_status) < 0 || wait_status != 0) {
            return -1;
        }
    }
    double elapsed = seconds(CLOCK_MONOTONIC) - start;
    for (unsigned k = 0; k < PROCESSES; k++) {
        cpu += reports[k].claims_per_second;
        s->refused += reports[k].refused;
    }
    s->next += (uint64_t)PROCESSES * ROUNDS * CHUNK;
    printf("replay.claims.%s %.0f claims/s\n", name, (double)PROCESSES * ROUNDS * CHUNK / elapsed);
    printf("replay.claims.%s_cpu %.0f claims/s\n", name, cpu);
    return 0;
}

static void *shared_memory(size_t size)
{
    void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (mem == MAP_FAILED) {
        fprintf(stderr, "replay: %zu bytes of shared memory: %s\n", size, strerror(errno));
        exit(3);
    }
    return mem;
}

static int run(uint64_t entries)
{
    size_t size = macaw_replay_size(entries);
    struct report *reports = shared_memory(PROCESSES * sizeof *reports);
    struct stream s = { .rate = entries / (WINDOW + 1) + 1, .step = 1 };
    macaw_replay_stats stats;

    if (macaw_replay_init(&s.table, shared_memory(size), size, WINDOW, 0) != MACAW_OK) {
        fprintf(stderr, "replay: cannot make a table of %zu bytes\n", size);
        return 3;
    }
    while (s.next < entries + s.rate) {
        claim_batches(&s, CHUNK);
    }
    macaw_replay_stat(s.table, START + (uint32_t)((s.next - 1) / s.rate), &stats);
    printf("replay.live %" PRIu64 " entries\n", stats.live);
    printf("replay.load %.3f ratio\n", (double)stats.live / (double)stats.capacity);
    printf("replay.bytes_per_entry %.2f bytes\n", (double)size / (double)entries);
    measure_one_process(&s);
    if (measure_processes(&s, claim_single, "4_processes", reports) != 0 ||
        measure_processes(&s, claim_batches, "4_processes_batch32", reports) != 0) {
        fprintf(stderr, "replay: a process failed\n");
        return 3;
    }
    printf("replay.refused %" PRIu64 " claims\n", s.refused);
    macaw_replay_detach(s.table);
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t entries = 10000000;

    if (argc == 2) {
        entries = strtoull(argv[1], NULL, 10);
    }
    if (argc > 2 || entries < 100000 || entries > 1000000000) {
        fprintf(stderr, "usage: replay [ENTRIES], 100000 to 1000000000\n");
        return 2;
    }
    return run(entries);
}

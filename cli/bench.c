/* macaw bench: how fast each kernel of each algorithm is on this CPU. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <macaw/mac.h>

#include "cli.h"
#include "json_out.h"

enum { OPTION_JSON = 256, SIZES = 4, ROUNDS = 7, LONGEST = 16384, KEY_MAX = 256, NONCE_MAX = 64 };

static const size_t sizes[SIZES] = {16, 100, 1024, LONGEST};
static const double round_seconds = 0.004;

static const cli_option options[] = {
    {OPTION_JSON, "json", NULL, "as JSON"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "bench",
    "[--json] [ALG...]",
    "Measure tagging one message at a time on one core: nanoseconds for short messages,\n"
    "MB/s for 16 KiB, the best of several rounds. Without ALG, all algorithms.",
    options,
};

typedef struct subject {
    const macaw_alg *alg;
    const macaw_key *key;
    uint8_t data[LONGEST];
    uint8_t nonce[NONCE_MAX];
} subject;

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Seconds for count messages; negative where tagging fails. */
static double time_round(const subject *s, size_t size, size_t count)
{
    const macaw_msg msg = {
        .nonce = s->alg->nonce_len > 0 ? s->nonce : NULL, .data = s->data, .len = size};
    uint8_t tag[MACAW_TAG_MAX];
    double start = seconds();

    for (size_t i = 0; i < count; i++) {
        if (macaw_tag(s->key, &msg, tag, macaw_key_tag_len(s->key)) != MACAW_OK) {
            return -1;
        }
    }
    return seconds() - start;
}

/* Nanoseconds a message: the best round, since noise only ever adds. */
static double measure(const subject *s, size_t size)
{
    size_t count = 1;
    double best = 0;
    double took;

    while ((took = time_round(s, size, count)) >= 0 && took < round_seconds) {
        count *= 2;
    }
    for (int i = 0; i < ROUNDS && took >= 0; i++) {
        double each = took / (double)count * 1e9;
        best = i == 0 || each < best ? each : best;
        took = time_round(s, size, count);
    }
    return best;
}

/* One row, on the table or the list. */
static void measure_kernel(subject *s, json_t *list)
{
    double ns[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        ns[i] = measure(s, sizes[i]);
    }
    double rate = ns[SIZES - 1] > 0 ? LONGEST / ns[SIZES - 1] * 1e3 : 0;
    if (list == NULL) {
        printf("%-16s %-12s %9.0f %9.0f %9.0f %9.0f\n", s->alg->name, macaw_key_kernel(s->key),
               ns[0], ns[1], ns[2], rate);
        fflush(stdout);
        return;
    }
    json_array_append_new(list,
                          json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "algorithm", s->alg->name,
                                    "kernel", macaw_key_kernel(s->key), "ns_16", ns[0], "ns_100",
                                    ns[1], "ns_1024", ns[2], "mb_per_s_16384", rate));
}

/* Fixed-size and one-time keys cannot be measured with one key and many sizes. */
static bool is_measurable(const macaw_alg *alg)
{
    return (alg->flags & (MACAW_ALG_FIXED | MACAW_ALG_ONE_TIME)) == 0;
}

static int measure_alg(subject *s, const macaw_alg *alg, json_t *list)
{
    static const uint8_t secret[KEY_MAX] = {1};
    size_t len = alg->key_safe < alg->key_max ? alg->key_safe : alg->key_max;
    const char *kernel;

    s->alg = alg;
    for (size_t i = 0; (kernel = macaw_alg_kernel(alg, i)) != NULL; i++) {
        const macaw_key_opts opts = {.kernel = kernel};
        macaw_key *key;
        int status = macaw_key_new(&key, alg, secret, len, &opts);
        if (status == MACAW_EUNAVAILABLE) {
            continue;
        }
        if (status != MACAW_OK) {
            return cli_fail_status(alg->name, status);
        }
        s->key = key;
        measure_kernel(s, list);
        macaw_key_free(key);
    }
    return CLI_DONE;
}

static int measure_named(subject *s, int count, char **names, json_t *list)
{
    int status = CLI_DONE;

    for (int i = 0; i < count && status == CLI_DONE; i++) {
        const macaw_alg *alg = macaw_alg_find(names[i]);
        if (alg == NULL || !is_measurable(alg)) {
            return cli_fail(CLI_WRONG, names[i],
                            alg == NULL
                                ? "unknown algorithm; see macaw algorithms"
                                : "a key of it is for one message or one size: not measured");
        }
        status = measure_alg(s, alg, list);
    }
    return status;
}

static int measure_all(subject *s, json_t *list)
{
    const macaw_alg *alg;
    int status = CLI_DONE;

    for (size_t i = 0; status == CLI_DONE && (alg = macaw_alg_at(i)) != NULL; i++) {
        if (is_measurable(alg)) {
            status = measure_alg(s, alg, list);
        }
    }
    return status;
}

static int run(int count, char **names, bool json)
{
    subject *s = calloc(1, sizeof *s);
    json_t *list = json ? json_array() : NULL;
    int status;

    if (s == NULL || (json && list == NULL)) {
        free(s);
        return cli_fail(CLI_FAILED, "bench", "out of memory");
    }
    if (!json) {
        printf("%-16s %-12s %9s %9s %9s %9s\n", "ALGORITHM", "KERNEL", "ns/16 B", "ns/100 B",
               "ns/1 KiB", "MB/s 16K");
    }
    status = count > 0 ? measure_named(s, count, names, list) : measure_all(s, list);
    free(s);
    if (json && status == CLI_DONE) {
        return cli_print_json(json_pack("{s:o}", "kernels", list));
    }
    json_decref(list);
    return status;
}

int cli_bench(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    bool json = false;
    int code;

    while ((code = cli_next_option(&args)) > 0) {
        json = true;
    }
    if (code < 0) {
        return args.status;
    }
    return run(cli_operand_count(&args), cli_operands(&args), json);
}

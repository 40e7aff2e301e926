/* Card 13: a comparison that stops early tells how far it got. Each byte is found by
 * timing all 256, in rounds, so that whatever else the machine does hits all alike; the
 * faster half of a byte's rounds counts. If no byte stands out, the one before was wrong. An
 * attempt that fails proves something only where a tag that is known can be recovered
 * before and after it, in the same process; if that is too rare, the machine is too busy, and the
 * run an error. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/steps.h"
#include "harness/attacker.h"
#include "worlds/compare.h"

enum {
    LEN = LAB_COMPARE_LEN,
    BYTES = 256,
    ROUNDS_FIRST = 9,
    ROUNDS_MAX = 72,
    ATTEMPTS = 24,
    STEPS_MAX = 64, /* forward and back, of an attempt */
    CALM = 3,       /* failed attempts on a machine that can time that prove something */
    CALM_BYTES = 3,
    HISTOGRAM = 32, /* bins */
};

typedef struct timing {
    lab_oracle *o;
    uint8_t tag[LEN];
    double sample[BYTES][ROUNDS_MAX]; /* thousandths over the round's median */
    unsigned rounds;
    uint64_t measured;
    size_t progress; /* points below: bytes known after so many timings */
    double when[LAB_POINTS_MAX], known[LAB_POINTS_MAX];
} timing;

/* ---- statistics ---- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sorts. */
static double median(double *list, size_t n)
{
    qsort(list, n, sizeof *list, by_size);
    return n % 2 == 1 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

/* The mean of the smaller half: what disturbs a measurement makes it longer. Sorts. */
static double lower_half(double *list, size_t n)
{
    double sum = 0;

    qsort(list, n, sizeof *list, by_size);
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        sum += list[i];
    }
    return sum / (double)((n + 1) / 2);
}

/* The byte that takes longest, if it stands out of the others by far: by over ten times
 * their spread, and alone. -1: none. */
static int outstanding(timing *t)
{
    double level[BYTES], sorted[BYTES], away[BYTES], list[ROUNDS_MAX];
    int best = 0;

    for (int b = 0; b < BYTES; b++) {
        memcpy(list, t->sample[b], t->rounds * sizeof *list);
        sorted[b] = level[b] = lower_half(list, t->rounds);
        best = level[b] > level[best] ? b : best;
    }
    double middle = median(sorted, BYTES);
    for (int b = 0; b < BYTES; b++) {
        away[b] = fabs(level[b] - middle);
    }
    double spread = median(away, BYTES) + 0.5;
    return level[best] - middle > 10 * spread &&
                   level[best] - middle > 2 * (sorted[BYTES - 2] - middle)
               ? best
               : -1;
}

typedef double samples[2][LAB_COMPARE_SAMPLES];

/* Welch's t of the first n of two series, their slowest tenth left out. */
static double welch(samples series, size_t n)
{
    size_t kept = n - n / 10;
    double mean[2] = {0, 0}, variance[2] = {0, 0}, sorted[LAB_COMPARE_SAMPLES];

    for (int s = 0; s < 2; s++) {
        memcpy(sorted, series[s], n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_size);
        for (size_t i = 0; i < kept; i++) {
            mean[s] += sorted[i] / (double)kept;
        }
        for (size_t i = 0; i < kept; i++) {
            variance[s] += pow(sorted[i] - mean[s], 2) / (double)(kept - 1);
        }
    }
    return (mean[1] - mean[0]) / sqrt((variance[0] + variance[1]) / (double)kept + 1e-9);
}

/* ---- measuring ---- */

typedef bool ask_fn(timing *t, const uint8_t *guesses, double *ret);

static bool ask(timing *t, const char *why, const char *action, const uint8_t *guesses, double *ret)
{
    lab_bytes answer;
    bool done = lab_act(t->o, why, action, (lab_bytes){guesses, (size_t)LEN * BYTES}, &answer);
    lab_reader reader = {answer, true};

    for (int b = 0; done && b < BYTES; b++) {
        ret[b] = (double)lab_get_number(&reader);
    }
    return done && reader.good;
}

static bool ask_times(timing *t, const uint8_t *guesses, double *ret)
{
    return ask(t, "All 256 values of a byte, behind what is known already.", "time", guesses, ret);
}

static bool ask_known(timing *t, const uint8_t *guesses, double *ret)
{
    return ask(t, "The same for a known tag: can this machine tell, just now?", "time-known",
               guesses, ret);
}

/* The values begin elsewhere in each round: the first measurement, or one that crosses a
 * page, is not always the same value's. */
static bool measure_round(timing *t, unsigned at, ask_fn *times)
{
    uint8_t guesses[LEN * BYTES];
    double raw[BYTES], sorted[BYTES];
    unsigned shift = (unsigned)lab_rng_below(lab_coins(t->o), BYTES);

    for (unsigned i = 0; i < BYTES; i++) {
        memcpy(guesses + (size_t)i * LEN, t->tag, LEN);
        guesses[(size_t)i * LEN + at] = (uint8_t)(i + shift);
    }
    if (!times(t, guesses, raw)) {
        return false;
    }
    memcpy(sorted, raw, sizeof sorted);
    double middle = median(sorted, BYTES);
    for (unsigned i = 0; i < BYTES; i++) {
        t->sample[(uint8_t)(i + shift)][t->rounds] = 1000 * (raw[i] / middle - 1);
    }
    t->rounds++;
    t->measured += BYTES;
    return true;
}

/* The byte at a place; -1: it cannot be told. */
static int find_once(timing *t, unsigned at, ask_fn *times)
{
    int found = -1;

    t->rounds = 0;
    for (unsigned goal = ROUNDS_FIRST; found < 0 && goal <= ROUNDS_MAX; goal *= 2) {
        while (t->rounds < goal) {
            if (!measure_round(t, at, times)) {
                return -1;
            }
        }
        found = outstanding(t);
    }
    return found;
}

/* Twice the same from separate measurements, or -1. */
static int find_byte(timing *t, unsigned at, ask_fn *times)
{
    int found = find_once(t, at, times);

    return found >= 0 && find_once(t, at, times) == found ? found : -1;
}

/* ---- the attack ---- */

/* The last point follows what there is no room for. */
static void note_progress(timing *t, unsigned bytes)
{
    size_t at = t->progress < LAB_POINTS_MAX ? t->progress++ : LAB_POINTS_MAX - 1;

    t->when[at] = (double)t->measured;
    t->known[at] = bytes;
}

/* All but the last byte, which nothing comes behind: it is tried. */
static unsigned recover(timing *t)
{
    unsigned at = 0, most = 0;

    for (unsigned step = 0; step < STEPS_MAX && at < LEN - 1; step++) {
        int byte = find_byte(t, at, ask_times);
        if (byte >= 0) {
            t->tag[at++] = (uint8_t)byte;
            most = at > most ? at : most;
        } else if (at == 0) {
            note_progress(t, 0);
            return most;
        } else {
            at--;
        }
        note_progress(t, at);
    }
    return most;
}

static bool try_last(timing *t)
{
    for (int b = 0; b < BYTES; b++) {
        t->tag[LEN - 1] = (uint8_t)b;
        if (lab_hand_in(t->o, "Nothing is compared behind the last byte: try them all.",
                        (lab_bytes){t->tag, LEN})) {
            return true;
        }
    }
    return false;
}

/* How often each time was taken, in bins of one width over both series; the slowest
 * twentieth, which something else disturbed, is left out. */
static void measure_histograms(lab_oracle *o, samples series)
{
    static const char *const names[2] = {"first-byte-wrong", "last-byte-wrong"};
    double both[2 * LAB_COMPARE_SAMPLES], x[HISTOGRAM], counts[2][HISTOGRAM] = {{0}};
    size_t n = 2 * LAB_COMPARE_SAMPLES;

    memcpy(both, series, sizeof both);
    qsort(both, n, sizeof *both, by_size);
    double low = both[0], width = (both[n - n / 20 - 1] - low + 1) / HISTOGRAM;
    for (size_t i = 0; i < HISTOGRAM; i++) {
        x[i] = low + ((double)i + 0.5) * width;
    }
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < LAB_COMPARE_SAMPLES; i++) {
            double bin = (series[s][i] - low) / width;
            if (bin < HISTOGRAM) {
                counts[s][(size_t)bin]++;
            }
        }
        lab_points(o, names[s], x, counts[s], HISTOGRAM);
    }
}

static void measure_growth(lab_oracle *o, samples series)
{
    static const size_t sizes[] = {10, 20, 40, 70, 100, 150, 200, 300, LAB_COMPARE_SAMPLES};
    enum { SIZES = sizeof sizes / sizeof *sizes };
    double x[SIZES], t[SIZES];

    for (size_t i = 0; i < SIZES; i++) {
        x[i] = (double)sizes[i];
        t[i] = fabs(welch(series, sizes[i]));
    }
    lab_points(o, "welch-t", x, t, SIZES);
}

static void test_leak(timing *t)
{
    samples series;
    lab_bytes answer;

    if (lab_act(t->o, "A tester who knows the tag compares the first and the last byte wrong.",
                "leak-test", (lab_bytes){NULL, 0}, &answer)) {
        lab_reader reader = {answer, true};
        for (size_t i = 0; i < (size_t)2 * LAB_COMPARE_SAMPLES; i++) {
            series[i % 2][i / 2] = (double)lab_get_number(&reader);
        }
        lab_measure(t->o, "welch-t", welch(series, LAB_COMPARE_SAMPLES));
        measure_growth(t->o, series);
        measure_histograms(t->o, series);
    }
}

/* Whether the same can be done to a known tag, several bytes of it, just now. */
static bool is_calm(timing *t)
{
    bool calm = true;

    memcpy(t->tag, LAB_COMPARE_KNOWN, LEN);
    for (unsigned at = 0; at < CALM_BYTES && calm; at++) {
        calm = find_byte(t, at, ask_known) == LAB_COMPARE_KNOWN[at];
    }
    memset(t->tag, 0, LEN);
    return calm;
}

static void attack(lab_oracle *o)
{
    timing *t = lab_alloc(o, sizeof *t);
    bool found = false;
    unsigned most = 0;
    int calm = 0;

    t->o = o;
    t->progress = 1; /* nothing is known at the beginning */
    test_leak(t);
    for (int i = 0; i < ATTEMPTS && calm < CALM && !found; i++) {
        bool before = is_calm(t);
        unsigned bytes = recover(t);
        most = bytes > most ? bytes : most;
        found = bytes == LEN - 1 && try_last(t);
        calm += before && !found && is_calm(t) ? 1 : 0;
    }
    if (calm < CALM && !found) {
        lab_attacker_fail(); /* this machine is too busy to say anything */
    }
    lab_measure(o, "bytes", found ? LEN : most);
    lab_measure(o, "timings", (double)t->measured);
    lab_points(o, "bytes", t->when, t->known, t->progress);
    if (found) {
        lab_show_one(o, "the tag, byte by byte", LAB_DERIVED, t->tag, LEN);
    }
}

static const lab_option options[] = {
    {"calls", LAB_NUMBER, "128",
     "comparisons a measurement is the time of, as a slower or repeated one would be", 1, 1 << 20,
     NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "compare-early", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "compare-library",
     .note = "every byte is looked at, whatever the others are"},
    {.role = LAB_HOLDS,
     .construction = "compare-double-hmac",
     .note = "stops early, but at bytes of hashes, that nobody can choose: what stands out is not "
             "the tag"},
    {.role = LAB_HOLDS,
     .construction = "compare-memcmp",
     .note = "this C library compares 16 bytes at once; no standard promises that"},
    {.construction = NULL},
};

extern const lab_plot lab_timing_plots[];

const lab_card lab_card_timing = {
    .name = "timing",
    .number = "13",
    .title = "A comparison that stops early gives the tag away",
    .items = "A11, E29",
    .about =
        "A comparison that returns at the first wrong byte takes longer, the more bytes are\n"
        "right. Timing all 256 values of a byte shows the right one, then that of the next: 16\n"
        "bytes cost 4096 values instead of 2^128. Time is measured here for real, in the\n"
        "verifier's process. Compare in a time that does not depend on the content: macaw_verify.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION,
               .actions = 4 * ATTEMPTS * STEPS_MAX * ROUNDS_MAX + 1,
               .verifications = ATTEMPTS * BYTES},
    .attack = attack,
    .repeats = 3,
    .plots = lab_timing_plots,
};

/* Card 18: many cookies under one key are no help. */
#include <math.h>
#include <time.h>

#include "attacks/guess.h"

enum { COOKIES_MAX = 4096, BITS_MAX = 24 };

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void attack(lab_oracle *o)
{
    size_t n = (size_t)lab_option_number(o, "cookies");
    const lab_pair *given = lab_given(o, "As many cookies as one likes, all under one key.", n, 0);
    double began = cpu_seconds();
    bool found =
        lab_guess_short(o, lab_option_number(o, "bits"), given, n, lab_number(o, "nested") == 1);

    lab_measure(o, "cookies", (double)n);
    lab_measure(o, "seconds", cpu_seconds() - began);
    lab_say(o, "%s",
            found ? "The first cookie tells the key; the others only agree."
                  : "None of those keys makes the first cookie's MAC.");
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->tags = (uint64_t)lab_settings_number(settings, "cookies", 1);
}

static const lab_option options[] = {
    {"cookies", LAB_NUMBER, "1", "how many are collected", 1, COOKIES_MAX, NULL, false},
    {"bits", LAB_NUMBER, "14", "of the key that are random", 1, BITS_MAX, NULL, false},
    {"nested", LAB_NUMBER, "0", "1: the MAC under a key that is a MAC itself", 0, 1, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define CURVE(name, value)                                                                         \
    {                                                                                              \
        .role = LAB_CURVE, .construction = "weak-short", .predicted = 1,                           \
        .settings = {{name, value}}, .repeats = 4,                                                 \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "weak-short", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "weak-short",
     .settings = {{"nested", "1"}},
     .predicted = 1,
     .note = "the nested MAC: twice the work, one bit of key"},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .settings = {{"cookies", "1024"}},
     .note = "of 2^256 keys no number of cookies makes fewer"},
    CURVE("cookies", "16"),
    CURVE("cookies", "256"),
    CURVE("cookies", "4096"),
    CURVE("bits", "8"),
    CURVE("bits", "10"),
    CURVE("bits", "12"),
    CURVE("bits", "16"),
    {.construction = NULL},
};

static double flat(double cookies, double parameter)
{
    (void)cookies;
    (void)parameter;
    return 1;
}

static double all_keys(double bits, double parameter)
{
    (void)parameter;
    return exp2(bits);
}

/* That two of n states of so many bits are equal. */
static double meet(double n, double bits)
{
    return -expm1(-n * n / exp2(bits + 1));
}

static const lab_plot plots[] = {
    {.id = "cookie-volume-cookies",
     .title = "More cookies, the same search",
     .about = "The time to find a key of 14 bits with 1 to 4096 cookies: the first one tells the "
              "key, the others only agree.",
     .kind = LAB_LINES,
     .over = "cookies",
     .x = {.label = "cookies under one key", .scale = LAB_SCALE_LOG2},
     .y = {.label = "seconds, mean", .zero = true},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "weak-short",
                                          .where = {{"bits", "14"}, {"nested", "0"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "seconds"},
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){{.label = "no slope", .at = flat, .fitted = true}, {.label = NULL}}},
    {.id = "cookie-volume-bits",
     .title = "One bit of key more, twice the search",
     .about = "What counts is the length of the key: 2^b keys are tried, and 256 bits are out of "
              "reach.",
     .kind = LAB_LINES,
     .over = "bits",
     .x = {.label = "bits of the key b", .min = 7, .max = 17},
     .y = {.label = "seconds, mean", .scale = LAB_SCALE_LOG2},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "weak-short",
                                          .where = {{"cookies", "1"}, {"nested", "0"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "seconds"},
                                         {.label = "nested MAC: twice the work, one bit",
                                          .construction = "weak-short",
                                          .where = {{"cookies", "1"}, {"nested", "1"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "seconds"},
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "slope 1: 2^b", .at = all_keys, .fitted = true},
                                    {.label = NULL}}},
    {.id = "cookie-volume-birthday",
     .title = "Where volume matters: states of 64 bits",
     .about = "After 2^32 cookies two states of a MAC over DES are equal with probability 0.39, "
              "and cookies can be forged without the key (the card birthday). AES takes 2^64 "
              "cookies, SHA-256 2^128.",
     .kind = LAB_LINES,
     .over = "cookies",
     .x = {.label = "cookies under one key", .scale = LAB_SCALE_LOG2, .min = 1, .max = 0x1p136},
     .y = {.label = "probability that two states are equal", .min = 0, .max = 1.02},
     .series = (const lab_plot_series[]){{.label = NULL}},
     .theory =
         (const lab_theory[]){
             {.label = "64 bits: DES", .at = meet, .parameter = 64, .colour = 2},
             {.label = "128 bits: AES", .at = meet, .parameter = 128, .colour = 1},
             {.label = "256 bits: HMAC-SHA-256", .at = meet, .parameter = 256, .colour = 3},
             {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"one half", false, 0.5}, {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_cookie_volume = {
    .name = "cookie-volume",
    .number = "18",
    .title = "Collecting cookies does not help to find the key",
    .items = "E6, E25",
    .about =
        "A cookie and its MAC determine a key of 256 bits as well as a million cookies do: the\n"
        "search costs 2^bits keys, whether one cookie is known or thousands. What counts is the\n"
        "length of the key. Volume matters to MACs over small blocks alone (DES: 2^32 cookies,\n"
        "the card birthday; macaw algorithms --limits), not to hmac-sha256. A key for each user\n"
        "or a nested MAC buys nothing here.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_KNOWN_TEXT, .verifications = 1},
    .plan = plan,
    .attack = attack,
    .repeats = 5,
    .plots = plots,
};

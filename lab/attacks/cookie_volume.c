/* Card 18: many cookies under one key are no help. */
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

const lab_card lab_card_cookie_volume = {
    .name = "cookie-volume",
    .number = "18",
    .title = "Collecting cookies does not help to find the key",
    .items = "E6, E25",
    .about =
        "A cookie and its MAC determine a key of 256 bits as well as a million cookies do: the\n"
        "search costs 2^bits keys, whether one cookie is known or thousands. What counts is the\n"
        "length of the key. Volume matters to MACs over small blocks alone (DES: 2^32 cookies,\n"
        "the card birthday; macaw limits computes it), not to hmac-sha256. A key for each user\n"
        "or a nested MAC buys nothing here.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_KNOWN_TEXT, .verifications = 1},
    .plan = plan,
    .attack = attack,
    .repeats = 5,
};

/* Card 12: a tag of t bits is guessed with 2^t tries at most. */
#include <math.h>
#include <string.h>

#include "attacks/steps.h"
#include "base/bytes.h"

enum { MESSAGE = 64 }; /* whole blocks of any construction that insists on them */

static uint64_t guesses(const lab_settings *settings)
{
    int64_t own = lab_settings_number(settings, "guesses", 0);

    return own > 0 ? (uint64_t)own : UINT64_C(1) << lab_settings_number(settings, "tag-bits", 8);
}

static void attack(lab_oracle *o)
{
    unsigned bits = (unsigned)lab_number(o, "tag-bits");
    size_t len = lab_number(o, "tag");
    lab_bytes text = lab_option_bytes(o, "message"), nonce = lab_public(o, "next-nonce");
    uint64_t n = guesses(lab_options(o)), start = lab_rng_below(lab_coins(o), UINT64_MAX), i = 0;
    uint8_t message[MESSAGE], tag[LAB_TAG_MAX] = {0}, wide[8];
    bool good = false;

    double began = lab_seconds();

    bits = bits > 0 ? bits : 64; /* a whole tag: guesses at its first bytes */
    memset(message, ' ', sizeof message);
    memcpy(message, text.data, text.len < MESSAGE ? text.len : MESSAGE);
    lab_commit(o, (lab_bytes){message, sizeof message});
    const lab_input in = {nonce, {message, sizeof message}};
    while (!good && i < n) {
        macaw_store_be64(wide, (start + i++) << (64 - bits));
        memcpy(tag, wide, len < sizeof wide ? len : sizeof wide);
        good = lab_submit_input(o, "The next tag; no query is needed.", &in, (lab_bytes){tag, len});
    }
    lab_measure(o, "tries", (double)i);
    lab_measure(o, "seconds", lab_seconds() - began);
    lab_say(o, good ? "Try %llu was right." : "None of %llu tries was right.",
            (unsigned long long)i);
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->verifications = guesses(settings);
}

static double predict(const lab_settings *settings, const lab_case *one)
{
    double n = (double)guesses(settings);
    double lockout = (double)lab_settings_number(settings, "lockout", 0);

    n = lockout > 0 ? fmin(n, lockout) : n;
    return strcmp(one->construction, "truncated-any") == 0
               ? fmin(1, ldexp(n, -(int)lab_settings_number(settings, "tag-bits", 8)))
               : 0;
}

static const char *applies(uint32_t properties)
{
    (void)properties;
    return NULL;
}

static void cell(const char *construction, lab_case *one)
{
    one->construction = "truncated-any";
    one->settings[0] = (lab_setting){"of", construction};
    one->settings[1] = (lab_setting){"tag-bits", "8"};
    one->settings[2] = (lab_setting){NULL, NULL};
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 9,999 to Eve", "what to forge, filled with spaces", 0, MESSAGE,
     NULL, false},
    {"tag-bits", LAB_NUMBER, "8", "t", 1, 24, NULL, false},
    {"guesses", LAB_NUMBER, "0", "tries; 0: 2^t", 0, 1 << 24, NULL, false},
    {"lockout", LAB_NUMBER, "0", "refusals after which a verifier refuses all; 0: never", 0,
     1 << 24, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define BITS(kind, bits, tries, times)                                                             \
    {                                                                                              \
        .role = (kind), .construction = "truncated-any",                                           \
        .settings = {{"tag-bits", bits}, {"guesses", tries}}, .repeats = (times)                   \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "truncated-any", .repeats = 200},
    BITS(LAB_BREAKS, "12", "0", 20),
    BITS(LAB_BREAKS, "16", "0", 4),
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .note = "256 bits; 128 are as far out of reach"},
    {.role = LAB_HOLDS,
     .construction = "truncated-any",
     .settings = {{"tag-bits", "16"}, {"lockout", "10"}, {"guesses", "64"}},
     .chance = 0.01,
     .repeats = 10,
     .note = "ten tries and no more: 10 / 2^16; below 1 in 100 counts as holding"},
    BITS(LAB_CURVE, "8", "16", 200),
    BITS(LAB_CURVE, "8", "64", 200),
    BITS(LAB_CURVE, "8", "128", 200),
    BITS(LAB_CURVE, "10", "0", 60),
    BITS(LAB_CURVE, "14", "0", 6),
    {.construction = NULL},
};

static double half_of_all(double bits, double parameter)
{
    (void)parameter;
    return (exp2(bits) + 1) / 2;
}

static double doubling(double bits, double parameter)
{
    (void)parameter;
    return exp2(bits);
}

static double guessed(double tries, double bits)
{
    return fmin(1, tries / exp2(bits));
}

static const lab_plot plots[] = {
    {.id = "short-tag-tries",
     .title = "Each bit of the tag doubles the guesses",
     .about = "Trying one tag after the other takes (2^t + 1) / 2 of them on average: a line of "
              "slope 1 where both axes count bits.",
     .kind = LAB_LINES,
     .over = "tag-bits",
     .x = {.label = "bits of the tag t", .min = 7, .max = 17},
     .y = {.label = "tries until a tag is right, mean", .scale = LAB_SCALE_LOG2},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "truncated-any",
                                          .where = {{"guesses", "0"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "tries"},
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){{.label = "(2^t + 1) / 2", .at = half_of_all}, {.label = NULL}}},
    {.id = "short-tag-seconds",
     .title = "The same in time, and what it makes of 64 and 128 bits",
     .about = "Measured with a verifier in another process of this machine, and drawn on with the "
              "same slope: tens of bits fall in minutes, 64 bits take ages, and 128 bits many "
              "times the age of the universe.",
     .kind = LAB_LINES,
     .over = "tag-bits",
     .x = {.label = "bits of the tag t", .min = 0, .max = 176},
     .y = {.label = "seconds, mean", .scale = LAB_SCALE_LOG10},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "truncated-any",
                                          .where = {{"guesses", "0"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "seconds"},
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){{.label = "2^t", .at = doubling, .fitted = true}, {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"a day", false, 86400},
                                      {"a century", false, 3.15576e9},
                                      {"the age of the universe", false, 4.35e17},
                                      {"64 bits", true, 64},
                                      {"128 bits", true, 128},
                                      {.label = NULL}}},
    {.id = "short-tag-rate",
     .title = "Few guesses, small chances: a tag of 8 bits",
     .about = "g guesses find one of 2^t tags with probability g / 2^t, and nothing about the MAC "
              "can change that.",
     .kind = LAB_LINES,
     .over = "guesses",
     .x = {.label = "guesses g", .min = 0, .max = 140},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.02},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "truncated-any",
                                          .where = {{"tag-bits", "8"}},
                                          .role = "curve"},
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "g / 256", .at = guessed, .parameter = 8},
                                    {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_short_tag = {
    .name = "short-tag",
    .number = "12",
    .title = "Short tags are guessed",
    .items = "A9, D6",
    .about =
        "Whoever may ask a verifier 2^t times needs no key for a tag of t bits, (2^t + 1) / 2 "
        "times\n"
        "on average, and one guess is right with probability 2^-t, whatever the MAC is worth. "
        "Each\n"
        "bit doubles the work: what takes a second at 20 bits takes 2^44 of them at 64. A lock\n"
        "after a few refusals helps against one attacker, and lets him lock others out. Use\n"
        "tags of 128 bits.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION},
    .plan = plan,
    .attack = attack,
    .predict = predict,
    .repeats = 20,
    .applies = applies,
    .cell = cell,
    .plots = plots,
};

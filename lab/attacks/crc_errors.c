/* Card 1, third part: what checksums are for. Random errors pass once in 2^n. */
#include <math.h>
#include <string.h>

#include "harness/card.h"
#include "naive/crc.h"

enum { TEXT_MAX = 1024 };

/* Any other message. */
static void scatter(lab_oracle *o, uint8_t *error, size_t len)
{
    static const uint8_t none[TEXT_MAX];

    do {
        lab_rng_bytes(lab_coins(o), error, len);
    } while (memcmp(error, none, len) == 0);
}

/* Bits in a row, at most as many as the checksum has, the first and the last wrong. */
static void burst(lab_oracle *o, unsigned width, uint8_t *error, size_t len)
{
    size_t span = 1 + (size_t)lab_rng_below(lab_coins(o), width);
    size_t from = (size_t)lab_rng_below(lab_coins(o), 8 * len - span + 1);

    memset(error, 0, len);
    for (size_t i = 0; i < span; i++) {
        bool end = i == 0 || i + 1 == span;
        size_t at = from + i;
        error[at / 8] |= (uint8_t)((end || lab_rng_below(lab_coins(o), 2) != 0) << at % 8);
    }
}

/* Any bits and then those that take the register back to 0: a multiple of the polynomial. */
static void choose(lab_oracle *o, const lab_crc *crc, uint8_t *error, size_t len)
{
    size_t n = crc->width / 8;
    uint64_t reg;

    scatter(o, error, len - n);
    reg = lab_crc_forth(crc, 0, (lab_bytes){error, len - n});
    for (size_t i = 0; i < n; i++) { /* the register's low end meets the first byte */
        error[len - n + i] = (uint8_t)(reg >> 8 * i);
    }
}

static void draw_error(lab_oracle *o, const lab_crc *crc, uint8_t *error, size_t len)
{
    if (lab_settings_is(lab_options(o), "errors", "random")) {
        scatter(o, error, len);
    } else if (lab_settings_is(lab_options(o), "errors", "chosen")) {
        choose(o, crc, error, len);
    } else {
        burst(o, crc->width, error, len);
    }
}

static void attack(lab_oracle *o)
{
    const lab_crc *crc = lab_crc_find(lab_option_bytes(o, "crc"));
    const lab_pair *given = lab_given(o, "A message with its checksum, on a noisy line.", 1, 0);
    size_t len = given->in.message.len;
    uint8_t error[TEXT_MAX], received[TEXT_MAX];
    int64_t n = lab_option_number(o, "errors-max"), i = 0;
    bool missed = false;

    while (i < n && !missed) {
        draw_error(o, crc, error, len);
        lab_xor(received, given->in.message.data, error, len);
        missed = lab_submit(o, "Another message arrives, with the checksum of the first.", received,
                            len, given->tag.data, given->tag.len);
        i++;
    }
    lab_measure(o, "errors", (double)i);
    lab_say(o, missed ? "Error %lld went unnoticed." : "All %lld errors were noticed.",
            (long long)i);
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->verifications = (uint64_t)lab_settings_number(settings, "errors-max", 0);
}

/* The chance that one of so many goes unnoticed. */
static double predict(const lab_settings *settings, const lab_case *one)
{
    const lab_crc *crc = lab_crc_find(lab_settings_bytes(settings, "crc", ""));
    double n = (double)lab_settings_number(settings, "errors-max", 0);

    if (lab_settings_is(settings, "errors", "burst") || strncmp(one->construction, "crc", 3) != 0) {
        return 0;
    }
    if (lab_settings_is(settings, "errors", "chosen")) {
        return 1;
    }
    return -expm1(n * log1p(-ldexp(1, -(int)crc->width)));
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "PAY 100     TO ALICE, REFERENCE ........ PAID IN ADVANCE",
     "the message that was sent", 16, TEXT_MAX, NULL, false},
    {"crc", LAB_CHOICE, "crc8", "the checksum", 0, 0, LAB_CRCS, false},
    {"errors", LAB_CHOICE, "random",
     "any bits; bits in a row, at most the checksum's width; multiples of its polynomial", 0, 0,
     "random burst chosen", false},
    {"errors-max", LAB_NUMBER, "256", "how many are tried", 1, 1 << 20, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define RANDOM(kind, name, number, times)                                                          \
    {                                                                                              \
        .role = (kind), .construction = "crc-plain",                                               \
        .settings = {{"crc", name}, {"errors-max", number}}, .repeats = (times)                    \
    }

#define BURST(name, number)                                                                        \
    {                                                                                              \
        .role = LAB_HOLDS, .construction = "crc-plain",                                            \
        .note = "errors within as many bits as the checksum has are noticed, always",              \
        .settings = {                                                                              \
            {"crc", name},                                                                         \
            {"errors", "burst"},                                                                   \
            {"errors-max", number}                                                                 \
        }                                                                                          \
    }

#define CHOSEN(name)                                                                               \
    {                                                                                              \
        .role = LAB_BREAKS, .construction = "crc-plain",                                           \
        .note = "a multiple of the polynomial: an attacker's error", .settings = {                 \
            {"crc", name},                                                                         \
            {"errors", "chosen"}                                                                   \
        }                                                                                          \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "crc-plain", .repeats = 400},
    BURST("crc8", "4096"),
    BURST("crc16", "4096"),
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .note = "a MAC notices errors as well as attackers"},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .settings = {{"errors", "chosen"}},
     .note = "and multiples of polynomials as any other"},
    CHOSEN("crc8"),
    CHOSEN("crc16"),
    CHOSEN("crc32"),
    CHOSEN("crc64"),
    BURST("crc32", "1024"),
    BURST("crc64", "1024"),
    RANDOM(LAB_CURVE, "crc8", "16", 200),
    RANDOM(LAB_CURVE, "crc8", "64", 200),
    RANDOM(LAB_CURVE, "crc8", "512", 200),
    RANDOM(LAB_CURVE, "crc16", "4096", 60),
    RANDOM(LAB_CURVE, "crc16", "16384", 20),
    RANDOM(LAB_CURVE, "crc32", "4096", 10),
    RANDOM(LAB_CURVE, "crc64", "4096", 10),
    {.construction = NULL},
};

static double one_in_all(double width, double parameter)
{
    (void)parameter;
    return exp2(-width);
}

#define MISSED(name)                                                                               \
    {                                                                                              \
        .label = name, .construction = "crc-plain", .where = {{"crc", name}},                      \
        .quantity = LAB_PER_TRY, .measure = "errors"                                               \
    }

static const lab_plot plots[] = {
    {.id = "crc-errors-missed",
     .title = "Errors that a checksum misses: the line’s and an attacker’s",
     .about = "A random error passes a checksum of w bits once in 2^w. Of 32 and 64 bits none was "
              "seen to pass; the bar ends where the rate may still be. An error that is a multiple "
              "of the checksum’s polynomial, which anybody can compute, passes always.",
     .kind = LAB_LINES,
     .over = "crc",
     .x = {.label = "width of the checksum w, in bits", .min = 0, .max = 72},
     .y = {.label = "share of errors that pass",
           .scale = LAB_SCALE_LOG2,
           .min = 0x1p-72,
           .max = 0x1p4},
     .series = (const lab_plot_series[]){{.label = "random errors, with 95 % interval",
                                          .construction = "crc-plain",
                                          .where = {{"errors", "random"}},
                                          .quantity = LAB_PER_TRY,
                                          .measure = "errors"},
                                         {.label = "errors chosen by an attacker",
                                          .construction = "crc-plain",
                                          .where = {{"errors", "chosen"}},
                                          .quantity = LAB_PER_TRY,
                                          .measure = "errors"},
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "2^−w", .at = one_in_all}, {.label = NULL}}},
    {.id = "crc-errors-map",
     .title = "What checksums notice: a map",
     .about = "Bursts of errors no longer than the checksum never pass and random errors rarely; "
              "chosen ones pass whatever the width.",
     .kind = LAB_HEAT,
     .over = "errors",
     .x = {.label = "checksum"},
     .y = {.label = "share of errors that pass"},
     .series =
         (const lab_plot_series[]){
             MISSED("crc8"), MISSED("crc16"), MISSED("crc32"), MISSED("crc64"), {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_crc_errors = {
    .name = "crc-errors",
    .number = "1",
    .title = "What checksums do well: random errors pass once in 2^n",
    .items = "D3",
    .about =
        "A checksum of n bits overlooks a random error with probability 2^-n, and no error at all\n"
        "within n bits in a row. That is a statement about noise. An attacker is no noise: the\n"
        "errors that he chooses pass every time (crc-linear, crc-patch). Against him use a\n"
        "MAC, which finds errors as well.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1},
    .plan = plan,
    .attack = attack,
    .predict = predict,
    .repeats = 10,
    .plots = plots,
};

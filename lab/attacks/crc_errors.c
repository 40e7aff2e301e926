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

static void attack(lab_oracle *o)
{
    const lab_crc *crc = lab_crc_find(lab_option_bytes(o, "crc"));
    bool random = lab_settings_is(lab_options(o), "errors", "random");
    const lab_pair *given = lab_given(o, "A message with its checksum, on a noisy line.", 1, 0);
    size_t len = given->in.message.len;
    uint8_t error[TEXT_MAX], received[TEXT_MAX];
    int64_t n = lab_option_number(o, "errors-max"), i = 0;
    bool missed = false;

    while (i < n && !missed) {
        if (random) {
            scatter(o, error, len);
        } else {
            burst(o, crc->width, error, len);
        }
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

    if (!lab_settings_is(settings, "errors", "random") ||
        strncmp(one->construction, "crc", 3) != 0) {
        return 0;
    }
    return -expm1(n * log1p(-ldexp(1, -(int)crc->width)));
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "PAY 100     TO ALICE, REFERENCE ........ PAID IN ADVANCE",
     "the message that was sent", 16, TEXT_MAX, NULL, false},
    {"crc", LAB_CHOICE, "crc16", "the checksum", 0, 0, LAB_CRCS, false},
    {"errors", LAB_CHOICE, "random", "any bits, or bits in a row, at most the checksum's width", 0,
     0, "random burst", false},
    {"errors-max", LAB_NUMBER, "4096", "how many are tried", 1, 1 << 20, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define RANDOM(kind, name, number, times)                                                          \
    {                                                                                              \
        .role = (kind), .construction = "crc-plain",                                               \
        .settings = {{"crc", name}, {"errors-max", number}}, .repeats = (times)                    \
    }

static const lab_case cases[] = {
    RANDOM(LAB_BREAKS, "crc8", "256", 200),
    {.role = LAB_HOLDS,
     .construction = "crc-plain",
     .note = "errors within as many bits as the checksum has are noticed, always",
     .settings = {{"crc", "crc8"}, {"errors", "burst"}}},
    {.role = LAB_HOLDS,
     .construction = "crc-plain",
     .note = "errors within as many bits as the checksum has are noticed, always",
     .settings = {{"crc", "crc16"}, {"errors", "burst"}}},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .note = "a MAC notices errors as well as attackers"},
    RANDOM(LAB_CURVE, "crc8", "16", 200),
    RANDOM(LAB_CURVE, "crc8", "64", 200),
    RANDOM(LAB_CURVE, "crc8", "512", 200),
    RANDOM(LAB_CURVE, "crc16", "4096", 60),
    RANDOM(LAB_CURVE, "crc16", "16384", 20),
    RANDOM(LAB_CURVE, "crc32", "4096", 10),
    RANDOM(LAB_CURVE, "crc64", "4096", 10),
    {.construction = NULL},
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
};

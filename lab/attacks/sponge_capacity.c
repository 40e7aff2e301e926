/* Beyond the numbers: CBC-MAC is a sponge without a capacity. */
#include <math.h>
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16 };

/* The same steps in both; what a sponge keeps is not known here. */
static void draw(lab_oracle *o, const uint8_t *m, const uint8_t *t, const uint8_t *second,
                 bool accepted)
{
    static const char *const rows[] = {"message block", "xor the state shown",
                                       "into the permutation", "the state not shown",
                                       "out of it, shown"};
    static const char *const columns[] = {"block 1", "block 2"};
    static const lab_link links[] = {
        {{0, 0}, {1, 0}, NULL},  {{1, 0}, {2, 0}, "xor"}, {{2, 0}, {3, 0}, "||"},
        {{3, 0}, {4, 0}, "P"},   {{4, 0}, {1, 1}, NULL},  {{0, 1}, {1, 1}, NULL},
        {{1, 1}, {2, 1}, "xor"}, {{2, 1}, {3, 1}, "||"},  {{3, 1}, {4, 1}, "P"}};
    static const uint8_t zero[BLOCK];
    bool sponge = lab_public(o, "rate").len == BLOCK;
    const lab_value none = {"nothing", LAB_PLAIN, {NULL, 0}}, began = {"0", LAB_PLAIN, {NULL, 0}};
    const lab_value capacity = LAB_UNKNOWN("capacity"), other = LAB_UNKNOWN("not t");
    const lab_value same = {"t", LAB_FORGED, {t, BLOCK}};
    const lab_value cells[] = {
        {"m", LAB_CHOSEN, {m, BLOCK}},   {"t xor m", LAB_FORGED, {second, BLOCK}},
        {"0", LAB_PLAIN, {zero, BLOCK}}, {"t", LAB_ANSWER, {t, BLOCK}},
        {"m", LAB_CHOSEN, {m, BLOCK}},   {"m", LAB_CHOSEN, {m, BLOCK}},
        sponge ? began : none,           sponge ? capacity : none,
        {"t", LAB_ANSWER, {t, BLOCK}},   accepted ? same : other};

    lab_draw_blocks(
        o,
        &(lab_figure){"blocks", "Two blocks through the permutation", rows, 5, columns, 2, cells},
        links, 9);
}

static void attack(lab_oracle *o)
{
    lab_bytes rate = lab_public(o, "rate");
    uint8_t forged[2 * BLOCK], t[LAB_TAG_MAX];

    if (lab_number(o, "tag") != BLOCK) {
        lab_say(o, "A tag is no part of a block.");
        return;
    }
    lab_rng_bytes(lab_coins(o), forged, BLOCK);
    for (size_t i = 0; i < BLOCK && rate.len == BLOCK; i++) {
        forged[i] &= rate.data[i];
    }
    if (!lab_ask(o, "The tag of a block m: all of the state that is shown.", forged, BLOCK, t)) {
        return;
    }
    lab_xor(forged + BLOCK, t, forged, BLOCK);
    bool accepted =
        lab_submit(o, "m comes round again, if the capacity, where it began as 0, is 0 again.",
                   forged, sizeof forged, t, BLOCK);
    draw(o, forged, t, forged + BLOCK, accepted);
}

static double predict(const lab_settings *settings, const lab_case *one)
{
    return strcmp(one->construction, "sponge") == 0
               ? ldexp(1, -(int)lab_settings_number(settings, "capacity", 64))
               : strcmp(one->construction, "cbc-raw") == 0;
}

static const lab_option options[] = {
    {"capacity", LAB_NUMBER, "64", "bits of the state that stay inside", 0, 64, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define CAPACITY(kind, bits)                                                                       \
    {                                                                                              \
        .role = (kind), .construction = "sponge", .settings = { {"capacity", bits} }               \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-raw", .note = "the tag is the whole state"},
    CAPACITY(LAB_BREAKS, "0"),
    CAPACITY(LAB_HOLDS, "64"),
    {.role = LAB_HOLDS, .construction = "cmac-aes128"},
    CAPACITY(LAB_CURVE, "1"),
    CAPACITY(LAB_CURVE, "2"),
    CAPACITY(LAB_CURVE, "3"),
    CAPACITY(LAB_CURVE, "4"),
    CAPACITY(LAB_CURVE, "6"),
    CAPACITY(LAB_CURVE, "8"),
    {.construction = NULL},
};

static double once_in(double capacity, double parameter)
{
    (void)parameter;
    return exp2(-capacity);
}

static const lab_plot plots[] = {
    {.id = "sponge-capacity-rate",
     .title = "Each bit that a sponge keeps halves the attack",
     .about = "The attack on raw CBC-MAC against a sponge of the same block: it succeeds once in "
              "2^c, where c bits of the state are never shown.",
     .kind = LAB_LINES,
     .over = "capacity",
     .x = {.label = "capacity c, in bits", .min = 0, .max = 9},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.02},
     .series =
         (const lab_plot_series[]){
             {.label = "measured, with 95 % interval", .construction = "sponge"}, {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "2^−c", .at = once_in}, {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_sponge_capacity = {
    .name = "sponge-capacity",
    .number = "34",
    .title = "CBC-MAC is no sponge: it keeps nothing to itself",
    .items = "B42",
    .about =
        "Both xor blocks into a state and permute it. A sponge leaves some of the state, its\n"
        "capacity, out of reach of message and tag; CBC-MAC shows all of it, and so the message\n"
        "m || (t xor m) brings it back to where it was. With c bits of capacity the same attack\n"
        "succeeds once in 2^c. Standard sponges keep 256 bits and more (kmac128).",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .predict = predict,
    .repeats = 400,
    .plots = plots,
};

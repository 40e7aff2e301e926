/* Card 24, first part: without masks the blocks of PMAC change places. */
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16, BLOCKS = 3 };

/* What is summed: s(x) of a block alone, or si(x) where its place counts. */
static void draw(lab_oracle *o, const uint8_t *asked, const uint8_t *forged, lab_bytes t,
                 bool accepted)
{
    static const char *const rows[] = {"asked", "summed", "forged", "summed"};
    static const char *const columns[] = {"block 1", "block 2", "block 3", "tag"};
    static const lab_link links[] = {
        {{0, 0}, {1, 0}, NULL},  {{0, 1}, {1, 1}, NULL},  {{0, 2}, {1, 2}, NULL},
        {{1, 0}, {1, 1}, "xor"}, {{1, 1}, {1, 2}, "xor"}, {{1, 2}, {1, 3}, "E"},
        {{2, 0}, {3, 0}, NULL},  {{2, 1}, {3, 1}, NULL},  {{2, 2}, {3, 2}, NULL},
        {{3, 0}, {3, 1}, "xor"}, {{3, 1}, {3, 2}, "xor"}, {{3, 2}, {3, 3}, "E"}};
    const lab_value same = {"t", LAB_FORGED, t}, other = LAB_UNKNOWN("not t");
    const lab_value none = {NULL, LAB_PLAIN, {NULL, 0}};
    const lab_value cells[] = {{"x1", LAB_CHOSEN, {asked, BLOCK}},
                               {"x2", LAB_CHOSEN, {asked + BLOCK, BLOCK}},
                               {"x3", LAB_CHOSEN, {asked + 2 * BLOCK, BLOCK}},
                               none,
                               LAB_UNKNOWN(accepted ? "s(x1)" : "s1(x1)"),
                               LAB_UNKNOWN(accepted ? "s(x2)" : "s2(x2)"),
                               LAB_UNKNOWN(accepted ? "s(x3)" : "s3(x3)"),
                               {"t", LAB_ANSWER, t},
                               {"x2", LAB_FORGED, {forged, BLOCK}},
                               {"x1", LAB_FORGED, {forged + BLOCK, BLOCK}},
                               {"x3", LAB_CHOSEN, {forged + 2 * BLOCK, BLOCK}},
                               none,
                               LAB_UNKNOWN(accepted ? "s(x2)" : "s1(x2)"),
                               LAB_UNKNOWN(accepted ? "s(x1)" : "s2(x1)"),
                               LAB_UNKNOWN(accepted ? "s(x3)" : "s3(x3)"),
                               accepted ? same : other};

    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  accepted ? "A sum does not know the order of its terms"
                                           : "Here it matters where a block stands",
                                  rows, 4, columns, 4, cells},
                    links, 12);
}

static void attack(lab_oracle *o)
{
    lab_bytes text = lab_option_bytes(o, "message");
    uint8_t asked[BLOCKS * BLOCK], forged[BLOCKS * BLOCK], t[LAB_TAG_MAX];
    size_t tag = lab_number(o, "tag");

    memset(asked, ' ', sizeof asked);
    memcpy(asked, text.data, text.len < sizeof asked ? text.len : sizeof asked);
    memcpy(forged, asked + BLOCK, BLOCK);
    memcpy(forged + BLOCK, asked, BLOCK);
    memcpy(forged + 2 * BLOCK, asked + 2 * BLOCK, BLOCK);
    if (tag > LAB_TAG_MAX ||
        !lab_ask(o, "Three blocks; the first two will change places.", asked, sizeof asked, t)) {
        return;
    }
    lab_show(o, "forged message",
             (lab_value[]){{"x2", LAB_FORGED, {forged, BLOCK}},
                           {"x1", LAB_FORGED, {forged + BLOCK, BLOCK}},
                           {"x3", LAB_CHOSEN, {forged + 2 * BLOCK, BLOCK}}},
             3);
    bool accepted =
        lab_submit(o, "E(x2) xor E(x1) is E(x1) xor E(x2).", forged, sizeof forged, t, tag);
    draw(o, asked, forged, (lab_bytes){t, tag}, accepted);
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_MASKED_SUM) == 0 ? "no sum whose terms could change places" : NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "from: alice     to: bob         pay 100 today   ",
     "three blocks, cut or filled with spaces; the first two must differ", 0, 48, NULL, false},
    {"key", LAB_BYTES, NULL, "the keys instead of random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "pmac-bare", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "pmac-drawn",
     .note = "the masks tell places apart; it falls to another attack"},
    {.role = LAB_HOLDS, .construction = "pmac-aes128"},
    {.role = LAB_HOLDS, .construction = "pmac1-aes128"},
    {.role = LAB_HOLDS, .construction = "pmac-counter-aes128"},
    {.role = LAB_HOLDS, .construction = "cmac-aes128", .note = "a chain has an order"},
    {.construction = NULL},
};

const lab_card lab_card_pmac_bare = {
    .name = "pmac-swap",
    .number = "24",
    .title = "PMAC without masks: blocks change places",
    .items = "D30, D31",
    .about =
        "A sum does not know the order of its terms. Without P(k1, i), exchanging two blocks, or\n"
        "inserting the same block twice, leaves the tag as it is. The masks cost a doubling in\n"
        "GF(2^128) a block, far less than the encryption, and no MAC that works on blocks in\n"
        "parallel can do without something like them. Use PMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};

/* Card 23: PMAC as drawings show it is forged with three queries. */
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16 };

static void take(uint8_t *block, lab_bytes text)
{
    memset(block, ' ', BLOCK);
    memcpy(block, text.data, text.len < BLOCK ? text.len : BLOCK);
}

/* Both messages: what each block adds to the sum. The mask 2 k1 is in both sums. */
static void draw(lab_oracle *o, const uint8_t *a, const uint8_t *b, const uint8_t *ta,
                 const uint8_t *tb, const uint8_t *t, bool accepted)
{
    static const char *const rows[] = {"message block", "added, but for 2 k1", "sum, but for 2 k1",
                                       "tag"};
    static const char *const columns[] = {"asked: block 1", "asked: block 2", "forged: block 1",
                                          "forged: block 2"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "xor k1, E"}, {{0, 1}, {1, 1}, "xor 2 k1"},
                                     {{1, 0}, {2, 1}, NULL},        {{1, 1}, {2, 1}, "xor"},
                                     {{2, 1}, {3, 1}, "E"},         {{0, 2}, {1, 2}, "xor k1, E"},
                                     {{0, 3}, {1, 3}, "xor 2 k1"},  {{1, 2}, {2, 3}, NULL},
                                     {{1, 3}, {2, 3}, "xor"},       {{2, 3}, {3, 3}, "E"}};
    static const lab_link plain[] = {{{0, 0}, {1, 0}, NULL}, {{0, 1}, {1, 1}, NULL},
                                     {{1, 0}, {2, 1}, NULL}, {{1, 1}, {2, 1}, NULL},
                                     {{2, 1}, {3, 1}, NULL}, {{0, 2}, {1, 2}, NULL},
                                     {{0, 3}, {1, 3}, NULL}, {{1, 2}, {2, 3}, NULL},
                                     {{1, 3}, {2, 3}, NULL}, {{2, 3}, {3, 3}, NULL}};
    const uint8_t *c = a + BLOCK, *last = b + BLOCK;
    uint8_t sum[BLOCK];
    lab_value cells[16] = {{"a", LAB_CHOSEN, {a, BLOCK}},
                           {"c", LAB_CHOSEN, {c, BLOCK}},
                           {"b", LAB_FORGED, {b, BLOCK}},
                           {"c'", LAB_FORGED, {last, BLOCK}},
                           {"tag(a)", LAB_ANSWER, {ta, BLOCK}},
                           {"c", LAB_CHOSEN, {c, BLOCK}},
                           {"tag(b)", LAB_ANSWER, {tb, BLOCK}},
                           {"c'", LAB_FORGED, {last, BLOCK}},
                           [9] = {"tag(a) xor c", LAB_DERIVED, {sum, BLOCK}},
                           [11] = {"tag(b) xor c'", LAB_DERIVED, {sum, BLOCK}},
                           [13] = {"t", LAB_ANSWER, {t, BLOCK}},
                           [15] = {"t", LAB_FORGED, {t, BLOCK}}};

    lab_xor(sum, ta, c, BLOCK);
    for (size_t i = 4; i < 16 && !accepted; i++) {
        if (cells[i].name != NULL && i != 13) {
            cells[i] = (lab_value)LAB_UNKNOWN(i == 15 ? "not t" : "?");
        }
    }
    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  accepted ? "Two messages with one sum"
                                           : "A tag of one block is no summand here",
                                  rows, 4, columns, 4, cells},
                    accepted ? links : plain, 10);
}

static void attack(lab_oracle *o)
{
    uint8_t a[2 * BLOCK], b[2 * BLOCK], ta[LAB_TAG_MAX], tb[LAB_TAG_MAX], t[LAB_TAG_MAX];
    uint8_t *c = a + BLOCK, *last = b + BLOCK;

    if (lab_number(o, "tag") != BLOCK) {
        return; /* a tag is no block */
    }
    take(a, lab_option_bytes(o, "a"));
    take(b, lab_option_bytes(o, "b"));
    take(c, lab_option_bytes(o, "c"));
    if (!lab_ask(o, "One block: its tag is E(a xor k1), what a first block adds to the sum.", a,
                 BLOCK, ta) ||
        !lab_ask(o, "Another one: E(b xor k1).", b, BLOCK, tb) ||
        !lab_ask(o, "a || c: the sum is E(a xor k1) xor c xor 2 k1.", a, 2 * BLOCK, t)) {
        return;
    }
    lab_xor(last, ta, tb, BLOCK);
    lab_xor(last, last, c, BLOCK);
    lab_equation(o, &(lab_value){"c'", LAB_FORGED, {last, BLOCK}}, "xor",
                 (lab_value[]){{"c", LAB_CHOSEN, {c, BLOCK}},
                               {"tag(a)", LAB_ANSWER, {ta, BLOCK}},
                               {"tag(b)", LAB_ANSWER, {tb, BLOCK}}},
                 3);
    bool accepted =
        lab_submit(o,
                   "With b in front and c' behind, the sum is the one of a || c, and so is the "
                   "tag.",
                   b, 2 * BLOCK, t, BLOCK);
    draw(o, a, b, ta, tb, t, accepted);
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_MASKED_SUM) == 0 ? "no sum of masked blocks"
           : (properties & LAB_SMALL) != 0    ? "a toy size: the blocks here are of 16 bytes"
                                              : NULL;
}

static const lab_option options[] = {
    {"a", LAB_BYTES, "Pay 100 to Bob", "first block of the queries", 0, BLOCK, NULL, false},
    {"b", LAB_BYTES, "Pay 999 to Eve", "first block of the forgery", 0, BLOCK, NULL, false},
    {"c", LAB_BYTES, "before Friday", "last block of the third query", 0, BLOCK, NULL, false},
    {"key", LAB_BYTES, NULL, "the keys k1 and k2 instead of 32 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "pmac-drawn", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "pmac-counter-aes128",
     .note = "the drawn one made sound: the last block is padded and not masked"},
    {.role = LAB_HOLDS,
     .construction = "pmac-aes128",
     .note = "the end has an offset of its own: what one block yields is no summand"},
    {.role = LAB_HOLDS, .construction = "pmac1-aes128", .note = "likewise"},
    {.construction = NULL},
};

const lab_card lab_card_pmac_drawn = {
    .name = "pmac-drawn",
    .number = "23",
    .title = "PMAC as drawn: three queries",
    .items = "D32, D30",
    .about =
        "Drawn as a picture, PMAC masks every block with P(k1, i), encrypts all but the last,\n"
        "sums them, and encrypts the sum under the same key. Then the tag of one block is\n"
        "exactly what a first block adds to the sum, and three tags are enough to move from one\n"
        "first block to another. PMAC and PMAC1 set the last step apart by an offset of its\n"
        "own, or the last block is left unmasked. No source says so; this run does.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 3, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};

/* Card 7: zeros that fill the last block and zeros of the message look alike. */
#include <string.h>

#include "harness/card.h"

enum { TEXT_MAX = 1024, BLOCK = 16, SHOWN = 4 };

/* All messages that zeros turn into the same blocks, and so into one tag. */
static void draw_shared(lab_oracle *o, const uint8_t *m, size_t len, lab_bytes tag)
{
    static const char *const names[SHOWN] = {"m", "m || 00", "m || 00 00", "m || 00 00 00"};
    static const char *const rows[SHOWN] = {"seen", "handed in", "and others", ""};
    static const char *const columns[] = {"messages", "filled with zeros", "tag"};
    uint8_t whole[TEXT_MAX + BLOCK] = {0};
    size_t padded = (len + BLOCK - 1) / BLOCK * BLOCK;
    size_t n = padded - len < SHOWN ? padded - len + 1 : SHOWN;
    lab_value cells[3 * SHOWN] = {{NULL, LAB_PLAIN, {NULL, 0}}};
    lab_link links[SHOWN + 1];

    memcpy(whole, m, len);
    for (size_t i = 0; i < n; i++) {
        cells[3 * i] = (lab_value){names[i],
                                   i == 0   ? LAB_ANSWER
                                   : i == 1 ? LAB_FORGED
                                            : LAB_DERIVED,
                                   {whole, len + i}};
        links[i] = (lab_link){{i, 0}, {(n - 1) / 2, 1}, NULL};
    }
    cells[(n - 1) / 2 * 3 + 1] = (lab_value){"one and the same", LAB_DERIVED, {whole, padded}};
    cells[(n - 1) / 2 * 3 + 2] = (lab_value){"t", LAB_ANSWER, tag};
    links[n] = (lab_link){{(n - 1) / 2, 1}, {(n - 1) / 2, 2}, "MAC"};
    lab_draw_blocks(
        o, &(lab_figure){"blocks", "Messages that share a tag", rows, n, columns, 3, cells}, links,
        n + 1);
}

/* Elsewhere the end is marked: whatever is put behind them, they are not the same. */
static void draw_apart(lab_oracle *o, const uint8_t *forged, size_t len, lab_bytes tag)
{
    static const char *const rows[] = {"seen", "handed in"};
    static const char *const columns[] = {"messages", "padded", "tag"};
    static const lab_link links[] = {{{0, 0}, {0, 1}, NULL},
                                     {{0, 1}, {0, 2}, "MAC"},
                                     {{1, 0}, {1, 1}, NULL},
                                     {{1, 1}, {1, 2}, "MAC"}};
    const lab_value cells[] = {
        {"m", LAB_ANSWER, {forged, len}}, LAB_UNKNOWN("blocks of m"),
        {"t", LAB_ANSWER, tag},           {"m || 00", LAB_FORGED, {forged, len + 1}},
        LAB_UNKNOWN("other blocks"),      LAB_UNKNOWN("not t")};

    lab_draw_blocks(
        o, &(lab_figure){"blocks", "Messages that are kept apart", rows, 2, columns, 3, cells},
        links, 4);
}

static void attack(lab_oracle *o)
{
    const lab_pair *given = lab_given(
        o, "A message that was seen with its tag and does not fill its last block.", 1, 0);
    size_t len = given->in.message.len;
    uint8_t forged[TEXT_MAX + 1];

    memcpy(forged, given->in.message.data, len);
    forged[len] = 0;
    lab_show(o, "forged message",
             (lab_value[]){{"m", LAB_ANSWER, given->in.message},
                           {"one zero more", LAB_FORGED, {forged + len, 1}}},
             2);
    const lab_input in = {given->in.nonce, {forged, len + 1}};
    if (lab_submit_input(o, "Filled with zeros, both are the same blocks.", &in, given->tag)) {
        draw_shared(o, forged, len, given->tag);
    } else {
        draw_apart(o, forged, len, given->tag);
    }
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_ANY_LENGTH) == 0 ? "its messages have one length"
           : (properties & (LAB_CHAIN | LAB_MASKED_SUM | LAB_CASCADE | LAB_POLYNOMIAL)) == 0
               ? "it takes bytes, not blocks, and pads them itself"
               : NULL;
}

/* Any of them behind zero padding. */
static void cell(const char *construction, lab_case *one)
{
    one->construction = "zeropad-any";
    one->settings[0] = (lab_setting){"of", construction};
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 100 to Bob",
     "the message that was seen; not a multiple of 16 bytes", 1, TEXT_MAX, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "zeropad-cbc", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "zeropad-ecbc", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "zeropad-cmac", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "zeropad-pmac", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "zeropad-pmac1", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "zeropad-hmac",
     .predicted = 1,
     .note = "whoever pads before the MAC spoils any MAC"},
    {.role = LAB_HOLDS, .construction = "ecbc-aes128", .note = "a 1 bit marks the end"},
    {.role = LAB_HOLDS, .construction = "cmac-aes128", .note = "a 1 bit, and another subkey"},
    {.role = LAB_HOLDS, .construction = "pmac-aes128", .note = "a 1 bit marks the end"},
    {.role = LAB_HOLDS, .construction = "hmac-sha256", .note = "the hash pads with its length"},
    {.construction = NULL},
};

const lab_card lab_card_zero_padding = {
    .name = "zero-padding",
    .number = "7",
    .title = "Messages filled with zeros share their tags",
    .items = "D15, D13",
    .about =
        "If only zeros fill the last block, m, m || 00 and m || 0000 are the same blocks and have\n"
        "one tag: a number gains digits, a list gains an empty entry. The construction behind it\n"
        "does not matter. It helps to append a 1 bit before the zeros, and a block more where\n"
        "the message fills its last one. Use any MAC of the library as it is.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
    .cell = cell,
};

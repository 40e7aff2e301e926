/* Card 7: zeros that fill the last block and zeros of the message look alike. */
#include <string.h>

#include "harness/card.h"

enum { TEXT_MAX = 1024, BLOCK = 16 };

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
    lab_submit_input(o, "Filled with zeros, both are the same blocks.", &in, given->tag);
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

/* Card 6: whoever may choose the IV may choose the first block. */
#include <string.h>

#include "harness/card.h"
#include "prim/block.h"

enum { BLOCK_MAX = MACAW_BLOCK_MAX };

static void draw(lab_oracle *o, const lab_pair *given, lab_bytes iv, lab_bytes first)
{
    static const char *const rows[] = {"IV", "first block", "IV xor first block"};
    static const char *const columns[] = {"seen", "forged"};
    uint8_t into[BLOCK_MAX];
    size_t n = iv.len;

    lab_xor(into, iv.data, first.data, n);
    const lab_value cells[] = {
        {"IV", LAB_ANSWER, given->in.nonce},
        {"IV'", LAB_FORGED, iv},
        {"m1", LAB_ANSWER, {given->in.message.data, n}},
        {"m1'", LAB_CHOSEN, first},
        {"into the cipher", LAB_DERIVED, {into, n}},
        {"into the cipher", LAB_DERIVED, {into, n}},
    };
    lab_draw(o, &(lab_figure){"table", "The same block goes into the cipher", rows, 3, columns, 2,
                              cells});
}

static void attack(lab_oracle *o)
{
    size_t n = lab_number(o, "block");
    lab_bytes wish = lab_option_bytes(o, "wish");
    const lab_pair *given;
    uint8_t iv[BLOCK_MAX], *forged;

    if (n == 0 || n > BLOCK_MAX) {
        return; /* no first block to speak of */
    }
    given = lab_given(o, "A message that was seen with its IV and its tag.", 1, 0);
    if (given->in.message.len < n) {
        return;
    }
    forged = lab_alloc(o, given->in.message.len);
    memcpy(forged, given->in.message.data, given->in.message.len);
    memset(forged, ' ', n);
    memcpy(forged, wish.data, wish.len < n ? wish.len : n);
    lab_xor(iv, given->in.message.data, forged, n);
    if (given->in.nonce.len == n) {
        lab_xor(iv, iv, given->in.nonce.data, n);
        lab_equation(o, &(lab_value){"IV'", LAB_FORGED, {iv, n}}, "xor",
                     (lab_value[]){{"IV", LAB_ANSWER, given->in.nonce},
                                   {"m1", LAB_ANSWER, {given->in.message.data, n}},
                                   {"m1'", LAB_CHOSEN, {forged, n}}},
                     3);
        draw(o, given, (lab_bytes){iv, n}, (lab_bytes){forged, n});
    }
    const lab_input in = {{iv, given->in.nonce.len == n ? n : 0}, {forged, given->in.message.len}};
    lab_submit_input(o, "IV xor m1 is what it was, so every chaining value is what it was.", &in,
                     given->tag);
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_CHAIN) == 0 ? "it has no chain that an IV begins" : NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "PAY 100 TO ALICEFOR THE NEW ROOF", "the message that was seen", 16,
     4096, NULL, false},
    {"wish", LAB_BYTES, "PAY 9999999 EVE ", "its first block, as wished", 0, 16, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-iv", .predicted = 1},
    {.role = LAB_HOLDS, .construction = "cbc-raw", .note = "the IV is 0 and nobody's to choose"},
    {.role = LAB_HOLDS,
     .construction = "cbc-iv-covered",
     .note = "the IV is a block of the message and goes through the cipher"},
    {.role = LAB_HOLDS, .construction = "cmac-aes128", .note = "there is no IV"},
    {.construction = NULL},
};

const lab_card lab_card_iv_change = {
    .name = "iv-change",
    .number = "6",
    .title = "CBC-MAC with an IV on the wire: the first block changes with it",
    .items = "B43, B41",
    .about =
        "Encryption in CBC mode needs a random IV; a MAC must not have one. Only IV xor m1 goes\n"
        "into the cipher, so an attacker who changes both by the same difference changes the\n"
        "first block of the message as he likes, and the tag stays right. It helps to begin\n"
        "with zeros, or to put the IV under the MAC like any other block. Use CMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};

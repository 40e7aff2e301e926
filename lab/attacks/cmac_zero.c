/* Card 24, third part: what E_k(0) is worth. */
#include <string.h>

#include "harness/card.h"
#include "prim/gf.h"

enum { BLOCK = 16 };

static void draw(lab_oracle *o, lab_bytes p, lab_bytes second, lab_bytes t, lab_bytes subkey,
                 bool accepted)
{
    static const char *const rows[] = {"message block", "xor chaining value", "xor subkey",
                                       "out of the cipher"};
    static const char *const columns[] = {"block 1", "block 2"};
    static const uint8_t zero[BLOCK];
    lab_value cells[] = {
        {"p", LAB_CHOSEN, p},
        {"t xor p xor K1", LAB_FORGED, second},
        {"0", LAB_PLAIN, {zero, BLOCK}},
        {"t", LAB_ANSWER, t},
        {NULL, LAB_PLAIN, {NULL, 0}},
        {"K1", LAB_DERIVED, subkey},
        {"t", LAB_ANSWER, t},
        {"t", LAB_FORGED, t},
    };

    for (size_t i = 3; i < 8 && !accepted; i++) {
        if (cells[i].name != NULL) {
            cells[i] = (lab_value)LAB_UNKNOWN(i == 7 ? "not t" : "?");
        }
    }
    lab_draw(o, &(lab_figure){"chain", "The forged message, block by block", rows, 4, columns, 2,
                              cells});
}

static void attack(lab_oracle *o)
{
    lab_bytes zero = lab_public(o, "zero"), wish = lab_option_bytes(o, "first");
    uint8_t forged[2 * BLOCK], asked[BLOCK], subkey[BLOCK], t[LAB_TAG_MAX];

    if (zero.len != BLOCK) {
        lab_say(o, "E_k(0) is not known.");
        return;
    }
    macaw_block_times_x(subkey, zero.data, BLOCK);
    lab_show_one(o, "E_k(0)", LAB_PLAIN, zero.data, BLOCK);
    lab_show_one(o, "K1 = x E_k(0)", LAB_DERIVED, subkey, BLOCK);
    memset(forged, ' ', BLOCK);
    memcpy(forged, wish.data, wish.len < BLOCK ? wish.len : BLOCK);
    lab_xor(asked, forged, subkey, BLOCK);
    if (!lab_ask(o, "The tag of p xor K1 is E(p), which would begin a longer message.", asked,
                 BLOCK, t)) {
        return;
    }
    lab_xor(forged + BLOCK, t, forged, BLOCK);
    lab_xor(forged + BLOCK, forged + BLOCK, subkey, BLOCK);
    bool accepted =
        lab_submit(o, "Behind p the second block and the subkey make p again, and E(p) = t.",
                   forged, sizeof forged, t, BLOCK);
    draw(o, (lab_bytes){forged, BLOCK}, (lab_bytes){forged + BLOCK, BLOCK}, (lab_bytes){t, BLOCK},
         (lab_bytes){subkey, BLOCK}, accepted);
}

static const lab_option options[] = {
    {"first", LAB_BYTES, "Pay 9,999 to Eve", "the first block of the forgery", 0, BLOCK, NULL,
     false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cmac-open", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "cmac-apart",
     .note = "the other key's E(0) says nothing of this one's"},
    {.role = LAB_HOLDS, .construction = "cmac-aes128", .note = "its subkeys stay inside"},
    {.construction = NULL},
};

const lab_card lab_card_cmac_zero = {
    .name = "cmac-zero",
    .number = "24",
    .title = "CMAC under a key that also encrypts",
    .items = "D25, D27, E13",
    .about =
        "CMAC's subkeys are multiples of E_k(0). Whoever sees E_k(0), because the same key "
        "encrypts\n"
        "a counter from 0 or a block of zeros, strips the subkey off, and CBC-MAC is left: one\n"
        "query forges a message whose first block the attacker chose. One key for one purpose:\n"
        "derive two from one (macaw key derive).",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
};

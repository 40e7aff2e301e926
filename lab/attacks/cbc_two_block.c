/* Card 4: one query, then a message twice as long with the same tag. */
#include <string.h>

#include "harness/card.h"
#include "prim/block.h"

enum { BLOCK_MAX = MACAW_BLOCK_MAX };

/* Both blocks, as the cipher sees them: m goes in twice, so t comes out twice. Where it
 * was refused, all that is known is what went in and the tag of m. */
static void draw(lab_oracle *o, lab_bytes m, lab_bytes t, lab_bytes second, bool accepted)
{
    static const uint8_t zero[BLOCK_MAX];
    static const char *const rows[] = {"message block", "xor chaining value", "into the cipher",
                                       "out of the cipher"};
    static const char *const columns[] = {"block 1", "block 2"};
    const lab_value cells[] = {
        {"m", LAB_CHOSEN, m},
        {"t xor m", LAB_FORGED, second},
        {"0", LAB_PLAIN, {zero, m.len}},
        {"t", LAB_ANSWER, t},
        {"m", LAB_CHOSEN, m},
        {"m", LAB_CHOSEN, m},
        {"t", LAB_ANSWER, t},
        {"t", LAB_FORGED, t},
    };
    const lab_value unknown[] = {
        cells[0],         cells[1],         LAB_UNKNOWN("?"), LAB_UNKNOWN("not t?"),
        LAB_UNKNOWN("?"), LAB_UNKNOWN("?"), cells[6],         LAB_UNKNOWN("not t"),
    };

    lab_draw(o, &(lab_figure){"chain",
                              accepted ? "The forged message: t cancels"
                                       : "The forged message: t did not cancel",
                              rows, 4, columns, 2, accepted ? cells : unknown});
}

static void attack(lab_oracle *o)
{
    size_t n = lab_number(o, "block");
    lab_bytes wish = lab_option_bytes(o, "message");
    uint8_t forged[2 * BLOCK_MAX], t[LAB_TAG_MAX];
    uint8_t *m = forged, *second = forged + n;

    if (n == 0 || n > BLOCK_MAX || n != lab_number(o, "tag")) {
        return; /* the tag is no chaining value */
    }
    memset(m, ' ', n);
    memcpy(m, wish.data, wish.len < n ? wish.len : n);
    if (!lab_ask(o, "The tag of one block m is E(m), the chaining value behind it.", m, n, t)) {
        return;
    }
    lab_xor(second, t, m, n);
    lab_equation(o, &(lab_value){"m2", LAB_FORGED, {second, n}}, "xor",
                 (lab_value[]){{"t", LAB_ANSWER, {t, n}}, {"m", LAB_CHOSEN, {m, n}}}, 2);
    bool accepted = lab_submit(
        o, "Behind m the chain holds t; t xor m cancels it, and E(m) = t comes out again.", forged,
        2 * n, t, n);
    draw(o, (lab_bytes){m, n}, (lab_bytes){t, n}, (lab_bytes){second, n}, accepted);
}

static const char *applies(uint32_t properties)
{
    return (properties & (LAB_CHAIN | LAB_MASKED_SUM)) == 0 ? "it is no mode of a block cipher"
           : (properties & LAB_ANY_LENGTH) == 0             ? "its messages have one length"
                                                            : NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 100 to Bob", "the block m, cut or filled with spaces", 0, 4096,
     NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one; AES-128 takes 16 bytes as they are",
     0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-raw", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "cmac-aes128",
     .note = "a subkey in the last block: t is no chaining value"},
    {.role = LAB_HOLDS,
     .construction = "ecbc-aes128",
     .note = "a second key encrypts the chaining value"},
    {.role = LAB_HOLDS,
     .construction = "cbc-prepend",
     .note = "one block and two blocks start with different lengths"},
    {.role = LAB_HOLDS,
     .construction = "cbc-fixed",
     .settings = {{"blocks", "1"}},
     .note = "no verifier takes two blocks"},
    {.construction = NULL},
};

const lab_card lab_card_cbc_two_block = {
    .name = "cbc-two-block",
    .number = "4",
    .title = "CBC-MAC forged with one query and two blocks",
    .items = "D11, D8, B41, B45",
    .about =
        "Raw CBC-MAC hands out its whole state: the tag t = E(m) of one block is what the\n"
        "next block would be xored to. The message m || (t xor m) therefore ends in\n"
        "E(t xor m xor t) = E(m) = t. It helps to make the last step different from the others\n"
        "(ECBC, CMAC), to put the length in front, or to accept one length only.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};

/* Card 24, second part: why CMAC has two subkeys. */
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16 };

/* The same block, with its padding and as it is. */
static void draw(lab_oracle *o, lab_bytes m, const uint8_t *block, lab_bytes t, bool accepted)
{
    static const char *const rows[] = {"message", "its last block", "masked with", "tag"};
    static const char *const columns[] = {"asked for", "forged"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "|| 10*"}, {{1, 0}, {2, 0}, "xor"},
                                     {{2, 0}, {3, 0}, "E"},      {{0, 1}, {1, 1}, NULL},
                                     {{1, 1}, {2, 1}, "xor"},    {{2, 1}, {3, 1}, "E"}};
    const lab_value subkey = LAB_UNKNOWN("the subkey"), other = LAB_UNKNOWN("not t");
    const lab_value same = {"t", LAB_FORGED, t};
    const lab_value cells[] = {{"m", LAB_CHOSEN, m},
                               {"m || 10*", LAB_FORGED, {block, BLOCK}},
                               {"m || 10*", LAB_GLUE, {block, BLOCK}},
                               {"m || 10*", LAB_FORGED, {block, BLOCK}},
                               subkey,
                               subkey,
                               {"t", LAB_ANSWER, t},
                               accepted ? same : other};
    const lab_value apart[] = {cells[0],
                               cells[1],
                               LAB_UNKNOWN("m, marked as padded"),
                               LAB_UNKNOWN("m || 10*, marked as whole"),
                               cells[6],
                               cells[7]};
    static const char *const steps[] = {"message", "at the end", "tag"};
    static const lab_link ends[] = {{{0, 0}, {1, 0}, NULL},
                                    {{1, 0}, {2, 0}, NULL},
                                    {{0, 1}, {1, 1}, NULL},
                                    {{1, 1}, {2, 1}, NULL}};

    if (accepted) {
        lab_draw_blocks(o,
                        &(lab_figure){"blocks", "The padding of one message, written in another",
                                      rows, 4, columns, 2, cells},
                        links, 6);
    } else {
        lab_draw_blocks(
            o,
            &(lab_figure){"blocks", "The end tells padded from whole", steps, 3, columns, 2, apart},
            ends, 4);
    }
}

static void attack(lab_oracle *o)
{
    lab_bytes m = lab_option_bytes(o, "message");
    uint8_t forged[BLOCK] = {0}, t[LAB_TAG_MAX];

    memcpy(forged, m.data, m.len);
    forged[m.len] = 0x80;
    lab_commit(o, (lab_bytes){forged, sizeof forged});
    if (!lab_ask(o, "A message that does not fill its last block: 10* is put behind it.", m.data,
                 m.len, t)) {
        return;
    }
    lab_show(
        o, "forged message",
        (lab_value[]){{"m", LAB_CHOSEN, m}, {"10*", LAB_GLUE, {forged + m.len, BLOCK - m.len}}}, 2);
    bool accepted = lab_submit(o, "The same block, now as a whole one that needs no padding.",
                               forged, sizeof forged, t, lab_number(o, "tag"));
    draw(o, m, forged, (lab_bytes){t, lab_number(o, "tag")}, accepted);
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 100 to Bob", "a message of less than a block", 1, BLOCK - 1, NULL,
     false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cmac-one-subkey", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "cmac-aes128",
     .note = "K1 for whole blocks, K2 for padded ones: no block is saved at a cost"},
    {.role = LAB_HOLDS,
     .construction = "ecbc-aes128",
     .note = "padding always, a block more where the last one is full"},
    {.role = LAB_HOLDS, .construction = "pmac-aes128"},
    {.construction = NULL},
};

const lab_card lab_card_cmac_subkeys = {
    .name = "cmac-subkeys",
    .number = "24",
    .title = "CMAC with one subkey: the padding is part of another message",
    .items = "D13, D14, D26, D27",
    .about = "Padding 10* only where a block is not full saves the extra block that ECBC adds, but "
             "then\n"
             "m and m || 10* are the same blocks. CMAC tells them apart by a second subkey. With "
             "K1 = K2\n"
             "one query forges; with both the same attack fails. Use CMAC as it is.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
};

/* Card 31: an error that tells padding from MAC decrypts everything. */
#include <string.h>

#include "attacks/steps.h"

enum { BLOCK = 16, BYTES = 256 };

static const lab_bytes none = {NULL, 0};

/* Whether the receiver finds the padding right of before || block, and whatever the
 * packet ended with. */
static bool padding_is_right(lab_oracle *o, const uint8_t before[BLOCK], const uint8_t *block,
                             lab_bytes tail)
{
    const lab_bytes pieces[] = {{before, BLOCK}, {block, BLOCK}, tail};
    lab_bytes answer;

    return lab_act(o, "Is the padding of this block right, behind that one?", "deliver",
                   lab_join(o, pieces, 3), &answer) &&
           (lab_bytes_equal(answer, lab_text("wrong MAC")) ||
            lab_bytes_equal(answer, lab_text("ok")));
}

/* The value of byte `at` that makes the padding right; the bytes behind are set. */
static bool find_byte(lab_oracle *o, uint8_t before[BLOCK], int at, const uint8_t *block,
                      lab_bytes tail)
{
    for (int b = 0; b < BYTES; b++) {
        before[at] = (uint8_t)b;
        if (!padding_is_right(o, before, block, tail)) {
            continue;
        }
        if (at == 0 || at < BLOCK - 1) {
            return true;
        }
        before[at - 1] ^= 1; /* or was it 02 02 by chance? */
        bool sure = padding_is_right(o, before, block, tail);
        before[at - 1] ^= 1;
        if (sure) {
            return true;
        }
    }
    return false;
}

/* The cipher's own output for a block: what CBC xors with the block before. */
static bool decrypt_block(lab_oracle *o, const uint8_t *block, lab_bytes tail, uint8_t ret[BLOCK])
{
    uint8_t before[BLOCK] = {0};

    for (int at = BLOCK - 1; at >= 0; at--) {
        uint8_t n = (uint8_t)(BLOCK - at);
        for (int i = at + 1; i < BLOCK; i++) {
            before[i] = ret[i] ^ n;
        }
        if (!find_byte(o, before, at, block, tail)) {
            return false;
        }
        ret[at] = before[at] ^ n;
    }
    return true;
}

static void attack(lab_oracle *o)
{
    lab_bytes packet;
    uint8_t raw[BLOCK], text[BLOCK];

    if (!lab_act(o, "A packet on its way.", "eavesdrop", none, &packet) ||
        packet.len < (size_t)2 * BLOCK) {
        return;
    }
    if (lab_hand_in(o, "Is it in clear?", (lab_bytes){packet.data, BLOCK})) {
        return;
    }
    const lab_bytes tail = {packet.data + packet.len - BLOCK, BLOCK};
    bool found = decrypt_block(o, packet.data + BLOCK, none, raw) ||
                 decrypt_block(o, packet.data + BLOCK, tail, raw);
    lab_measure(o, "decrypted", found ? 1 : 0);
    if (!found) {
        return;
    }
    lab_xor(text, raw, packet.data, BLOCK);
    lab_equation(o, &(lab_value){"secret", LAB_FORGED, {text, BLOCK}}, "xor",
                 (lab_value[]){{"D(block)", LAB_DERIVED, {raw, BLOCK}},
                               {"IV", LAB_ANSWER, {packet.data, BLOCK}}},
                 2);
    (void)lab_hand_in(o, "Sixteen bytes at 256 tries each, instead of 2^128 keys.",
                      (lab_bytes){text, BLOCK});
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "channel-mte",
     .predicted = 1,
     .note = "the padding is looked at before the MAC"},
    {.role = LAB_BREAKS,
     .construction = "channel-eam",
     .predicted = 1,
     .note = "and so it is here: the MAC needs the plaintext"},
    {.role = LAB_BREAKS,
     .construction = "channel-clear",
     .predicted = 1,
     .note = "a MAC keeps nothing secret: one reads"},
    {.role = LAB_HOLDS,
     .construction = "channel-etm",
     .note = "what was changed is refused before it is decrypted"},
    {.construction = NULL},
};

const lab_card lab_card_padding_oracle = {
    .name = "padding-oracle",
    .number = "31",
    .title = "MAC, then encrypt: the padding's error decrypts",
    .items = "A16",
    .about =
        "A receiver that decrypts before it checks the MAC must look at the padding of what an\n"
        "attacker made. If he learns whether it was right, by an error or by time, he decrypts\n"
        "each byte in 256 tries (Vaudenay 2002). With the MAC over the ciphertext nothing of his\n"
        "is ever decrypted. Encrypt, then MAC, under two keys; or use an AEAD: sc1-aead.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION,
               .actions = 1 + 2 * BLOCK * (BYTES + 8),
               .verifications = 2},
    .attack = attack,
    .repeats = 5,
};

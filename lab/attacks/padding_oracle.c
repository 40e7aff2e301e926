/* Card 31: an error that tells padding from MAC decrypts everything. */
#include <string.h>

#include "attacks/steps.h"

enum { BLOCK = 16, BYTES = 256 };

static const lab_bytes none = {NULL, 0};

/* Who talks, and what of it is worth telling: the first guess, and the one that made the
 * last byte right. */
typedef struct talk {
    lab_oracle *o;
    uint8_t guess[2][BLOCK];
    lab_bytes answer[2];
    uint8_t last[BLOCK]; /* in front of the block when all its bytes are padding */
    uint64_t asked;
} talk;

/* Whether the receiver finds the padding right of before || block, and whatever the
 * packet ended with. */
static bool padding_is_right(talk *t, const uint8_t before[BLOCK], const uint8_t *block,
                             lab_bytes tail, lab_bytes *answer)
{
    const lab_bytes pieces[] = {{before, BLOCK}, {block, BLOCK}, tail};

    t->asked++;
    return lab_act(t->o, "Is the padding of this block right, behind that one?", "deliver",
                   lab_join(t->o, pieces, 3), answer) &&
           (lab_bytes_equal(*answer, lab_text("wrong MAC")) ||
            lab_bytes_equal(*answer, lab_text("ok")));
}

/* Keep what was asked and answered. */
static void keep(talk *t, int which, const uint8_t before[BLOCK], lab_bytes answer)
{
    memcpy(t->guess[which], before, BLOCK);
    t->answer[which] = answer;
}

/* The value of byte `at` that makes the padding right; the bytes behind are set. */
static bool find_byte(talk *t, uint8_t before[BLOCK], int at, const uint8_t *block, lab_bytes tail)
{
    lab_bytes answer, again;

    for (int b = 0; b < BYTES; b++) {
        before[at] = (uint8_t)b;
        bool right = padding_is_right(t, before, block, tail, &answer);
        if (at == BLOCK - 1 && b == 0) {
            keep(t, 0, before, answer);
        }
        if (!right) {
            continue;
        }
        if (at < BLOCK - 1) {
            return true;
        }
        before[at - 1] ^= 1; /* or was it 02 02 by chance? */
        bool sure = padding_is_right(t, before, block, tail, &again);
        before[at - 1] ^= 1;
        if (sure) {
            keep(t, 1, before, answer);
            return true;
        }
    }
    return false;
}

/* The cipher's own output for a block: what CBC xors with the block before. */
static bool decrypt_block(talk *t, const uint8_t *block, lab_bytes tail, uint8_t ret[BLOCK])
{
    uint8_t before[BLOCK] = {0};

    for (int at = BLOCK - 1; at >= 0; at--) {
        uint8_t n = (uint8_t)(BLOCK - at);
        for (int i = at + 1; i < BLOCK; i++) {
            before[i] = ret[i] ^ n;
        }
        if (!find_byte(t, before, at, block, tail)) {
            return false;
        }
        ret[at] = before[at] ^ n;
    }
    memcpy(t->last, before, BLOCK);
    return true;
}

/* ---- figures ---- */

static const char *text_of(lab_oracle *o, lab_bytes answer)
{
    return (const char *)lab_print(o, "%.*s", (int)answer.len, (const char *)answer.data).data;
}

static const char *last_byte(const talk *t, int which)
{
    return (const char *)lab_print(t->o, "%s, ends in %02x; the block",
                                   which == 0 ? "first guess" : "last guess",
                                   t->guess[which][BLOCK - 1])
        .data;
}

static void draw_talk(const talk *t, lab_bytes packet)
{
    static const char *const parties[] = {"alice", "attacker", "receiver", NULL};
    lab_bytes count = lab_print(t->o, "%llu questions in all", (unsigned long long)t->asked);
    const lab_step steps[] = {
        {0, 1, {"IV || ciphertext", LAB_ANSWER, packet}},
        {1, 2, {last_byte(t, 0), LAB_CHOSEN, {t->guess[0], BLOCK}}},
        {2, 1, {text_of(t->o, t->answer[0]), LAB_ANSWER, none}},
        {1, 2, {last_byte(t, 1), LAB_CHOSEN, {t->guess[1], BLOCK}}},
        {2, 1, {text_of(t->o, t->answer[1]), LAB_ANSWER, none}},
        {1, 1, {(const char *)count.data, LAB_PLAIN, none}},
    };

    lab_draw_steps(t->o, "What the receiver answers", parties, steps, 6);
}

/* In the clear there is nothing to ask. */
static void draw_clear(lab_oracle *o, lab_bytes packet)
{
    static const char *const parties[] = {"alice", "attacker", "receiver", NULL};
    const lab_step steps[] = {
        {0, 2, {"text || MAC", LAB_ANSWER, packet}},
        {1, 1, {"reads", LAB_FORGED, {packet.data, BLOCK}}},
    };

    lab_draw_steps(o, "A MAC, and no cipher", parties, steps, 2);
}

/* One block, decrypted behind three others. */
static void draw_block(const talk *t, const uint8_t *raw, const uint8_t *iv, const uint8_t *text)
{
    static const char *const rows[] = {"D(block)", "xor the block before", "plaintext"};
    static const char *const columns[] = {"one byte of padding", "a block of padding",
                                          "as alice sent it"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, NULL}, {{1, 0}, {2, 0}, "xor"},
                                     {{0, 1}, {1, 1}, NULL}, {{1, 1}, {2, 1}, "xor"},
                                     {{0, 2}, {1, 2}, NULL}, {{1, 2}, {2, 2}, "xor"}};
    uint8_t one[BLOCK], whole[BLOCK];
    const lab_value d = {"D", LAB_DERIVED, {raw, BLOCK}};

    lab_xor(one, raw, t->guess[1], BLOCK);
    lab_xor(whole, raw, t->last, BLOCK);
    lab_draw_blocks(t->o,
                    &(lab_figure){"blocks", "The same block behind three others", rows, 3, columns,
                                  3,
                                  (lab_value[]){d,
                                                d,
                                                d,
                                                {"a guess", LAB_CHOSEN, {t->guess[1], BLOCK}},
                                                {"the last guess", LAB_CHOSEN, {t->last, BLOCK}},
                                                {"IV", LAB_ANSWER, {iv, BLOCK}},
                                                {"ends in 01", LAB_DERIVED, {one, BLOCK}},
                                                {"16 bytes 10", LAB_DERIVED, {whole, BLOCK}},
                                                {"the secret", LAB_FORGED, {text, BLOCK}}}},
                    links, 6);
}

static void attack(lab_oracle *o)
{
    lab_bytes packet;
    talk t = {.o = o};
    uint8_t raw[BLOCK], text[BLOCK];

    if (!lab_act(o, "A packet on its way.", "eavesdrop", none, &packet) ||
        packet.len < (size_t)2 * BLOCK) {
        return;
    }
    if (lab_hand_in(o, "Is it in clear?", (lab_bytes){packet.data, BLOCK})) {
        draw_clear(o, packet);
        return;
    }
    const lab_bytes tail = {packet.data + packet.len - BLOCK, BLOCK};
    bool found = decrypt_block(&t, packet.data + BLOCK, none, raw) ||
                 decrypt_block(&t, packet.data + BLOCK, tail, raw);
    draw_talk(&t, packet);
    if (!found) {
        lab_measure(o, "decrypted", 0);
        return;
    }
    lab_xor(text, raw, packet.data, BLOCK);
    lab_equation(o, &(lab_value){"secret", LAB_FORGED, {text, BLOCK}}, "xor",
                 (lab_value[]){{"D(block)", LAB_DERIVED, {raw, BLOCK}},
                               {"IV", LAB_ANSWER, {packet.data, BLOCK}}},
                 2);
    bool right = lab_hand_in(o, "Sixteen bytes at 256 tries each, instead of 2^128 keys.",
                             (lab_bytes){text, BLOCK});
    lab_measure(o, "decrypted", right ? 1 : 0);
    if (right) {
        draw_block(&t, raw, packet.data, text);
    }
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

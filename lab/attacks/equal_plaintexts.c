/* Card 32: a MAC of the plaintext, in clear, tells which messages are equal. */
#include "attacks/steps.h"

enum { TAG = 16 };

static const lab_bytes none = {NULL, 0};

/* Who learns what. */
static void draw(lab_oracle *o, lab_bytes a, lab_bytes b, bool same, bool right)
{
    static const char *const parties[] = {"alice", "attacker", "bob", NULL};
    static const lab_bytes nothing = {NULL, 0};
    const lab_step steps[] = {
        {0, 2, {"a packet; it ends in", LAB_ANSWER, a}},
        {0, 2, {"another; it ends in", LAB_ANSWER, b}},
        {1,
         1,
         {same ? "equal: the same message" : "not equal: another message", LAB_DERIVED, nothing}},
        {2, 2, {right ? "it is so" : "it is not so", LAB_PLAIN, nothing}},
    };

    lab_draw_steps(o, "What two packets tell", parties, steps, 4);
}

static void attack(lab_oracle *o)
{
    lab_bytes first, second;

    if (!lab_act(o, "A packet on its way.", "eavesdrop", none, &first) ||
        !lab_act(o, "Another, of the same message or of a new one: a coin decides.", "toss", none,
                 &second) ||
        first.len < TAG || second.len < TAG) {
        return;
    }
    const lab_bytes a = {first.data + first.len - TAG, TAG};
    const lab_bytes b = {second.data + second.len - TAG, TAG};
    bool same = lab_bytes_equal(a, b);
    lab_show(o, "the last 16 bytes of both",
             (lab_value[]){{"first", LAB_ANSWER, a}, {"second", LAB_ANSWER, b}}, 2);
    draw(o, a, b, same,
         lab_hand_in(o, "Equal tags, equal messages; else they differ.",
                     lab_text(same ? "same" : "other")));
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "channel-eam",
     .predicted = 1,
     .note = "the same key and plaintext, the same tag"},
    {.role = LAB_HOLDS,
     .construction = "channel-etm",
     .predicted = 0.5,
     .note = "the tag is of a ciphertext, which a random IV makes new"},
    {.role = LAB_HOLDS,
     .construction = "channel-mte",
     .predicted = 0.5,
     .note = "the tag is encrypted with a random IV (but see padding-oracle)"},
    {.construction = NULL},
};

const lab_card lab_card_equal_plaintexts = {
    .name = "equal-plaintexts",
    .number = "32",
    .title = "Encrypt and MAC: equal messages have equal tags",
    .items = "A16, E10, E13",
    .about =
        "A MAC is deterministic, and it is no cipher: sent in clear beside the ciphertext, it\n"
        "shows when a message is sent again, and lets everybody test guesses against whoever has\n"
        "the key. Liu's cookie protocol does so. MAC the ciphertext, whose IV is new each time,\n"
        "or use an AEAD: sc1-aead.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 1},
    .attack = attack,
    .chance = 0.5,
    .repeats = 40,
};

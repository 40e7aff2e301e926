/* Card 28: the receiver of a MAC can make it, so that it convinces nobody else. */
#include <macaw/mac.h>

#include "attacks/steps.h"
#include "base/codec.h"

enum { KEY = 32, HEX = 64 };

static bool tag_as_bob(lab_bytes key, lab_bytes text, char hex[HEX])
{
    uint8_t tag[KEY];
    macaw_key *own = NULL;
    bool done =
        macaw_key_new(&own, macaw_alg_find("hmac-sha256"), key.data, key.len, NULL) == MACAW_OK &&
        macaw_tag(own, &(macaw_msg){NULL, text.data, text.len}, tag, sizeof tag) == MACAW_OK;

    if (done) {
        macaw_hex_encode(hex, tag, sizeof tag);
    }
    macaw_key_free(own);
    return done;
}

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"alice", "bob", "judge", NULL};
    const lab_bytes true_text = lab_text("I owe Bob 1 euro");
    const lab_bytes false_text = lab_text("I owe Bob 1000000 euro");
    lab_bytes key, hers;
    char hex[HEX];

    if (!lab_act(o, "Bob has a key to verify alice's messages with.", "bobs-key",
                 (lab_bytes){NULL, 0}, &key) ||
        !lab_act(o, "What alice puts behind a text that she did write.", "alice-says", true_text,
                 &hers) ||
        !tag_as_bob(key, true_text, hex)) {
        return;
    }
    const lab_bytes his = {(uint8_t *)hex, HEX};
    bool equal = lab_bytes_equal(hers, his);
    lab_measure(o, "byte-equal", equal ? 1 : 0);
    lab_show(o, equal ? "the same bytes" : "not the same bytes",
             (lab_value[]){{"made by alice", LAB_ANSWER, hers}, {"made by bob", LAB_DERIVED, his}},
             2);
    if (!tag_as_bob(key, false_text, hex)) {
        return;
    }
    const lab_bytes pieces[] = {false_text, lab_text("|"), his};
    lab_bytes claim = lab_join(o, pieces, 3);
    const lab_step steps[] = {
        {0, 1, {"I owe Bob 1 euro", LAB_ANSWER, hers}},
        {1, 1, {"computes it for another text", LAB_DERIVED, his}},
        {1, 2, {"she wrote this", LAB_FORGED, claim}},
    };
    lab_draw_steps(o, "Who wrote it?", parties, steps, 3);
    (void)lab_hand_in(o, "The judge can only compute what both of them can.", claim);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "judge-mac", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "judge-signature",
     .note = "bob verifies with a public key, from which no signature follows"},
    {.construction = NULL},
};

const lab_card lab_card_non_repudiation = {
    .name = "non-repudiation",
    .number = "28",
    .title = "A MAC proves nothing to a third party",
    .items = "B2",
    .about =
        "Alice and Bob share the key of a MAC. Bob knows that a message is hers, because he did\n"
        "not write it; a judge does not, because he could have: the bytes are the same. For\n"
        "what must be proved to others, sign (Ed25519): only alice has the key for that.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 1},
    .attack = attack,
    .repeats = 10,
};

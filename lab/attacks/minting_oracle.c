/* Card 21c: an end point that signs what one likes, under the cookies' key. */
#include "attacks/steps.h"

#define COOKIE "alice|9999999999"

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"attacker", "links", "sessions", NULL};
    lab_bytes mac;

    if (!lab_act(o, "A text to be signed that looks like a cookie's content.", "sign-link",
                 lab_text(COOKIE), &mac)) {
        return;
    }
    const lab_bytes pieces[] = {lab_text(COOKIE "|"), mac};
    lab_bytes cookie = lab_join(o, pieces, 2);
    const lab_step steps[] = {
        {0, 1, {"sign", LAB_CHOSEN, lab_text(COOKIE)}},
        {1, 0, {"MAC", LAB_ANSWER, mac}},
        {0, 2, {"Cookie", LAB_FORGED, cookie}},
    };
    lab_draw_steps(o, "A service that mints", parties, steps, 3);
    (void)lab_hand_in(o, "The MAC does not say what it was made for.", cookie);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "mint-shared", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "mint-labelled",
     .note = "what the links' key signs, the cookies' key does not know"},
    {.construction = NULL},
};

const lab_card lab_card_minting_oracle = {
    .name = "minting-oracle",
    .number = "21c",
    .title = "A service that signs any text mints cookies",
    .items = "E13, E26",
    .about =
        "A site signs links, tokens, exports: short texts that its users choose. Under the key\n"
        "of its cookies, each such service makes a cookie for anybody, without a login. One key\n"
        "serves one purpose: derive one for each, with a label (macaw_hkdf). The schemes sc1-*\n"
        "bind their purpose, cookie name and audience in just that way.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 1, .verifications = 1},
    .attack = attack,
    .repeats = 10,
};

/* Card 21d: an account is closed, and its name is given to somebody else. */
#include "attacks/steps.h"

static const lab_bytes none = {NULL, 0};

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"former owner", "server", "new owner", NULL};
    lab_bytes token, answer;

    if (!lab_act(o, "The first alice logs in and keeps a copy of the token.", "token", none,
                 &token) ||
        !lab_act(o, "She closes her account, and a minute later another alice registers.",
                 "close-account", none, &answer)) {
        return;
    }
    const lab_step steps[] = {
        {1, 0, {"token", LAB_ANSWER, token}},
        {0, 1, {"closes the account alice", LAB_CHOSEN, none}},
        {2, 1, {"registers as alice", LAB_PLAIN, none}},
        {0, 1, {"sends the old token", LAB_FORGED, token}},
    };
    lab_draw_steps(o, "A name that is given again", parties, steps, 4);
    (void)lab_hand_in(o, "The token says alice, its date is good, and an alice there is.", token);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "name-reused", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "name-number",
     .note = "the token says user-1, and the new alice is user-2"},
    {.role = LAB_HOLDS,
     .construction = "name-revoked",
     .note = "all sessions of the subject from before are revoked"},
    {.construction = NULL},
};

const lab_card lab_card_name_reuse = {
    .name = "name-reuse",
    .number = "21d",
    .title = "A closed account's token opens its successor's",
    .items = "E21",
    .about = "A token names its user for as long as it is good. If the name is given to somebody\n"
             "else meanwhile, the old token is the new user's. Put a number under the MAC that is\n"
             "never given again, or revoke the subject when its account ends (macaw_revocation).",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 1},
    .attack = attack,
    .repeats = 10,
};

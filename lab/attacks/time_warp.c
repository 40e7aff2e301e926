/* Card 21b: an old cookie brings an old state back. */
#include "attacks/steps.h"

static const lab_bytes none = {NULL, 0};

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"customer", "server", NULL};
    lab_bytes token, answer;

    if (!lab_act(o, "The token vouches for 100 credits.", "token", none, &token) ||
        !lab_act(o, "They are spent; the server sends a new token that says so.", "spend", none,
                 &answer)) {
        return;
    }
    const lab_step steps[] = {
        {1, 0, {"token: 100 credits", LAB_ANSWER, token}},
        {0, 1, {"spends them all", LAB_CHOSEN, none}},
        {1, 0, {"token: no credits", LAB_ANSWER, none}},
        {0, 1, {"sends the first token", LAB_FORGED, token}},
    };
    lab_draw_steps(o, "A time warp", parties, steps, 4);
    (void)lab_hand_in(o, "Nothing stops a browser from keeping the old one.", token);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "warp-content", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "warp-generation",
     .note = "the server keeps a number for each account, and takes its current one only"},
    {.role = LAB_HOLDS,
     .construction = "warp-dated",
     .note = "a date under the MAC limits it: an hour later the old token is dead"},
    {.construction = NULL},
};

const lab_card lab_card_time_warp = {
    .name = "time-warp",
    .number = "21b",
    .title = "An old token brings an old state back",
    .items = "E17",
    .about =
        "What a token says was true when it was made. Who keeps state in it (credits, a basket,\n"
        "rights) hands every user a way back in time: the old token is as authentic as the new\n"
        "one. Dates under the MAC bound it; a number of the account, compared with the server's,\n"
        "ends it. Use the generation of sc1-mac, or keep the state on the server.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 1},
    .attack = attack,
    .repeats = 10,
};

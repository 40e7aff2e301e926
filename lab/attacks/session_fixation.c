/* Card 20: a session id that the attacker knew before. */
#include "attacks/steps.h"

static void draw(lab_oracle *o, lab_bytes id)
{
    static const char *const parties[] = {"attacker", "alice's browser", "server", NULL};
    const lab_step steps[] = {
        {0, 2, {"a first request", LAB_CHOSEN, {NULL, 0}}},
        {2, 0, {"Set-Cookie: id=", LAB_ANSWER, id}},
        {0, 1, {"plants the cookie id=", LAB_CHOSEN, id}},
        {1, 2, {"logs in, with Cookie: id=", LAB_PLAIN, id}},
        {0, 2, {"a request, with Cookie: id=", LAB_FORGED, id}},
    };

    lab_draw_steps(o, "Session fixation", parties, steps, 5);
}

static bool plant(lab_oracle *o, lab_bytes id, const char *why)
{
    lab_bytes nothing;

    return lab_act(o, why, "victim-logs-in", id, &nothing) &&
           lab_hand_in(o, "Whoever knows the id is now whom it stands for.", id);
}

static void attack(lab_oracle *o)
{
    lab_bytes id;

    if (!lab_act(o, "Everybody who comes gets an id.", "visit", (lab_bytes){NULL, 0}, &id)) {
        return;
    }
    draw(o, id);
    if (!plant(o, id, "The victim's browser takes it, from a link, a frame or a site next door.")) {
        (void)plant(o, lab_text("0123456789abcdef0123456789abcdef"),
                    "An id of one's own making, which the server may adopt.");
    }
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "fixation-kept", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "fixation-adopted", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "fixation-renewed",
     .note = "login makes a new id, and none but alice sees it"},
    {.role = LAB_HOLDS,
     .construction = "fixation-sc1",
     .note = "a token names its user under the MAC: nothing becomes another's later"},
    {.construction = NULL},
};

const lab_card lab_card_session_fixation = {
    .name = "session-fixation",
    .number = "20",
    .title = "The attacker's session id becomes the victim's",
    .items = "E27",
    .about =
        "A session id that was known before the login stands for the victim after it. The\n"
        "attacker gets an id, plants it in the victim's browser and waits. No MAC is broken,\n"
        "and none would help: the id is authentic. Login must make a new id, and ids that the\n"
        "server did not make must not be adopted. Use sc1-mac or sc1-handle.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 3, .verifications = 2},
    .attack = attack,
    .repeats = 10,
};

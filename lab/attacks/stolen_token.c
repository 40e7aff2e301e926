/* Card 21f: a copied token, and its owner logs out. */
#include <string.h>

#include "attacks/steps.h"

static const lab_bytes none = {NULL, 0};

/* The digits of the MAC behind the last |, in capitals. */
static lab_bytes respell(lab_oracle *o, lab_bytes token)
{
    uint8_t *text = lab_alloc(o, token.len + 1);
    lab_bytes before = none, mac = none;

    memcpy(text, token.data, token.len);
    if (lab_cut_last(token, '|', &before, &mac)) {
        for (size_t i = before.len; i < token.len; i++) {
            if (text[i] >= 'a' && text[i] <= 'f') {
                text[i] = (uint8_t)(text[i] - 'a' + 'A');
            }
        }
    }
    return (lab_bytes){text, token.len};
}

static void attack(lab_oracle *o)
{
    static const char *const parties[] = {"alice", "server", "thief", NULL};
    lab_bytes token, answer;

    if (!lab_act(o, "Alice's token was copied: from a shared computer, a log, a backup.", "token",
                 none, &token) ||
        !lab_act(o, "She logs out.", "log-out", none, &answer)) {
        return;
    }
    const lab_step steps[] = {
        {1, 0, {"token", LAB_ANSWER, token}},
        {2, 2, {"has a copy", LAB_CHOSEN, none}},
        {0, 1, {"logs out", LAB_PLAIN, none}},
        {2, 1, {"sends the token", LAB_FORGED, token}},
    };
    lab_draw_steps(o, "A stolen token", parties, steps, 4);
    if (!lab_hand_in(o, "Logging out took the cookie out of her browser. And here?", token)) {
        (void)lab_hand_in(o, "The same token in another spelling, for a list of texts.",
                          respell(o, token));
    }
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "stolen-plain",
     .predicted = 1,
     .note = "until it expires: logout is the browser's affair only"},
    {.role = LAB_BREAKS,
     .construction = "stolen-text",
     .predicted = 1,
     .note = "the list knows one spelling of the token, the decoder two"},
    {.role = LAB_HOLDS,
     .construction = "stolen-revoked",
     .note = "the session id under the MAC is in the revocation table"},
    {.construction = NULL},
};

const lab_card lab_card_stolen_token = {
    .name = "stolen-token",
    .number = "21f",
    .title = "A copied token outlives the logout",
    .items = "E5, E8, E20",
    .about =
        "A token is good for whoever has it, until its date. Deleting the cookie in the browser\n"
        "does not reach a copy, and a list of token texts does not reach a copy that is spelled\n"
        "otherwise. Revoke what stands under the MAC: the session id (macaw_revocation, in nginx\n"
        "a zone and macaw session revoke), or keep sessions on the server (sc1-handle).",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 2},
    .attack = attack,
    .repeats = 10,
};

/* Card 17: a character moves from one field of a cookie into the next. */
#include "attacks/steps.h"

#define VICTIM "alice" /* as every world calls its victim */

static void draw(lab_oracle *o, lab_bytes user, lab_bytes expiry)
{
    static const char *const rows[] = {"the cookie's owner", "the spliced cookie"};
    static const char *const columns[] = {"name", "one character", "date"};
    const lab_bytes digit = {user.data + user.len - 1, 1};
    const lab_value cells[] = {
        {"name", LAB_CHOSEN, {user.data, user.len - 1}},
        {"name, too", LAB_CHOSEN, digit},
        {"date", LAB_ANSWER, expiry},
        {"name", LAB_FORGED, {user.data, user.len - 1}},
        {"date, too", LAB_FORGED, digit},
        {"date", LAB_FORGED, expiry},
    };

    lab_draw(o, &(lab_figure){"string", "The bytes under the MAC, read in two ways", rows, 2,
                              columns, 3, cells});
}

/* alice1|1700003600 -> alice|11700003600 */
static bool shift(lab_oracle *o)
{
    const lab_bytes user = lab_text(VICTIM "1");
    lab_bytes cookie, name, rest, expiry, mac;

    if (!lab_act(o, "Anybody may register, so why not as " VICTIM "1.", "log-in", user, &cookie) ||
        !lab_cut(cookie, '|', &name, &rest) || !lab_cut(rest, '|', &expiry, &mac)) {
        return false;
    }
    draw(o, user, expiry);
    const lab_bytes pieces[] = {lab_text(VICTIM "|1"), expiry, lab_text("|"), mac};
    return lab_hand_in(o,
                       "If nothing but bytes is under the MAC, the 1 may as well begin the date "
                       "(711662980 becomes 1711662980 just so).",
                       lab_join(o, pieces, 4));
}

/* A name that holds a date and the separator before it. */
static bool inject(lab_oracle *o)
{
    lab_bytes cookie;

    return lab_act(o, "A name may hold the separator, if nobody forbids it.", "log-in",
                   lab_text(VICTIM "|9999999999"), &cookie) &&
           lab_hand_in(o, "Read from the left, the name ends at its own separator.", cookie);
}

static void attack(lab_oracle *o)
{
    if (!shift(o)) {
        (void)inject(o);
    }
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cookie-concat", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "cookie-pipe", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "cookie-sc1",
     .note = "every field has its length before it: two ways to read it there are none"},
    {.role = LAB_HOLDS,
     .construction = "cookie-plain",
     .note = "the separator is under the MAC, and no name may hold it"},
    {.construction = NULL},
};

const lab_card lab_card_cookie_splice = {
    .name = "cookie-splice",
    .number = "17",
    .title = "A cookie's name and date run into one another",
    .items = "E4, E7, E16, E22, E32",
    .about =
        "A MAC covers bytes, not fields. If name and date are put together without anything\n"
        "between them, alice1 with 711662980 and alice with 1711662980 are the same bytes: the\n"
        "owner of alice1 becomes alice, and for longer. A separator helps only if no field can\n"
        "hold it. Use an encoding from which the fields follow in one way: the session scheme\n"
        "sc1-mac gives each its length.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 2},
    .attack = attack,
    .repeats = 10,
};

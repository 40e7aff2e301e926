/* Card 16: a digit moves from the end of the request's target into its timestamp. */
#include "attacks/steps.h"

enum { TEN_YEARS = 315576000 };

static void draw(lab_oracle *o, lab_bytes target, lab_bytes stamp)
{
    static const char *const rows[] = {"as it was signed", "as it is sent"};
    static const char *const columns[] = {"target", "one digit", "timestamp"};
    const lab_bytes start = {target.data, target.len - 1}, digit = {target.data + start.len, 1};
    const lab_value cells[] = {
        {"target", LAB_ANSWER, start},         {"target, too", LAB_ANSWER, digit},
        {"timestamp", LAB_ANSWER, stamp},      {"target", LAB_FORGED, start},
        {"timestamp, too", LAB_FORGED, digit}, {"timestamp", LAB_FORGED, stamp},
    };

    lab_draw(o, &(lab_figure){"string", "The bytes under the MAC, read in two ways", rows, 2,
                              columns, 3, cells});
}

static void attack(lab_oracle *o)
{
    lab_bytes request, target, rest, stamp, mac, nothing;

    if (!lab_act(o, "A request whose target ends in a digit was seen on its way.", "capture",
                 (lab_bytes){NULL, 0}, &request) ||
        !lab_cut(request, ' ', &target, &rest) || !lab_cut(rest, ' ', &stamp, &mac)) {
        return;
    }
    draw(o, target, stamp);
    const lab_bytes pieces[] = {{target.data, target.len - 1},
                                lab_text(" "),
                                {target.data + target.len - 1, 1},
                                stamp,
                                lab_text(" "),
                                mac};
    lab_bytes forged = lab_join(o, pieces, 6);
    bool now = lab_hand_in(o,
                           "The same bytes with the same MAC, but another target, and a date "
                           "that is far ahead, or begins with 0.",
                           forged);
    bool later = lab_act(o, "Ten years go by.", "wait", lab_print(o, "%d", TEN_YEARS), &nothing) &&
                 lab_hand_in(o, "Where only the old is refused, it is never old.", forged);
    lab_measure(o, "accepted-at-once", now ? 1 : 0);
    lab_measure(o, "accepted-after-ten-years", later ? 1 : 0);
}

static const lab_option options[] = {
    {"target", LAB_BYTES, "/pay?to=bob&amount=25", "the request's target; it should end in a digit",
     2, 256, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "splice-one-sided",
     .predicted = 1,
     .note = "a date in the far future is not old: it is accepted for ever"},
    {.role = LAB_BREAKS,
     .construction = "splice-two-sided",
     .predicted = 1,
     .settings = {{"target", "/pay?to=bob&amount=100"}},
     .note = "a 0 before the date does not change it: a window on both sides does not help here"},
    {.role = LAB_HOLDS,
     .construction = "splice-separated",
     .note = "a separator that no target may hold"},
    {.role = LAB_HOLDS,
     .construction = "splice-separated",
     .settings = {{"target", "/pay?to=bob&amount=100"}},
     .note = "nor does the 0 move"},
    {.role = LAB_HOLDS,
     .construction = "splice-library",
     .note = "the last ten bytes are the date, always, and the first of them is not 0"},
    {.role = LAB_HOLDS,
     .construction = "splice-library",
     .settings = {{"target", "/pay?to=bob&amount=100"}},
     .note = "nor does the 0 move"},
    {.role = LAB_HOLDS,
     .construction = "splice-two-sided",
     .settings = {{"target", "/pay?to=bob&amount=25"}},
     .note = "a 5 before the date puts it thousands of years ahead: here the window helps"},
    {.construction = NULL},
};

const lab_card lab_card_freshness_splice = {
    .name = "freshness-splice",
    .number = "16",
    .title = "A digit of the request moves into its timestamp",
    .items = "C4, C5, C17",
    .about =
        "MAC(target || timestamp) with nothing between: the target's last digit may as well be\n"
        "the timestamp's first. amount=25 at 1700000000 and amount=2 at 51700000000 are the same\n"
        "bytes. A server that only refuses what is old takes the second for ever. A window on\n"
        "both sides stops that digit, but not a 0. It helps to separate the fields, or to give\n"
        "the timestamp one length: so does the scheme x-authorization of macaw.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = 2},
    .attack = attack,
    .repeats = 10,
};

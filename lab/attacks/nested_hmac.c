/* Card 19: attacks on cookies, once with one HMAC and once with HMAC(HMAC(sk, m), m): the
 * cards of those attacks play here. */
#include "attacks/steps.h"

extern const lab_card lab_card_cookie_splice, lab_card_stolen_token, lab_card_cookie_volume;

static void attack(lab_oracle *o)
{
    const lab_settings *settings = lab_options(o);

    if (lab_settings_is(settings, "with", "splice")) {
        lab_card_cookie_splice.attack(o);
    } else if (lab_settings_is(settings, "with", "theft")) {
        lab_card_stolen_token.attack(o);
    } else {
        lab_card_cookie_volume.attack(o);
    }
}

static const lab_option options[] = {
    {"with", LAB_CHOICE, "splice", "which attack; each case sets its own", 0, 0,
     "splice theft search", false},
    {"nested", LAB_NUMBER, "0", "1: the MAC under a key that is a MAC itself", 0, 1, NULL, false},
    {"cookies", LAB_NUMBER, "1", "for the search", 1, 1, NULL, false},
    {"bits", LAB_NUMBER, "12", "of the key that are random, for the search", 1, 20, NULL, false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "cookie-concat",
     .settings = {{"with", "splice"}},
     .predicted = 1,
     .note = "one HMAC"},
    {.role = LAB_BREAKS,
     .construction = "cookie-concat",
     .settings = {{"with", "splice"}, {"nested", "1"}},
     .predicted = 1,
     .note = "nested: the same"},
    {.role = LAB_BREAKS,
     .construction = "stolen-plain",
     .settings = {{"with", "theft"}},
     .predicted = 1,
     .note = "one HMAC"},
    {.role = LAB_BREAKS,
     .construction = "stolen-nested",
     .settings = {{"with", "theft"}, {"nested", "1"}},
     .predicted = 1,
     .note = "nested: the same"},
    {.role = LAB_BREAKS,
     .construction = "weak-short",
     .settings = {{"with", "search"}},
     .predicted = 1,
     .note = "one HMAC"},
    {.role = LAB_BREAKS,
     .construction = "weak-short",
     .settings = {{"with", "search"}, {"nested", "1"}},
     .predicted = 1,
     .note = "nested: twice the work, for the server, too"},
    {.role = LAB_HOLDS,
     .construction = "cookie-plain",
     .settings = {{"with", "splice"}},
     .note = "one HMAC over fields that are kept apart"},
    {.role = LAB_HOLDS,
     .construction = "cookie-nested",
     .settings = {{"with", "splice"}, {"nested", "1"}},
     .note = "nested: the same"},
    {.construction = NULL},
};

#define OF(words, value)                                                                           \
    {                                                                                              \
        .label = words, .where = {{"nested", value}}, .role = "target"                             \
    }

static const lab_plot plots[] = {
    {.id = "nested-hmac-rate",
     .title = "One HMAC or two: the same attacks succeed",
     .about = "Spliced fields, stolen cookies and the search for a weak key, against a single MAC "
              "and against a nested one.",
     .kind = LAB_BARS,
     .over = "with",
     .x = {.label = "attack"},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.1},
     .series = (const lab_plot_series[]){OF("HMAC(sk, m)", "0"),
                                         OF("HMAC(HMAC(sk, m), m)", "1"),
                                         {.label = NULL}}},
    {.id = "nested-hmac-seconds",
     .title = "What nesting changes: twice the time, one bit of key",
     .about = "The search through all keys of 12 bits takes twice as long, and so does every "
              "honest verification.",
     .kind = LAB_BARS,
     .over = "nested",
     .x = {.label = "0: HMAC(sk, m); 1: HMAC(HMAC(sk, m), m)"},
     .y = {.label = "seconds of the search, mean", .zero = true},
     .values = true,
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .where = {{"with", "search"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "seconds"},
                                         {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_nested_hmac = {
    .name = "nested-hmac",
    .number = "19",
    .title = "A key that is a MAC itself buys nothing",
    .items = "E2, E3, E15",
    .about =
        "HMAC under the key HMAC(sk, m) instead of sk: whatever forges the single MAC (spliced\n"
        "fields, stolen cookies, weak keys) forges the nested one, and what resists resists.\n"
        "Whoever has sk has the inner key, and HMAC under sk is a PRF already. It costs twice as\n"
        "much to verify. One call is sufficient: plain cookies, better sc1-mac.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_KNOWN_TEXT, .tags = 1, .actions = 2, .verifications = 2},
    .attack = attack,
    .repeats = 20,
    .plots = plots,
};

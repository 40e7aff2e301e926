/* Card 15: an authentic request, sent again. */
#include <string.h>

#include "attacks/steps.h"

enum { STEP = 60, STEPS = 12 };

static lab_bytes in_capitals(lab_oracle *o, lab_bytes request)
{
    uint8_t *text = lab_alloc(o, request.len + 1);
    bool in_mac = true;

    memcpy(text, request.data, request.len);
    for (size_t i = request.len; i-- > 0 && in_mac;) {
        in_mac = text[i] != '|';
        if (text[i] >= 'a' && text[i] <= 'f') {
            text[i] = (uint8_t)(text[i] - 'a' + 'A');
        }
    }
    return (lab_bytes){text, request.len};
}

/* When which spelling was accepted again; as a line of time. */
static void draw(lab_oracle *o, const bool accepted[STEPS + 1])
{
    static const char *const rows[] = {"attacker sends it again", "server"};
    const char *columns[STEPS + 1];
    lab_value cells[2 * (STEPS + 1)];

    for (int i = 0; i <= STEPS; i++) {
        columns[i] = (const char *)lab_print(o, "%d s", i * STEP).data;
        cells[i] = (lab_value){"request", LAB_FORGED, {NULL, 0}};
        cells[STEPS + 1 + i] =
            (lab_value){accepted[i] ? "carries it out" : "refuses", LAB_ANSWER, {NULL, 0}};
    }
    lab_draw(o, &(lab_figure){"timeline", "The captured request, sent again and again", rows, 2,
                              columns, STEPS + 1, cells});
}

static void attack(lab_oracle *o)
{
    bool accepted[STEPS + 1];
    lab_bytes request, nothing;
    unsigned count = 0;

    if (!lab_act(o, "Somebody on the way keeps a copy of a request that is carried out.", "capture",
                 (lab_bytes){NULL, 0}, &request)) {
        return;
    }
    for (int i = 0; i <= STEPS; i++) {
        accepted[i] = lab_hand_in(o, "The very same bytes: the MAC is right.", request) ||
                      lab_hand_in(o, "The same MAC with capital digits, for a memory of texts.",
                                  in_capitals(o, request));
        if (accepted[i] && count++ == 0) {
            lab_measure(o, "replayed-after-seconds", i * STEP);
        }
        (void)lab_act(o, "A minute goes by.", "wait", lab_print(o, "%d", STEP), &nothing);
    }
    lab_measure(o, "replays", count);
    draw(o, accepted);
}

static const lab_option options[] = {
    {"ahead", LAB_NUMBER, "0", "seconds that the client's clock is ahead", -300, 300, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "replay-naive",
     .predicted = 1,
     .note = "for ever: nothing ages"},
    {.role = LAB_BREAKS,
     .construction = "replay-window",
     .predicted = 1,
     .note = "as often as one likes within the window"},
    {.role = LAB_BREAKS,
     .construction = "replay-short-cache",
     .predicted = 1,
     .note = "forgotten after 60 s, accepted until 300 s"},
    {.role = LAB_BREAKS,
     .construction = "replay-cache",
     .settings = {{"ahead", "240"}},
     .predicted = 1,
     .note = "remembered for the window, but accepted until 540 s after arrival: the client's "
             "clock is ahead"},
    {.role = LAB_BREAKS,
     .construction = "replay-spelling",
     .predicted = 1,
     .note = "the memory knows one spelling, the decoder two"},
    {.role = LAB_HOLDS,
     .construction = "replay-table",
     .note = "by the MAC's bytes, until its timestamp has left the window"},
    {.role = LAB_HOLDS,
     .construction = "replay-table",
     .settings = {{"ahead", "240"}},
     .note = "whatever the clocks are"},
    {.role = LAB_HOLDS, .construction = "replay-counter", .note = "each number is good once"},
    {.construction = NULL},
};

static const lab_plot plots[] = {
    {.id = "replay-accepted",
     .title = "How often a captured request is carried out again",
     .about = "It is sent again at once and after each of twelve minutes; a window of 300 seconds "
              "ends it, a memory that lasts stops it.",
     .kind = LAB_BARS,
     .over = "construction ahead",
     .x = {.label = "server, and seconds that the client’s clock is ahead"},
     .y = {.label = "times accepted, of 13", .zero = true},
     .values = true,
     .series =
         (const lab_plot_series[]){{.label = "replays", .quantity = LAB_MEAN, .measure = "replays"},
                                   {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_replay = {
    .name = "replay",
    .number = "15",
    .title = "An authentic request, sent again",
    .items = "A10, C5, C16, E5",
    .about =
        "A MAC says who wrote a message, not that it is new. A date under the MAC bounds for how\n"
        "long it can be sent again; a memory of what was carried out stops it, if it lasts as\n"
        "long as the message is accepted (twice the window where clocks may be ahead), and if it\n"
        "knows the MAC by its bytes, not by one of its spellings. Use the library's replay table\n"
        "(macaw_replay, in nginx a zone), or a counter.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = STEPS + 2, .verifications = 2 * (STEPS + 1)},
    .attack = attack,
    .repeats = 10,
    .plots = plots,
};

/* Card 25: what the MAC does not cover, anybody may change. */
#include "attacks/steps.h"

enum { FIELDS = 4 };

static const char *const names[] = {"method or status", "target", "body", "time"};
static const char *const measures[] = {"open-method", "open-target", "open-body", "open-time"};
static const lab_bytes none = {NULL, 0};

/* "0|", and a message with one field changed. */
static lab_bytes change(lab_oracle *o, const lab_bytes fields[FIELDS + 1], unsigned which)
{
    static const char *const other[] = {"201", "/pay?to=mallory", "amount=999999", "1700000099"};
    lab_bytes pieces[2 * FIELDS + 2] = {lab_text("0|")};
    size_t n = 1;

    for (unsigned i = 0; i <= FIELDS; i++) {
        pieces[n++] = i == which ? lab_text(other[i]) : fields[i];
        if (i < FIELDS) {
            pieces[n++] = lab_text("|");
        }
    }
    return lab_join(o, pieces, n);
}

static void draw(lab_oracle *o, const lab_bytes fields[FIELDS], const bool open[FIELDS])
{
    static const char *const rows[] = {"field", "under the MAC"};
    lab_value cells[2 * FIELDS];

    for (unsigned i = 0; i < FIELDS; i++) {
        cells[i] = (lab_value){names[i], open[i] ? LAB_FORGED : LAB_PLAIN, fields[i]};
        cells[FIELDS + i] = (lab_value){open[i] ? "no" : "yes", LAB_DERIVED, none};
    }
    lab_draw(o, &(lab_figure){"table", "What the MAC covers of the message, by trying", rows, 2,
                              names, FIELDS, cells});
}

static bool take_apart(lab_bytes text, lab_bytes fields[FIELDS + 1])
{
    for (unsigned i = 0; i < FIELDS; i++) {
        if (!lab_cut(text, '|', &fields[i], &text)) {
            return false;
        }
    }
    fields[FIELDS] = text;
    return true;
}

static void attack(lab_oracle *o)
{
    lab_bytes first, second, fields[FIELDS + 1];
    bool open[FIELDS], swapped;
    unsigned count = 0;

    if (!lab_act(o, "A message was seen on its way.", "capture", lab_text("0"), &first) ||
        !lab_act(o, "And another one, of another exchange.", "capture", lab_text("1"), &second) ||
        !take_apart(first, fields)) {
        return;
    }
    for (unsigned i = 0; i < FIELDS; i++) {
        open[i] = lab_hand_in(o, "One field changed: is it under the MAC?", change(o, fields, i));
        count += open[i] ? 1 : 0;
    }
    const lab_bytes pieces[] = {lab_text("0|"), second};
    swapped = lab_hand_in(o, "The second message in place of the first, MAC and all.",
                          lab_join(o, pieces, 2));
    for (unsigned i = 0; i < FIELDS; i++) {
        lab_measure(o, measures[i], open[i] ? 1 : 0);
    }
    lab_measure(o, "fields-uncovered", count);
    lab_measure(o, "swapped", swapped ? 1 : 0);
    draw(o, fields, open);
}

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "coverage-target",
     .predicted = 1,
     .note = "method and body are free"},
    {.role = LAB_BREAKS,
     .construction = "coverage-body",
     .predicted = 1,
     .note = "the status is free, and one response serves for another request"},
    {.role = LAB_HOLDS, .construction = "coverage-request", .note = "everything is under the MAC"},
    {.role = LAB_HOLDS,
     .construction = "coverage-response",
     .note = "the request's nonce is under the MAC, too"},
    {.construction = NULL},
};

#define OPEN(words, name)                                                                          \
    {                                                                                              \
        .label = words, .quantity = LAB_MEAN, .measure = name                                      \
    }

static const lab_plot plots[] = {
    {.id = "partial-coverage-map",
     .title = "What anybody may change: a map of the coverage",
     .about =
         "1, shaded: the change was accepted, so that part is not under the MAC: the method or "
         "status, the target, the body, the time, or which exchange a message belongs to. "
         "Only a row of zeros covers the message.",
     .kind = LAB_HEAT,
     .over = "construction",
     .x = {.label = "what was changed"},
     .y = {.label = "share of the changes accepted"},
     .series = (const lab_plot_series[]){OPEN("method", "open-method"),
                                         OPEN("target", "open-target"),
                                         OPEN("body", "open-body"),
                                         OPEN("time", "open-time"),
                                         OPEN("exchange", "swapped"),
                                         {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_partial_coverage = {
    .name = "partial-coverage",
    .number = "25",
    .title = "Fields outside of the MAC, and messages that change places",
    .items = "C8, C14",
    .about =
        "A MAC protects the bytes that went into it. Where only the target is hashed, method and\n"
        "body are the attacker's; where a response's MAC does not name the request, the answer\n"
        "to one serves for another. Cover the whole message, and in a response the request's\n"
        "nonce; macaw in nginx refuses methods and bodies that a scheme does not cover.",
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .actions = 2, .verifications = FIELDS + 1},
    .attack = attack,
    .repeats = 10,
    .plots = plots,
};

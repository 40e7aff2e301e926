/* Beyond the numbers: what ipad and opad are for. */
#include <string.h>

#include "harness/card.h"

enum { KEY_BLOCK = 64, DIGEST = 32 };

static unsigned ones(unsigned x)
{
    unsigned n = 0;

    for (; x != 0; x &= x - 1) {
        n++;
    }
    return n;
}

static void draw_pads(lab_oracle *o)
{
    static const char *const rows[] = {"ipad", "opad", "differ"};
    static const char *const columns[] = {"what the key is xored with, 64 bytes"};
    uint8_t pads[3][KEY_BLOCK];

    memset(pads[0], (int)lab_option_number(o, "ipad"), KEY_BLOCK);
    memset(pads[1], (int)lab_option_number(o, "opad"), KEY_BLOCK);
    lab_xor(pads[2], pads[0], pads[1], KEY_BLOCK);
    lab_draw(o, &(lab_figure){"bits", "The pads, bit by bit", rows, 3, columns, 1,
                              (lab_value[]){{"ipad", LAB_PLAIN, {pads[0], KEY_BLOCK}},
                                            {"opad", LAB_PLAIN, {pads[1], KEY_BLOCK}},
                                            {"xor", LAB_DERIVED, {pads[2], KEY_BLOCK}}}});
}

/* G twice, by asking, and in HMAC. */
static void draw_game(lab_oracle *o, lab_bytes m, lab_bytes first, lab_bytes second, bool accepted)
{
    static const char *const rows[] = {"hashed", "inner digest", "tag"};
    static const char *const columns[] = {"asked first", "asked then", "HMAC of m"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "G"},
                                     {{1, 0}, {0, 1}, NULL},
                                     {{0, 1}, {1, 1}, "G"},
                                     {{0, 2}, {1, 2}, "ipad"},
                                     {{1, 2}, {2, 2}, "opad"}};
    const lab_value same = {"G(G(m))", LAB_FORGED, second}, other = LAB_UNKNOWN("not G(G(m))");
    const lab_value none = {NULL, LAB_PLAIN, {NULL, 0}};
    const lab_value cells[] = {{"m", LAB_CHOSEN, m},
                               {"D", LAB_ANSWER, first},
                               {"m", LAB_CHOSEN, m},
                               {"D", LAB_ANSWER, first},
                               {"G(D)", LAB_ANSWER, second},
                               {"D", LAB_DERIVED, first},
                               none,
                               none,
                               accepted ? same : other};

    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  accepted ? "With equal pads both steps are one function"
                                           : "The outer step is another function",
                                  rows, 3, columns, 3, cells},
                    links, 5);
}

static void attack(lab_oracle *o)
{
    lab_bytes m = lab_option_bytes(o, "message"), first, second;
    unsigned differ = ones((unsigned)(lab_option_number(o, "ipad") ^ lab_option_number(o, "opad")));

    lab_measure(o, "distance", differ * KEY_BLOCK);
    lab_say(o, "The two keys differ in %u of 512 bits.", differ * KEY_BLOCK);
    draw_pads(o);
    lab_commit(o, m);
    if (!lab_act(o, "Another protocol hashes h(k' || ..) under this key: the inner digest D of m.",
                 "inner", m, &first) ||
        first.len != DIGEST) {
        lab_say(o, "No inner digest is to be had, and nothing else is known to help.");
        return;
    }
    lab_show_one(o, "D = h(k' || m)", LAB_ANSWER, first.data, first.len);
    if (!lab_act(o, "And of D: with equal pads the outer hash is the inner one.", "inner", first,
                 &second)) {
        return;
    }
    draw_game(o, m, first, second,
              lab_submit(o, "Nobody was asked for a tag.", m.data, m.len, second.data, second.len));
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 9,999 to Eve", "what to forge", 1, 1024, NULL, false},
    {"ipad", LAB_NUMBER, "54", "the inner pad, 54 (0x36) in RFC 2104", 0, 255, NULL, false},
    {"opad", LAB_NUMBER, "92", "the outer pad, 92 (0x5c) in RFC 2104", 0, 255, NULL, false},
    {"inner", LAB_CHOICE, "open", "whether inner digests can be had", 0, 0, "open closed", false},
    {"key", LAB_BYTES, NULL, "the key instead of 32 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "hmac-pads", .predicted = 1, .settings = {{"opad", "54"}}},
    {.role = LAB_HOLDS,
     .construction = "hmac-pads",
     .note = "the pads of RFC 2104, 256 bits apart: an inner digest is no tag"},
    {.role = LAB_HOLDS,
     .construction = "hmac-pads",
     .settings = {{"ipad", "54"}, {"opad", "55"}},
     .note = "64 bits apart will do: it is not the distance that counts"},
    {.role = LAB_HOLDS,
     .construction = "hmac-pads",
     .settings = {{"opad", "54"}, {"inner", "closed"}},
     .note = "equal pads alone: no forgery is known, only the proof is gone"},
    {.construction = NULL},
};

static const lab_plot plots[] = {
    {.id = "equal-pads-distance",
     .title = "How far apart the inner and the outer key are",
     .about = "ipad and opad of RFC 2104, 54 and 92, make keys that differ in 256 of 512 bits. "
              "Only a distance of 0 breaks, and only where inner digests can be had.",
     .kind = LAB_BARS,
     .over = "ipad opad inner",
     .x = {.label = "ipad, opad, and whether inner digests can be had"},
     .y = {.label = "bits in which the keys differ", .zero = true},
     .values = true,
     .series =
         (const lab_plot_series[]){
             {.label = "distance", .quantity = LAB_MEAN, .measure = "distance"}, {.label = NULL}}},
    {.id = "equal-pads-rate",
     .title = "Which of them break",
     .about = "The same cases: how often the attack with inner digests forged.",
     .kind = LAB_BARS,
     .over = "ipad opad inner",
     .x = {.label = "ipad, opad, and whether inner digests can be had"},
     .y = {.label = "rate of forgeries", .min = 0, .max = 1.1},
     .expected = "theory",
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval", .colour = 1},
                                         {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_equal_pads = {
    .name = "equal-pads",
    .number = "33",
    .title = "HMAC with ipad = opad",
    .items = "D42, B36",
    .about =
        "The pads make two keys of one; the proof wants them different, and nothing more: one bit\n"
        "a byte does as well as four. With equal pads the MAC is G(G(x)), G(x) = h(k' || x). That\n"
        "alone is not known to be forgeable. But as soon as G itself can be asked for anywhere,\n"
        "G(x) and G(G(x)) give the tag of x, while with different pads inner digests are useless\n"
        "for this. The standard fixes them (RFC 2104): use HMAC as it is.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION, .verifications = 1, .actions = 2},
    .attack = attack,
    .repeats = 20,
    .plots = plots,
};

/* Card 29: the theorem on nested MACs, where everything can be counted. */
#include <string.h>

#include "harness/card.h"
#include "naive/nested_toy.h"

/* Between both steps are digests that nobody outside sees. collide: those of any two such
 * messages are equal, whatever the key. */
static void draw(lab_oracle *o, const uint8_t *x, const uint8_t *t, const uint8_t *other,
                 const uint8_t *tag, bool collide, bool accepted)
{
    static const char *const rows[] = {"message", "digest, g", "tag, f"};
    static const char *const columns[] = {"asked", "handed in"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "g, key l"},
                                     {{1, 0}, {2, 0}, "f, key k"},
                                     {{0, 1}, {1, 1}, "g, key l"},
                                     {{1, 1}, {2, 1}, "f, key k"}};
    bool same = *t == *tag;

    lab_draw_blocks(
        o,
        &(lab_figure){"blocks",
                      !accepted ? "Neither a collision nor a forgery"
                      : !same   ? "The tag of another digest: f is forged"
                      : collide ? "Two messages with one digest: g collides"
                                : "Two messages with one tag",
                      rows, 3, columns, 2,
                      (lab_value[]){{"x", LAB_CHOSEN, {x, 1}},
                                    {"x'", LAB_FORGED, {other, 1}},
                                    LAB_UNKNOWN("g(x)"),
                                    LAB_UNKNOWN(accepted && same && collide ? "g(x') = g(x)"
                                                : accepted && !same         ? "g(x'), not g(x)"
                                                                            : "g(x')"),
                                    {"t", LAB_ANSWER, {t, 1}},
                                    {accepted ? "t'" : "t', refused", LAB_FORGED, {tag, 1}}}},
        links, 4);
}

static void attack(lab_oracle *o)
{
    lab_toy *f = lab_toy_outer(lab_option_bytes(o, "f"));
    lab_toy *g = lab_toy_inner(lab_option_bytes(o, "g"));
    lab_toy_play play = lab_toy_nested(f, g);
    double collision = lab_toy_collision(g), forgery = lab_toy_forgery(f);
    uint8_t t[LAB_TAG_MAX];

    lab_work(o, LAB_TOY_MESSAGES * LAB_TOY_MESSAGES * LAB_TOY_KEYS * LAB_TOY_KEYS);
    lab_measure(o, "eps1", collision);
    lab_measure(o, "eps2", forgery);
    lab_measure(o, "eps", play.rate);
    lab_say(o,
            "Over all keys: g collides with probability eps1 = %.4f, f is forged with eps2 = %.4f,",
            collision, forgery);
    lab_say(o, "f(g(x)) with eps = %.4f: %s eps1 + eps2 = %.4f.", play.rate,
            play.rate <= collision + forgery + 1e-12 ? "at most" : "MORE THAN",
            collision + forgery);
    if (!lab_ask(o, "The question that the best attacker asks.", &play.ask, 1, t) ||
        t[0] >= LAB_TOY_TAGS) {
        return;
    }
    bool accepted = lab_submit(o, "What is right for most of the keys that give this tag.",
                               &play.message[t[0]], 1, &play.tag[t[0]], 1);
    draw(o, &play.ask, t, &play.message[t[0]], &play.tag[t[0]], collision >= 1, accepted);
}

static double predict(const lab_settings *settings, const lab_case *one)
{
    (void)one;
    return lab_toy_nested(lab_toy_outer(lab_settings_bytes(settings, "f", "")),
                          lab_toy_inner(lab_settings_bytes(settings, "g", "")))
        .rate;
}

static const lab_option options[] = {
    {"f", LAB_CHOICE, "affine", "the outer family: a d + b, or d + k", 0, 0, "affine forgeable",
     false},
    {"g", LAB_CHOICE, "polynomial", "the inner one: two-digit polynomial, or x and x + 5 collide",
     0, 0, "polynomial colliding", false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "nested-toy",
     .settings = {{"g", "colliding"}},
     .note = "eps1 = 1: a collision is a forgery, whatever f is"},
    {.role = LAB_HOLDS,
     .construction = "nested-toy",
     .chance = 0.75,
     .note = "both parts sound: eps1 + eps2 is 0.6 (above 0.75 would count)"},
    {.role = LAB_BREAKS,
     .construction = "nested-toy",
     .settings = {{"f", "forgeable"}, {"g", "colliding"}}},
    {.role = LAB_CURVE,
     .construction = "nested-toy",
     .settings = {{"f", "forgeable"}},
     .note = "a forgeable f is no use without the digests: the bound is far off"},
    {.construction = NULL},
};

#define MEASURE(words, name, above)                                                                \
    {                                                                                              \
        .label = words, .quantity = LAB_MEAN, .measure = name, .stacked = (above)                  \
    }

static const lab_plot plots[] = {
    {.id = "nested-bound",
     .title = "eps stays below eps1 + eps2",
     .about = "For each pair of families the two parts of the bound on top of each other, beside "
              "the best attack, counted over all keys and played.",
     .kind = LAB_BARS,
     .over = "f g",
     .x = {.label = "outer family f, inner family g"},
     .y = {.label = "probability", .zero = true},
     .series = (const lab_plot_series[]){MEASURE("eps1: g collides", "eps1", false),
                                         MEASURE("eps2: f is forged", "eps2", true),
                                         MEASURE("eps of f(g(x)), counted", "eps", false),
                                         {.label = "eps, played, with 95 % interval"},
                                         {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_nested = {
    .name = "nested",
    .number = "29",
    .title = "A nested MAC is forged with eps1 + eps2 at most",
    .items = "B38, B39",
    .about =
        "Whoever forges f_k(g_l(x)) has either made g collide under a key that he does not know\n"
        "(eps1), or forged f on a new digest (eps2): eps <= eps1 + eps2, for q queries each. Here\n"
        "all keys are counted and the best attacker plays. A colliding g breaks the whole; a\n"
        "forgeable f does not by itself, as its inputs stay hidden. In HMAC, g is the hash begun\n"
        "with a secret: collisions that anybody can compute do not count. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .predict = predict,
    .chance = 0.75,
    .repeats = 200,
    .plots = plots,
};

/* Card 3b: a hash of a small state, whose collisions anybody finds. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "harness/card.h"
#include "naive/small_hash.h"

enum { BLOCK = LAB_SMALL_BLOCK };

typedef struct entry {
    uint64_t value; /* of the state or the digest; the message is block + 1, 0: free */
    uint64_t block;
} entry;

/* Behind one block; or the whole hash of it, as h() pads it. */
static uint64_t digest(unsigned bits, uint64_t block, bool whole)
{
    static const uint8_t mark[BLOCK] = {0x80}, length[BLOCK] = {0, 0, 0, 8 * BLOCK};
    uint8_t text[BLOCK];
    uint64_t state;

    macaw_store_be32(text, (uint32_t)block);
    state = lab_small_compress(bits, lab_small_iv(bits), text);
    return whole ? lab_small_compress(bits, lab_small_compress(bits, state, mark), length) : state;
}

/* A birthday: two blocks of one value. The number of evaluations, 0 when there was
 * none. */
static uint64_t search(lab_oracle *o, unsigned bits, bool whole, uint64_t ret[2])
{
    unsigned log = bits / 2 + 3; /* room for 8 * 2^(s/2), of which 1.25 are needed */
    uint64_t room = UINT64_C(1) << log;
    entry *table = lab_alloc(o, room * sizeof *table);
    uint64_t start = lab_rng_below(lab_coins(o), UINT64_C(1) << 32);

    for (uint64_t n = 0; n < room / 2; n++) {
        uint64_t block = (start + n) & UINT32_MAX;
        uint64_t value = digest(bits, block, whole);
        uint64_t at = value * UINT64_C(0x9e3779b97f4a7c15) >> (64 - log);
        for (; table[at].block != 0; at = (at + 1) % room) {
            if (table[at].value == value) {
                ret[0] = table[at].block - 1;
                ret[1] = block;
                return n + 1;
            }
        }
        table[at] = (entry){value, block + 1};
    }
    return 0;
}

static void draw(lab_oracle *o, unsigned bits, const uint64_t found[2])
{
    static const char *const rows[] = {"message block", "state behind it", "digest"};
    static const char *const columns[] = {"a", "b"};
    uint8_t *bytes = lab_alloc(o, 40);

    for (size_t i = 0; i < 2; i++) {
        uint8_t *at = bytes + 20 * i;
        macaw_store_be32(at, (uint32_t)found[i]);
        macaw_store_be64(at + 4, digest(bits, found[i], false));
        macaw_store_be64(at + 12, digest(bits, found[i], true));
    }
    const lab_value cells[] = {
        {"a", LAB_CHOSEN, {bytes, 4}},       {"b", LAB_CHOSEN, {bytes + 20, 4}},
        {"H", LAB_DERIVED, {bytes + 4, 8}},  {"H", LAB_DERIVED, {bytes + 24, 8}},
        {"h", LAB_DERIVED, {bytes + 12, 8}}, {"h", LAB_DERIVED, {bytes + 32, 8}},
    };
    lab_draw(o, &(lab_figure){"table", "Two messages of one digest, or of one state", rows, 3,
                              columns, 2, cells});
}

static void attack(lab_oracle *o)
{
    unsigned bits = (unsigned)lab_number(o, "state-bits");
    bool whole = lab_settings_is(lab_options(o), "search", "digest");
    uint8_t a[BLOCK], b[BLOCK], t[LAB_TAG_MAX];
    uint64_t found[2], evaluations;

    if (bits == 0) {
        lab_say(o, "No birthday is within reach of a state of this size.");
        return;
    }
    evaluations = search(o, bits, whole, found);
    lab_work(o, evaluations);
    lab_measure(o, "evaluations", (double)evaluations);
    if (evaluations == 0) {
        lab_say(o, "No collision among all the blocks that there was room for.");
        return;
    }
    lab_measure(o, "usable", digest(bits, found[0], false) == digest(bits, found[1], false));
    draw(o, bits, found);
    macaw_store_be32(a, (uint32_t)found[0]);
    macaw_store_be32(b, (uint32_t)found[1]);
    if (lab_ask(o, "The tag of one of two blocks that collide.", a, BLOCK, t)) {
        lab_submit(o, "If their states are equal, so are their tags.", b, BLOCK, t,
                   lab_number(o, "tag"));
    }
}

/* Of three compressions, the block's and two of padding, each is as likely the first in
 * which two messages meet; only a meeting in the first carries a key behind it. */
static double predict(const lab_settings *settings, const lab_case *one)
{
    if (strcmp(one->construction, "suffix-small") != 0) {
        return 0;
    }
    return lab_settings_is(settings, "search", "digest") ? 1.0 / 3 : 1;
}

static const lab_option options[] = {
    {"state-bits", LAB_NUMBER, "32", "of the hash", 16, 40, NULL, false},
    {"search", LAB_CHOICE, "state", "a collision of the state behind a block, or of the digest", 0,
     0, "state digest", false},
    {"key", LAB_BYTES, NULL, "the key instead of random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

/* Games for a histogram of what searches take. */
#define SAMPLES(bits, times)                                                                       \
    {                                                                                              \
        .role = LAB_CURVE, .construction = "suffix-small", .settings = {{"state-bits", bits}},     \
        .repeats = (times)                                                                         \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "suffix-small"},
    {.role = LAB_BREAKS, .construction = "suffix-small", .settings = {{"state-bits", "16"}}},
    {.role = LAB_BREAKS, .construction = "suffix-small", .settings = {{"state-bits", "24"}}},
    {.role = LAB_BREAKS,
     .construction = "suffix-small",
     .settings = {{"state-bits", "40"}},
     .repeats = 5},
    {.role = LAB_BREAKS,
     .construction = "suffix-small",
     .settings = {{"state-bits", "24"}, {"search", "digest"}},
     .repeats = 200,
     .note = "two of three collisions happen in the padding and carry no key behind them"},
    {.role = LAB_HOLDS,
     .construction = "hmac-small",
     .note = "the state is small, but where it begins is secret: offline there is no search"},
    {.role = LAB_HOLDS, .construction = "prefix-small", .note = "likewise"},
    {.role = LAB_HOLDS, .construction = "suffix-sha256", .note = "2^128 evaluations are too many"},
    SAMPLES("16", 500),
    SAMPLES("20", 100),
    SAMPLES("24", 250),
    {.construction = NULL},
};

/* The density of the number of evaluations until two meet, in units of 2^(s/2). */
static double rayleigh(double x, double parameter)
{
    (void)parameter;
    return x * exp(-x * x / 2);
}

static double birthday_mean(double bits, double parameter)
{
    (void)parameter;
    return sqrt(2 * atan(1)) * exp2(bits / 2);
}

#define SEARCHES(words, bits, of, number)                                                          \
    {                                                                                              \
        .label = words, .construction = "suffix-small",                                            \
        .where = {{"state-bits", bits}, {"search", "state"}}, .quantity = LAB_SAMPLES,             \
        .measure = "evaluations", .unit = (of), .colour = (number)                                 \
    }

static const lab_plot plots[] = {
    {.id = "small-state-searches",
     .title = "How long a search for two equal states takes",
     .about = "Over 2^(s/2) the searches of all sizes spread alike: x · exp(−x²/2), whose mean is "
              "√(π/2) = 1.2533.",
     .kind = LAB_HISTOGRAM,
     .over = "state-bits",
     .x = {.label = "evaluations until two states are equal, in units of 2^(s/2)",
           .min = 0,
           .max = 4},
     .y = {.label = "share of the searches", .zero = true},
     .bins = 16,
     .series = (const lab_plot_series[]){SEARCHES("s = 16 bits", "16", 256, 1),
                                         SEARCHES("s = 24 bits", "24", 4096, 3),
                                         {.label = NULL}},
     .theory = (const lab_theory[]){{.label = "x · exp(−x²/2)", .at = rayleigh}, {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"mean: √(π/2)", true, 1.2533141}, {.label = NULL}}},
    {.id = "small-state-mean",
     .title = "Two more bits of state, twice the search",
     .about = "The mean number of evaluations lies on √(π/2) · 2^(s/2); a hash of 128 bits takes "
              "2^64, one of 256 bits 2^128.",
     .kind = LAB_LINES,
     .over = "state-bits",
     .x = {.label = "bits of the state s", .min = 14, .max = 42},
     .y = {.label = "evaluations, mean", .scale = LAB_SCALE_LOG2},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "suffix-small",
                                          .where = {{"search", "state"}},
                                          .quantity = LAB_MEAN,
                                          .measure = "evaluations"},
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){{.label = "√(π/2) · 2^(s/2)", .at = birthday_mean}, {.label = NULL}}},
    {.id = "small-state-usable",
     .title = "Of the collisions of a digest one in three carries a key",
     .about = "Two messages meet in the block of the message or in one of two blocks of padding, "
              "where the key would stand: only the first is of use. A search for equal states "
              "finds nothing else.",
     .kind = LAB_BARS,
     .over = "search",
     .x = {.label = "what was searched for: equal states, or equal digests"},
     .y = {.label = "share of the collisions that forge", .min = 0, .max = 1.02},
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval",
                                          .construction = "suffix-small",
                                          .where = {{"state-bits", "24"}},
                                          .colour = 1},
                                         {.label = NULL}},
     .expected = "theory: 1 and 1/3"},
    {.id = NULL},
};

const lab_card lab_card_small_state = {
    .name = "small-state",
    .number = "3b",
    .title = "A hash of a small state: collisions by birthday, offline",
    .items = "B32, B40",
    .about =
        "With a state of s bits, 1.25 * 2^(s/2) evaluations find two blocks with one state behind\n"
        "them, without a single query: h(x || k) is then forged with one. It is the state that\n"
        "must collide. Of the collisions of the digest only one in three does: the others happen\n"
        "in the two compressions of the padding, where a key behind the message would stand. Over\n"
        "the same hash HMAC holds against this offline search (but see the birthday card).\n"
        "Use HMAC over a hash of 256 bits.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .predict = predict,
    .repeats = 20,
    .plots = plots,
};
